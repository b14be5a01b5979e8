"""The zone of the clock on which a chat's times are told: given, told by an export, or guessed."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo, available_timezones

from sosias.errors import SosiasError
from sosias.language import translate as _

Evidence = Literal["given", "inferred", "guessed", "unknown"]


class UnknownZone(SosiasError):
    """{name} is no time zone: give one such as Europe/Madrid, America/Santiago or UTC."""


@dataclass(frozen=True)
class Zone:
    """A clock that hangs on somebody's wall."""

    name: str | None
    """IANA name; None: this machine's clock, or (`unknown`) the clock of the phone that exported."""
    evidence: Evidence
    why: str
    _info: ZoneInfo | None = field(default=None, compare=False, repr=False)

    @classmethod
    def given(cls, name: str) -> "Zone":
        """Return the zone that the user named.

        Raises:
            UnknownZone: there is none of that name.
        """
        if name not in available_timezones():
            raise UnknownZone(name=name)
        return cls(name, "given", _("you said so"), ZoneInfo(name))

    @classmethod
    def here(cls) -> "Zone":
        """Return this machine's zone: most people import on a machine at home."""
        return cls(None, "guessed", _("the export's times are UTC; they are told by this machine's clock"))

    @classmethod
    def phones(cls) -> "Zone":
        """Return the zone of exports that write the telephone's clock and do not say where it hung."""
        return cls(None, "unknown", _("the export writes the telephone's clock and no zone"))

    def wall(self, seconds: float) -> datetime:
        """Return what the clock showed, without zone, at `seconds` since 1970-01-01 UTC.

        Raises:
            ValueError, OverflowError, OSError: there was no such time.
        """
        return datetime.fromtimestamp(seconds, self._info).replace(tzinfo=None)
