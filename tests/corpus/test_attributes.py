"""What is known of messages: told by the export or a table of people, else by the words; stand-ins first."""

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sosias.corpus import choosing, prepare, prepared
from sosias.corpus.attributes_names import field_named, value_of
from sosias.corpus.attributes_people import NoPeopleTable, with_people
from sosias.corpus.attributes_text import Reader, hashtags
from sosias.corpus.engine import engine_for, read_messages
from sosias.corpus.session import SESSION_SCHEMA, from_table
from sosias.messages import Message, to_table, with_ids
from sosias.settings import Consent, PersonaSettings, PreparationSettings
from sosias.workspace import Persona, Workspace
from tests.corpus.tables import message

CONSENT = Consent(kind="public", recorded=date(2026, 1, 1))
SPANISH = Reader("es")


def test_hashtags_are_words_with_a_sign() -> None:
    text = "#Chile y #8M, no #1 ni a#b ni https://a.b/#c; otra vez #Chile #niñas_ya"
    assert hashtags(text) == ["Chile", "8M", "niñas_ya"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Hoy vamos al Ministerio de Salud con Ana Ruiz.", ["Ministerio de Salud", "Ana Ruiz"]),
        ("Gracias a todos. Nadie sobra", []),
        ("El Congreso votó; la UDI no, @bancadaUDI tampoco", ["bancadaUDI", "Congreso", "UDI"]),
        ("GRACIAS A TODOS LOS QUE VINIERON", []),
        ("la Casa de la Moneda y el", ["Casa de la Moneda"]),
        ("#Chile https://Algo.cl/Casa", []),
    ],
)
def test_names_are_runs_of_capitals_that_do_not_just_begin_a_sentence(text: str, found: list[str]) -> None:
    assert sorted(SPANISH.entities(text)) == sorted(found)


def test_moods_are_by_the_lexicon() -> None:
    texts = ("Qué alegría, me encanta", "Qué tristeza, es horrible", "El martes hay sesión")
    assert [SPANISH.sentiment(text) for text in texts] == ["POSITIVE", "NEGATIVE", "NEUTRAL"]
    assert Reader("en").sentiment("I love it") == "POSITIVE"
    assert Reader("other").attributes("Mbote na yo") == {}


def test_phrases_are_what_stands_between_small_words() -> None:
    text = "Votamos la reforma de pensiones mínimas y la reforma tributaria en la sala"
    assert SPANISH.phrases(text)[:2] == ["pensiones mínimas", "reforma tributaria"]
    assert SPANISH.phrases("y de la en") == []


@pytest.mark.parametrize("spelling", ["Coalición", "COALICION", "coalition", "bloque"])
def test_fields_are_known_in_both_languages(spelling: str) -> None:
    assert field_named(spelling) == "coalition"


def test_moods_are_known_in_both_languages() -> None:
    assert [value_of("sentiment", mood) for mood in ("POSITIVO", "neu", "N", "raro")] == [
        "POSITIVE",
        "NEUTRAL",
        "NEGATIVE",
        "raro",
    ]
    assert field_named("partidos") is None


# --- prepared --------------------------------------------------------------------------------------


def posts() -> list[Message]:
    """Return posts of three people of two parties, an hour and more apart, each in a chat of its own."""
    said = {
        "Ana Vial": ("Qué alegría el #Congreso de hoy con Rocío Paredes", "Es horrible esa ley de pesca"),
        "Bea": ("La sesión del martes en Valparaíso sigue", "Gracias por la ley de cuotas"),
        "Luz": ("No votaremos la ley", "Nada nuevo en la sala de hoy"),
    }
    party = {"Ana Vial": "L", "Bea": "L", "Luz": "R"}
    return [
        message(
            number,
            number * 100,
            author,
            f"{texts[number % 2]} {number // 2}",
            chat=author,
            kind="post",
            attributes={"partido": party[author]} | ({"sentimiento": "NEUTRO"} if number == 1 else {}),
        )
        for author, texts in said.items()
        for number in range(12)
    ]


def workspace_of(folder: Path, messages: list[Message]) -> Workspace:
    workspace = Workspace.create(folder)
    pq.write_table(to_table(with_ids(messages)), workspace.messages_folder / "0001.parquet")
    return workspace


def left(workspace: Workspace, where: str = "attributes['partido'] = 'L'", **more: object) -> Persona:
    preparation = PreparationSettings.model_validate({"attributes": True, "pseudonyms": False, **more})
    settings = PersonaSettings(name="left", where=where, consent=CONSENT, preparation=preparation)
    return workspace.new_persona(settings)


