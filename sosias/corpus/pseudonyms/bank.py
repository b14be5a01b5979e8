"""IBANs, cards and accounts in a text."""

import re
from collections.abc import Iterator

from stdnum import luhn
from stdnum.ar import cbu
from stdnum.es import ccc
from stdnum.iso7064 import mod_97_10

from sosias.corpus.pseudonyms.spans import Span, only

IBAN = re.compile(r"(?<![\w@/])[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,30}(?!\w)", re.IGNORECASE)
SHORTEST_IBAN = 15
"""Norway's."""
DIGITS = re.compile(r"(?<![\w.,/@+#-])\d(?:[ .\-\u00a0]?\d){11,23}(?![\w@%€]|[.,-]\d)")
CARD = re.compile(
    r"4\d{12}(?:\d{3}){0,2}|(?:5[1-5]|2[2-7])\d{14}|3[47]\d{13}|3(?:0[0-5]|[689]\d)\d{11}|(?:5[06-8]|6\d)\d{10,17}|35\d{14}|(?:2131|1800)\d{11}"
)
"""The numbers that banks and card companies have been given (ISO/IEC 7812)."""
NOT_CARDS = re.compile(
    r"(?:pedido|order|tracking|seguimiento|env[ií]o|parcel|package|paquete|imei|isbn|ticket|ref\w*|factura|invoice|"
    r"gu[ií]a|serial|serie|code|c[oó]digo)\b[^\d\n]{0,18}$",
    re.IGNORECASE,
)
ANNOUNCED_CARD = re.compile(
    r"\b(?:tarjeta|card|visa|mastercard|amex|american\s+express|d[eé]bito|cr[eé]dito|debit|credit)\b[^\d\n]{0,28}$",
    re.IGNORECASE,
)
ANNOUNCED = re.compile(
    r"\b(?:iban|cuenta|cta|account|acct|acc|clabe|cbu|cvu|ccc|routing|aba|sort\s+code|swift|n[oó]mina|"
    r"transfer\w*|ingres\w+|deposit\w*)\b(?P<between>[^\d\n]{0,25}?)(?<![\w.,])"
    r"(?P<number>\d(?:[ \-]?\d){5,25})"
    r"(?![\w@€$£%]|[.,]\d|\s?(?:euros?|pesos?|d[oó]lares|eur|usd|dollars|pounds|lucas)\b)",
    re.IGNORECASE,
)
SORT_CODE = re.compile(r"\bsort\s*code\b\D{0,12}(?P<number>\d\d[- ]?\d\d[- ]?\d\d)\b", re.IGNORECASE)


def find(text: str) -> Iterator[Span]:
    """Yield IBANs, cards and accounts; what announces itself needs no right check digit."""
    for match in IBAN.finditer(text):
        yield from _iban(match, text)
    for match in DIGITS.finditer(text):
        number = only(match.group())
        before = text[max(0, match.start() - 40) : match.start()]
        if ANNOUNCED_CARD.search(before) or _is_card(number, before):
            yield Span(*match.span(), "card", number)
        elif (len(number) == 22 and cbu.is_valid(number)) or (len(number) == 20 and ccc.is_valid(number)):
            yield Span(*match.span(), "account", number)
    for match in SORT_CODE.finditer(text):
        yield Span(*match.span("number"), "account", only(match["number"]))
    for match in ANNOUNCED.finditer(text):
        if len(only(match["number"])) >= 8:
            yield Span(*match.span("number"), "account", only(match["number"]))


def _is_card(number: str, before: str) -> bool:
    return bool(CARD.fullmatch(number)) and luhn.is_valid(number) and not NOT_CARDS.search(before)


def _iban(match: re.Match[str], text: str) -> Iterator[Span]:
    """Yield the longest part of a match that is an IBAN: words may follow it without a break."""
    end = match.end()
    while end > match.start():
        number = only(text[match.start() : end])
        if len(number) < SHORTEST_IBAN:
            break
        ends_well = end == len(text) or not text[end].isalnum()
        if ends_well and mod_97_10.is_valid(number[4:] + number[:4]):
            yield Span(match.start(), end, "account", number)
            return
        end -= 1
    announced = re.search(r"\b(?:iban|cuenta|account)\b[^\d\n]{0,20}$", text[: match.start()], re.IGNORECASE)
    if announced:
        digits = re.match(r"\w\w\d\d(?:[ -]?\w*\d)+", match.group())
        if digits:
            yield Span(match.start(), match.start() + digits.end(), "account", only(digits.group()))
