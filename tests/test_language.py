"""Every sentence that a person reads has its Spanish, with the same fields, in the file that is read."""

import os
import subprocess
import sys
from string import Formatter

import translations
from babel.messages.catalog import Message


def spanish() -> dict[str, Message]:
    return {str(message.id): message for message in translations.catalogue() if message.id}


def fields(sentence: str) -> set[str]:
    return {name for _text, name, _spec, _conversion in Formatter().parse(sentence) if name is not None}


def test_every_sentence_has_its_spanish() -> None:
    known = spanish()
    missing = {
        sentence: places
        for sentence, places in translations.sentences().items()
        if sentence not in known or not known[sentence].string
    }
    assert not missing, "run `make messages`, then translate"


def test_no_sentence_is_kept_that_nobody_says() -> None:
    assert set(spanish()) <= set(translations.sentences()), "run `make messages`"


def test_fields_are_the_same_in_both_languages() -> None:
    for sentence, message in spanish().items():
        assert fields(str(message.string)) == fields(sentence), sentence


def test_what_is_read_is_what_was_written() -> None:
    compiled = translations.PO.with_suffix(".mo").read_bytes()
    assert compiled == translations.compiled(translations.catalogue()), "run `make messages`"


def test_the_command_line_speaks_spanish() -> None:
    environment = os.environ | {"SOSIAS_LANGUAGE": "es"}
    command = [sys.executable, "-m", "sosias", "--help"]
    said = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", check=True).stdout
    assert "Uso: sosias [OPCIONES]" in said
    assert "Habla con un personaje." in said
    assert "Opciones:" in said and "Órdenes:" in said
