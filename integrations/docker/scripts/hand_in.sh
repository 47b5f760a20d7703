# hand_in [door]: turns the input, a git bundle, into the checkout, and says which commit it is.
# Exits 3: the image lacks tools; 4: it lacks the forwarder; 5: that does not listen. With a door,
# it ends when the forwarder listens at both of its ports.
#
# What set-up made, which is what the image holds in /opt/storyfleet/checkout, is put into the
# checkout. The files of the commit win where both have a path. But where the bundle tells what the
# base is (refs/storyfleet/base: for a clean room), only those that the base has, too: a path that
# is new in the commit, and that set-up has made, is as set-up made it.
missing=
for tool in git head timeout env cat df dirname readlink mkdir rm cp wc; do
  command -v "$tool" >/dev/null || missing="$missing $tool"
done
if [ -n "$missing" ]; then
  echo "$missing" >&2
  exit 3
fi
if [ "$1" = door ] && [ ! -f /opt/storyfleet/forward/forward ]; then exit 4; fi
listening() {
  found=
  while read -r _ address _ state _; do
    case "$address $state" in
      *:1F90' '0A) found=x$found ;;
      *:1F91' '0A) found=x$found ;;
    esac
  done </proc/net/tcp
  [ "$found" = xx ]
}
# as_set_up PATH: puts back what set-up made there, or in place of a directory on the way.
as_set_up() {
  rest=$1/
  place=
  while :; do
    place=$place${place:+/}${rest%%/*}
    rest=${rest#*/}
    if [ -z "$rest" ] || [ -L "$ready/$place" ] || [ ! -d "$ready/$place" ]; then break; fi
  done
  [ -L "$ready/$place" ] || [ -e "$ready/$place" ] || return 0
  # Since the set-up, the base itself has made a directory of it.
  if [ -n "$rest" ] && git cat-file -e "$base:$place" 2>/dev/null; then return 0; fi
  rm -rf "./$place"
  cp -a "$ready/$place" "./$place"
}
set -e
# Every process that is not started here makes every sandbox's start a little shorter.
trap 'rm -f "$HOME/.bundle"' EXIT
head -c "$size" >"$HOME/.bundle"
printf '%s\n' '[user]' 'name = agent' 'email = agent@sandbox.invalid' \
  '[init]' 'defaultBranch = main' >"$HOME/.gitconfig"
cd /workspace
export GIT_CONFIG_NOSYSTEM=1
git -c init.defaultBranch=work init -q --template= .
mkdir -p .git/info
read -r head <.git/HEAD
# A git from before 2.28 knows no such setting.
[ "$head" = 'ref: refs/heads/work' ] || git symbolic-ref HEAD refs/heads/work
git -c gc.auto=0 -c maintenance.auto=false fetch -q --no-tags --update-head-ok "$HOME/.bundle" \
  '+HEAD:refs/heads/work' '+refs/tags/*:refs/tags/*' '+refs/storyfleet/*:refs/storyfleet/*'
rm -f "$HOME/.bundle"
trap - EXIT
ready=/opt/storyfleet/checkout
[ ! -d "$ready" ] || cp -a "$ready/." .
git -c core.hooksPath=/dev/null reset -q --hard
if [ -d "$ready" ]; then
  if base=$(git rev-parse -q --verify refs/storyfleet/base); then
    git diff-tree -r -z --name-only --no-renames --diff-filter=A "$base" HEAD >"$HOME/.new"
    # A name with a newline in it, which no hand-over has, is taken for two.
    tr '\0' '\n' <"$HOME/.new" | while IFS= read -r path; do as_set_up "$path"; done
    rm -f "$HOME/.new"
  fi
  git ls-files --others --exclude-standard --directory |
    sed -e 's/[][\\*?!# ]/\\&/g' -e 's|^|/|' >.git/info/exclude
fi
tries=0
while [ "$1" = door ] && ! listening; do
  if [ "$tries" -ge 600 ]; then
    echo "the forwarder to the gateway does not listen" >&2
    exit 5
  fi
  tries=$((tries + 1))
  sleep 0.05 2>/dev/null || sleep 1
done
git rev-parse HEAD
