"""sigtop's texts: messages as fields, one a line, then a blank line and the words; or short, a line each.

Nothing marks the words of a message, so that somebody who writes such fields into one forges others;
sigtop's JSON is safe from that.
"""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

from sosias.language import translate as _
from sosias.messages import Message
from sosias.sources.entry import Entry
from sosias.sources.json_stream import beginning
from sosias.sources.json_values import instant, local
from sosias.sources.signal_desktop import NUMBERED, SAID
from sosias.sources.signal_lines import Block, blocks
from sosias.sources.source import OWNER, Drops, Options, Reading
from sosias.sources.text_file import LONGEST, TextFile, too_long
from sosias.sources.zones import Zone

YOU = "You"
"""What sigtop calls the owner."""
FROM = "From: "
LONG = re.compile(r"Conversation: .*\r?\n\r?\n(?:From: .*\r?\n)?Type: [a-z-]+\r?\n")
TYPE = re.compile(r"Type: [a-z-]+$")
TYPE_SAID = re.compile(r"Type: (?:incoming|outgoing)$")
"""A type with words: who wrote them is on the line before."""
FIELD = re.compile(r"(From|Type|Sent|Received|Attachment|Reaction|Edited|Version): (.*)$")
SENT = re.compile(
    r"[A-Z][a-z]{2}, (\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)$"
)
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
SHORT = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d|unknown) ([^:\n]+):(?: (.*))?$")
OURS = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d You:(?: |\r?$)", re.MULTILINE)
DETAIL = r"(?:reply to .+? on \d{4}-\d\d-\d\d \d\d:\d\d|edited|\d+ attachments?)"
DETAILS = re.compile(rf"\[({DETAIL}(?:, {DETAIL})*)\](?: |$)")
NOTICE = re.compile(r"\[([a-z-]+) message\]$")


def is_long(entry: Entry) -> bool:
    return entry.suffix == ".txt" and LONG.match(beginning(entry)) is not None


def is_short(entry: Entry) -> bool:
    """Is it sigtop's short text? There are others that look so; of them the owner is not called You."""
    if entry.suffix != ".txt":
        return False
    start = beginning(entry)
    return SHORT.match(start.partition("\n")[0].rstrip("\r")) is not None and bool(OURS.search(start))


def reading(entry: Entry, options: Options) -> Reading:
    """Survey a chat.

    Raises:
        Unreadable: it is no text, or a message is too long.
    """
    long, dropped = is_long(entry), Drops()
    chat = NUMBERED.sub("", entry.stem) or entry.stem
    lines, names = 0, set()
    for line in TextFile(entry).lines():
        lines += 1
        if long and line.startswith(FROM):
            names.add(line.removeprefix(FROM).removesuffix("\r"))
    messages: Callable[[], Iterator[Message]] = partial(_short, entry, chat, dropped)
    if long:
        messages = partial(_long, entry, chat, _plain(names), options.zone, dropped)
    return Reading(
        format="signal",
        entries=[entry],
        messages=messages,
        chat=chat,
        encoding=TextFile(entry).encoding()[1],
        lines=lines,
        zone=options.zone if long or options.zone.evidence == "given" else Zone.phones(),
        owner=OWNER,
        owner_why=_("sigtop calls the owner You"),
        dropped=dropped,
    )


def _plain(names: set[str]) -> dict[str, str]:
    """Return names without their numbers, where that leaves them different."""
    bare = [NUMBERED.sub("", name) for name in names]
    return {name: short if bare.count(short) == 1 else name for name, short in zip(names, bare, strict=True)}


def _long(entry: Entry, chat: str, names: dict[str, str], zone: Zone, dropped: Drops) -> Iterator[Message]:
    dropped.clear()
    seq = 0
    for first, lines in _fielded(entry):
        if not any(line.startswith("Type: ") for line in lines[:2]):
            for line in range(first, first + len(lines)):
                dropped.add(line, _("before the first message"))
            continue
        message = _parsed(lines, chat, names, zone)
        message.seq, seq = seq, seq + 1
        message.file, message.first_line, message.last_line = entry.origin, first, first + len(lines) - 1
        yield message


def _fielded(entry: Entry) -> Iterator[tuple[int, list[str]]]:
    """Yield the number of each message's first line, and its lines."""
    held: list[str] = []
    first, length = 1, 0
    for number, raw in enumerate(TextFile(entry).lines(), 1):
        line = raw.removesuffix("\r")
        if TYPE.match(line) and (before := _head(held, line)) is not None:
            if len(held) > before:
                yield first, held[: len(held) - before]
            held, first, length = held[len(held) - before :], number - before, 0
        held.append(line)
        length += len(line) + 1
        if length > LONGEST:
            too_long(entry.label, first)
    if held:
        yield first, held


