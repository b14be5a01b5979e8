"""Telegram Desktop's exports: result.json of one chat, or of all that an account has.

A file is read twice: the survey learns who is who and by which clock the times are told; the reading
then yields one message at a time.
"""

from collections.abc import Iterator, Sequence
from functools import partial

from sosias.errors import SosiasError
from sosias.language import translate as _
from sosias.messages import Message
from sosias.sources.entry import Entry
from sosias.sources.json_values import Odd, instant
from sosias.sources.source import Drops, Options, Reading
from sosias.sources.telegram_file import EPOCH, Chat, Survey, is_export, records
from sosias.sources.telegram_messages import Writer
from sosias.sources.telegram_people import People
from sosias.sources.zones import Zone

PAGE = (b"<title>Exported Data</title>", b'href="css/style.css"')
"""What the pages begin with that Telegram writes for people."""


class TelegramPages(SosiasError):
    """{path} is a page that Telegram wrote for reading: export the chat again and choose "Machine-readable
    JSON" as the format, then give the file result.json."""


class Telegram:
    """The format of Telegram Desktop's exports."""

    name = "telegram"
    title = "Telegram result.json"
    rank = 0

    def readings(self, entries: Sequence[Entry], options: Options) -> list[Reading]:
        """Survey the exports among the entries.

        Raises:
            Unreadable: one is cut off or damaged.
            TelegramPages: there are only pages for people.
        """
        files = [one for one in entries if is_export(one)]
        pages = (one for one in entries if one.suffix in (".html", ".htm") and not files)
        for page in pages:
            if all(mark in page.start for mark in PAGE):
                raise TelegramPages(path=page.label)
        surveys = [Survey.of(file) for file in files]
        people = People(surveys)
        return [_reading(survey, people, options) for survey in surveys]


SOURCE = Telegram()


def _reading(survey: Survey, people: People, options: Options) -> Reading:
    owner, why = people.owner(survey)
    zone = _zone(survey, options.zone)
    chats = {number: people.chat(chat) for number, chat in survey.chats.items() if chat.peer or chat.name}
    dropped = Drops()
    return Reading(
        format="telegram",
        entries=[survey.entry],
        messages=partial(_messages, survey, people, owner, options.zone, dropped),
        chat=next(iter(chats.values())) if len(chats) == 1 else None,
        lines=survey.lines,
        count=survey.count,
        zone=zone,
        owner=people.authors.get(owner),
        owner_why=why,
        identities=people.identities(survey),
        dropped=dropped,
    )


def _messages(survey: Survey, people: People, owner: str, zone: Zone, dropped: Drops) -> Iterator[Message]:
    """Yield the messages in file order."""
    dropped.clear()
    bots = frozenset(chat.peer for chat in survey.chats.values() if chat.type == "bot_chat")
    writers: dict[int, Writer] = {}
    places: dict[str, int] = {}
    for number, what, value in records(survey.entry):
        if what not in ("message", "messages", ""):
            continue
        if number not in writers:
            chat = survey.chats.get(number, Chat())
            name = people.chat(chat)
            file = survey.entry.origin
            writers[number] = Writer(chat, name, people.authors, bots, owner, zone, file)
        writer = writers[number]
        seq = places.get(writer.name, 0)
        try:
            yield writer.message(value, seq)
        except Odd as error:
            dropped.add(value.first_line, str(error))
        else:
            places[writer.name] = seq + 1


def _zone(survey: Survey, zone: Zone) -> Zone:
    """Return by which clock the times are told, as they and the seconds beside them show."""
    offsets = survey.offsets
    if not offsets:
        return Zone.phones() if survey.last else zone
    if zone.evidence == "given" and all(_shows(zone, *one) for one in offsets.items()):
        return zone
    name = "UTC" + "/".join(map(_spelt, sorted(offsets)))
    return Zone(name, "inferred", _("the export tells each time by its clock and in UTC"))


def _shows(zone: Zone, minutes: int, seconds: float) -> bool:
    """Was the clock of a zone so far from UTC at that time?"""
    time = instant(seconds, zone)
    return time is not None and (time - EPOCH).total_seconds() == seconds + 60 * minutes


def _spelt(minutes: int) -> str:
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02}:{rest:02}"
