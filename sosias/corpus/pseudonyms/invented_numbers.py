"""What stands in for numbers, addresses and accounts: of the same shape, and nobody's.

Everything is drawn from a hash of a secret key and the real thing; `attempt` gives another one where the
first is taken.
"""

import re

import phonenumbers

from sosias.corpus.pseudonyms.invented import draw
from sosias.corpus.pseudonyms.lists import sections
from sosias.corpus.pseudonyms.spans import Kind

STREETS = sorted(sections("streets")["invented_spanish"])
ENGLISH_STREETS = sorted(sections("streets")["invented_english"])
"""Names of streets that no town has, or many."""
RESERVED = {"1": ("55501{:02d}", 7, 100), "44": ("7700900{:03d}", 10, 1000)}
"""Numbers that are set aside for stories: North America's 555-0100 to 555-0199 of every area (NANPA), and
Ofcom's 07700 900000 to 900999; by the country's code: how, how many digits, how many there are."""
ENOUGH = 200
"""Attempts after which the choice is widened."""
ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"


def number(key: bytes, kind: Kind, real: str, attempt: int) -> str:
    """Return letters and digits in the places of a number's, that belong to nobody.

    Two noughts begin what has no check digit; a check digit that would be right is made wrong.
    """
    drawn = draw(key, kind, real, attempt)
    made = []
    for position, letter in enumerate(real):
        drawn, one = divmod(drawn, 260)
        if letter.isdigit():
            made.append(str(one % 10))
        else:
            made.append(letter if position < 2 and kind == "account" else chr(65 + one % 26))
    if attempt > ENOUGH:
        return "".join(made)  # so short that all that begin with noughts are taken
    if kind in ("id", "postcode"):
        digits = [place for place, letter in enumerate(real) if letter.isdigit()]
        for place in digits[:2]:
            made[place] = "0"
    if kind == "card":
        made[0] = "0"
    if kind == "account" and real[:2].isalpha() and len(real) > 4:
        made[2:4] = "00"  # the check digits of an IBAN are 02 to 98
    elif kind == "account":
        made[0] = made[1] = "0"
    return "".join(made)


def phone(key: bytes, e164: str, national: str, attempt: int) -> str:
    """Return national digits of the same length: set aside for stories where the country has such numbers,
    else such as the country does not give out."""
    drawn = draw(key, "phone", e164, attempt)
    code = _country_code(e164)
    if code == "1" and len(national) == 10:
        return f"{2 + drawn % 8}{(drawn >> 8) % 10}{(drawn >> 16) % 10}" + RESERVED["1"][0].format(
            (drawn >> 32) % 100
        )
    if code == "44" and len(national) == 10:
        return RESERVED["44"][0].format(drawn % 1000) if attempt < 50 else "0" + f"{drawn % 10**9:09d}"
    # No country's own numbers begin with two noughts after its code.
    return (
        "00" + f"{drawn % 10 ** max(1, len(national) - 2):0{max(1, len(national) - 2)}d}"[: len(national) - 2]
    )


def _country_code(e164: str) -> str:
    try:
        return str(phonenumbers.parse(e164, None).country_code)
    except phonenumbers.NumberParseException:
        return ""


def token(key: bytes, kind: Kind, real: str, attempt: int, length: int = 12) -> str:
    """Return letters and digits that mean nothing."""
    drawn = draw(key, kind, real, attempt)
    made = ""
    for _position in range(length):
        drawn, one = divmod(drawn, len(ALPHABET))
        made += ALPHABET[one]
    return made


def email(key: bytes, real: str, attempt: int) -> str:
    """Return an address at example.org, which is nobody's (RFC 2606)."""
    return f"{token(key, 'email', real, attempt, 9)}@example.org"


def street(key: bytes, canonical: str, real: str, attempt: int, language: str) -> str:
    """Return another street and number, with what stands between them as in the real one."""
    drawn = draw(key, "address", canonical, attempt)

    def other(match: re.Match[str]) -> str:
        nonlocal drawn
        drawn, one = divmod(drawn, 10 ** len(match.group()))
        return str(one)

    words = re.search(r"[^\W\d_]{2,}.*[^\W\d_]|[^\W\d_]{2,}", real)
    if words is None:
        return re.sub(r"\d+", other, real)
    head = re.sub(r"\d+", other, real[: words.start()])
    tail = re.sub(r"\d+", other, real[words.end() :])
    names = ENGLISH_STREETS if language == "en" else STREETS
    drawn, one = divmod(drawn, len(names))
    # When the few names are used up, two make one.
    name = names[one] if attempt < ENOUGH else names[one] + names[drawn % len(names)].lower()
    if head.strip() and not tail.strip(" ."):  # the number first: the type of the street is the last word
        name += " " + words.group().rsplit(" ", 1)[-1]
    return head + (name.lower() if real == real.lower() else name) + tail
