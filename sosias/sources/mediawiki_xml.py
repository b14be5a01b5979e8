"""A MediaWiki dump as pages: its XML is read piece by piece, and only the page at hand is held.

Schema: https://www.mediawiki.org/xml/export-0.11.xsd, and older ones. Expat is used as it is: few
elements matter, entities are refused where they are declared, and no tree has to be cleared.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from sosias.language import translate as _
from sosias.sources.entry import BUFFER, Entry
from sosias.sources.problems import Unreadable

LONGEST = 2 << 20
"""Characters of a page that are read: MediaWiki itself allows as many bytes."""
LONGEST_TAG = 16 << 20
"""Bytes in which nothing ends: tags and comments are held until they do."""
DEEPEST = 64
"""Elements within elements."""
SITE = 4 << 20
"""Bytes within which a dump has said of which wiki it is."""
BROKEN = (expat.ExpatError, ValueError, LookupError)
"""What expat says of damage, and Python of encodings that it does not know."""
NAMED = {"File", "Image", "Media", "Category"}
"""Names that MediaWiki knows in every language."""
HIDDEN_NAMESPACES = ("-2", "6", "14")
"""Media, files and categories: links into them show no words."""


@dataclass
class Site:
    """The wiki that a dump is of."""

    name: str = ""
    database: str = ""
    language: str = ""
    namespaces: set[str] = field(default_factory=set)
    """Names before a title's colon that say that it is no article,"""
    hidden: set[str] = field(default_factory=lambda: {name.casefold() for name in NAMED})
    """and in small letters those whose links show no words."""

    @property
    def title(self) -> str:
        """Its name for people."""
        return self.name or self.database or "MediaWiki"


@dataclass
class Page:
    """One page, in its last revision of the dump."""

    first_line: int
    last_line: int = 0
    title: str = ""
    namespace: str = ""
    key: str = ""
    """The page's number in its wiki,"""
    revision: str = ""
    """and its revision's."""
    timestamp: str = ""
    model: str = ""
    text: str = ""
    redirect: bool = False
    deleted: bool = False
    """The text is hidden from the public."""
    too_long: bool = False
    revisions: int = 0


FIELDS = {
    ("page", "title"): "title",
    ("page", "ns"): "namespace",
    ("page", "id"): "key",
    ("revision", "id"): "revision",
    ("revision", "timestamp"): "timestamp",
    ("revision", "model"): "model",
    ("revision", "text"): "text",
}
"""An element with the one that it is in, and what of a page it tells."""
SITE_FIELDS = {("siteinfo", "sitename"): "name", ("siteinfo", "dbname"): "database"}


class Dump:
    """The pages of a dump."""

    def __init__(self, entry: Entry) -> None:
        self._entry = entry
        self.lines = 0

    def site(self) -> Site:
        """Return which wiki it is of, as its beginning tells.

        Raises:
            Unreadable: it is not XML as far as that.
        """
        reader = _Reader()
        for _pages in self._read(reader, SITE):
            if reader.has_site:
                break
        return reader.site

    def pages(self) -> Iterator[Page]:
        """Yield the pages in their order.

        Raises:
            Unreadable: malformed or cut off, with the line, or made to exhaust the machine.
        """
        reader = _Reader()
        for pages in self._read(reader):
            yield from pages
            self.lines = reader.line

    def _read(self, reader: "_Reader", most: int | None = None) -> Iterator[list[Page]]:
        """Yield the pages that each piece of the file completes."""
        done, chunk = 0, b" "
        try:
            with self._entry.open() as stream:
                while most is None or done < most:
                    chunk = stream.read(BUFFER)
                    done += len(chunk)
                    yield reader.feed(chunk)
                    if not chunk:
                        return
        except _Refused as error:
            raise Unreadable(path=self._entry.label, what=str(error)) from error
        except BROKEN as error:
            cut = isinstance(error, expat.ExpatError) and not chunk
            what = _("line {line}: it is cut off") if cut else _("line {line}: it is not XML")
            raise Unreadable(path=self._entry.label, what=what.format(line=reader.line)) from error