def known(persona: Persona) -> dict[str, dict[str, str]]:
    """Return what is known of each of the persona's posts."""
    return {
        text: dict(facts)
        for session in prepared.read_sessions(persona)
        for turn in session.turns
        for text, facts in zip(turn.bubbles, turn.attributes, strict=True)
    }


def test_what_is_told_is_taken_and_what_is_missing_is_read(tmp_path: Path) -> None:
    workspace = workspace_of(tmp_path / "w", posts())
    persona = left(workspace)
    prepare.prepare(workspace, persona)
    found = known(persona)
    assert found["Qué alegría el #Congreso de hoy con Rocío Paredes 0"] == {
        "party": "L",
        "sentiment": "POSITIVE",
        "entities": "Rocío Paredes",
        "hashtags": "Congreso",
        "keywords": found["Qué alegría el #Congreso de hoy con Rocío Paredes 0"]["keywords"],
    }
    assert found["Es horrible esa ley de pesca 0"]["sentiment"] == "NEUTRAL", "as its export says"
    assert found["Es horrible esa ley de pesca 1"]["sentiment"] == "NEGATIVE"


def test_chats_in_which_the_group_does_not_write_are_no_talk_of_theirs(tmp_path: Path) -> None:
    workspace = workspace_of(tmp_path / "w", posts())
    persona = left(workspace)
    prepare.prepare(workspace, persona)
    sessions = prepared.read_sessions(persona)
    assert {turn.author for session in sessions for turn in session.turns} == {"Ana Vial", "Bea"}


def test_stand_ins_come_first(tmp_path: Path) -> None:
    messages = posts()
    for one in messages:
        one.attributes["entidades"] = "Rocío Paredes"
    workspace = workspace_of(tmp_path / "w", messages)
    persona = left(workspace, pseudonyms=True)
    prepare.prepare(workspace, persona)
    assert "Rocío" not in str(known(persona))
    assert "Paredes" not in str(known(persona))


def test_a_table_of_people_tells_whose_party_it_is(tmp_path: Path) -> None:
    messages = posts()
    for one in messages:
        one.attributes.clear()
    messages[0].attributes["coalition"] = "own"
    workspace = workspace_of(tmp_path / "w", messages)
    table = "Autor,coalition,party\n@ana vial,Centro,L\nBea,Centro,L\nLUZ,,R\n"
    (tmp_path / "w" / "people.csv").write_text(table, encoding="utf-8")
    workspace.save(workspace.settings.model_copy(update={"people_table": "people.csv"}))
    choosing.check_where(workspace, "attributes['party'] = 'L'")
    persona = left(workspace, "attributes['party'] = 'L'")
    prepare.prepare(workspace, persona)
    found = list(known(persona).values())
    assert len(found) == 24
    assert {one["party"] for one in found} == {"L"}
    assert sorted({one["coalition"] for one in found}) == ["Centro", "own"]
    other = PersonaSettings(
        name="right",
        where="attributes['party'] = 'R'",
        consent=CONSENT,
        preparation=persona.settings.preparation,
    )
    assert prepare.prepare(workspace, workspace.new_persona(other))["bubbles"] == 12
    assert {one["party"] for one in known(workspace.persona("right")).values()} == {"R"}
    assert len(known(persona)) == 24, "the other persona of the same messages stays as it is"


@pytest.mark.parametrize("between", ",;\t")
def test_what_a_table_of_people_says_stays_as_it_is_written(tmp_path: Path, between: str) -> None:
    messages = posts()
    for one in messages:
        one.author = {"Bea": "0012", "Luz": "Peña"}.get(one.author, one.author)
        one.attributes.clear()
    workspace = workspace_of(tmp_path / "w", messages)
    lines = ("\ufeff", "autor;party;seat", "0012;true;007", " ;;", '"Peña";;1.50\u2028x')
    table = "\r\n".join(lines).replace(";", between)
    (tmp_path / "w" / "people.csv").write_bytes(table.encode())
    workspace.save(workspace.settings.model_copy(update={"people_table": "people.csv"}))
    engine = engine_for(workspace.settings, tmp_path)
    stored = read_messages(workspace.message_files(), engine=engine)
    read = with_people(stored, workspace, {}, engine).to_pyarrow().to_pylist()
    told = {row["author"]: dict(row["attributes"]) for row in read}
    assert told == {
        "Ana Vial": {},
        "0012": {"party": "true", "seat": "007"},
        "Peña": {"seat": "1.50\u2028x"},
    }


