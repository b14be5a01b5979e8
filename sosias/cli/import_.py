"""`sosias import`: exports into the workspace."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sosias.cli.call import Call
from sosias.errors import SosiasError
from sosias.language import translate as _

if TYPE_CHECKING:
    from rich.table import Table

Files = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="FILE…", help=_("Exports as they came: files, zips or folders."), show_default=False
    ),
]
DayFirst = Annotated[
    bool | None,
    typer.Option(
        "--day-first/--month-first",
        help=_("Whether 3/4/25 is in April or in March; else the dates themselves decide."),
    ),
]
TimeZone = Annotated[
    str | None,
    typer.Option(
        metavar="ZONE",
        help=_("Where you live, as Europe/Madrid: by its clock times are told that an export gives in UTC."),
    ),
]
Columns = Annotated[
    str | None,
    typer.Option(
        metavar="FIELD=COLUMN,…",
        help=_("Of a table: which columns have the text, author, time, chat, as in text=body,author=user."),
    ),
]
Texts = Annotated[
    bool,
    typer.Option("--texts", help=_("The files are plain texts, such as novels, and no chats.")),
]
Explain = Annotated[
    str | None,
    typer.Option(metavar="FILE:LINE", help=_("Import nothing; say how one line of a file is read.")),
]

MOST_FILES = 20
"""Exports in the table,"""
MOST_DROPS = 5
"""lines left out that are named, and"""
MOST_NOTES = 10
"""further remarks; `--json` has all of them."""


class NothingToImport(SosiasError):
    """There is no file to import: name one, a zip or a folder (sosias import FILE)."""


class NoLine(SosiasError):
    """{value} does not name a line: write the file, a colon and the line's number, as in chat.txt:12."""


class BadColumns(SosiasError):
    """{value} does not name columns: write them as text=COLUMN,author=COLUMN,time=COLUMN."""


def import_(
    call: Call,
    files: Files = None,
    day_first: DayFirst = None,
    time_zone: TimeZone = None,
    columns: Columns = None,
    texts: Texts = False,
    explain: Explain = None,
) -> None:
    """Import and say what was found, what was guessed, and what was left out."""
    if explain is not None:
        _explain(call, explain, day_first, time_zone, columns, texts)
        return
    if not files:
        raise NothingToImport
    arguments = {
        "paths": [str(path.resolve()) for path in files],
        "day_first": day_first,
        "time_zone": time_zone,
        "columns": _columns(columns),
        "texts": texts,
    }
    report = call.run_step("import", arguments)
    lines = [
        *_remarks(report),
        *_joined(call, report),
        _("New messages: {added}. There already: {duplicates}.").format(**report),
    ]
    call.finish(report, _table(report), *lines, _("Go on with: {command}").format(command=call.spelt("look")))


def _columns(value: str | None) -> dict[str, str]:
    pairs = [part.partition("=") for part in (value or "").split(",") if part]
    if not all(field.strip() and column.strip() for field, _equals, column in pairs):
        raise BadColumns(value=value)
    return {field.strip(): column.strip() for field, _equals, column in pairs}


# --- what is shown -----------------------------------------------------------------------------


def _table(report: dict[str, Any]) -> "Table":
    from rich.table import Column, Table
    from rich.text import Text

    names = (_("messages"), _("people"), _("span"), _("dates"))
    columns = [Column(name, no_wrap=True) for name in names]
    table = Table(Column(_("file"), overflow="fold"), *columns, box=None)
    for file in report["files"][:MOST_FILES]:
        months = [(file[key] or "")[:7] for key in ("first", "last")]
        counts = [str(file["messages"]), str(len(file["people"]))]
        name = Text.assemble(_place(file), "\n", (_details(file), "dim"))
        table.add_row(name, *counts, " – ".join(filter(None, months)), _dates(file))
    return table


def _place(file: dict[str, Any]) -> str:
    """Return the export's name, and what tells it from others of one file."""
    name = visible(Path(file["path"]).name)
    if file["first_line"] > 1:
        return _("{file}, from line {line}").format(file=name, line=file["first_line"])
    more = file["files"] - 1
    return _("{file} and {more} more").format(file=name, more=more) if more else name


def _details(file: dict[str, Any]) -> str:
    """Return what an export is, and what became of its messages."""
    parts = [f"{file['format']}, {file['encoding']}"]
    if file["lines"]:
        parts.append(_("lines: {lines}").format(lines=file["lines"]))
    parts.append(_kinds(file["by_kind"]))
    if file["duplicates"]:
        parts.append(_("there already: {duplicates}").format(duplicates=file["duplicates"]))
    return "; ".join(filter(None, parts))


def _kinds(counts: dict[str, int]) -> str:
    return ", ".join(f"{kind_name(kind)} {count}" for kind, count in counts.items())


def kind_name(kind: str) -> str:
    """Return what a kind of message is called to people."""
    names = {
        "text": _("text"),
        "media": _("media"),
        "system": _("system"),
        "deleted": _("deleted"),
        "call": _("calls"),
        "poll": _("polls"),
        "reaction": _("reactions"),
        "post": _("posts"),
        "article": _("articles"),
    }
    return names.get(kind, kind)


def _dates(file: dict[str, Any]) -> str:
    order = file["date_order"]
    if order is None:
        return ""
    proven = _("proven") if order["evidence"] == "proven" else _("guessed")
    return f"{order['value']} ({proven})"


