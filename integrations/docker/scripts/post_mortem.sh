# Says how much room, and for how many files, there is in the places that can be written to. Its
# first line told of memory and processes.
df -P -k /workspace /tmp /dev/shm "$HOME"
echo
df -P -i /workspace /tmp /dev/shm "$HOME"
