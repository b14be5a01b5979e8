"""Telephones, ids, cards, accounts, addresses and links to plant.

Those of the development half are written here; of the test half phones, e-mails, ids, cards, IBANs and
addresses are Faker's, whose shapes the package was not written after.
"""

import random
import re
from collections.abc import Callable

import phonenumbers
from faker import Faker
from stdnum import luhn
from stdnum.ar import cuit
from stdnum.cl import rut
from stdnum.es import dni

from sosias.corpus.pseudonyms.lists import plain

LOCALES = {"es": ("es_ES", "es_MX", "es_AR", "es_CL", "es_CO"), "en": ("en_US", "en_GB")}


class Numbers:
    """Makes what is planted beside names, by the name of its place in a template."""

    def __init__(self, language: str, half: str, seed: int, given: Callable[[], str]) -> None:
        self.language, self.is_test = language, half == "test"
        self.random = random.Random(f"numbers {language} {half} {seed}")
        self.given = given
        self.fakers = {locale: Faker(locale) for locale in LOCALES[language]}
        for locale, faker in self.fakers.items():
            faker.seed_instance(f"{locale} {half} {seed}")

    def faker(self) -> Faker:
        return self.random.choice(list(self.fakers.values()))

    def digits(self, count: int) -> str:
        return "".join(self.random.choice("0123456789") for _digit in range(count))

    def phone(self) -> str:
        if self.is_test:
            return self._fakers_phone()
        one = self.digits
        shapes = {
            "es": (
                f"6{one(2)} {one(2)} {one(2)} {one(2)}",
                f"+34 6{one(8)}",
                f"91 {one(3)} {one(2)} {one(2)}",
                f"+54 9 11 5{one(3)}-{one(4)}",
                f"+56 9 8{one(3)} {one(4)}",
                f"55 5{one(3)} {one(4)}",
            ),
            "en": (
                f"(415) 7{one(2)}-{one(4)}",
                f"+1 212 5{one(2)} {one(4)}",
                f"07700 9{one(5)}",
                f"+44 7911 {one(6)}",
                f"646-7{one(2)}-{one(4)}",
            ),
        }
        return self.random.choice(shapes[self.language])

    def _fakers_phone(self) -> str:
        """Return a number of Faker's that a telephone can have: it makes up others, too."""
        while True:
            locale = self.random.choice(list(self.fakers))
            written: str = self.fakers[locale].phone_number().split("x")[0].strip()
            try:
                if phonenumbers.is_valid_number(phonenumbers.parse(written, locale[-2:])):
                    return written
            except phonenumbers.NumberParseException:
                continue

    def email(self) -> str:
        if self.is_test:
            return str(self.faker().email() if self.random.random() < 0.5 else self.faker().free_email())
        host = self.random.choice(("gmail.com", "hotmail.es", "empresa.com.ar"))
        return f"{plain(self.given())}.{self.digits(2)}@{host}"

    def label_and_id(self) -> tuple[str, str]:
        """Return what a number is called, and one."""
        if self.is_test:
            return self.random.choice(self._spanish_ids() if self.language == "es" else self._english_ids())
        one, number, body = self.digits, self.digits(8), "2" + self.digits(7)
        choices = {
            "es": (
                ("dni", number + dni.calc_check_digit(number)),
                ("rut", f"{body[:2]}.{body[2:5]}.{body[5:]}-{rut.calc_check_digit(body)}"),
                ("dni", f"3{one(1)}.{one(3)}.{one(3)}"),
                ("cuil", f"20-{number}-{cuit.calc_check_digit('20' + number)}"),
            ),
            "en": (
                ("ssn", f"2{one(2)}-1{one(1)}-{one(4)}"),
                ("national insurance number", f"AB{one(6)}C"),
                ("passport", f"5{one(8)}"),
            ),
        }
        return self.random.choice(choices[self.language])

    def _spanish_ids(self) -> tuple[tuple[str, str], ...]:
        one, number = self.digits, self.digits(8)
        spain, mexico, chile, colombia = (self.fakers[f"es_{home}"] for home in ("ES", "MX", "CL", "CO"))
        return (
            ("nie", spain.nie()),
            ("nif", spain.nif()),
            ("cif", spain.cif()),
            ("curp", mexico.curp()),
            ("rfc", mexico.rfc()),
            ("nss", mexico.ssn()),
            ("clave de elector", mexico.elector_code()),
            ("run", chile.person_rut()),
            ("cédula", colombia.nuip()),
            ("nit", colombia.natural_person_nit()),
            ("pasaporte", spain.passport_number()),
            ("dni", number),
            ("ruc", f"10{one(9)}"),
            ("cédula", f"{self.random.randint(1, 6)}.{one(3)}.{one(3)}-{one(1)}"),
            ("cuit", "27" + number + cuit.calc_check_digit("27" + number)),
        )

    def _english_ids(self) -> tuple[tuple[str, str], ...]:
        one, states, britain = self.digits, self.fakers["en_US"], self.fakers["en_GB"]
        return (
            ("ssn", states.ssn()),
            ("social security number", states.ssn().replace("-", "")),
            ("itin", states.itin()),
            ("ein", states.ein()),
            ("passport number", states.passport_number()),
            ("NINO", britain.ssn()),
            ("driving licence", f"{self.random.choice('MBTR')}{one(7)}"),
            ("NHS number", f"{one(3)} {one(3)} {one(4)}"),
            ("student id", one(8)),
        )

    def card(self) -> str:
        if self.is_test:
            number = self.faker().credit_card_number()
            return number if self.random.random() < 0.5 else " ".join(re.findall(r"\d{1,4}", number))
        body = "4" + self.digits(14)
        groups = re.findall("....", body + luhn.calc_check_digit(body))
        return self.random.choice(("", " ", "-")).join(groups)

    def iban(self) -> str:
        number: str = self.faker().iban()
        shapes = (
            number,
            " ".join(re.findall(".{1,4}", number)),
            *((number.lower(),) if self.is_test else ()),
        )
        return self.random.choice(shapes)

    def address(self) -> str:
        if self.is_test:
            return " ".join(self.faker().street_address().replace("\n", ", ").split())
        number, name = self.random.randint(1, 300), self.given()
        shapes = {
            "es": (
                f"calle {name} {number}",
                f"C/ {name}, {number}",
                f"Av. {name} {number}",
                f"plaza {name} {number}",
                f"Calle {number} # 12-{number}",
                f"Travesía {name} nº {number}",
                f"{name} {number} piso 2",
            ),
            "en": (
                f"{number} {name} Street",
                f"{number} {name} Ave",
                f"{number} {name.lower()} road",
                f"{number} {name} Heights",
                f"Flat 3, {number} {name} Lane",
            ),
        }
        return self.random.choice(shapes[self.language])

    def link(self) -> str:
        name, one = plain(self.given()) + self.digits(2), self.digits
        shapes: tuple[str, ...] = (
            f"https://instagram.com/{name}",
            f"https://www.facebook.com/profile.php?id=1000{one(11)}",
            f"https://site.com/orders/{one(8)}?token=ab{one(6)}",
        )
        if self.is_test:
            shapes = (
                f"https://www.tiktok.com/@{name}",
                f"linkedin.com/in/{name}-{one(5)}",
                f"https://wa.me/34{one(9)}",
                f"https://drive.google.com/file/d/1aB{one(12)}xYz/view",
                f"https://open.example.com/user/{name}?si={one(10)}",
            )
        return self.random.choice(shapes)

    def handle(self) -> str:
        name = plain(self.given())
        shapes = (f"{name}.{self.digits(3)}", f"_{name}_x", f"the.{name}")
        return "@" + (self.random.choice(shapes) if self.is_test else name + self.digits(2))

    def harmless(self, place: str) -> str:
        """Return a number that is nobody's: of a day, an amount, an order."""
        pick = self.random
        if place == "price":
            amount = pick.choice(
                (
                    f"{pick.randint(1, 999)}",
                    f"{pick.randint(1, 99)}.{pick.randint(100, 999)}",
                    f"{pick.randint(1, 20)},50",
                    f"{pick.randint(1, 12)}.{pick.randint(100, 999)}.000",
                )
            )
            currency = "pesos" if self.language == "es" else "dollars"
            return pick.choice((f"{amount} €", f"${amount}", f"{amount} {currency}"))
        orders = (
            self.digits(10),
            f"{self.digits(3)}-{self.digits(7)}",
            f"{pick.randint(2015, 2029)}-{self.digits(6)}",
            self.digits(8),
        )
        return {
            "n": str(pick.randint(2, 99)),
            "year": str(pick.randint(1970, 2029)),
            "time": pick.choice((f"{pick.randint(0, 23)}:{pick.randint(10, 59)}", str(pick.randint(1, 12)))),
            "order": pick.choice(orders),
            "score": f"{pick.randint(0, 9)}-{pick.randint(0, 9)}",
        }[place]


def core(address: str) -> tuple[int, int]:
    """Return where an address has the street's name and the number, without the type and what follows."""
    if address[:1].isdigit():
        return 0, re.match(r"\d+\w*\s+\S+", address).end()  # type: ignore[union-attr]
    words = list(re.finditer(r"\S+", address))
    numbers = [one for one in re.finditer(r"\d+", address) if one.start() > 0]
    start = words[1].start() if len(words) > 1 and words[0].end() < numbers[0].start() else 0
    last_word = max((one.start() for one in re.finditer(r"[^\W\d_]{2,}", address)), default=0)
    house = next((one for one in numbers if one.start() > words[0].start()), numbers[-1])
    return start, house.end() if last_word >= 0 else len(address)
