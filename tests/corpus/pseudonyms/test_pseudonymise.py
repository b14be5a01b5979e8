"""Tables of messages: the persona stays, everybody else is hidden, the same way in every chat."""

from pathlib import Path

import ibis.expr.types as ir
import pyarrow.parquet as pq
import pytest

from sosias.corpus.engine import read_messages
from sosias.corpus.pseudonyms.pseudonymise import Plan, planned, pseudonymised
from sosias.corpus.pseudonyms.restoring import Restorer
from sosias.messages import Message, to_table, with_ids
from sosias.settings import PseudonymSettings

SETTINGS = PseudonymSettings(key="07" * 32)
TALK = [
    ("uno", "Elena Ruiz", "hola Marta, soy elena, mi tel es 612 34 56 78"),
    ("uno", "Marta", "dile a Paco que me llame"),
    ("uno", "Paco", "Martaaa, te llamo al 612345678"),
    ("dos", "Marta", "ELENA y paco no vienen a la calle Mayor 3"),
    ("dos", "Elena Ruiz", "ok 😂"),
    ("dos", None, "mensaje del sistema"),
]


@pytest.fixture
def messages(tmp_path: Path) -> ir.Table:
    rows = [
        Message("test", chat, number, None, author, "text", text)
        for number, (chat, author, text) in enumerate(TALK)
    ]
    pq.write_table(to_table(with_ids(rows)), tmp_path / "messages.parquet")
    table = read_messages([tmp_path / "messages.parquet"])
    return table.mutate(persona=(table.author == "Marta").fill_null(False))


def shown(messages: ir.Table, plan: Plan) -> list[tuple[str | None, str]]:
    rows = pseudonymised(messages, plan).order_by("seq").to_pyarrow().to_pylist()
    return [(row["author"], row["text"]) for row in rows]


def test_everybody_but_the_persona_is_hidden_the_same_way_everywhere(messages: ir.Table) -> None:
    plan = planned(messages, SETTINGS, "es")
    rows = shown(messages, plan)
    texts = " ".join(text for _author, text in rows).lower()
    assert not any(real in texts for real in ("elena", "paco", "612", "mayor"))
    assert "Marta" in rows[0][1] and "Martaaa" in rows[2][1]
    assert [author for author, _text in rows].count("Marta") == 2
    elena = rows[0][0]
    assert elena is not None and elena == rows[4][0] and len(elena.split()) == 2
    assert elena.split()[0].lower() in rows[0][1] and elena.split()[0].upper() in rows[3][1]
    assert rows[4][1] == "ok 😂" and rows[5][0] is None


def test_the_real_comes_back_with_the_file_alone(messages: ir.Table) -> None:
    plan = planned(messages, SETTINGS, "es")
    restorer = Restorer(plan.settings.stand_ins)
    rows = shown(messages, plan)
    back = [(author and restorer.author(author), restorer.restore(text)) for author, text in rows]
    assert back == [(author, text) for _chat, author, text in TALK]


def test_what_was_chosen_once_stays(messages: ir.Table) -> None:
    plan = planned(messages, SETTINGS, "es")
    again = planned(messages, plan.settings, "es")
    assert again.settings == plan.settings
    assert shown(messages, again) == shown(messages, plan)


def test_who_is_known_by_a_number_alone_has_one_stand_in(tmp_path: Path) -> None:
    talk = [("+34 612 34 56 78", "hola"), ("Marta", "@34612345678 ven, o te llamo al 612345678")]
    rows = [
        Message("test", "uno", number, None, author, "text", text)
        for number, (author, text) in enumerate(talk)
    ]
    pq.write_table(to_table(with_ids(rows)), tmp_path / "numbers.parquet")
    table = read_messages([tmp_path / "numbers.parquet"])
    table = table.mutate(persona=table.author == "Marta")
    plan = planned(table, SETTINGS, "es")
    (author, _hello), (_marta, text) = shown(table, plan)
    assert author is not None and author.startswith("+34 ") and author != talk[0][0]
    digits = author.removeprefix("+34 ").replace(" ", "")
    assert text == f"@34{digits} ven, o te llamo al {digits}"
    restorer = Restorer(plan.settings.stand_ins)
    assert (restorer.author(author), restorer.restore(text)) == (talk[0][0], talk[1][1])


def test_refused_words_stay_and_added_words_go(messages: ir.Table) -> None:
    wishes = SETTINGS.model_copy(update={"refused": ("Paco",), "added": {"sistema": "name"}})
    plan = planned(messages, wishes, "es")
    texts = [text for _author, text in shown(messages, plan)]
    assert "Paco" in texts[1] and "paco" in texts[3]
    assert "sistema" not in texts[5]
    assert "paco" not in {one.canonical for one in plan.candidates}


def test_candidates_are_told_with_counts_and_contexts(messages: ir.Table) -> None:
    candidates = {one.canonical: one for one in planned(messages, SETTINGS, "es").candidates}
    assert candidates["elena"].count == 2 and candidates["elena"].kind == "name"
    assert candidates["+34612345678"].count == 2
    assert set(candidates["+34612345678"].spellings) == {"612 34 56 78", "612345678"}
    assert any("«ELENA»" in context for context in candidates["elena"].contexts)
    assert all(len(one.contexts) <= 3 for one in candidates.values())
    assert not {"marta", "ok"} & set(candidates)


def test_chats_bear_no_names_and_stay_apart(tmp_path: Path) -> None:
    chats = ["Elena Ruiz", "Eli", "Finde con Paco 🏖️", "Marta", "Trabajo"]
    rows = [
        Message("test", chat, number, None, author, "text", "hola")
        for chat in chats
        for number, author in enumerate(("Marta", "Elena Ruiz"))
    ]
    pq.write_table(to_table(with_ids(rows)), tmp_path / "chats.parquet")
    table = read_messages([tmp_path / "chats.parquet"])
    table = table.mutate(persona=table.author == "Marta")
    plan = planned(table, SETTINGS, "es", {"Eli": "Elena Ruiz"})
    rows_of = pseudonymised(table, plan).select("chat", "author").distinct().to_pyarrow().to_pylist()
    named = {row["chat"] for row in rows_of}
    [elena] = {row["author"] for row in rows_of} - {"Marta"}
    assert {"Marta", "Trabajo", elena, f"{elena} 2"} < named and len(named) == len(chats)
    [title] = named - {"Marta", "Trabajo", elena, f"{elena} 2"}
    assert title.startswith("Finde con ") and title.endswith(" 🏖️") and "Paco" not in title
    assert planned(table, plan.settings, "es", {"Eli": "Elena Ruiz"}).chats == plan.chats
