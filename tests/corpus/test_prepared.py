"""Prepared sessions are read whole, by split, or one after the other in little memory."""

from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sosias.corpus.batches import BATCH, write_batches
from sosias.corpus.prepared import NotPrepared, each_session, read_sessions
from sosias.corpus.session import SESSION_SCHEMA
from sosias.workspace import Persona, private_folder

LETTERS = 100_000
MANY = 400


def prepared(folder: Path) -> Persona:
    """Write sessions of one long text each, of which every tenth is held out."""
    persona = Persona(folder / "personas" / "ana")
    private_folder(persona.sessions_file.parent)
    rows = [
        {
            "number": number,
            "chat": "c",
            "start": datetime(2026, 1, 1),
            "weight": 1,
            "split": "train" if number % 10 else "test",
            "turns": [
                {
                    "author": "Ana",
                    "persona": True,
                    "bubbles": [chr(97 + number % 26) * LETTERS],
                    "start": None,
                    "attributes": [],
                }
            ],
        }
        for number in range(MANY)
    ]
    table = pa.Table.from_pylist(
        [{key: row.get(key) for key in SESSION_SCHEMA.names} for row in rows], schema=SESSION_SCHEMA
    )
    assert table.num_rows < BATCH, "all of them are written together"
    write_batches(table.to_batches(), persona.sessions_file, SESSION_SCHEMA)
    return persona


def test_a_split_is_read_alone(tmp_path: Path) -> None:
    persona = prepared(tmp_path)
    everything, held_out = read_sessions(persona), read_sessions(persona, "test")
    assert [one.number for one in held_out] == list(range(0, MANY, 10))
    assert held_out == [one for one in everything if one.split == "test"]
    assert list(each_session(persona)) == everything


def test_one_after_the_other_takes_little_memory(tmp_path: Path) -> None:
    persona = prepared(tmp_path)
    assert pq.read_table(persona.sessions_file).nbytes > MANY * LETTERS
    before, most, letters = pa.total_allocated_bytes(), 0, 0
    for session in each_session(persona):
        letters += len(session.turns[0].bubbles[0])
        most = max(most, pa.total_allocated_bytes() - before)
    assert letters == MANY * LETTERS
    assert most < letters / 4


def test_without_sessions_it_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotPrepared):
        next(each_session(Persona(tmp_path / "personas" / "ana")))


def test_sessions_of_before_attributes_are_read_one_by_one(tmp_path: Path) -> None:
    persona = prepared(tmp_path)
    table = pq.read_table(persona.sessions_file)
    rows = table.to_pylist()
    for row in rows:
        for turn in row["turns"]:
            del turn["attributes"]
    pq.write_table(pa.Table.from_pylist(rows), persona.sessions_file)
    assert list(each_session(persona)) == read_sessions(persona)
