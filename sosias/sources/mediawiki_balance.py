"""Wikitext made ready for its parser: what is no prose is taken out, and so is what is never closed.

Parsers of wikitext try again whenever something that was opened is not closed; a hostile page of a
megabyte would take them hours. Here all is matched in one pass, so that what is left closes.
"""

import re

SILENT = {
    *("ref", "references", "gallery", "math", "chem", "ce", "source", "syntaxhighlight", "pre", "timeline"),
    *("table", "score", "graph", "mapframe", "maplink", "imagemap", "hiero", "templatestyles", "inputbox"),
    *("categorytree", "style", "script", "section", "includeonly", "noinclude", "templatedata"),
}
"""Elements whose content is not prose."""
SHOWN = {
    *("b", "i", "u", "s", "em", "strong", "small", "big", "sub", "sup", "span", "code", "tt", "kbd", "var"),
    *("samp", "abbr", "cite", "q", "dfn", "mark", "del", "ins", "strike", "font", "bdi", "bdo", "rb", "ruby"),
    *("onlyinclude", "wbr", "nobr", "time", "data", "a", "indicator", "rp", "rt", "langconvert"),
}
"""Elements whose content stays where it is,"""
BLOCKS = {
    *("br", "hr", "p", "div", "center", "blockquote", "poem", "ul", "ol", "li", "dl", "dt", "dd"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "tr", "td", "th", "caption", "tbody", "thead", "section"),
}
"""and those that begin a line."""
SPOKEN = {
    **dict.fromkeys(("nowrap", "nobr", "small", "big", "em", "strong", "abbr", "versalita", "esd"), (0,)),
    **dict.fromkeys(("convert", "cvt", "unidad", "unit"), (0, 1)),
    "lang": (1,),
}
"""Templates that stand in the middle of sentences, and which of their parameters are words."""
TOKEN = re.compile(
    r"<!--"
    r"|<(?P<end>/?)(?P<name>[A-Za-z][A-Za-z0-9]*)(?:\s[^<>]*)?(?<!/)(?P<empty>/?)>"
    r"|\{\{+|\}\}+|\[\[|\]\]"
    r"|^[ \t]*\|\}(?!\})|\{\|",
    re.MULTILINE,
)
MARKERS = re.compile(r"^(?:[*#:;]+[ \t]*|-{4,})", re.MULTILINE)
"""Markers of lists, and lines: nothing of them is shown, and the parser takes long for many."""
HEADING = re.compile(r"^=", re.MULTILINE)
DEEPEST = 20
"""Templates and links within each other; the parser gives up at 40."""
INDENT = 20
"""Blanks that may stand before a table."""
NOWIKI = {ord(one): f"&#{ord(one)};" for one in "[]{}<>'&|=*#:;_"}


def spoken(template: str) -> tuple[int, ...]:
    """Return which parameters of a template are words; none: nothing of it belongs to a sentence."""
    name = template.strip().lower()
    return (0,) if name.startswith("lang-") else SPOKEN.get(name, ())


def balanced(text: str) -> str:
    """Return wikitext that has no elements, tables, comments and lists, and whose links and templates close.

    What begins a heading is written as an entity: the parser falls when many are not closed.
    """
    return _without_lone_brackets(HEADING.sub("&#61;", _Pass(MARKERS.sub("", text)).run()))


def _without_lone_brackets(text: str) -> str:
    """Open no external link in a line that does not close as many."""
    lines = text.split("\n")
    for at, line in enumerate(lines):
        if "[" in line and line.count("[") != line.count("]"):
            lines[at] = re.sub(r"(?<!\[)\[(?!\[)", "", line)
    return "\n".join(lines)


class _Pass:
    """One pass over a page's wikitext."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._out: list[str] = []
        self._open: list[tuple[str, int]] = []
        """What is open, and where in `_out` it stands."""
        self._counts: dict[str, int] = {}
        self._no_more: set[str] = set()
        """Ends that do not come any more."""

    def run(self) -> str:
        at = 0
        while found := TOKEN.search(self._text, at):
            self._out.append(self._text[at : found.start()].replace("<", "&lt;"))
            at = self._token(found) or found.end()
        self._out.append(self._text[at:].replace("<", "&lt;"))
        for _kind, place in self._open:
            self._out[place] = ""
        return "".join(self._out)

    def _token(self, found: re.Match[str]) -> int | None:
        """Take a token; return where to read on, where that is not behind it."""
        token = found[0]
        if token == "<!--":
            return self._skip("-->", found.end())
        if found["name"]:
            return self._tag(found, found["name"].lower())
        if token == "{|":
            if self._begins_line(found.start()):
                self._push("{|", "")
        elif token.endswith("|}"):
            self._pop("{|", whole=True)
        elif token[0] in "{[":
            for _one in range(len(token) // 2):
                self._push(token[:2], token[:2])
        elif token[0] == "}":
            for _one in range(len(token) // 2):
                self._close("{{", "}}")
        elif self._open and self._open[-1][0] == "[[":
            self._close("[[", "]]")
        return None

    def _begins_line(self, at: int) -> bool:
        before = self._text[max(0, at - INDENT) : at].rstrip(" \t")
        return not before or before[-1] in "\n>"

    def _tag(self, found: re.Match[str], name: str) -> int | None:
        if name == "nowiki" and not found["end"] and not found["empty"]:
            end = self._find("</nowiki>", found.end())
            if end >= 0:
                self._out.append(self._text[found.end() : end].translate(NOWIKI))
                return end + len("</nowiki>")
        elif name in SILENT:
            if found["end"]:
                self._pop("<" + name, whole=True)
            elif not found["empty"]:
                self._push("<" + name, "")
        elif name in BLOCKS:
            self._out.append("\n")
        elif name not in SHOWN and name != "nowiki":
            self._out.append(found[0].replace("<", "&lt;"))
        return None

    def _find(self, end: str, at: int) -> int:
        """Return where an end comes; it is looked for in vain but once."""
        place = -1 if end in self._no_more else self._text.find(end, at)
        if place < 0:
            self._no_more.add(end)
        return place

    def _skip(self, end: str, at: int) -> int | None:
        place = self._find(end, at)
        return place + len(end) if place >= 0 else None

    def _push(self, kind: str, token: str) -> None:
        self._open.append((kind, len(self._out)))
        self._counts[kind] = self._counts.get(kind, 0) + 1
        self._out.append(token)

    def _close(self, kind: str, token: str) -> None:
        """Close a template or a link; one that is nested too deeply loses its brackets."""
        place = self._pop(kind)
        if place is None:
            return
        if kind == "{{" and not spoken("".join(self._out[place + 1 : place + 2]).partition("|")[0]):
            del self._out[place:]
        elif len(self._open) >= DEEPEST:
            self._out[place] = ""
        else:
            self._out.append(token)

    def _pop(self, kind: str, *, whole: bool = False) -> int | None:
        """Close what was opened last of a kind, and with it what was opened since, which is not closed.

        `whole`: what it holds goes with it.
        """
        if not self._counts.get(kind):
            return None
        while True:
            last, place = self._open.pop()
            self._counts[last] -= 1
            if last == kind:
                break
            self._out[place] = ""
        if whole:
            del self._out[place:]
        return place