def _remarks(report: dict[str, Any]) -> list[str]:
    """Return the sentences that stand under the table."""
    files = report["files"]
    lines = []
    if len(files) > MOST_FILES:
        lines.append(_("… and {more} more exports (--json has all).").format(more=len(files) - MOST_FILES))
    kinds = _kinds(report["by_kind"])
    lines.append(_("Messages read: {messages} ({kinds}).").format(messages=report["messages"], kinds=kinds))
    lines += [*_zones(files), *_first(_notes(files)), *_first(_drops(files))]
    if report["others"]:
        kinds = ", ".join(f"{suffix} {count}" for suffix, count in report["others"].items())
        lines.append(_("Files that are no messages, left alone: {kinds}.").format(kinds=kinds))
    return lines


def _first(lines: list[str]) -> list[str]:
    """Return as many lines as one reads, and how many there are besides."""
    more = len(lines) - MOST_NOTES
    if more <= 0:
        return lines
    return [*lines[:MOST_NOTES], _("  … and {more} more (--json has all)").format(more=more)]


def _joined(call: Call, report: dict[str, Any]) -> list[str]:
    """Say how to look at the names that were joined, which has been told on the way."""
    if not report["joined"]:
        return []
    line = _("Names joined as one person's: {count}. See them, or undo it, with: {command}")
    return [line.format(count=len(report["joined"]), command=call.spelt("people"))]


def _zones(files: list[dict[str, Any]]) -> list[str]:
    """Say by which clock times are told, where that was not plain, and of which exports."""
    told: dict[tuple[str, str], list[str]] = {}
    for file in files:
        zone = file["time_zone"]
        if zone["evidence"] != "unknown":
            told.setdefault((zone["value"] or _("this machine's"), zone["why"]), []).append(_place(file))
    line = _("Clock of {file}: {zone} ({why}).")
    return [line.format(file=_together(names), zone=zone, why=why) for (zone, why), names in told.items()]


def _together(names: list[str]) -> str:
    more = len(names) - 1
    return _("{file} and {more} more").format(file=names[0], more=more) if more else names[0]


def _notes(files: list[dict[str, Any]]) -> list[str]:
    return [f"  {_place(file)}: {visible(note)}" for file in files for note in file["notes"]]


def _drops(files: list[dict[str, Any]]) -> list[str]:
    lines = []
    for file in files:
        for reason, count in file["dropped_by_reason"].items():
            numbers = [str(drop["line"]) for drop in file["dropped"] if drop["reason"] == reason]
            first = ", ".join(numbers[:MOST_DROPS]) + (", …" if count > MOST_DROPS else "")
            line = _("  {file}: left out, {reason}: {count} (line {first})")
            lines.append(line.format(file=_place(file), count=count, reason=reason, first=first))
    return lines


# --- one line ----------------------------------------------------------------------------------


def _explain(
    call: Call, value: str, day_first: bool | None, time_zone: str | None, columns: str | None, texts: bool
) -> None:
    from sosias.sources.explain import explain
    from sosias.sources.source import Options
    from sosias.sources.zones import Zone

    path, _colon, number = value.rpartition(":")
    if not path or not number.isdecimal() or int(number) < 1:
        raise NoLine(value=value)
    zone = Zone.given(time_zone) if time_zone else Zone.here()
    options = Options(day_first=day_first, zone=zone, columns=_columns(columns), texts=texts)
    found = [one.as_json() for one in explain(Path(path), int(number), options)]
    shown = [part for one in found for part in _explained(one, int(number))]
    call.finish({"line": int(number), "found": found}, *shown)


def _explained(one: dict[str, Any], line: int) -> list[Any]:
    from rich.table import Table
    from rich.text import Text

    where = _("{file}, line {line} ({format})").format(file=one["file"], line=line, format=one["format"])
    table = Table(box=None, show_header=False, padding=(0, 1))
    if one["written"] is not None:
        table.add_row(_("as written"), Text(visible(one["written"])))
    for name, value in _rows(one):
        table.add_row(name, Text(visible(value)))
    return [Text(where, "bold"), table]


def _rows(one: dict[str, Any]) -> list[tuple[str, str]]:
    message = one["message"]
    if message is None:
        why = one["dropped"] or _("no message: it belongs to the frame of the file")
        rows = [(_("left out"), why)]
    else:
        rows = [
            (_("lines"), f"{message['first_line']}-{message['last_line']}"),
            (_("chat"), message["chat"]),
            (_("time"), message["sent_at"] or "—"),
            (_("author"), message["author"] or "—"),
            (_("kind"), kind_name(message["kind"])),
            *((name, value) for name, value in message["attributes"].items()),
            (_("text"), message["text"]),
        ]
    if one["date_order"]:
        rows.append((_("order of the dates"), f"{one['date_order']['value']} ({one['date_order']['why']})"))
    rows.append((_("clock"), f"{one['time_zone']['value'] or '—'} ({one['time_zone']['why']})"))
    return [*rows, *((fact_name(name), value) for name, value in one["facts"].items())]


def fact_name(name: str) -> str:
    """Return what a fact of an export is called to people."""
    names = {
        "header": _("header"),
        "line ends": _("line ends"),
        "telephone": _("telephone"),
        "language of placeholders": _("language of placeholders"),
        "columns": _("columns"),
        "chats": _("chats"),
        "parts of chats": _("parts of chats"),
        "language": _("language"),
    }
    return names.get(name, name)


def visible(text: str) -> str:
    """Return a text with the characters that cannot be seen written as their numbers, lines kept."""
    return "".join(one if one.isprintable() or one == "\n" else f"⟨U+{ord(one):04X}⟩" for one in text)
