# run SECONDS COMMAND...: runs the command and ends whatever it left running.
seconds=$1
shift
if [ "$size" -gt 0 ]; then
  head -c "$size" >"$HOME/.input" || exit 125
  exec <"$HOME/.input"
  rm -f "$HOME/.input"
else
  exec </dev/null
fi
cd /workspace || exit 125
timeout -k 5 "$seconds" "$@" 2>&1
code=$?
kill -9 -1 2>/dev/null
exit "$code"
