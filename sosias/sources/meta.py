"""Instagram's and Messenger's downloads: the files of a thread, `message_1.json` … N, are one export.

Also the end-to-end encrypted download of Messenger, which is written otherwise. Each file is walked
through twice: the survey learns who is in it, how it is encoded and where it lies in time; the reading
puts the messages of all files, newest first as Meta has them, into the order of time.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from sosias.errors import SosiasError
from sosias.language import translate as _
from sosias.messages import Message
from sosias.sources.entry import Entry
from sosias.sources.in_order import in_order
from sosias.sources.json_stream import walk
from sosias.sources.meta_messages import Scribe
from sosias.sources.meta_owner import PROFILES, find_owner, platform
from sosias.sources.meta_survey import INSIDE, MESSAGES, Survey, item_of, surveys
from sosias.sources.source import Drops, Options, Reading

PAGE = re.compile(r"messages/\w+/[^/]+/message_\d+\.html$")
"""Where Meta puts a thread that it has written for people."""
Thread = list[Survey]
"""The files of a thread."""


class MetaPages(SosiasError):
    """{path} is a page that Meta wrote for reading: ask for your information again, choose JSON as the
    format, and give that download."""


class Meta:
    """The format of Instagram's and Messenger's downloads."""

    name = "meta"
    title = "Instagram, Messenger .json, .zip"
    rank = 0

    def readings(self, entries: Sequence[Entry], options: Options) -> list[Reading]:
        """Survey the threads among the entries; those of one person are told apart by platform alone.

        Raises:
            Unreadable: a file of a thread is damaged.
            MetaPages: there are only pages for people.
        """
        files = [one for one in entries if one.suffix == ".json" or len(entries) == 1]
        profiles = [one for one in files if one.file_name in PROFILES]
        found: dict[str, dict[str, Thread]] = defaultdict(lambda: defaultdict(list))
        for survey in surveys(one for one in files if one not in profiles):
            found[platform(survey, profiles)][survey.folder or f"\n{survey.key}"].append(survey)
        page = next((one for one in entries if PAGE.search(one.name)), None)
        if page and not found:
            raise MetaPages(path=page.label)
        return [
            reading
            for name in sorted(found)
            for reading in _readings(name, list(found[name].values()), profiles, options)
        ]


SOURCE = Meta()


def _readings(name: str, threads: list[Thread], profiles: list[Entry], options: Options) -> Iterator[Reading]:
    owner, why = find_owner(threads, [one for one in profiles if PROFILES[one.file_name] == name] or profiles)
    named = Counter(_title(thread, owner) for thread in threads if thread[0].folder)
    for thread in threads:
        chat = _title(thread, owner)
        if thread[0].folder and named[chat] > 1:  # two people of one name, or both without one
            chat = f"{chat} ({thread[0].key})"
        scribe = Scribe(name, chat, thread[0].key, owner, options.zone, _windows(thread))
        yield _Export(thread, scribe).reading(why)


def _title(thread: Thread, owner: str | None) -> str:
    """Return what a thread is called; where it has no title, its people or its file."""
    people = (name for name in thread[0].participants if name != owner)
    return thread[0].title or ", ".join(people) or thread[0].folder or thread[0].entry.stem


def _windows(thread: Thread) -> list[tuple[int, int]]:
    """Return the spans of time that two files share: those of a download only touch, if at all."""
    shared: list[tuple[int, int]] = []
    reached: int | None = None
    for oldest, newest in sorted(one.span for one in thread if one.span):
        if reached is not None and oldest <= reached:
            shared.append((oldest, min(newest, reached)))
        reached = newest if reached is None else max(newest, reached)
    return shared


class _Export:
    """One surveyed thread."""

    def __init__(self, thread: Thread, scribe: Scribe) -> None:
        self.newest_first = sum(one.falls for one in thread) >= 0
        self.files = sorted(thread, key=lambda one: one.span[1] if one.span else 0, reverse=self.newest_first)
        self.scribe = scribe
        self.dropped = Drops()

    def reading(self, why: str) -> Reading:
        encodings = dict.fromkeys(one.encoding.name for one in self.files)
        return Reading(
            format=self.scribe.source,
            entries=[one.entry for one in self.files],
            messages=self.messages,
            chat=self.scribe.chat,
            encoding=", ".join(encodings),
            lines=sum(one.lines for one in self.files),
            count=sum(one.senders.total() for one in self.files),
            zone=self.scribe.zone,
            owner=self.scribe.owner,
            owner_why=why,
            dropped=self.dropped,
        )

    def messages(self) -> Iterator[Message]:
        """Yield the messages in the order of time."""
        self.dropped.clear()
        ordered = in_order(self._read(replace(self.scribe)), newest_first=self.newest_first)
        for seq, message in enumerate(ordered):
            message.seq = seq
            yield message

    def _read(self, scribe: Scribe) -> Iterator[tuple[int, Message]]:
        """Yield the messages of all files with their milliseconds, as the files have them."""
        for file in self.files:
            scribe.turn_to(file.entry.origin, file.encoding)
            time = (file.span or (0, 0))[self.newest_first]
            for value in walk(file.entry, INSIDE):
                if item := item_of(value):
                    time = time if item.milliseconds is None else item.milliseconds
                    message = scribe.message(item, value.first_line, value.last_line)
                    if message is not None:
                        yield time, message
                    else:
                        why = _("another file of the chat has this message")
                        self.dropped.add(value.first_line, why, file.entry.origin)
                elif value.path[:1] == (MESSAGES,):
                    self.dropped.add(value.first_line, _("it is not a message"), file.entry.origin)
