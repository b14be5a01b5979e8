"""Numbers that a state gives to people and firms, in a text.

A number is taken where its form is a state's own and its check digit is right (python-stdnum), or where
a word announces it ("mi DNI es …"): seven to nine digits in a row alone may be anything.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module

from sosias.corpus.pseudonyms.spans import Span, only


@dataclass(frozen=True)
class Form:
    """How a state writes one of its numbers."""

    module: str | None
    """Of python-stdnum, which knows the check digit; None: there is none."""
    pattern: str

    @cached_property
    def is_valid(self) -> Callable[[str], bool]:
        if self.module is None:
            return lambda _number: True
        check: Callable[[str], bool] = import_module(f"stdnum.{self.module}").is_valid
        return check


D3 = r"\d{3}[. ]?"
FORMS = (
    Form("es.dni", r"\d{2}[. ]?\d{3}[. ]?\d{3}[ -]?[A-Z]"),
    Form("es.nie", r"[XYZ][ -]?\d{7}[ -]?[A-Z]"),
    Form("es.cif", r"[A-HJNP-SUVW]-?\d{7}-?[0-9A-J]"),
    Form("ar.cuit", r"(?:20|23|24|25|26|27|30|33|34)[ -]?\d{8}[ -]?\d"),
    Form("cl.rut", r"\d{1,2}\.?\d{3}\.?\d{3}-[\dK]"),
    Form("mx.curp", r"[A-Z]{4}\d{6}[HM][A-Z]{5}[0-9A-Z]\d"),
    Form(
        None,
        r"[A-ZÑ&]{3,4}[ -]?\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[ -]?"
        r"[A-Z0-9]{2}[0-9A]",
    ),
    Form("co.nit", r"\d{3}\.?\d{3}\.?\d{3}-\d"),
    Form(None, r"\d\.\d{3}\.\d{3}-\d"),
    Form("br.cpf", r"\d{3}\.\d{3}\.\d{3}-\d{2}"),
    Form("br.cnpj", r"\d{2}\.\d{3}\.\d{3}/\d{4}-\d{2}"),
    Form("us.ssn", r"\d{3}-\d{2}-\d{4}"),
    Form(None, r"(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]"),
    Form("ve.rif", r"[VEJPG]-?\d{8}-?\d"),
    Form(None, r"[VE]-\d{1,2}\.?\d{3}\.?\d{3}"),
    Form("do.cedula", r"\d{3}-\d{7}-\d"),
    Form("ie.pps", r"\d{7}[A-W][ABHWTX]?"),
    Form("it.codicefiscale", r"[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z]"),
    Form("fr.nir", r"[12] ?\d{2} ?\d{2} ?\d{2} ?\d{3} ?\d{3} ?\d{2}"),
    Form("ca.sin", r"\d{3}-\d{3}-\d{3}"),
    Form("pt.cc", r"\d{8} ?\d ?[A-Z]{2}\d"),
    Form("py.ruc", r"\d{6,8}-\d"),
    Form("cr.cpf", r"\d-\d{4}-\d{4}"),
)
"""The numbers that are taken without an announcement. Mexico's RFC is checked by its date: its check digit is
often wrong in use."""

EDGES = r"(?<![\w.,/@#-]){}(?![\w@]|[.,-]\d)"
ANY = re.compile(EDGES.format("(?:" + "|".join(f"(?:{form.pattern})" for form in FORMS) + ")"), re.IGNORECASE)
"""Any of the forms, whatever its check digit: one search for texts that have none."""
EACH = [(form, re.compile(EDGES.format(form.pattern), re.IGNORECASE)) for form in FORMS]

WORDS = (
    r"dni|d\.n\.i|nie|nif|cif|cuit|cuil|rut|run|rol\s+[uú]nico|curp|rfc|c[eé]dula|ced|c\.?[ic]\.?|documento|doc|"
    r"pasaporte|passport|ssn|social(?:\s+security)?|nino|national\s+insurance|ni(?:\s+number)?|insurance|nhs|nit|ruc|rif|"
    r"cpf|cnpj|rg|tax\s+id|tin|itin|ein|sin|seguridad\s+social|nss|imss|issste|afiliaci[oó]n|licen[cs]ia?e?|"
    r"driver'?s?\s+licen[cs]e|carn?et|cui|dui|ine|ife|clave\s+(?:de\s+)?elector|credencial|(?:my|your|his|her|their|student|mi|tu|su)\s+id|id\s+(?:card|number)|"
    r"identity\s+card|identificaci[oó]n|matr[ií]cula|plate|medicare|pps|contribuyente|passaporto|nss|historia\s+cl[ií]nica|"
    r"expediente|student\s+(?:id|number)|legajo|padr[oó]n|patente|visa\s+number|green\s+card|residencia|permiso"
)
ANNOUNCED = re.compile(
    rf"\b(?:{WORDS})\b\.?(?P<between>[^\d\n]{{0,36}}?)(?<![\w.])(?P<number>"
    r"(?=[^\W\d_]{0,6}[.\-/]?\d|(?!es|is|no|el|la|mi|my|te|lo|va|n)[A-Z]{1,2} \d)(?=(?:[\w.\-/ ]*?\d){5})"
    r"[^\W_](?:[^\W_]|[.\-/](?=\w)| (?=\d)| (?=[A-Z](?!\w))){4,22})(?![\w@€$]|[.,]\d)",
    re.IGNORECASE,
)
"""A word that announces, and the number after it: five digits at least."""
LOOSE = 6
"""Digits from which any few words may stand between the announcement and the number."""
FEW_WORDS = re.compile(r"(?:[^\w\n]*\b[^\W\d_]+\b){0,6}\W*")
NEAR = re.compile(r"\W*(?:\w+\W+){0,2}")
YEAR_OR_DATE = re.compile(r"(?:19|20)\d\d|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}")


def find(text: str) -> Iterator[Span]:
    """Yield the numbers of states and offices that stand in a text."""
    if ANY.search(text):
        for form, pattern in EACH:
            for match in pattern.finditer(text):
                if form.is_valid(only(match.group())):
                    yield Span(*match.span(), "id", only(match.group()))
    for match in ANNOUNCED.finditer(text):
        number = match["number"].rstrip(".-/ ")
        between = FEW_WORDS if sum(letter.isdigit() for letter in number) >= LOOSE else NEAR
        if between.fullmatch(match["between"]) and not YEAR_OR_DATE.fullmatch(number):
            start = match.start("number")
            yield Span(start, start + len(number), "id", only(number))
