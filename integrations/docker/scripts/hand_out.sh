# hand_out COMMIT LIMIT: writes the checkout's files as one commit, in a git bundle.
#
# A git directory of our own borrows the objects of the checkout's: hooks, filters and settings
# that were left in the checkout's are not asked. Exits 3: no repository; 4: git cannot; 5: too
# large.
base=$1
limit=$2
# The directory itself is a mount and stays.
rm -rf /tmp 2>/dev/null
cd /workspace || exit 3
objects=$(git rev-parse --git-path objects 2>/dev/null) && objects=$(cd "$objects" && pwd -P) &&
  [ "$(git rev-parse --show-toplevel 2>/dev/null)" = /workspace ] || exit 3
index=$(git rev-parse --git-path index)
exclude=$(git rev-parse --git-path info/exclude)
head=$(git rev-parse -q --verify 'HEAD^{commit}') || head=$base

out=/tmp/hand-out
export HOME=/nonexistent XDG_CONFIG_HOME=/nonexistent GIT_CONFIG_NOSYSTEM=1 GIT_ATTR_NOSYSTEM=1
export GIT_AUTHOR_NAME=sandbox GIT_AUTHOR_EMAIL=sandbox@sandbox.invalid
export GIT_COMMITTER_NAME=sandbox GIT_COMMITTER_EMAIL=sandbox@sandbox.invalid

prepare() {
  mkdir -p "$out/objects/info" "$out/info" &&
    GIT_DIR=$out git init -q --template= &&
    echo "$objects" >"$out/objects/info/alternates" || exit 4
  # Files that are only in the index, or ignored and yet tracked, are known from it. With its time,
  # by which git tells which files may have changed within the second of the checkout.
  cp -p "$index" "$out/index" 2>/dev/null
  cp "$exclude" "$out/info/exclude" 2>/dev/null
  # What tools leave behind in repositories whose .gitignore does not name it. Not `venv/`, which
  # may be a package's name.
  printf '\n%s\n' __pycache__/ '*.pyc' .pytest_cache/ .mypy_cache/ .ruff_cache/ node_modules/ \
    .venv/ '*.egg-info/' '.aider*' .traj.json >>"$out/info/exclude"
  export GIT_DIR=$out GIT_WORK_TREE=/workspace
  git config advice.addEmbeddedRepo false && git config gc.auto 0 &&
    git symbolic-ref HEAD refs/heads/work
}

# bundle PARENT: on top of it, or on nothing
bundle() {
  git add -A && tree=$(git write-tree) &&
    commit=$(echo 'What the sandbox left' | git commit-tree "$tree" ${1:+-p "$1"}) &&
    git update-ref refs/heads/work "$commit" &&
    git bundle create -q "$out/bundle" HEAD refs/heads/work ${1:+"^$1"}
}

prepare
parent=$base
git cat-file -e "$base^{commit}" 2>/dev/null || parent=
if ! said=$(bundle "$parent" 2>&1); then
  # The index or the history is broken: the files are what counts.
  rm -f "$out/index" "$out/bundle"
  git read-tree "$head" 2>/dev/null || git read-tree "$base" 2>/dev/null
  if ! said=$(bundle '' 2>&1); then
    echo "$said" >&2
    exit 4
  fi
fi
made=$(wc -c <"$out/bundle")
if [ "$made" -gt "$limit" ]; then
  echo "$made" >&2
  exit 5
fi
cat "$out/bundle"
rm -rf "$out"
