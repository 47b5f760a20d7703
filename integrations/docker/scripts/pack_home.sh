# pack_home FILES BYTES PATH...: writes the files below these paths of the home directory, each as a
# line with its size, a space and its path, and its bytes. Links are not followed, and nothing but
# files and directories is looked at. Exits 6 where there are more files or bytes than that.
most=$1
room=$2
shift 2
cd "$HOME" || exit 3
line='
'
files=0
file() {
  case $1 in *"$line"*) return ;; esac
  bytes=$(wc -c <"$1") || return
  bytes=$((bytes))
  files=$((files + 1))
  room=$((room - bytes))
  if [ "$files" -gt "$most" ] || [ "$room" -lt 0 ]; then exit 6; fi
  printf '%s %s\n' "$bytes" "$1"
  head -c "$bytes" "$1"
}
below() {
  for entry in "$1"/* "$1"/.[!.]* "$1"/..?*; do
    if [ -L "$entry" ]; then
      :
    elif [ -f "$entry" ]; then
      file "$entry"
    elif [ -d "$entry" ]; then
      below "$entry"
    fi
  done
}
# beneath PATH: whether no part of it is a link
beneath() {
  part=
  rest=$1/
  while [ -n "$rest" ]; do
    part=$part${part:+/}${rest%%/*}
    rest=${rest#*/}
    if [ -L "$part" ]; then return 1; fi
  done
}
for path in "$@"; do
  beneath "$path" || continue
  if [ -f "$path" ]; then file "$path"; elif [ -d "$path" ]; then below "$path"; fi
done
