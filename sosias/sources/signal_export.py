"""signal-export's files: `data.json`, a message a line, and `chat.md` or `index.md`, made for reading.

A folder is a chat. Both have the same messages; of a folder that has both, data.json is read.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import PurePosixPath
from typing import Any

from sosias.language import translate as _
from sosias.messages import Message
from sosias.sources.entry import Entry
from sosias.sources.json_stream import beginning, ndjson
from sosias.sources.json_values import Odd, items, local, mapping, words
from sosias.sources.signal_lines import Block, blocks
from sosias.sources.source import OWNER, Drops, Options, Reading
from sosias.sources.text_file import TextFile
from sosias.sources.zones import Zone

LINE = re.compile(r'\s*\{\s*"date"\s*:\s*"[^"\n]{10,40}"\s*,\s*"sender"\s*:\s*"')
HEADER = re.compile(r"\[(\d{4}-\d\d-\d\d,? \d\d:\d\d(?::\d\d)?)\] ?(.*?): ?(.*)$", re.DOTALL)
PAGES = ("chat", "index")
"""What its pages are called, now and in its first versions."""
NOBODY = "No-Sender"
"""What it writes where it does not know who."""
BREAK = "  "
"""What it adds to each text, so that Markdown breaks the line."""
DELETED = "(This message was deleted)"
MEDIUM = re.compile(r"!?\[([^\]\n]*)\]\(\.\.?/[^)\n]*\)  $")
"""A medium at the end of a message,"""
STICKER = re.compile(r"\n\(\( (.*) \)\)$")
REACTIONS = re.compile(r"\n\(- (.*) -\)$")
QUOTE = re.compile(r"\n\n((?:> [^\n]*\n)+)\n\n?")
"""and the quoted words at its beginning."""


def is_data(entry: Entry) -> bool:
    return entry.suffix == ".json" and LINE.match(beginning(entry)) is not None


def is_markdown(entry: Entry) -> bool:
    return entry.suffix == ".md" and HEADER.match(beginning(entry).partition("\n")[0]) is not None


def readings(entries: Sequence[Entry], options: Options) -> list[Reading]:
    """Survey the chats among the entries.

    Raises:
        Unreadable: one is no text.
    """
    folders: dict[PurePosixPath, list[Entry]] = defaultdict(list)
    for one in entries:
        if is_data(one) or is_markdown(one):
            folders[PurePosixPath(one.name).parent].append(one)
    found = []
    for beside in folders.values():
        data = [one for one in beside if is_data(one)]
        pages = [one for one in beside if one.stem in PAGES and one not in data and len(data) == 1]
        found += [_reading([one, *pages], _from_data, options) for one in data]
        others = (one for one in beside if one not in data and one not in pages)
        found += [_reading([one], _from_markdown, options) for one in others]
    return found


def _reading(entries: list[Entry], read: Any, options: Options) -> Reading:
    entry, dropped = entries[0], Drops()
    folder = PurePosixPath(entry.name).parent.name or entry.path.absolute().parent.name
    chat = folder if entry.stem in ("data", *PAGES) else entry.stem
    return Reading(
        format="signal",
        entries=entries,
        messages=partial(read, entry, chat or entry.stem, dropped),
        chat=chat,
        encoding=TextFile(entry).encoding()[1],
        lines=sum(1 for _line in TextFile(entry).lines()),
        zone=Zone.phones() if options.zone.evidence != "given" else options.zone,
        owner=OWNER,
        owner_why=_("signal-export calls the owner Me"),
        dropped=dropped,
    )


def _from_data(entry: Entry, chat: str, dropped: Drops) -> Iterator[Message]:
    dropped.clear()
    seq = 0
    for line, record in ndjson(entry):
        try:
            message = _record(record, chat)
        except Odd as error:
            dropped.add(line, str(error), entry.origin)
            continue
        message.seq, seq = seq, seq + 1
        message.file, message.first_line, message.last_line = entry.origin, line, line
        yield message


def _record(record: Any, chat: str) -> Message:
    if not isinstance(record, dict):
        raise Odd(_("it is no message"))
    body, time, sender = record.get("body"), local(record.get("date")), words(record.get("sender"))
    if not isinstance(body, str | None):
        raise Odd(_("its text is no text"))
    if time is None:
        raise Odd(_("its time cannot be read"))
    author = None if sender in ("", NOBODY) else sender
    own = None if author is None else author == OWNER
    message = Message("signal", chat, 0, time, author, "text", (body or "").removesuffix(BREAK), own)
    facts = message.attributes
    files = [words(mapping(one).get("name")) or "file" for one in items(record.get("attachments"))]
    sticker = record.get("sticker")
    if sticker:
        facts["emoji"] = words(sticker) or words(mapping(sticker).get("emoji"))
        files.append("sticker")
    if files:
        facts["media"] = ", ".join(files)
    if quote := words(record.get("quote")).strip():
        facts["quote"] = quote
    if reactions := ", ".join(filter(None, map(_reaction, items(record.get("reactions"))))):
        facts["reactions"] = reactions
    message.edited = bool(items(record.get("edits")))
    _tell(message, is_call=record.get("call") is True, is_deleted=record.get("deleted") is True)
    return message


def _reaction(value: Any) -> str:
    """Return who reacted how; it stands as [name, sign]."""
    pair = items(value) or [mapping(value).get("name"), mapping(value).get("emoji")]
    return " ".join(map(words, reversed(pair[:2]))).strip()


def _tell(message: Message, *, is_call: bool, is_deleted: bool) -> None:
    if is_call or is_deleted:
        message.kind = "call" if is_call else "deleted"
    elif not message.text:
        message.kind = "media" if "media" in message.attributes else "system"


def _from_markdown(entry: Entry, chat: str, dropped: Drops) -> Iterator[Message]:
    dropped.clear()
    seq = 0
    for block in blocks(entry, HEADER):
        time = block.header and local(block.header[1].replace(",", ""))
        if block.header is None or time is None:
            for line in range(block.first_line, block.last_line + 1):
                reason = _("before the first message") if block.header is None else _("no such day")
                dropped.add(line, reason, entry.origin)
            continue
        message = _block(block, chat)
        message.sent_at = time
        message.seq, seq = seq, seq + 1
        message.file, message.first_line, message.last_line = entry.origin, block.first_line, block.last_line
        yield message


def _block(block: Block, chat: str) -> Message:
    """Return the message of a block, its frills taken off from the outside inwards."""
    assert block.header is not None
    sender, text = block.header[2], "\n".join([block.header[3], *block.lines]).removesuffix("\n")
    author = None if sender in ("", NOBODY) else sender
    own = None if author is None else author == OWNER
    message = Message("signal", chat, 0, None, author, "text", "", own)
    facts = message.attributes
    media: list[str] = []
    while found := MEDIUM.search(text):
        media.insert(0, found[1] or "file")
        text = text[: found.start()]
    if found := STICKER.search(text):
        facts["emoji"], text = found[1], text[: found.start()]
        media.append("sticker")
    if found := REACTIONS.search(text):
        facts["reactions"], text = found[1], text[: found.start()]
    if found := QUOTE.match(text):
        facts["quote"], text = found[1].rstrip("\n"), text[found.end() :]
    if media:
        facts["media"] = ", ".join(media)
    message.text = text.removesuffix(BREAK)
    _tell(message, is_call=False, is_deleted=message.text == DELETED)
    return message
