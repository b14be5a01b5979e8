"""Sentence: the words of a text, and what those around a word say of whether it is somebody's name."""

from collections.abc import Container
from functools import cached_property

from sosias.corpus.pseudonyms import cues
from sosias.corpus.pseudonyms.forms import forms
from sosias.corpus.pseudonyms.ordinary import words
from sosias.corpus.pseudonyms.spelling import DRAWN_OUT, WORD

ENDS = '.!?¿¡…\n:;"“«•*-–—>()'
"""After these a capital says nothing."""
NEAR = (" ", "  ", ", ", ": ", " : ")
"""What may stand between a cue and a name."""
AND = ("y", "e", "and")
PARTICIPLES = ("ado", "ido", "ído", "cho", "sto", "rto", "elto")
"""How they end: `Leo ha dicho`."""
CAPITALS = 0.6
"""Share of words in capitals from which all are shouted;"""
TITLED = 0.7
"""of words with a capital, from which it is a habit or a title."""


class Sentence:
    """A text, word by word. Words are named by their position."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.words: list[str] = WORD.findall(text)
        self.smalls = [word.lower() for word in self.words]

    def __len__(self) -> int:
        return len(self.words)

    @cached_property
    def spans(self) -> list[tuple[int, int]]:
        """Return where the words stand."""
        return [match.span() for match in WORD.finditer(self.text)]

    @cached_property
    def is_shouted(self) -> bool:
        """Are capitals no sign here, since the words are written in them, or most with one?"""
        long = [word for word in self.words if len(word) > 1]
        capital = sum(word.isupper() for word in long)
        if len(long) < 3:
            return len(long) > 1 and capital == len(long)
        titled = sum(word[0].isupper() for word in long)
        return capital > CAPITALS * len(long) or titled > TITLED * len(long)

    def small(self, place: int) -> str:
        """Return a word in small letters, nothing where there is none."""
        return self.smalls[place] if 0 <= place < len(self.smalls) else ""

    def gap(self, place: int) -> str:
        """Return what stands before a word, nothing where there is none."""
        if not 0 <= place < len(self.words):
            return ""
        return self.text[self.spans[place - 1][1] if place else 0 : self.spans[place][0]]

    def has_capital(self, place: int) -> bool:
        """Does a word begin with a capital, for whatever reason?"""
        return self.words[place][0].isupper()

    def is_titled(self, place: int) -> bool:
        """Has a word a capital that was meant?"""
        return self.words[place][0].isupper() and not self.is_shouted

    def is_inside(self, place: int) -> bool:
        """Has a word a capital where no sentence begins?"""
        if place == 0 or not self.is_titled(place) or any(sign in ENDS for sign in self.gap(place)):
            return False
        is_short_capitals = self.words[place].isupper() and len(self.words[place]) < 4
        return not is_short_capitals and self.small(place - 1) not in cues.PLACES_BEFORE

    def is_behind(self, place: int, heralds: Container[str]) -> bool:
        """Does one of the heralds stand right before a word?"""
        return place > 0 and self.gap(place) == " " and self.small(place - 1) in heralds

    def is_weak(self, place: int) -> bool:
        """Do the words around say that a person may be meant?"""
        near = self.gap(place) in NEAR and self.small(place - 1) in cues.WEAK
        return near or self.is_behind(place, cues.ARTICLES) or self._does(place)

    def is_announced(self, place: int) -> bool:
        """Do the words before say that only a person can be meant?"""
        return self.gap(place) in NEAR and self._is_announced(place, self.is_titled(place))

    def is_clear(self, place: int) -> bool:
        """Do the words around say that only a person can be meant?"""
        titled = self.is_titled(place)
        if self.is_announced(place):
            return True
        return (self._does(place) and (titled or self._acts(place))) or self._is_called(place, titled)

    def is_introduced(self, place: int) -> bool:
        """Do the words before say outright that somebody's name follows?"""
        one, two = self.small(place - 1), self.small(place - 2)
        if self.gap(place) not in NEAR:
            return False
        related = one in cues.RELATIONS and two in cues.OWNERS and two not in ("un", "una", "a", "the")
        told = one == "a" and two in cues.TOLD_TO
        return related or told or one in cues.NAMED or (one == "is" and two == "name")

    def is_gone_to(self, place: int) -> bool:
        """Is it a place that names of people are taken from, and is somebody there: `en Santiago`?"""
        if self.small(place) not in cues.ELSEWHERE:
            return False
        to = self.small(place - 1) in ("a", "to") and self.small(place - 2) in cues.GOING
        return to or self.is_behind(place, cues.AT)

    def is_called_out(self, place: int) -> bool:
        """Does a word that is drawn out begin or end the text?"""
        small = self.small(place)
        edge = place in (0, len(self) - 1)
        return edge and DRAWN_OUT.search(small) is not None and small not in words()

    def is_mentioned(self, place: int) -> bool:
        """Does an @ stand before a word, as WhatsApp writes who is mentioned?"""
        start = self.spans[place][0]
        return "@" in self.text and self.text[:start].endswith(("@", "@\u2068", "@~"))

    def is_addressed(self, place: int) -> bool:
        """Is somebody spoken to: `hola leo`, `ven, leo`, `Leo, ven`?"""
        greeting, is_opening = self.small(place - 1), self.small(place) in cues.OPENINGS
        if greeting in cues.GREETINGS and self.gap(place) in NEAR:
            return greeting not in cues.WEAK_GREETINGS and (self.gap(place) == " " or not is_opening)
        if is_opening:
            return False
        if place and place + 1 == len(self):
            return "," in self.gap(place)
        begins = not place or any(sign in ENDS for sign in self.gap(place))
        ends = len(self) == 1 or self.gap(place + 1)[:1] in (",", ":", "!")
        return begins and ends and self.is_titled(place)

    def is_in_a_row(self, place: int, names: Container[int]) -> bool:
        """Is a word one of several people: `rosa, ana y yo`?"""
        one, two = place + 1, place + 2
        joined = self.small(one) in AND and (two in names or self.small(two) in ("yo", "me"))
        after = self.is_behind(place, AND) and place - 2 in names
        goes_on = self.small(two) in AND or self.gap(two) == ", "
        return joined or after or (self.gap(one) == ", " and one in names and goes_on)

    def _is_announced(self, place: int, titled: bool) -> bool:
        """Do the words before tell that a person is meant?"""
        small, one, two = self.small(place), self.small(place - 1), self.small(place - 2)
        known = titled or small in forms()
        if one in cues.GREETINGS:
            return self._is_greeted(place, titled)
        if one in cues.RELATIONS and two in cues.OWNERS:
            return titled or not any(
                small in others for others in (cues.AFTER, cues.AFTER_CLITICS, cues.NO_NAMES)
            )
        if one in cues.NAMED or (one == "a" and two in cues.TOLD_TO) or (one == "is" and two == "name"):
            return True
        if one in cues.TITLES:
            return titled or one in cues.SHORT_TITLES
        if one == "de" and two in cues.BELONGINGS:
            return titled or two in cues.PEOPLES
        if one in cues.WITH:
            return titled or (known and small not in cues.NOT_WITH)
        if one in cues.TOLD or (one == "about" and two in ("what", "how")):
            return known
        return one in ("soy", "habla") and titled

    def _is_greeted(self, place: int, titled: bool) -> bool:
        small, greeting = self.small(place), self.small(place - 1)
        begins = place < 2 or any(sign in ENDS + "," for sign in self.gap(place - 1))
        if greeting in cues.WEAK_GREETINGS or not begins:
            return titled
        return small not in cues.PET_WORDS and small not in cues.DISCOURSE

    def _does(self, place: int) -> bool:
        """Does what a person does follow, or an English genitive?"""
        end = self.spans[place][1]
        if self.text[end : end + 2] in ("'s", "’s"):
            return self.smalls[place] not in cues.NO_OWNERS
        if self.gap(place + 1) != " ":
            return False
        following, third = self.small(place + 1), self.small(place + 2)
        if following in ("ha", "había") and third.endswith(PARTICIPLES):
            return True
        return following in cues.AFTER or (following in cues.AFTER_CLITICS and third in cues.AFTER)

    def acts(self, place: int) -> bool:
        """Does something follow that only people do: `rosa dijo`?"""
        return self.gap(place + 1) == " " and self.small(place + 1) in cues.ACTS

    def _acts(self, place: int) -> bool:
        return self.acts(place) and self.small(place) in forms()

    def _is_called(self, place: int, titled: bool) -> bool:
        """Is somebody spoken to: `…, Rosa!` at the end?"""
        small = self.small(place)
        if place + 1 < len(self) or "," not in self.gap(place):
            return False
        if small in cues.DISCOURSE or small in cues.PET_WORDS or self.gap(place - 2).strip() == ",":
            return False
        if small in words() and self.small(place - 1) in forms():
            return False  # it is what who is called is to do: `Rosa, cierra`
        return titled or small in forms()
