"""What runs inside: it writes down everything that can be seen from there, and looks for marks."""

from tests.e2e.canary.canaries import CONTROL, MARK, shy_pattern

_PLACES = "/ /workspace /tmp /home /dev/shm /run"

LOOK = f"""# look OUT: everything that can be seen from here
out=$1
mkdir -p "$out"
env >"$out/env"
cat /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n' >"$out/environ"
cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' ' >"$out/cmdline"
{{
  git config -l --show-origin
  git remote -v
  git log --all --format=fuller
  git reflog
  cat .git/config
}} >"$out/git" 2>&1
mount >"$out/mount"
ls -la / /run /var/run /run/secrets /dev /home >"$out/places" 2>&1
# One that must be found, written so that this script is not.
echo '{CONTROL[:-2]}'"zz" >/tmp/control
find {_PLACES} -xdev -type f -size -2048k 2>/dev/null | wc -l >"$out/scanned"
find {_PLACES} -xdev -type f -size -2048k -exec grep -lE '{shy_pattern()}' {{}} + 2>/dev/null |
  sort -u >"$out/hits"
"""

DUMP = """# The agent's: look, then wait until we have looked from outside.
sh look.sh dump
touch /tmp/ready
tries=0
while [ ! -e /tmp/inspected ] && [ $tries -lt 300 ]; do sleep 0.2; tries=$((tries + 1)); done
echo looked at everything
"""

CHECK = """# The execution command: there is something to check, and no mark but the control's.
sh look.sh /tmp/seen
echo "scanned $(cat /tmp/seen/scanned) files"
cat /tmp/seen/hits
[ "$(cat /tmp/seen/hits)" = /tmp/control ] && [ -s dump/env ]
"""

FILES = {"look.sh": LOOK, "dump.sh": DUMP, "check.sh": CHECK, "README.md": "# watched\n"}

assert MARK not in "".join(FILES.values())
