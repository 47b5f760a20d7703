# write PATH: writes the input to the file; exits 4 for a way through links that leads outside.
outside() {
  echo "it leads outside the checkout, to $1" >&2
  exit 4
}
inside() {
  case $1 in /workspace | /workspace/*) ;; *) outside "$1" ;; esac
}
directory=$(dirname "/workspace/$1")
existing=$directory
while [ ! -d "$existing" ]; do existing=$(dirname "$existing"); done
inside "$(cd -P "$existing" && pwd -P)"
mkdir -p "$directory" || exit 5
target=$(readlink -f "/workspace/$1") || exit 5
inside "$target"
head -c "$size" >"$target" || exit 5
