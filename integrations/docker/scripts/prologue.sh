# Comes before every other script. Nothing is written before the worker's first line is here: the
# number of bytes of input that follow.
IFS= read -r size || exit 125
kill -9 -1 2>/dev/null
# When memory runs out, what runs here is to be killed, not the container's main process.
{ echo 1000 >/proc/self/oom_score_adj; } 2>/dev/null
kills=0
key=
for word in $(cat /sys/fs/cgroup/memory.events /sys/fs/cgroup/memory/memory.oom_control 2>/dev/null); do
  [ "$key" != oom_kill ] || kills=$word
  key=$word
done
echo "ready $kills"
