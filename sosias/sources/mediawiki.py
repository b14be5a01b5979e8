"""A wiki's dump: XML as MediaWiki writes it, plain or packed, its articles as plain text."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from sosias.language import translate as _
from sosias.messages import Message, native_id
from sosias.sources.entry import Entry
from sosias.sources.mediawiki_xml import Dump, Page, Site
from sosias.sources.source import Options, Reading
from sosias.sources.text_file import TextFile
from sosias.sources.zones import Zone

SOURCE_NAME = "mediawiki"
ROOT = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<mediawiki[\s>]", re.DOTALL)
REDIRECT = re.compile(r"\s*#[^\s\[:]{3,30}:?\s*\[\[")
"""`#REDIRECT [[`, in any language."""
WIKITEXT = ("", "wikitext")
NEVER = (ValueError, OverflowError, OSError)


class MediaWiki:
    """The format of wikis' dumps."""

    name = SOURCE_NAME
    title = "MediaWiki .xml, .xml.bz2"
    rank = 0

    def readings(self, entries: Sequence[Entry], options: Options) -> list[Reading]:
        """Survey the dumps among the entries.

        Raises:
            Unreadable: one is damaged where it tells its wiki.
        """
        likely = [one for one in entries if ".xml" in one.file_name.lower() or options.alone]
        return [_Export(one, options).reading for one in likely if _is_dump(one)]


SOURCE = MediaWiki()


def _is_dump(entry: Entry) -> bool:
    codec, _name = TextFile(entry).encoding()
    return ROOT.match(entry.start.decode(codec, "replace")) is not None


class _Export:
    """One dump."""

    def __init__(self, entry: Entry, options: Options) -> None:
        self.entry = entry
        self.zone = options.zone
        self.dump = Dump(entry)
        self.site = self.dump.site()
        title = self.site.title
        self.reading = Reading(
            format=SOURCE_NAME,
            entries=[entry],
            messages=self.messages,
            chat=title,
            encoding=TextFile(entry).encoding()[1],
            zone=self.zone,
            owner_why=_("a wiki's dump is nobody's account"),
            notes=[_("the articles' author is called {name}, as their wiki is").format(name=title)],
            facts={"wiki": self.site.database or self.site.name, "language": self.site.language},
        )

    def messages(self) -> Iterator[Message]:
        """Yield the articles."""
        dropped = self.reading.dropped
        dropped.clear()
        seq = 0
        for page in self.dump.pages():
            for _revision in range(page.revisions - 1):
                dropped.add(page.first_line, _("an earlier revision of a page"))
            text, reason = self._read(page)
            if text:
                yield _article(page, self.site, text, seq, self.entry, self.zone)
                seq += 1
            else:
                dropped.add(page.first_line, reason)
        self.reading.lines = self.dump.lines

    def _read(self, page: Page) -> tuple[str, str]:
        """Return a page's words, or why it has none."""
        from sosias.sources.mediawiki_text import UNPARSED, plain_text  # the parser takes its time to load

        if reason := _unwanted(page, self.site):
            return "", reason
        try:
            return plain_text(page.text, self.site.hidden), _("a page without prose")
        except UNPARSED:
            return "", _("a page that the parser of wikitext gives up")


def _unwanted(page: Page, site: Site) -> str:
    """Return why a page is no article, empty where it is one."""
    if page.namespace not in ("", "0") or (not page.namespace and _is_named(page.title, site)):
        return _("a page that is no article: talk, a template, a file …")
    if page.redirect or REDIRECT.match(page.text):
        return _("a redirect")
    if page.too_long:
        return _("a page of absurd length")
    if page.model not in WIKITEXT:
        return _("a page of data or code")
    return _("a page whose text is hidden") if page.deleted else ""


def _is_named(title: str, site: Site) -> bool:
    """Is a title of old dumps, which number no namespaces, in one that is not the articles'?"""
    prefix, colon, _rest = title.partition(":")
    return bool(colon) and prefix in site.namespaces


def _article(page: Page, site: Site, text: str, seq: int, entry: Entry, zone: Zone) -> Message:
    attributes = {"title": page.title, "page": page.key, "revision": page.revision}
    return Message(
        source=SOURCE_NAME,
        chat=site.title,
        seq=seq,
        sent_at=_wall(page.timestamp, zone),
        author=site.title,
        kind="article",
        text=text,
        attributes={name: value for name, value in attributes.items() if value},
        file=entry.origin,
        first_line=page.first_line,
        last_line=page.last_line,
        id=native_id(SOURCE_NAME, site.database or site.title, page.key or page.title),
    )


def _wall(timestamp: str, zone: Zone) -> datetime | None:
    """Return when a revision was written, by the clock on the wall."""
    try:
        moment = datetime.fromisoformat(timestamp)
        return zone.wall(moment.timestamp()) if moment.tzinfo else moment
    except NEVER:
        return None