class _Refused(Exception):
    """Well-formed, and no dump that anybody would publish."""


class _Reader:
    """Gathers pages from what expat reports."""

    def __init__(self) -> None:
        self._parser = expat.ParserCreate(namespace_separator=None)
        self._parser.buffer_text = True
        self._parser.buffer_size = BUFFER
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = None
        self._parser.StartDoctypeDeclHandler = self._refuse_doctype
        self._open: list[str] = []
        self._fed = 0
        self._pages: list[Page] = []
        self._page: Page | None = None
        self._keep: Callable[[str], None] | None = None
        self._parts: list[str] = []
        self._length = 0
        self._namespace = ""
        self.site = Site()
        self.has_site = False

    @property
    def line(self) -> int:
        return self._parser.CurrentLineNumber

    def feed(self, chunk: bytes) -> list[Page]:
        """Read a piece, the last one empty; return the pages that end in it."""
        self._fed += len(chunk)
        self._parser.Parse(chunk, not chunk)
        if self._fed - self._parser.CurrentByteIndex > LONGEST_TAG:
            raise _Refused(_("after line {line} nothing ends").format(line=self.line))
        pages, self._pages = self._pages, []
        return pages

    def _refuse_doctype(self, *_declared: Any) -> None:
        """Entities can be made to grow without end; no dump declares any."""
        raise _Refused(_("it declares a document type, which no dump does"))

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        parent = self._open[-1] if self._open else ""
        self._open.append(name)
        if len(self._open) > DEEPEST:
            raise _Refused(_("line {line}: it is nested too deeply").format(line=self.line))
        if len(self._open) == 1:
            self._root(name, attributes)
        elif name == "page":
            self.has_site = True
            self._page = Page(self.line)
        elif parent == "namespaces":
            self._namespace = attributes.get("key", "")
            self._gather(self._add_namespace)
        elif (parent, name) in SITE_FIELDS:
            self._gather(lambda text: setattr(self.site, SITE_FIELDS[parent, name], text))
        elif self._page is not None:
            self._in_page(self._page, parent, name, attributes)

    def _root(self, name: str, attributes: dict[str, str]) -> None:
        if name != "mediawiki":
            raise _Refused(_("it is not a MediaWiki dump"))
        self.site.language = attributes.get("xml:lang", "")

    def _in_page(self, page: Page, parent: str, name: str, attributes: dict[str, str]) -> None:
        if name == "redirect":
            page.redirect = True
        elif name == "revision":
            page.revisions += 1
        elif (parent, name) in FIELDS:
            if name == "text":
                page.deleted, page.too_long = "deleted" in attributes, False
            self._gather(lambda text: setattr(page, FIELDS[parent, name], text))

    def _end(self, name: str) -> None:
        self._open.pop()
        if self._keep is not None:
            self._keep("".join(self._parts))
            self._keep, self._parts, self._length = None, [], 0
            self._parser.CharacterDataHandler = None
        if name == "siteinfo":
            self.has_site = True
        elif name == "page" and self._page is not None:
            self._page.last_line = self.line
            self._pages.append(self._page)
            self._page = None

    def _gather(self, keep: Callable[[str], None]) -> None:
        """Collect the text up to the end of the element, and give it to `keep`."""
        self._keep, self._parts, self._length = keep, [], 0
        self._parser.CharacterDataHandler = self._text

    def _text(self, text: str) -> None:
        self._length += len(text)
        if self._length <= LONGEST:
            self._parts.append(text)
        elif self._page is not None:
            self._page.too_long = True
            self._parts.clear()

    def _add_namespace(self, name: str) -> None:
        if self._namespace != "0" and name:
            self.site.namespaces.add(name)
        if self._namespace in HIDDEN_NAMESPACES:
            self.site.hidden.add(name.casefold())
