"""What a WhatsApp message's body is: somebody's words, or a line that the exporter wrote in their place.

The exporter's lines are known by their exact strings (`whatsapp_words`); on an iPhone they begin with
a direction mark besides, which tells them from a person who types the same words.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from sosias.messages import Kind
from sosias.sources.whatsapp_words import LANGUAGES, Words

MARK = "\u200e"
VIEW_ONCE = "null"
"""What Android leaves of a medium that can be seen once."""


def _all(strings: Callable[[Words], Iterable[str]]) -> tuple[str, ...]:
    """Return the strings of all languages."""
    return tuple(dict.fromkeys(one for words in LANGUAGES for one in strings(words)))


def _either(strings: Callable[[Words], Iterable[str]]) -> str:
    """Return a pattern of the strings of all languages."""
    return f"(?:{'|'.join(map(re.escape, _all(strings)))})"


def _any_case(strings: Iterable[str]) -> set[str]:
    """Return the strings, with a small and with a capital letter at their start."""
    return {one for string in strings for one in (string, string[0].lower() + string[1:])}


MEDIA = _any_case(_all(lambda words: words.omitted))
"""In the place of a medium, a whole line; what follows on the next lines is its caption."""
TYPED_MEDIA = _all(lambda words: words.typed)
"""On an iPhone; a document's name or a caption can stand before it on the line."""
YOU_DELETED = set(_all(lambda words: words.you_deleted))
"""These also tell who exported."""
DELETED = YOU_DELETED | set(_all(lambda words: (*words.deleted, *words.waiting)))
"""With or without a full stop; a message that never arrived is as lost as a deleted one."""
DELETED_BY_OTHERS = "This message was deleted by admin "

ATTACHED = {f"({words})" for words in _all(lambda words: words.attached)}
"""After a file's name;"""
SENT_FILE = re.compile(r"(?:IMG|VID|AUD|PTT|STK|DOC)-[0-9]{8}-WA[0-9]+\.\w+")
IN_BRACKETS = re.compile(r"\([^()]{3,40}\)")
"""after one that WhatsApp gave, in any language."""
ATTACHMENT = re.compile(rf"<{_either(lambda words: words.attachment)}[ \u00a0\u202f]?: (?P<file>[^<>]+)>")
"""An iPhone's, with the file's name in it,"""
OLD_ATTACHMENT = {f"<{words}>" for words in _all(lambda words: words.attachment)}
"""and an old one's, after it."""
NAME = re.compile(r".+\.\w{1,5}")
FILE_NAME = re.compile(
    r".+\.(?:apk|csv|docx?|gif|jpe?g|m4a|mod|mov|mp[34]|ods|odt|opus|pdf|png|pptx?|rar|txt|vcf|webp|xlsx?|zip)",
    re.IGNORECASE,
)
"""A document's name, on the line after its placeholder."""
DOCUMENT = re.compile(rf"(?P<name>.+\.\w{{1,5}}|.+(?= • {MARK}))(?: • {MARK}?[^{MARK}]{{1,20}})? ")
"""A document's name, and how many pages it has, before an iPhone's placeholder."""
DOCUMENTS = ("document", "dokument")
"""How the placeholders of documents begin."""
EDITED = re.compile(rf" ?{MARK}?<{_either(lambda words: words.edited)}\.?>\Z")
_MISSED = _either(lambda words: words.missed)
_CALL = _either(lambda words: words.call)
_UNANSWERED = _either(lambda words: words.unanswered)
CALL = re.compile(rf"(?:{_MISSED}|{_CALL}, [0-9]+ \w+)\.?")
MARKED_CALL = re.compile(rf"(?:{_MISSED}|{_CALL}|{_UNANSWERED})(?:[.,] .{{1,40}})?\.?", re.IGNORECASE)
"""An iPhone adds what can be tapped, in words that vary."""
LOCATION = re.compile(
    rf"(?i:{_either(lambda words: words.location)})[ \u00a0\u202f]?: "
    r"(?:.{1,200} )?\(?https://(?:maps\.google|foursquare)\.com/\S+"
)
POLL = re.compile(
    rf"{_either(lambda words: words.poll)} ?:\n.*\n{_either(lambda words: words.option)} ?: ", re.DOTALL
)
EVENT = re.compile(rf"{_either(lambda words: words.event)} ?: .")
SYSTEM = re.compile(
    "|".join(rf"{words.encrypted}|\b(?:{words.renamed})\b|{words.system}" for words in LANGUAGES)
    + r"|\b(?:added|removed|left|joined using|salió|se unió|añadió|agregó|adicionou|removeu|saiu|entrou)\b"
    r"|\beliminó a\b|\bchanged (?:the|this|their|to|your)\b|\b(?:cambi(?:ó|aste)|mudou|alterou)\b",
    re.IGNORECASE,
)
"""What WhatsApp says of a chat, asked only of lines that its exporter has marked."""
UNKNOWN_AT_MOST = 200
"""Characters of a marked line that no rule knows, to be taken for a placeholder."""
LIKE_A_PLACEHOLDER = re.compile(r"<(?![!-~]+>)[^<>\n/=\":]{2,48}>")
"""Of a language that no rule knows; one plain word, as `<grin>`, and `<a href=…>` are somebody's."""


