"""The stream of a process, however the engine cuts and orders it; needs no engine."""

from integrations.docker.listening import Counts, Opening
from integrations.docker.output import KeptOutput
from integrations.docker.wire import STDERR, STDOUT, Frames


def test_stderr_may_overtake_the_opening_line() -> None:
    taken: list[tuple[int, bytes]] = []

    def take(stream: int, data: bytes) -> bool:
        taken.append((stream, data))
        return True

    opening = Opening(take)
    for stream, data in ((STDERR, b"oh no\n"), (STDOUT, b"rea"), (STDOUT, b"dy 3 5\nout")):
        assert opening(stream, data)
    ended = opening.ended(4, 0.0, None)

    assert taken == [(STDERR, b"oh no\n"), (STDOUT, b"out")]
    assert (ended.started, ended.counts, ended.refusal) == (True, Counts(3, 5), "")


def test_without_the_opening_line_everything_is_the_refusal() -> None:
    opening = Opening(lambda *_: True)
    opening(STDOUT, b"exec failed: no sh\n")

    ended = opening.ended(126, 0.0, None)

    assert (ended.started, ended.refusal) == (False, "exec failed: no sh")


def test_frames_are_found_however_they_are_cut() -> None:
    stream = b"\x01\0\0\0\0\0\0\x03one" + b"\x02\0\0\0\0\0\0\0" + b"\x02\0\0\0\0\0\0\x03two"
    for size in range(1, len(stream) + 1):
        frames = Frames()
        found = {STDOUT: b"", STDERR: b""}
        for start in range(0, len(stream), size):
            for number, data in frames.feed(stream[start : start + size]):
                found[number] += data
        assert found == {STDOUT: b"one", STDERR: b"two"}, size


def test_kept_output_is_bounded_and_says_what_is_missing() -> None:
    kept = KeptOutput(100)
    for number in range(1000):
        kept.add(b"%03d\n" % number)

    head, tail = kept.text().split("\n[… 3900 bytes of output left out …]\n")
    assert head == "000\n001\n002\n003\n004\n005\n0"
    assert tail.endswith("998\n999\n")
    assert len(head) + len(tail) == 100