@pytest.mark.parametrize(
    ("table", "what"),
    [
        (None, "it is not there"),
        (b"", r"\(\)"),
        (b"party\nL\n", "party"),
        ("author,party\nPeña,L\n".encode("latin-1"), "not UTF-8"),
        (b"author,party\n\nBea\n", "line 3 has 1 columns and the first has 2"),
        (b'author,party\nBea,"PY\nAna,PX\n', "unexpected end of data"),
        (b"author,party,Party\nBea,L,R\n", "all different"),
    ],
)
def test_a_table_of_people_that_cannot_be_read_is_told(
    tmp_path: Path, table: bytes | None, what: str
) -> None:
    workspace = workspace_of(tmp_path / "w", posts())
    if table is not None:
        (tmp_path / "w" / "people.csv").write_bytes(table)
    workspace.save(workspace.settings.model_copy(update={"people_table": "people.csv"}))
    with pytest.raises(NoPeopleTable, match=rf"people\.csv.*{what}"):
        prepare.prepare(workspace, left(workspace))


def test_without_being_asked_for_nothing_is_told_and_asking_is_written_down(tmp_path: Path) -> None:
    workspace = workspace_of(tmp_path / "w", posts())
    persona = left(workspace)
    prepare.prepare(workspace, persona, attributes=False)
    turns = [turn for session in prepared.read_sessions(persona) for turn in session.turns]
    assert all(turn.attributes == () for turn in turns)
    prepare.prepare(workspace, persona, attributes=True)
    assert workspace.persona("left").settings.preparation.attributes is True
    assert known(persona)


def test_texts_that_leave_a_split_take_what_is_known_of_them_along(tmp_path: Path) -> None:
    long = "Una frase tan larga que no puede estar en dos partes del corpus a la vez, dicha otra vez igual"
    messages = [
        message(i, i * 100, "Ana", long if i % 5 == 0 and i != 10 else f"texto {i} #etiqueta{i}", kind="post")
        for i in range(40)
    ]
    for i in range(1, 40, 2):  # two bubbles of one turn
        messages[i].sent_at = messages[i - 1].sent_at
    workspace = workspace_of(tmp_path / "w", messages)
    persona = left(workspace, "author = 'Ana'", cleaning={"copies": 0})
    prepare.prepare(workspace, persona)
    told = known(persona)
    assert all(facts["hashtags"] == text.split("#")[1] for text, facts in told.items() if "#" in text)


def test_sessions_of_before_attributes_are_read(tmp_path: Path) -> None:
    old = [("author", pa.string()), ("persona", pa.bool_()), ("bubbles", pa.list_(pa.string()))]
    turns = pa.list_(pa.struct([*old, ("start", pa.timestamp("us"))]))
    place = SESSION_SCHEMA.get_field_index("turns")
    schema = SESSION_SCHEMA.set(place, pa.field("turns", turns))
    turn = {"author": "a", "persona": True, "bubbles": ["x"], "start": None}
    row = {"number": 0, "chat": "c", "start": None, "weight": 1, "split": "train", "turns": [turn]}
    file = tmp_path / "old.parquet"
    pq.write_table(pa.Table.from_pylist([row], schema=schema), file)
    [session] = from_table(pq.read_table(file, schema=SESSION_SCHEMA))
    assert session.turns[0].bubbles == ("x",)
    assert session.turns[0].attributes == ()


# --- the deputies ----------------------------------------------------------------------------------


def test_coalitions_of_deputies_are_personas_of_one_set(shared_data: Path, tmp_path: Path) -> None:
    from sosias.sources.store import import_files

    workspace = Workspace.create(tmp_path / "w")
    import_files(workspace, [shared_data / "tweets_es_chile_deputies" / "poltweets.csv"])
    counts = {}
    for name in ("FA", "ChV"):
        preparation = PreparationSettings(attributes=name == "FA", pseudonyms=False)
        persona = workspace.new_persona(
            PersonaSettings(
                name=name.lower(),
                where=f"attributes['coalicion'] = '{name}'",
                consent=CONSENT,
                preparation=preparation,
            )
        )
        counts[name] = prepare.prepare(workspace, persona)["bubbles"]
    assert counts["FA"] > 2_000
    assert counts["ChV"] > 4_000
    told = list(known(workspace.persona("fa")).values())
    assert all(one["coalition"] == "FA" for one in told)
    assert {one["sentiment"] for one in told} == {"POSITIVE", "NEGATIVE", "NEUTRAL"}
    assert sum("hashtags" in one for one in told) > 500
