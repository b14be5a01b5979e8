"""Numbers, addresses and links in sentences: what is found, and what is left alone."""

import pytest

from sosias.corpus.pseudonyms.identifiers import find
from sosias.corpus.pseudonyms.phones import regions_of

SPANISH = ("ES", "MX", "AR", "CL", "CO", "PE", "UY")
ENGLISH = ("US", "GB")


def found(text: str, regions: tuple[str, ...] = SPANISH) -> list[tuple[str, str]]:
    return [(span.kind, text[span.start : span.end]) for span in find(text, regions)]


@pytest.mark.parametrize(
    ("text", "kind", "part"),
    [
        ("llámame al 612 34 56 78", "phone", "612 34 56 78"),
        ("tel +54 9 11 5555-1234 ok", "phone", "+54 9 11 5555-1234"),
        ("mi dni es 12345678Z", "id", "12345678Z"),
        ("X1234567L", "id", "X1234567L"),
        ("12.345.678-5 es mi rut", "id", "12.345.678-5"),
        ("mi cédula es 1.023.456.789", "id", "1.023.456.789"),
        ("ruc 20123456789", "id", "20123456789"),
        ("ES91 2100 0418 4502 0005 1332 ok?", "account", "ES91 2100 0418 4502 0005 1332"),
        ("es9121000418450200051332", "account", "es9121000418450200051332"),
        ("4111 1111 1111 1111", "card", "4111 1111 1111 1111"),
        ("vivo en la calle Mayor, 15 3º B", "address", "Mayor, 15"),
        ("c/ mayor 12", "address", "mayor 12"),
        ("Calle 45 # 12-30", "address", "45 # 12-30"),
        ("vivo en Corrientes 1234", "address", "Corrientes 1234"),
        ("28013 Madrid", "postcode", "28013"),
        ("Ana.Garcia@gmail.com!", "email", "Ana.Garcia@gmail.com"),
        ("ana arroba gmail punto com", "email", "ana arroba gmail punto com"),
        ("https://instagram.com/ana.g", "link", "ana.g"),
        ("mira @ana_92", "handle", "ana_92"),
        ("mi insta es ana_92", "handle", "ana_92"),
        ("@34612345678 ven", "phone", "34612345678"),
        ("mira 5491123456789", "phone", "5491123456789"),
        ("oye @123456789012345, ven", "phone", "123456789012345"),
        ("apunta 612.34.56.78", "phone", "612.34.56.78"),
    ],
)
def test_found_in_spanish(text: str, kind: str, part: str) -> None:
    assert found(text) == [(kind, part)]


@pytest.mark.parametrize(
    ("text", "kind", "part"),
    [
        ("(415) 555-2671 is mine", "phone", "(415) 555-2671"),
        ("07700 900123", "phone", "07700 900123"),
        ("my ssn is 078 05 1120", "id", "078 05 1120"),
        ("AB 12 34 56 C", "id", "AB 12 34 56 C"),
        ("i live at 22 baker street", "address", "22 baker street"),
        ("1600 Pennsylvania Ave", "address", "1600 Pennsylvania Ave"),
        ("SW1A 1AA", "postcode", "SW1A 1AA"),
        ("bob at gmail dot com", "email", "bob at gmail dot com"),
    ],
)
def test_found_in_english(text: str, kind: str, part: str) -> None:
    assert found(text, ENGLISH) == [(kind, part)]


@pytest.mark.parametrize(
    "text",
    [
        "quedamos a las 10:30 del 12/05/2024",
        "son 12.345.678 pesos",
        "pedido 1234567890",
        "la factura 2024-000123",
        "ganamos 3-2",
        "entre 2019 y 2024",
        "la plaza estaba llena a las 5",
        "tardo 10 min",
        "mira https://www.bbc.com/news",
        "a todos: @everyone",
        "took 2 way too long",
        "10 min drive",
        "un 4 de mayo",
        "30123456",
        "la ip es 192.168.10.25",
        "mandarinas @1200",
    ],
)
def test_left_alone(text: str) -> None:
    assert found(text) == []
    assert found(text, ENGLISH) == []


def test_one_telephone_in_two_spellings_is_one() -> None:
    text = "es el 612 34 56 78, o sea +34 612345678"
    first, second = find(text, SPANISH)
    assert first.canonical == second.canonical == "+34612345678"


def test_a_mention_is_the_number_of_who_is_mentioned() -> None:
    texts = ("@34612345678", "@612345678", "34612345678", "+34 612 34 56 78", "612.34.56.78")
    assert {span.canonical for text in texts for span in find(text, SPANISH)} == {"+34612345678"}


def test_countries_are_those_of_the_numbers_and_of_the_language() -> None:
    assert regions_of(["+56 9 8123 4567", "hola"], "es")[0] == "CL"
    assert regions_of([], "en") == ("US", "GB")
    assert "ES" in regions_of([], "ca") and "US" in regions_of([], "ca")
