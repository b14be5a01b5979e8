"""A table of people: who is of which party, in a file beside the messages, joined to their attributes."""

import csv
from collections.abc import Mapping
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from sosias.corpus.engine import Engine
from sosias.errors import SosiasError
from sosias.sources.spellings import plain
from sosias.workspace import Workspace

AUTHOR = ("author", "autor", "autora", "name", "nombre", "user", "usuario", "nombre_usuario", "screen_name")
"""How the column with the authors may be called; the likelier first."""
BETWEEN = ",;\t"
"""What may stand between columns; the one that the line of names has most of does."""


class NoPeopleThere(SosiasError):
    """BigQuery cannot join a table of people: set engine = "duckdb" or "spark" in sosias.toml, or take
    people_table out of it."""


class NoPeopleTable(SosiasError):
    """The table of people {path} that sosias.toml names cannot be read ({what}): save it as a CSV file in
    UTF-8 with a line of column names, one of them author, and a line for each author."""


def with_people(
    messages: ir.Table, workspace: Workspace, known: Mapping[str, str], engine: Engine
) -> ir.Table:
    """Return the messages with what the workspace's table of people says of their authors.

    Each column of the table is an attribute then; what a message says itself counts more. Authors are known
    by any spelling of theirs (`known`: what is shown of each), small or capital, with or without an @.

    Raises:
        NoPeopleTable: the table is named and cannot be read.
        NoPeopleThere: the workspace's engine has no maps.
    """
    if workspace.settings.people_table is None:
        return messages
    if not isinstance(messages.attributes, ir.MapValue):
        raise NoPeopleThere
    people = _held(workspace.folder / workspace.settings.people_table, known)
    table = engine.hold(people)
    shown = messages.author.lower()
    joined = messages.left_join(
        table, ibis.ifelse(shown.startswith("@"), shown.substr(1), shown) == table._person
    )
    both = ibis.ifelse(joined._facts.isnull(), joined.attributes, joined._facts + joined.attributes)
    return joined.mutate(attributes=both).select(*messages.columns)


def _held(path: Path, known: Mapping[str, str]) -> pa.Table:
    """Return the table as `_person`, in small letters, and `_facts`: a map."""
    names, *rows = _rows(path)
    columns = {plain(name): place for place, name in enumerate(names)}
    author = next((columns[name] for name in AUTHOR if name in columns), None)
    if author is None:
        raise NoPeopleTable(path=path, what=", ".join(names))
    facts: dict[str, list[tuple[str, str]]] = {}
    for row in rows:
        name = row[author].removeprefix("@")
        person = known.get(name, name).lower()
        told = zip(names, row, strict=True)
        facts[person] = [(key, value) for key, value in told if value and key != names[author]]
    schema = pa.schema([("_person", pa.string()), ("_facts", pa.map_(pa.string(), pa.string()))])
    return pa.table({"_person": list(facts), "_facts": list(facts.values())}, schema=schema)


def _rows(path: Path) -> list[list[str]]:
    """Return the line of names and those after it, all as they are written but for white space around them.

    Raises:
        NoPeopleTable: it is not there, not UTF-8, empty, or a line has more or fewer columns than the first.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise NoPeopleTable(path=path, what=type(error).__name__) from error
    lines = text.splitlines(keepends=True)
    between = max(BETWEEN, key=lines[0].count) if lines else ","
    found = csv.reader(lines, delimiter=between)
    rows: list[list[str]] = []
    for row in found:
        if rows and row and len(row) != len(rows[0]):
            raise NoPeopleTable(path=path, what=f"line {found.line_num}: {len(row)} / {len(rows[0])}")
        rows += [[value.strip() for value in row]] if row else []
    if not rows:
        raise NoPeopleTable(path=path, what="0 lines")
    return rows
