"""The table that `sosias export --to table` writes: its columns, and how its CSV is safe in spreadsheets.

Spreadsheets calculate what begins like a formula, also where another person wrote it. Such cells, and
those that begin with an apostrophe, get one in front (OWASP, *CSV Injection*); reading takes it off.
"""

from dataclasses import replace
from typing import Any

from sosias.sources.table_file import Row, Table

SHAPE = {
    "chat": "chat",
    "time": "sent_at",
    "author": "author",
    "is_owner": "is_owner",
    "kind": "kind",
    "text": "text",
    "edited": "edited",
    "forwarded": "forwarded",
    "attributes": "attributes",
}
"""What stands in which column; the columns are in this order."""
COLUMNS = list(SHAPE.values())
APOSTROPHE = "'"
BEGINNINGS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", APOSTROPHE)


def guarded(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return APOSTROPHE + cell if cell.startswith(BEGINNINGS) else cell


def unguarded(table: Table) -> Table:
    """Return a table as it was before its cells were guarded; any other table as it is."""
    if table.format != "CSV" or table.columns != COLUMNS:
        return table
    return replace(table, rows=lambda: map(_bare, table.rows()))


def _bare(row: Row) -> Row:
    first, last, cells = row
    return first, last, [_cell(cell) for cell in cells]


def _cell(cell: Any) -> Any:
    return cell.removeprefix(APOSTROPHE) if isinstance(cell, str) else cell
