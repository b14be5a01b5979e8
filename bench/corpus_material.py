"""What `bench.corpus` prepares: a real talk, repeated to any number of messages, each time by other people.

The talk is DuraSpace's (see `docs/benchmarks.md`) where developers have it, else the sample that comes
with the package. Repetitions follow one another in one chat, so that nothing divides the work by itself.
"""

import gzip
import json
import os
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from bench.importing_material import SAMPLE
from sosias.messages import Message, to_table, with_ids
from sosias.settings import Consent, PersonaSettings, PreparationSettings
from sosias.sources.source import recognise
from sosias.workspace import Workspace

ROOT = Path(__file__).parents[1]
TALKS = {"duraspace": "tdonohue", "sample": "Plácido"}
"""The talks, and who is imitated in each: in every repetition the one who comes of them."""


def talk_here() -> str:
    """Return which talk there is on this machine."""
    return "duraspace" if _duraspace().is_file() else "sample"


PERSONAS = {"plain": False, "hidden": True}
"""The personas of a workspace: without stand-ins for the others, and with them."""


def lay_out(folder: Path, messages: int, talk: str) -> Workspace:
    """Make a workspace with so many messages and, for all else with the defaults, the two personas in it."""
    workspace = Workspace.create(folder)
    once = to_table(with_ids(_talk(talk)))
    with pq.ParquetWriter(workspace.messages_folder / "000001.parquet", once.schema) as writer:
        for rows in repeated(once, messages):
            writer.write_table(rows)
    consent = Consent(kind="public", recorded=date(2026, 1, 1))
    for name, hidden in PERSONAS.items():
        preparation = PreparationSettings(pseudonyms=hidden)
        whose = f"author LIKE '{TALKS[talk]} %'"
        settings = PersonaSettings(name=name, where=whose, consent=consent, preparation=preparation)
        workspace.new_persona(settings)
    return workspace


def repeated(once: pa.Table, messages: int) -> Iterator[pa.Table]:
    """Yield a talk again and again: ids and names are fresh each time, and times later."""
    span = pc.max(once["sent_at"]).as_py() - pc.min(once["sent_at"]).as_py() + timedelta(days=1)
    for number in range(-(-messages // once.num_rows)):
        rows = once.slice(0, messages - number * once.num_rows)
        ids = pc.binary_join_element_wise(pc.utf8_slice_codeunits(rows["id"], 0, 24), f"{number:08x}", "")
        fresh = {
            "id": ids,
            "seq": pc.add(rows["seq"], number * once.num_rows),
            "sent_at": pc.add(rows["sent_at"], pa.scalar(number * span, pa.duration("us"))),
            "author": pc.binary_join_element_wise(rows["author"], str(number), " "),
        }
        columns = [fresh.get(name, rows[name]) for name in once.column_names]
        yield pa.table(columns, schema=once.schema)


def _talk(talk: str) -> list[Message]:
    if talk == "duraspace":
        return list(_lines(_duraspace()))
    [path] = SAMPLE.glob("*.txt")
    [reading] = recognise(path).readings
    return list(reading.messages())


def _duraspace() -> Path:
    shared = Path(os.environ.get("SOSIAS_DATA", ROOT.parent / "shared" / "data"))
    return shared / "chat_en_duraspace_irc" / "duraspace_2009_2013.jsonl.gz"


def _lines(path: Path) -> Iterator[Message]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for number, line in enumerate(file):
            one = json.loads(line)
            place = {"first_line": number + 1, "last_line": number + 1, "file": path.name}
            time = datetime.fromisoformat(one["ts"])
            yield Message("irc", "#duraspace", number, time, one["author"], "text", one["text"], **place)
