from integrations.gateway.registries.refusals import MOST, Refusals, Refused


def test_each_is_kept_once_and_in_order() -> None:
    refusals = Refusals()
    for host in ("b.example:443", "a.example:443", "b.example:443"):
        refusals.add(Refused(host, "is not allowed"))
    assert refusals.all() == ("b.example:443: is not allowed", "a.example:443: is not allowed")


def test_number_and_length_are_bounded() -> None:
    refusals = Refusals()
    for number in range(MOST * 3):
        refusals.add(Refused(f"{number}." + "\x00x" * 5000, "is not allowed"))
    kept = refusals.all()
    assert len(kept) == MOST + 1
    assert max(len(text) for text in kept) <= 300
    assert kept[-1].startswith("more than 100")


def test_control_characters_are_escaped() -> None:
    (text,) = _kept("evil\r\n::error::\x1b[31m\u202e\U0001f600.example:443")
    assert text.isascii()
    assert text.isprintable()
    assert text.startswith(r"evil\r\n::error::\x1b[31m\u202e\U0001f600.example:443: ")


def _kept(target: str) -> tuple[str, ...]:
    refusals = Refusals()
    refusals.add(Refused(target, "is not allowed"))
    return refusals.all()