LINES = MEDIA | DELETED | {VIEW_ONCE} | set(TYPED_MEDIA) | set(_all(lambda words: words.missed))
STARTS = (
    DELETED_BY_OTHERS,
    *(f"{one}, " for one in _all(lambda words: words.call)),
    *sorted(_any_case(_all(lambda words: words.location))),
    *_all(lambda words: (*words.poll, *words.event)),
)
OPENINGS = {line[:4] for line in (*LINES, *STARTS)}
"""How such lines begin: a quick look for what is worth a closer one. Others hold `<`, `)` or a mark."""


@dataclass(slots=True)
class Body:
    """A body, told apart."""

    kind: Kind
    text: str
    edited: bool = False
    attributes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Exporter:
    """The telephone that wrote a file, as far as bodies show it."""

    apple: bool
    marked: bool
    """Its placeholders begin with a direction mark; on an iPhone, unless somebody has cleaned the file."""
    unknown: Counter[str] = field(default_factory=Counter)
    """Placeholders that no rule knows, as they were met."""

    def read(self, body: str) -> Body:
        """Return what a body is."""
        if body in MEDIA and not self.marked:
            return Body("media", body, False, {"media": body})
        edit = EDITED.search(body) if body.endswith(">") else None
        if edit and (MARK in edit[0] or not self.marked):
            read = self.read(body[: edit.start()])
            return Body(read.kind, read.text, True, read.attributes)
        if self.marked and MARK not in body:
            return Body("text", body)
        return self._placeholder(body) or self._medium(body) or self._unknown(body)

    def _placeholder(self, body: str) -> Body | None:
        """Return a body that is wholly the exporter's."""
        text = body.removeprefix(MARK)
        if text[:4] not in OPENINGS and not body.startswith(MARK):
            return None
        bare = text.replace(MARK, "")
        calls = MARKED_CALL if body.startswith(MARK) else CALL
        kinds: tuple[tuple[Kind, bool], ...] = (
            ("deleted", bare.rstrip(".…") in DELETED or bare.startswith(DELETED_BY_OTHERS)),
            ("call", calls.fullmatch(bare) is not None),
            ("poll", POLL.match(bare) is not None or EVENT.match(bare) is not None),
            ("media", LOCATION.fullmatch(bare) is not None or (bare == VIEW_ONCE and not self.apple)),
        )
        return next((Body(kind, text) for kind, is_it in kinds if is_it), None)

    def _medium(self, body: str) -> Body | None:
        """Return a body that stands for a medium; its caption is somebody's text."""
        line, _, below = body.partition("\n")
        found = self._attached(line) or self._omitted(line)
        if found is None and self.marked and below:
            above, _, line = body.rpartition("\n")  # a caption of several lines ends with it
            if MARK in line and (found := self._attached(line) or self._omitted(line)):
                name, before = found
                found, below = (name, "\n".join(part for part in (above, before) if part)), ""
        if found is None:
            return None
        name, before = found
        if FILE_NAME.fullmatch(below):
            name, below = below, ""
        caption = "\n".join(part for part in (before, below) if part)
        if not caption:
            return Body("media", body.removeprefix(MARK), attributes={"media": name})
        return Body("text", caption, attributes={"media": name})

    def _attached(self, line: str) -> tuple[str, str] | None:
        """Return the file's name and the caption before it, for a line that names a file."""
        if not line.endswith((")", ">")) or (self.marked and MARK not in line):
            return None
        start = max(line.rfind("<"), line.rfind(" (") + 1)
        before, words = line[:start], line[start:].replace(MARK, "")
        if attachment := ATTACHMENT.fullmatch(words):
            if before.strip(MARK) and not before.endswith((MARK, " ", "\t", "\u00a0")):
                return None
            caption = "" if before.startswith(MARK) else before.rstrip(MARK).removesuffix(" ")
            return attachment["file"], caption
        name = before.removeprefix(MARK).removesuffix(" ")
        is_file = words in ATTACHED or words in OLD_ATTACHMENT
        is_file = is_file or bool(SENT_FILE.fullmatch(name) and IN_BRACKETS.fullmatch(words))
        return (name, "") if is_file and before.endswith(" ") and NAME.fullmatch(name) else None

    def _omitted(self, line: str) -> tuple[str, str] | None:
        """Return what is said of a medium that was left out, and the caption before it."""
        bare = line.removeprefix(MARK)
        if bare in MEDIA or bare.removesuffix(".") in MEDIA:
            return bare, ""
        if not self.apple or not line.endswith(TYPED_MEDIA):
            return None
        typed = max((words for words in TYPED_MEDIA if line.endswith(words)), key=len)
        if not (line == typed or line.endswith(MARK + typed)):
            return None
        before = line.removesuffix(typed).removesuffix(MARK)
        if before.startswith(MARK) or not before:
            return before.strip(f" {MARK}") or typed, ""
        if typed.casefold().startswith(DOCUMENTS) and (document := DOCUMENT.fullmatch(before)):
            return document["name"], ""
        return typed, before.removesuffix(" ")

    def _unknown(self, body: str) -> Body:
        """Return a body that no rule knows: text, unless it looks wholly like the exporter's."""
        bare = body.removeprefix(MARK)
        if LIKE_A_PLACEHOLDER.fullmatch(bare):
            self.unknown[bare] += 1
            return Body("media", bare, attributes={"media": bare})
        if not (self.marked and body.startswith(MARK)) or "\n" in body:
            return Body("text", body)
        if SYSTEM.search(body[:UNKNOWN_AT_MOST]):
            return Body("system", bare)
        if len(body) > UNKNOWN_AT_MOST:
            return Body("text", body)
        self.unknown[bare] += 1
        return Body("media", body)