def _head(held: list[str], line: str) -> int | None:
    """Return how many of the last lines belong to a message whose type is on `line`; None: it is no head."""
    if held and held[-1].startswith(FROM) and held[-2:-1] in ([], [""]):
        return 1
    is_words = TYPE_SAID.match(line) is not None
    return None if is_words or (held and held[-1]) else 0


def _parsed(lines: list[str], chat: str, names: dict[str, str], zone: Zone) -> Message:
    fields, rest = _fields(lines[:-1] if lines[-1] == "" else lines)
    one = dict(fields)
    author = OWNER if one.get("From") == YOU else names.get(one.get("From", ""))
    sent = _instant(one.get("Sent", ""), zone)
    kind = one.get("Type", "")
    message = Message("signal", chat, 0, sent, author, "text", "", author == OWNER if author else None)
    facts = message.attributes
    if "Edited" in one:
        message.edited = True
        fields, rest = _fields(_newest(rest))
    message.text, facts["quote"] = _words(rest)
    media = [value.rpartition(" (")[0] or value for name, value in fields if name == "Attachment"]
    facts["media"] = ", ".join(media)
    given = [value.replace(" from ", " ", 1) for name, value in fields if name == "Reaction"]
    facts["reactions"] = ", ".join(given)
    message.attributes = {name: value for name, value in facts.items() if value}
    _tell(message, kind, bool(media))
    return message


def _tell(message: Message, kind: str, has_media: bool) -> None:
    if kind not in SAID:
        message.attributes["type"] = kind
        message.kind = "call" if kind == "call-history" else "system"
        message.author = message.is_owner = None
    elif not message.text:
        message.kind = "media" if has_media else "system"


def _fields(lines: list[str]) -> tuple[list[tuple[str, str]], list[str]]:
    """Return the fields at the beginning, and the lines after the blank one that ends them."""
    fields: list[tuple[str, str]] = []
    for index, line in enumerate(lines):
        if not (found := FIELD.match(line)):
            return fields, lines[index + (line == "") :]
        fields.append((found[1], found[2]))
    return fields, []


def _newest(lines: list[str]) -> list[str]:
    """Return the lines of the first of the versions of an edited message, without what marks them."""
    bare = [line.removeprefix("| ") if line != "|" else "" for line in lines]
    later = [i for i, line in enumerate(bare) if line.startswith("Version: ") and i and bare[i - 1] == ""]
    return bare[: later[0] - 1] if later else bare


def _words(lines: list[str]) -> tuple[str, str]:
    """Return a message's text, and what it quotes."""
    if not (lines[:1] and lines[0].startswith("> From: ") and lines[1:2] and lines[1].startswith("> Sent: ")):
        return "\n".join(lines), ""
    quoted = next((i for i, line in enumerate(lines) if not line.startswith(">")), len(lines))
    quote = "\n".join(line.removeprefix("> ").removeprefix(">") for line in lines[2:quoted])
    return "\n".join(lines[quoted + 1 :]), quote.strip("\n")


def _instant(written: str, zone: Zone) -> datetime | None:
    """Return what the clock of a zone showed."""
    found = SENT.fullmatch(written)
    if not found or found[2] not in MONTHS:
        return None
    day, year, hour, minute, second = (int(found[one]) for one in (1, 3, 4, 5, 6))
    offset = timedelta(hours=int(found[8]), minutes=int(found[9]))
    try:
        time = datetime(year, MONTHS.index(found[2]) + 1, day, hour, minute, second, tzinfo=UTC)
        return instant((time - offset if found[7] == "+" else time + offset).timestamp(), zone)
    except (ValueError, OverflowError):
        return None


def _short(entry: Entry, chat: str, dropped: Drops) -> Iterator[Message]:
    dropped.clear()
    seq = 0
    for block in blocks(entry, SHORT):
        if block.header is None:
            for line in range(block.first_line, block.last_line + 1):
                dropped.add(line, _("before the first message"))
            continue
        message = _brief(block, block.header, chat)
        message.seq, seq = seq, seq + 1
        message.file, message.first_line, message.last_line = entry.origin, block.first_line, block.last_line
        yield message


def _brief(block: Block, header: re.Match[str], chat: str) -> Message:
    author = OWNER if header[2] == YOU else header[2]
    text = "\n".join([header[3] or "", *block.lines])
    message = Message("signal", chat, 0, local(header[1]), author, "text", text, author == OWNER)
    if found := NOTICE.match(text):
        _tell(message, found[1], has_media=False)
        return message
    details = DETAILS.match(text)
    if details:
        message.text = text[details.end() :]
        message.edited = "edited" in details[1].split(", ")
        if "attachment" in details[1]:
            message.attributes["media"] = details[1].rpartition(", ")[2]
    _tell(message, SAID[0], "media" in message.attributes)
    return message
