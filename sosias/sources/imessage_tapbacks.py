"""Reactions: as rows of their own, and as the sentences that stand for them where there is only text.

Telephones of Apple tell SMS and RCS of a reaction by a sentence in their owner's language that quotes
the message (`Liked “see you”`); Google's by one between invisible marks. The wording is Apple's and
Google's, as users' reports and public parsers show it.
"""

import re

KINDS = ("❤️", "👍", "👎", "😂", "‼️", "❓")
"""Codes 2000 to 2005, and 3000 to 3005 where they are taken back."""
ADDED, EMOJI, STICKER, REMOVED, PLACED = 2000, 2006, 2007, 3000, 1000
FIRST = 1000
"""Codes from here on are of rows that belong to another message: reactions, stickers, votes."""
VOTE = 4000

VERBS = {
    "Loved": "❤️",
    "Liked": "👍",
    "Disliked": "👎",
    "Laughed at": "😂",
    "Emphasized": "‼️",
    "Emphasised": "‼️",
    "Questioned": "❓",
    "Le encantó": "❤️",
    "Le encanta": "❤️",
    "Me encanta": "❤️",
    "Le gustó": "👍",
    "Le gusta": "👍",
    "Me gusta": "👍",
    "No le gustó": "👎",
    "No le gusta": "👎",
    "Le dio risa": "😂",
    "Le hace gracia": "😂",
    "Le pareció gracioso": "😂",
    "Exclamó por": "‼️",
    "Enfatizó": "‼️",
    "Dudó sobre": "❓",
    "A aimé": "👍",
    "A adoré": "❤️",
    "Ha aggiunto un cuoricino a": "❤️",
}
"""What stands before the quotation."""
REMOVALS = {
    "Removed a heart from": "❤️",
    "Removed a like from": "👍",
    "Removed a dislike from": "👎",
    "Removed a laugh from": "😂",
    "Removed an exclamation from": "‼️",
    "Removed a question mark from": "❓",
}
WITH_EMOJI = (
    ("Reacted ", " to"),
    ("Reaccionó con ", " a"),
    ("Se ha reaccionado con ", " a"),
    ("Ha reaccionado con ", " a"),
    ("Ha reagito con ", " a"),
)
"""What stands around an emoji that anyone may choose, before the quotation."""
THINGS = "an image|a photo|a movie|a video|an audio message|an attachment|a sticker"
"""What is named where there is nothing to quote."""
QUOTED = r"(?:“(?P<curly>.+)”|\"(?P<straight>.+)\"|« ?(?P<angled>.+?) ?»)"
SENTENCE = re.compile(
    r"(?:(?P<verb>"
    + "|".join(map(re.escape, [*VERBS, *REMOVALS]))
    + r")|(?:"
    + "|".join(f"{before}(?P<emoji{n}>\\S{{1,16}}){after}" for n, (before, after) in enumerate(WITH_EMOJI))
    + r"))\s"
    + f"(?:{QUOTED}|(?P<thing>{THINGS})|(?P<cosa>una imagen))",
    re.DOTALL,
)
GERMAN = re.compile('„(?P<quoted>.+)[“”"] ein Herz hinzugefügt', re.DOTALL)
GOOGLES = re.compile(
    "\u200a[^\u200a-\u200c]*(?P<mark>[\u200b\u200c])(?P<emoji>[^\u200a-\u200c]{1,32})(?P=mark)[^\u200a-\u200c]*"
    "\u200a(?P<quoted>.*)\u200a[^\u200a-\u200c]*\u200a",
    re.DOTALL,
)
"""Google's: the emoji between two marks, U+200B where it is added and U+200C where it is taken back."""
STARTS = frozenset(text[0] for text in (*VERBS, *REMOVALS, *dict(WITH_EMOJI), "„", "\u200a"))
"""First characters of all of them: most texts are passed over by theirs."""

COMPARED = 24
"""Characters by which a quoted message is looked for."""
REMEMBERED = 1 << 14
"""Messages of all chats that a quotation is looked for among, at least."""
CUT = "…"


class Recent:
    """The latest messages, by chat and beginning: those that a reaction may quote."""

    def __init__(self) -> None:
        self.now: dict[tuple[str, str], tuple[str, str]] = {}
        """Chat and first characters, and the guid and the text of the last message that had them."""
        self._before: dict[tuple[str, str], tuple[str, str]] = {}

    def rotate(self) -> None:
        """Forget the older half."""
        self.now, self._before = {}, self.now

    def find(self, chat: str, quoted: str) -> str | None:
        """Return the guid of the latest message of a chat that is quoted, None where there is none.

        A long quotation may be cut, and ends with `…` then.
        """
        guid, text = self._get(chat, quoted)
        if text == quoted:
            return guid
        whole = quoted.removesuffix(CUT).rstrip()
        guid, text = self._get(chat, whole)
        return guid if quoted.endswith(CUT) and len(whole) >= COMPARED and text.startswith(whole) else None

    def _get(self, chat: str, text: str) -> tuple[str | None, str]:
        key = chat, text[:COMPARED]
        return self.now.get(key) or self._before.get(key) or (None, "")


def sentence(text: str, chat: str, recent: Recent) -> tuple[str, bool, str | None] | None:
    """Return the emoji of a reaction told by a sentence, whether it is taken back, and the guid of its
    message where it is found; None where the text is somebody's own words."""
    if match := GOOGLES.fullmatch(text):
        return match["emoji"], match["mark"] == "\u200c", recent.find(chat, match["quoted"])
    if match := GERMAN.fullmatch(text):
        guid = recent.find(chat, match["quoted"])
        return None if guid is None else ("❤️", False, guid)
    if match := SENTENCE.fullmatch(text):
        return _read(match, chat, recent)
    return None


def _read(match: re.Match[str], chat: str, recent: Recent) -> tuple[str, bool, str | None] | None:
    verb = match["verb"]
    emoji = next((match[f"emoji{n}"] for n in range(len(WITH_EMOJI)) if match[f"emoji{n}"]), None)
    sign = emoji or VERBS.get(verb) or REMOVALS[verb]
    taken_back = verb in REMOVALS
    quoted = match["curly"] or match["straight"] or match["angled"]
    if quoted is None:
        by_other = verb is None or not verb.startswith("Me ")
        fits = match["thing"] is not None or by_other
        return (sign, taken_back, None) if fits else None
    guid = recent.find(chat, quoted)
    return None if guid is None else (sign, taken_back, guid)
