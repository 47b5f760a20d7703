# Turns the input, a git bundle, into the checkout, and says which commit it is.
missing=
for tool in git head timeout env cat df dirname readlink mkdir rm cp wc; do
  command -v "$tool" >/dev/null || missing="$missing $tool"
done
if [ -n "$missing" ]; then
  echo "$missing" >&2
  exit 3
fi
set -e
trap 'rm -f "$HOME/.bundle"' EXIT
head -c "$size" >"$HOME/.bundle"
git config --global user.name agent
git config --global user.email agent@sandbox.invalid
git config --global init.defaultBranch main
cd /workspace
export GIT_CONFIG_NOSYSTEM=1
git init -q --template= .
mkdir -p .git/info
git symbolic-ref HEAD refs/heads/work
git -c gc.auto=0 fetch -q --no-tags --update-head-ok "$HOME/.bundle" \
  '+HEAD:refs/heads/work' '+refs/tags/*:refs/tags/*'
rm -f "$HOME/.bundle"
ready=/opt/storyfleet/checkout
[ ! -d "$ready" ] || cp -a "$ready/." .
git -c core.hooksPath=/dev/null reset -q --hard
if [ -d "$ready" ]; then
  git ls-files --others --exclude-standard --directory |
    sed -e 's/[][\\*?!# ]/\\&/g' -e 's|^|/|' >.git/info/exclude
fi
git rev-parse HEAD
