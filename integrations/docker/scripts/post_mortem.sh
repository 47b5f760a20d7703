# Says which of the places that can be written to are full. Its first line told of memory.
df -P -k /workspace /tmp "$HOME"
