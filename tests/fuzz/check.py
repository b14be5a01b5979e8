"""What must hold of whatever is imported: it is read, or refused with a sentence; nothing else."""

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from sosias.errors import SosiasError
from sosias.messages import KINDS, Message
from sosias.sources.source import Options, Reading, recognise
from sosias.sources.store import import_files, stored_messages
from sosias.sources.zones import Zone
from sosias.workspace import Workspace

OPTIONS = (
    Options(),
    Options(zone=Zone.given("America/Santiago")),
    Options(day_first=True),
    Options(day_first=False, zone=Zone.given("UTC")),
)


class Broken(Exception):
    """An export was read, and what came out is not as it must be."""


def check(path: Path, number: int, workspace: Path | None = None) -> int:
    """Read what is at a path; where a workspace is given, import it there too; return how many messages.

    `number` draws what the user may have said of the files.

    Raises:
        Broken: what was read breaks a promise.
        Exception: whatever the importer should have caught.
    """
    options = OPTIONS[number % len(OPTIONS)]
    try:
        read = [_read(reading) for reading in recognise(path, options).readings]
    except SosiasError as error:
        _sentence(error)
        return 0
    if workspace is not None:
        _import(path, options, workspace, sum(map(len, read)))
    return sum(map(len, read))


def _sentence(error: SosiasError) -> None:
    if not str(error).strip():
        raise Broken(f"{type(error).__name__} says nothing")


def _read(reading: Reading) -> list[Message]:
    messages = list(reading.messages())
    dropped = list(reading.dropped)
    for message in messages:
        _message(message, reading)
    _order(messages)
    for line, reason in dropped:
        _demand(type(line) is int and line >= 0 and bool(reason), "a drop has a line and a reason")
    _demand(list(reading.messages()) == messages, "a second reading gives the same messages")
    _demand(list(reading.dropped) == dropped, "a second reading drops the same lines")
    return messages


def _message(message: Message, reading: Reading) -> None:
    texts = [message.source, message.chat, message.text, message.file, message.id]
    texts += [*message.attributes, *message.attributes.values()]
    texts += [one for one in (message.author, message.reply_to) if one is not None]
    _demand(all(type(one) is str for one in texts), "what is text is text")
    _demand(message.source == reading.format, "a message names its format")
    _demand(message.kind in KINDS, "the kind is known")
    _demand(message.is_owner in (None, True, False), "is_owner is True, False or None")
    _demand(type(message.edited) is type(message.forwarded) is bool, "flags are True or False")
    time = message.sent_at
    _demand(time is None or (type(time) is datetime and time.tzinfo is None), "times have no zone")
    _demand(type(message.seq) is int, "seq is a number")
    _demand(0 <= message.first_line <= message.last_line, "first_line <= last_line")


def _order(messages: Sequence[Message]) -> None:
    places = defaultdict(list)
    for message in messages:
        places[message.chat].append(message.seq)
    rising = all(one < next_one for seqs in places.values() for one, next_one in pairwise(seqs))
    _demand(rising, "seq rises in every chat")


def _import(path: Path, options: Options, folder: Path, count: int) -> None:
    workspace = Workspace.create(folder)
    first = import_files(workspace, [path], options=options)
    json.dumps(first.as_json()).encode()
    _demand(first.messages == count, "as many are imported as were read")
    duplicates = sum(file.duplicates for file in first.files)
    _demand(first.added + duplicates == count, "each is added or there already")
    _demand(sum(1 for _one in stored_messages(workspace)) == first.added, "what is added is stored")
    again = import_files(workspace, [path], options=options)
    _demand(again.added == 0, "importing again adds nothing")


def _demand(holds: bool, promise: str) -> None:
    if not holds:
        raise Broken(f"it does not hold that {promise}")
