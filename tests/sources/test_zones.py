"""Clocks: an instant is told as somebody's wall clock showed it."""

from datetime import UTC, datetime

import pytest

from sosias.sources.zones import UnknownZone, Zone

SUMMER = datetime(2021, 7, 1, 12, tzinfo=UTC).timestamp()
WINTER = datetime(2021, 1, 1, 12, tzinfo=UTC).timestamp()


def test_a_given_zone_has_its_summer() -> None:
    madrid = Zone.given("Europe/Madrid")
    assert (madrid.name, madrid.evidence) == ("Europe/Madrid", "given")
    assert madrid.wall(SUMMER) == datetime(2021, 7, 1, 14)
    assert madrid.wall(WINTER) == datetime(2021, 1, 1, 13)
    assert Zone.given("UTC").wall(-1) == datetime(1969, 12, 31, 23, 59, 59)


@pytest.mark.parametrize("name", ["Madrid", "../../etc/passwd", "", "Europe/Madrid\n"])
def test_what_is_no_zone(name: str) -> None:
    with pytest.raises(UnknownZone):
        Zone.given(name)


def test_this_machine_s_clock_is_a_guess() -> None:
    assert Zone.here().evidence == "guessed"
    assert Zone.here().wall(SUMMER) == datetime.fromtimestamp(SUMMER)


def test_years_that_never_were() -> None:
    with pytest.raises((ValueError, OverflowError, OSError)):
        Zone.given("UTC").wall(1e18)
