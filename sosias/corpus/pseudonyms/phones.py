"""Telephone numbers in a text, of the countries that a conversation is about."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import phonenumbers
from phonenumbers import PhoneNumber

from sosias.corpus.pseudonyms.spans import Span, only

REGIONS = {
    "es": ("ES", "MX", "AR", "CL", "CO", "PE", "UY"),
    "en": ("US", "GB"),
}
"""Whose numbers are looked for where nothing tells the country."""
NUMBER = re.compile(
    r"(?<![\w+.,/#€$£-])(?:\+|\(\+)?[(\d](?:[\d()]|[ .\-‑–\u00a0](?=[\d( \-–])){5,22}\d(?![\w€%]|[.,/]\d)"
)
ANNOUNCED = re.compile(
    r"(?:tel[eé]?f?(?:ono)?s?|tfno|tlf|m[oó]vil|cel(?:u(?:lar)?)?|whats?app|wsp|wasap|guasap|n[uú]mero|fijo|"
    r"ll[aá]m\w+|marca\w*|bizum\w*|phone|mobile|cell|call|text|number|num|ring|dial|reach\s+\w+|contact\w*|fax|fono|line)"
    r"\b[^\d\n]{0,25}$",
    re.IGNORECASE,
)
OTHERS = re.compile(
    r"(?:pedido|orden|order|ref(?:erencia|erence)?|factura|invoice|ticket|tracking|seguimiento|env[ií]o|c[oó]digo|"
    r"code|expediente|case|reserva|booking|confirmation|localizador|isbn|serie|serial|vuelo|flight|€|\$|£|eur|usd|"
    r"modelo|model|versi[oó]n|version|score|resultado|paquete|package|parcel|lote|sku)\b[^\d\n]{0,18}$",
    re.IGNORECASE,
)
"""Words that announce a number that is not a telephone's."""
DATE = re.compile(r"\d{1,4}([-/.])\d{1,2}\1\d{1,4}(?:\s+\d{1,2})?|(?:19|20)\d\d[ \-–/]{1,3}(?:19|20)\d\d")
MONEY_AFTER = re.compile(
    r"\s?(?:€|\$|£|%|euros?|pesos?|d[oó]lares|dollars|pounds|soles|usd|eur|km|kg|pts|puntos|points|people|personas)\b|\s?[€$£%]",
    re.IGNORECASE,
)
GROUPED = re.compile(r"\d\d[ .\-)]+\d\d")
PART = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
ADDRESS = re.compile(rf"(?:{PART}\.){{3}}{PART}")
"""Of a machine (IPv4), or a version; 612.34.56.78 is none."""
MENTION = re.compile(r"(?<![\w.@/])@\u2068?\+?(?P<digits>\d{6,20})(?!\w|\.\w)")
"""WhatsApp mentions people by their numbers, or by one of its own that no telephone has."""
BARE = re.compile(r"\d{10,15}")
DECIMAL = re.compile(r"\.\d$")


def find(text: str, regions: Sequence[str]) -> Iterator[Span]:
    """Yield telephone numbers; `canonical` is the number with its country's code, as E.164 has it."""
    for match in MENTION.finditer(text) if "@" in text else ():
        yield Span(*match.span("digits"), "phone", _canonical(match["digits"], regions))
    for match in NUMBER.finditer(text):
        start, end = match.span()
        digits = sum(letter.isdigit() for letter in match.group())
        if not 7 <= digits <= 15 or DATE.fullmatch(match.group()):
            continue
        if ADDRESS.fullmatch(match.group()) or DECIMAL.search(match.group()):
            continue
        before = text[max(0, start - 40) : start]
        announced = ANNOUNCED.search(before) is not None
        if not announced and (OTHERS.search(before) or MONEY_AFTER.match(text, end)):
            continue
        alone = text.strip() == match.group() and GROUPED.search(text) is not None
        number = _parse(match.group(), regions, announced=announced)
        if number is not None:
            yield Span(start, end, "phone", _e164(number))
        elif announced or alone or (match.group().startswith("+") and digits > 8):
            yield Span(start, end, "phone", only(match.group()))


def _canonical(digits: str, regions: Sequence[str]) -> str:
    """Return what follows an @ as E.164 has it, if it can be a telephone's, else its digits."""
    number = _parse("+" + digits, regions, announced=True) or _parse(digits, regions, announced=True)
    return digits if number is None else _e164(number)


def _e164(number: PhoneNumber) -> str:
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _parse(written: str, regions: Sequence[str], *, announced: bool) -> PhoneNumber | None:
    """Return the number, if it can be one in any of the regions."""
    if written.startswith("00"):
        written = "+" + written[2:]
    international = "+" in written
    # Ten digits in a row are a number in some country or other: alone they are one only where it is known.
    if not international and not announced and len(regions) > 2 and not GROUPED.search(written):
        regions = [region for region in regions if _is_mobile(written, region)]
    for region in [None] if international else regions:
        try:
            number = phonenumbers.parse(written, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return number
    # The country's code is written without its sign, too: 34612345678.
    return _parse("+" + written, regions, announced=announced) if BARE.fullmatch(written) else None


def _is_mobile(written: str, region: str) -> bool:
    """Is it a mobile's number in a country whose mobiles begin with a digit of their own?"""
    first = {"ES": "67", "CL": "9", "PE": "9", "CO": "3", "UY": "0"}.get(region)
    return first is not None and written[0] in first


def regions_of(texts: Iterable[str], language: str) -> tuple[str, ...]:
    """Return the countries whose codes stand in texts or names, else those of the language."""
    counts: Counter[str] = Counter()
    for text in texts:
        if "+" not in text:
            continue
        for match in NUMBER.finditer(text):
            if "+" not in match.group():
                continue
            try:
                number = phonenumbers.parse(match.group(), None)
            except phonenumbers.NumberParseException:
                continue
            region = phonenumbers.region_code_for_number(number)
            if region is not None and phonenumbers.is_valid_number(number):
                counts[region] += 1
    seen = tuple(region for region, _count in counts.most_common(3))
    return seen + tuple(
        one for one in REGIONS.get(language, REGIONS["es"] + REGIONS["en"]) if one not in seen
    )
