"""The help lines by country: `helplines.toml` in, the lines that a person reads out.

Numbers come from that table alone, never from a model. A row that nobody has checked for six months
is still shown, with a note that asks to check it.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from sosias.companion.phrases import read_toml
from sosias.companion.spelling import Language

FRESH = timedelta(days=183)
"""After half a year numbers may have changed."""
DIRECTORY = "findahelpline.com"
"""A directory of lines in most countries, for those that the table does not have."""

_FREE = {"es": "gratis", "en": "free"}
_ELSEWHERE = {
    "es": f"Otros países: {DIRECTORY}",
    "en": f"Other countries: {DIRECTORY}",
}
_UNKNOWN = {
    "es": f"En {DIRECTORY} están las líneas de ayuda de tu país, gratuitas y confidenciales.",
    "en": f"{DIRECTORY} lists the free, confidential lines of your country.",
}
_EMERGENCY_ELSEWHERE = {
    "es": "el número de emergencias de tu país",
    "en": "your country's emergency number",
}
_STALE = {
    "es": "Estos números se comprobaron por última vez el {date}: si alguno no contesta, mira en "
    f"{DIRECTORY}.",
    "en": f"These numbers were last checked on {{date}}: if one does not answer, look at {DIRECTORY}.",
}


@dataclass(frozen=True)
class Helpline:
    """One number, as people dial it, with where it was published and when that was last read."""

    dial: str
    source: str
    checked: date
    name: str = ""
    hours: str = ""
    free: bool = False
    where: dict[str, str] | None = None

    def shown(self, language: Language) -> str:
        """Return the line that a person reads."""
        remarks = [self.hours, _FREE[language] if self.free else "", (self.where or {}).get(language, "")]
        bracket = ", ".join(remark for remark in remarks if remark)
        return f"{self.dial} · {self.name}" + (f" ({bracket})" if bracket else "")


@dataclass(frozen=True)
class Country:
    """A country's lines, the most fitting first, and its emergency number."""

    code: str
    name: dict[str, str]
    languages: tuple[str, ...]
    emergency: Helpline
    lines: tuple[Helpline, ...]


@cache
def countries() -> dict[str, Country]:
    """Return the whole table by ISO 3166 code."""
    return {
        code: Country(
            code,
            row["name"],
            tuple(row["languages"]),
            Helpline(**row["emergency"]),
            tuple(Helpline(**line) for line in row["lines"]),
        )
        for code, row in read_toml("helplines.toml").items()
    }


def find_country(code: str | None) -> Country | None:
    """Return the country of an ISO 3166 code (UK is taken for GB); None where the table has none."""
    wanted = (code or "").strip().upper()
    return countries().get("GB" if wanted == "UK" else wanted)


def lines_shown(country: str | None, language: Language, today: date | None = None) -> str:
    """Return the lines to show, one below the other.

    With a country its own; with one that is not in the table the directory; with none the first line
    of every country where the language is spoken.
    """
    known = find_country(country)
    if known is not None:
        chosen = [known]
        rows = [line.shown(language) for line in known.lines]
    elif country:
        return _UNKNOWN[language]
    else:
        chosen = [one for one in countries().values() if language in one.languages]
        rows = [f"{one.name[language]}: {one.lines[0].shown(language)}" for one in chosen]
        rows.append(_ELSEWHERE[language])
    oldest = min(line.checked for one in chosen for line in (one.emergency, *one.lines))
    if (today or date.today()) - oldest > FRESH:
        rows.append(_STALE[language].format(date=oldest.isoformat()))
    return "\n".join(rows)


def emergency_shown(country: str | None, language: Language) -> str:
    """Return the emergency number to dial, in words that fit after "call"."""
    known = find_country(country)
    if known is not None:
        return known.emergency.dial
    if country:
        return {"es": "el número de emergencias de tu país", "en": "your country's emergency number"}[
            language
        ]
    places: dict[str, list[str]] = {}
    for one in countries().values():
        if language in one.languages:
            places.setdefault(one.emergency.dial, []).append(one.name[language])
    return "; ".join(f"{dial} ({', '.join(names)})" for dial, names in places.items())
