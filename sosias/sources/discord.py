"""Discord: channels as DiscordChatExporter writes them in JSON, and the package that Discord itself sends."""

from collections.abc import Iterator, Sequence
from functools import partial

from sosias.errors import SosiasError
from sosias.language import translate as _
from sosias.messages import Message
from sosias.sources.discord_exporter import INSIDE, MESSAGE, Survey, channels, is_export, snowflake
from sosias.sources.discord_messages import Writer
from sosias.sources.discord_package import Package, packages
from sosias.sources.entry import Entry
from sosias.sources.in_order import in_order
from sosias.sources.json_stream import walk
from sosias.sources.json_values import Odd, key, mapping
from sosias.sources.naming import apart, newest
from sosias.sources.source import Drops, Identity, Options, Reading

PAGES = (b"Tyrrrz/DiscordFonts", b"DiscordChatExporter", b"chatlog__")
"""What the pages begin with that DiscordChatExporter writes for people."""


class DiscordPages(SosiasError):
    """{path} is a page that DiscordChatExporter wrote for reading: export the channel again and choose JSON
    as the format."""


class Discord:
    """The formats of Discord's messages."""

    name = "discord"
    title = "Discord .json, package.zip"
    rank = 0

    def readings(self, entries: Sequence[Entry], options: Options) -> list[Reading]:
        """Survey the exports among the entries.

        Raises:
            Unreadable: one is cut off or damaged.
            DiscordPages: there are only pages for people.
        """
        found = packages(entries)
        taken = {id(one) for package in found for one in package.entries}
        files = [one for one in entries if id(one) not in taken and is_export(one)]
        for page in entries:
            if not files and not found and page.suffix in (".html", ".htm") and _is_page(page):
                raise DiscordPages(path=page.label)
        people = People([Survey.of(one) for one in channels(files)], found)
        exported = [_exported(survey, people, options) for survey in people.surveys]
        return [_packed(package, options) for package in found] + exported


SOURCE = Discord()


def _is_page(entry: Entry) -> bool:
    return any(mark in entry.start for mark in PAGES)


def _packed(package: Package, options: Options) -> Reading:
    dropped = Drops()
    return Reading(
        format="discord",
        entries=package.entries,
        messages=partial(package.messages, options.zone, dropped),
        lines=package.lines,
        count=sum(file.count for file in package.files),
        zone=options.zone,
        owner=package.author,
        owner_why=_("Discord's package has only what its account wrote"),
        dropped=dropped,
    )


class People:
    """Who is who in several channels."""

    def __init__(self, surveys: Sequence[Survey], owned: Sequence[Package]) -> None:
        self.surveys = surveys
        self._names = newest(survey.names for survey in surveys)
        self.authors = apart({one: next(iter(called), one) for one, called in self._names.items()})
        self.titles = apart({one.channel.id: one.channel.title or one.channel.id for one in surveys})
        self._accounts = [key(package.account.get("id")) for package in owned]

    def owner(self, survey: Survey) -> tuple[str, str]:
        """Return the account that exported a channel, empty where nothing tells, and why."""
        if account := next((one for one in self._accounts if one in survey.names), ""):
            return account, _("the package beside it is of that account")
        others = {one for one in survey.writers if survey.channel.name not in self._names[one]}
        if not survey.channel.guild and len(survey.writers) == 2 and len(others) == 1:
            return others.pop(), _("the chat has two people and is named after the other")
        return "", _("a channel does not tell who exported it")

    def identities(self, survey: Survey) -> list[Identity]:
        """Return the accounts of a channel that are known by several names."""
        why = _("Discord gives the account the same number")
        several = ((one, self._names[one][1:]) for one in survey.names)
        return [Identity(self.authors[one], tuple(also), why) for one, also in several if also]


def _exported(survey: Survey, people: People, options: Options) -> Reading:
    owner, why = people.owner(survey)
    chat = people.titles[survey.channel.id]
    writer = Writer(chat, survey.channel.id, people.authors, owner, options.zone)
    dropped = Drops()
    return Reading(
        format="discord",
        entries=survey.entries,
        messages=partial(_messages, survey, writer, dropped),
        chat=chat,
        lines=survey.lines,
        count=survey.count,
        zone=options.zone,
        owner=people.authors.get(owner),
        owner_why=why,
        identities=people.identities(survey),
        dropped=dropped,
    )


def _messages(survey: Survey, writer: Writer, dropped: Drops) -> Iterator[Message]:
    """Yield the messages in the order of time."""
    dropped.clear()
    found = _numbered(survey, writer, dropped)
    told = (one for _number, one in found) if survey.is_sorted else in_order(found, newest_first=True)
    for seq, message in enumerate(told):
        message.seq = seq
        yield message


def _numbered(survey: Survey, writer: Writer, dropped: Drops) -> Iterator[tuple[int, Message]]:
    """Yield the messages as the files have them, and their numbers."""
    for entry in survey.entries:
        for value in walk(entry, INSIDE):
            if value.path not in (MESSAGE, MESSAGE[:1]):
                continue
            try:
                message = writer.message(value, entry.origin)
            except Odd as error:
                dropped.add(value.first_line, str(error), entry.origin)
            else:
                yield snowflake(mapping(value.value).get("id")), message
