"""A corpus in figures."""

import json
from datetime import datetime
from pathlib import Path

import ibis
import pyarrow.parquet as pq
import pytest

from sosias.corpus.describe import describe
from sosias.corpus.description.languages import language_of
from sosias.corpus.description.people import enough_to_train
from sosias.corpus.engine import read_messages
from sosias.messages import Message, to_table, with_ids
from sosias.sources.store import import_files
from sosias.workspace import Workspace

TIME = datetime(2024, 2, 29, 10)


def said(author: str | None, text: str, sent_at: datetime | None = TIME, kind: str = "text") -> Message:
    return Message("whatsapp", "Team", 0, sent_at, author, kind, text)  # type: ignore[arg-type]


def table(folder: Path, *messages: Message) -> ibis.Table:
    pq.write_table(to_table(with_ids(messages)), folder / "messages.parquet")
    return read_messages([folder / "messages.parquet"])


def test_people_months_and_kinds(tmp_path: Path) -> None:
    found = describe(
        table(
            tmp_path,
            said("Ann", "how are you,\n my friend?"),
            said("Ann", "  ", datetime(2024, 12, 1)),
            said("Bob", "añ😂", None),
            said("Bob", "<Media omitted>", kind="media"),
            said(None, "Eva left", datetime(2024, 3, 1), kind="system"),
        )
    )
    assert json.loads(json.dumps(found)) == found
    assert (found["messages"], found["chats"]) == (5, 1)
    assert found["kinds"] == {"text": 3, "media": 1, "system": 1}
    assert found["months"] == {"2024-02": 2, "2024-03": 1, "2024-12": 1}
    ann, bob = found["people"]
    assert (ann["name"], ann["messages"], ann["words"], ann["characters"]) == ("Ann", 2, 5, 26)
    assert (ann["first"], ann["last"]) == ("2024-02-29T10:00:00", "2024-12-01T00:00:00")
    assert (bob["messages"], bob["words"], bob["characters"], bob["first"]) == (1, 1, 3, None)
    assert not ann["enough"] and "5 words" in ann["enough_why"]


def test_no_messages_at_all(tmp_path: Path) -> None:
    found = describe(table(tmp_path))
    assert (found["messages"], found["people"], found["language"]) == (0, [], "other")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Pues no sé qué decirte, la verdad es que me gusta mucho", "es"),
        ("q haces? xq no vienes a la fiesta con nosotros", "es"),
        ("I don't know what to say, but it was really nice of you", "en"),
        ("Não sei o que te dizer, mas eu gostei muito de você", "other"),
        ("Je ne sais pas quoi te dire mais c'est pour vous et les autres", "other"),
        ("Ich weiß nicht, was ich sagen soll, aber das ist auch gut", "other"),
        ("12 😂😂", "other"),
    ],
)
def test_the_language(text: str, language: str) -> None:
    found, why = language_of(iter([text]))
    assert found == language and why


def test_enough_is_told_with_its_reason() -> None:
    assert [enough_to_train(words)[0] for words in (0, 999, 1_000, 100_000)] == [False, False, True, True]
    assert "999" in enough_to_train(999)[1] and "few" in enough_to_train(1_000)[1]


def test_the_sample(shared_data: Path, tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "workspace")
    import_files(workspace, list((shared_data / "sample_es").glob("*.txt")))
    found = describe(read_messages(workspace.message_files()))
    assert found["language"] == "es"
    placido = found["people"][0]
    assert (placido["name"], placido["messages"], placido["words"]) == ("Plácido", 915, 6855)
    assert placido["enough"] and sum(found["months"].values()) == found["messages"] == 2692
