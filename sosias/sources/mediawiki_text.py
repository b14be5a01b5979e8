"""Wikitext as plain paragraphs: no templates, tables, references, files, categories or markup."""

import re
from collections.abc import Collection

import mwparserfromhell
from mwparserfromhell.nodes import (
    ExternalLink,
    HTMLEntity,
    Node,
    Tag,
    Template,
    Text,
    Wikilink,
)
from mwparserfromhell.parser import ParserError
from mwparserfromhell.wikicode import Wikicode

from sosias.sources.mediawiki_balance import balanced, spoken

UNPARSED = (ParserError, RecursionError)
"""What the parser raises on what it does not manage."""
INTERLANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z]+)*")
QUOTES = re.compile(r"'{2,}")
SWITCHES = re.compile(r"__[A-Z]{3,}__")
EMPTY_BRACKETS = re.compile(r" ?\([\s,;:]*\)")
AFTER_BRACKET = re.compile(r"\([,;][ \t]*")
SPACES = re.compile(r"[ \t]{2,}")
BEFORE_STOP = re.compile(r" +(?=[,.](?:\s|\Z))")
BRACKETS = re.compile(r"[\[\]{}]{2,}")
DOUBLE = re.compile(r"\[\[|\]\]|\{\{|\}\}")
"""What nobody took for a link or a template."""
ROW = ("|", "!")
"""How lines of a table begin that was never closed."""


def plain_text(wikitext: str, hidden: Collection[str]) -> str:
    """Return the paragraphs of a page, its headings and list items on lines of their own.

    `hidden`: names of namespaces, in small letters, whose links show no words (File, Category …).

    Raises:
        ParserError, RecursionError: the parser does not manage it.
    """
    code = mwparserfromhell.parse(balanced(wikitext), skip_style_tags=True)
    sections: list[tuple[int, str, list[str]]] = [(0, "", [])]
    for line in _words(code, hidden).split("\n"):
        level, title = _heading(line.strip())
        if level:
            sections.append((level, _tidied(title), []))
        else:
            sections[-1][2].append(line)
    return _joined([(level, title, _tidied("\n".join(lines))) for level, title, lines in sections])


def _heading(line: str) -> tuple[int, str]:
    """Return the level of a heading, and its words; level 0: it is none."""
    if len(line) < 3 or line[0] != "=" or line[-1] != "=":
        return 0, ""
    title = line.strip("=")
    level = min(len(line) - len(line.lstrip("=")), len(line) - len(line.rstrip("=")), 6)
    return (level, title.strip()) if title.strip() else (0, "")


def _joined(sections: list[tuple[int, str, str]]) -> str:
    """Return the sections; headings under which no words are left go too."""
    kept: list[str] = []
    below = 0
    for level, title, body in reversed(sections):
        deeper = below > level
        if body:
            kept.append(body)
        if title and (body or deeper):
            kept.append(title)
        below = level if body or deeper else min(below, level)
    return "\n\n".join(reversed(kept))


def _words(code: Wikicode | None, hidden: Collection[str]) -> str:
    return "" if code is None else "".join(_shown(node, hidden) for node in code.nodes)


def _shown(node: Node, hidden: Collection[str]) -> str:
    """Return the words that a reader of the page sees in place of a node."""
    if isinstance(node, Text):
        return QUOTES.sub("", SWITCHES.sub("", node.value))
    if isinstance(node, Wikilink):
        return _link(node, hidden)
    if isinstance(node, HTMLEntity):
        return _entity(node)
    if isinstance(node, ExternalLink):
        if node.title is not None:
            return _words(node.title, hidden)
        return "" if node.brackets else _words(node.url, hidden)
    if isinstance(node, Template):
        return _template(node, hidden)
    return _words(node.contents, hidden) if isinstance(node, Tag) else ""


def _link(link: Wikilink, hidden: Collection[str]) -> str:
    title = str(link.title).strip()
    prefix, colon, _rest = title.partition(":")
    if colon and prefix:
        prefix = prefix.strip()
        if prefix.casefold() in hidden or (link.text is None and INTERLANGUAGE.fullmatch(prefix)):
            return ""
    if link.text is not None and str(link.text).strip():
        return _words(link.text, hidden)
    return _words(link.title, hidden).strip().removeprefix(":")


def _entity(entity: HTMLEntity) -> str:
    try:
        return str(entity.normalize())
    except (ValueError, OverflowError):
        return str(entity)


def _template(template: Template, hidden: Collection[str]) -> str:
    """Return what a template says that stands in the middle of sentences; others say nothing."""
    found = [one.value for one in template.params if not one.showkey]
    chosen = spoken(str(template.name))
    return " ".join(_words(found[at], hidden).strip() for at in chosen if at < len(found))


def _tidied(text: str) -> str:
    """Return text without what is left of markup, and without gaps where templates stood."""
    text = BRACKETS.sub(lambda found: "" if DOUBLE.search(found[0]) else found[0], text)
    text = AFTER_BRACKET.sub("(", EMPTY_BRACKETS.sub("", text))
    text = BEFORE_STOP.sub("", SPACES.sub(" ", text))
    lines = [line.strip() for line in text.split("\n")]
    lines = [line for line in lines if not line.startswith(ROW)]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
