"""A table of people: who is of which party, in a file beside the messages, joined to their attributes."""

import csv
import io
from collections.abc import Mapping
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from sosias.corpus.engine import Engine
from sosias.errors import SosiasError
from sosias.language import translate as _
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
    UTF-8 with a line of column names, all different and one of them author, and as long a line for each
    author."""


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
        NoPeopleTable: it is not there, not CSV in UTF-8, or a line has more or fewer columns than the first.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        between = max(BETWEEN, key=next((line for line in text.splitlines() if line.strip()), "").count)
        found = csv.reader(io.StringIO(text, newline=""), delimiter=between, strict=True)
        rows = [(found.line_num, [value.strip() for value in row]) for row in found]
    except FileNotFoundError as error:
        raise NoPeopleTable(path=path, what=_("it is not there")) from error
    except UnicodeDecodeError as error:
        raise NoPeopleTable(path=path, what=_("it is not UTF-8")) from error
    except (OSError, csv.Error) as error:
        raise NoPeopleTable(path=path, what=f"{type(error).__name__}: {error}") from error
    rows = [(line, row) for line, row in rows if any(row)]
    names = rows[0][1] if rows else []
    if len({plain(name) for name in names}) < len(names):
        raise NoPeopleTable(path=path, what=", ".join(names))
    for line, row in rows:
        if len(row) != len(names):
            said = _("line {line} has {found} columns and the first has {wanted}")
            what = said.format(line=line, found=len(row), wanted=len(names))
            raise NoPeopleTable(path=path, what=what)
    return [row for _line, row in rows] or [[]]
