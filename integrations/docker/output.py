"""What is kept of an output: its beginning, and above all its end."""


class KeptOutput:
    """Takes an output of any length and holds ``limit_bytes`` of it."""

    def __init__(self, limit_bytes: int) -> None:
        self._head_bytes = limit_bytes // 4
        self._tail_bytes = limit_bytes - self._head_bytes
        self._head = bytearray()
        self._tail = bytearray()
        self.total_bytes = 0

    def add(self, data: bytes) -> None:
        """Take the next part."""
        self.total_bytes += len(data)
        room = self._head_bytes - len(self._head)
        self._head += data[:room]
        self._tail += data[room:]
        # Cut rarely: moving the tail for every part would cost its length each time.
        if len(self._tail) > 2 * self._tail_bytes:
            self._cut()

    def text(self) -> str:
        """The text, undecodable bytes replaced; a line says how much was left out."""
        self._cut()
        left_out = self.total_bytes - len(self._head) - len(self._tail)
        if not left_out:
            return bytes(self._head + self._tail).decode(errors="replace")
        head, tail = (bytes(part).decode(errors="replace") for part in (self._head, self._tail))
        return f"{head}\n[… {left_out} bytes of output left out …]\n{tail}"

    def _cut(self) -> None:
        surplus = len(self._tail) - self._tail_bytes
        if surplus > 0:
            del self._tail[:surplus]
