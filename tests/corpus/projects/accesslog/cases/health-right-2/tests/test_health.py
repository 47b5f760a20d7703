from accesslog.entry import Entry, parse_line
from accesslog.health import Health, health


def word(status, ms):
    return health(Entry("t", "POST", "/x", status, ms))


class TestTime:
    def test_fine(self):
        assert [word(200, ms) for ms in (0, 1, 299)] == [Health.FINE] * 3

    def test_slow(self):
        assert [word(201, ms) for ms in (300, 301, 1999)] == [Health.SLOW] * 3

    def test_too_slow(self):
        assert [word(302, ms) for ms in (2000, 10000)] == [Health.TOO_SLOW] * 2


class TestStatus:
    def test_refused(self):
        assert [word(status, 3000) for status in (400, 404, 499)] == [Health.REFUSED] * 3

    def test_broken(self):
        assert [word(status, 3000) for status in (500, 503, 599, 700)] == [Health.BROKEN] * 4

    def test_not_refused_yet(self):
        assert word(399, 10) == Health.FINE


def test_of_a_line():
    assert health(parse_line("2025-03-01T10:00:00 GET /cart 200 350ms")) == "slow"
