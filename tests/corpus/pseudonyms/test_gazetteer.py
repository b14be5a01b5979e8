"""Names as Faker has them: gender, language, accents, and nothing read before it is asked for."""

import subprocess
import sys

from sosias.corpus.pseudonyms.gazetteer import GivenName, given_names, surnames
from sosias.corpus.pseudonyms.lists import plain


def test_names_tell_gender_language_and_accents() -> None:
    names = given_names()
    assert names["lucia"] == GivenName("Lucía", "f", "es", True)
    assert (names["emily"].gender, names["emily"].language) == ("f", "en")
    assert names["andrea"].gender == "f" and names["pedro"].gender == "m"
    assert surnames()["garcia"].name == "García" and surnames()["smith"].language == "en"


def test_every_name_stands_under_its_plain_form() -> None:
    for known in (given_names(), surnames()):
        assert len(known) > 5_000
        assert all(plain(one.name) == key for key, one in known.items())


def test_both_languages_have_enough_names_of_both_genders_to_choose_stand_ins_from() -> None:
    for language in ("es", "en"):
        for gender in ("f", "m"):
            chosen = [
                one
                for one in given_names().values()
                if one.well_known and (one.language, one.gender) == (language, gender)
            ]
            assert len(chosen) > 150


def test_nothing_is_read_before_names_are_looked_for() -> None:
    code = "import sys; import sosias.corpus.prepare; sys.exit('faker' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
