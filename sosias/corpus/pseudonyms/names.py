"""People's names in a text: participants by all forms of their names, others by lists and by cues."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sosias.corpus.pseudonyms import cues
from sosias.corpus.pseudonyms.forms import PARTICLES, Sure, forms, is_spanish, is_surname, second_gender
from sosias.corpus.pseudonyms.gazetteer import given_names
from sosias.corpus.pseudonyms.lists import plain
from sosias.corpus.pseudonyms.ordinary import words
from sosias.corpus.pseudonyms.sentence import Sentence
from sosias.corpus.pseudonyms.spans import Kind, Span
from sosias.corpus.pseudonyms.spelling import shortened, squeezed

LEARNT_FROM = 2
"""Clear cues that make a word a name where it stands without one,"""
UNKNOWN_SHARE = 0.05
"""and of how many of its occurrences at least, if no list has it;"""
WORD_SHARE = 0.15
"""if it is an ordinary word."""


@dataclass
class Names:
    """Finds names; what it knows of the people of a corpus is added to what the lists know."""

    people: Mapping[str, tuple[str, Sure]] = field(default_factory=dict)
    """Words of the participants' names (`forms.people_forms`)."""
    kept: frozenset[str] = frozenset()
    """Plain spellings that are never taken: the persona's own names, and what a review has refused."""
    added: frozenset[str] = frozenset()
    """Spellings that are always taken, small."""
    learnt: Mapping[str, Sure] = field(default_factory=dict)
    """Words that clear cues elsewhere in the corpus have told to be names."""

    def __post_init__(self) -> None:
        self._sure: dict[str, Sure] = dict(forms())
        for small, sure in self.learnt.items():
            self._sure[small] = min(sure, self._sure.get(small, sure))
        for small, (kind, sure) in self.people.items():
            self._sure[small] = sure if kind == "surname" else min(sure, self._sure.get(small, sure))
        self._sure |= dict.fromkeys(self.added, Sure.ALWAYS)
        self._surnames = {small for small, (kind, _sure) in self.people.items() if kind == "surname"}
        self._ordinary = words()
        self._no_names = self._ordinary.difference(self._sure)

    def find(self, text: str) -> list[Span]:
        """Return the names in a text, word by word: `kind` is name or surname, `canonical` plain."""
        sentence = self._worth_reading(text)
        if sentence is None:
            return []
        found: dict[int, Kind] = {}
        after = -1
        for place, small in enumerate(sentence.smalls):
            if place == after and self._goes_on(sentence, place):
                after = place + 1
                if small not in PARTICLES:
                    found[place] = "name" if self._is_second(sentence, place, found) else "surname"
            elif small not in self._no_names and self._is_name(sentence, place):
                after = place + 1
                found[place] = "surname" if small in self._surnames else "name"
        if found or " yo" in text or " me" in text:
            for place in self._in_a_row(sentence, found):
                found[place] = "name"
        return [_span(sentence, place, found) for place in sorted(found)]

    def evidence(self, text: str) -> Iterator[str]:
        """Yield the words (small) that may be names, after `+` where only a person can stand, else `-`."""
        sentence = self._worth_reading(text)
        if sentence is None:
            return
        for place, small in enumerate(sentence.smalls):
            if small in self._no_names:
                continue
            sure = self._look_up(small)
            if sure is Sure.CUE and small not in cues.NEVER:
                yield ("+" if sentence.is_clear(place) else "-") + small
            elif sure is None and small not in self._ordinary and len(small) > 2:
                yield ("+" if _is_told(sentence, place) else "-") + small

    def _worth_reading(self, text: str) -> Sentence | None:
        """Return the words of a text, if one of them is in a list of names, or in none at all."""
        sentence = Sentence(text)
        return None if self._no_names.issuperset(sentence.smalls) else sentence

    def _look_up(self, small: str) -> Sure | None:
        """Return how sure a word is, also drawn out; None: it is in no list."""
        found = self._sure.get(small)
        if found is None and len(small) > 3 and small not in self._ordinary:
            for other in (shortened(small)[0], squeezed(small)):
                found = self._sure.get(other) if other != small else None
                if found is not None:
                    break
        return found

    def _is_kept(self, small: str) -> bool:
        return bool(self.kept) and plain(squeezed(small)) in self.kept

    def _is_name(self, sentence: Sentence, place: int) -> bool:
        small = sentence.smalls[place]
        sure = self._look_up(small)
        is_word = small in self._ordinary
        if len(small) < 2 or self._is_kept(small):
            return False
        if small in self.added or plain(small) in self.added:
            return True
        takes_part = small in self.people
        if takes_part and sentence.is_mentioned(place):
            return True
        if not sentence.has_capital(place) and (
            (small in cues.NEVER and not (takes_part and len(small) > 2))
            or (is_word and _is_a_thing(sentence, place))
        ):
            return False
        if not takes_part and _is_nobody(sentence, place):
            return False
        if sure is None:
            return _is_unknown_name(sentence, place)
        if sentence.is_behind(place, cues.PLACES_BEFORE) or sentence.is_gone_to(place):
            return False
        if sure is Sure.ALWAYS:
            return small not in self._surnames or sentence.has_capital(place) or not is_word
        if sure is Sure.CAPITAL:
            return sentence.is_titled(place) or sentence.is_clear(place) or sentence.is_weak(place)
        return sentence.is_clear(place) or (sure is Sure.CUE and self._is_likely(sentence, place))

    def _is_likely(self, sentence: Sentence, place: int) -> bool:
        """Is an ordinary word a name where no clear cue stands?"""
        small = sentence.small(place)
        if sentence.is_inside(place):
            return True
        if small in cues.DISCOURSE or small in cues.PET_WORDS:
            # As a surname it is left: who is saved as Mi Amor is not meant by every `amor`.
            takes_part = small in self.people and small not in self._surnames
            return takes_part and self._is_theirs(sentence, place)
        if small in self.people or small in self.learnt:
            return sentence.is_titled(place) or sentence.is_weak(place)
        towards = sentence.is_behind(place, cues.TOWARDS) and small not in cues.NOT_WITH
        return towards or sentence.is_called_out(place)

    def _is_theirs(self, sentence: Sentence, place: int) -> bool:
        """Is it the name of who takes part, though a word of every day: `hola leo`, `Will, come`, `Sol Paz`?

        Small and without a cue, `will` and `sol` are words.
        """
        if sentence.is_addressed(place):
            return True
        whole = sentence.gap(place + 1) == " " and sentence.small(place + 1) in self._surnames
        return sentence.is_titled(place) and (
            sentence.is_weak(place) or (whole and sentence.has_capital(place + 1))
        )

    def _in_a_row(self, sentence: Sentence, found: Mapping[int, Kind]) -> list[int]:
        """Return the words that stand in a row with a name, and may be one."""
        beside = []
        for place, small in enumerate(sentence.smalls):
            if small in self._no_names or small in cues.NOBODY or place in found:
                continue
            sure = self._look_up(small)
            if not sentence.has_capital(place) and (
                sure is None
                or (small not in self.people and (small in cues.DISCOURSE or small in cues.NEVER))
            ):
                continue
            possible = sure in (None, Sure.CUE, Sure.PERSON) and not self._is_kept(small)
            if possible and sentence.is_in_a_row(place, found):
                beside.append(place)
        return beside

    def _goes_on(self, sentence: Sentence, place: int) -> bool:
        """Does a word continue the name before it, as a surname or a particle of one?"""
        word, small, last = sentence.words[place], sentence.smalls[place], sentence.words[place - 1]
        if sentence.gap(place) not in (" ", "-") or self._is_kept(small):
            return False
        if small in PARTICLES:
            return self._is_particle(sentence, place)
        if self._look_up(small) is Sure.ALWAYS and small not in self._surnames:
            return False
        if small in self._surnames and not (word[0].islower() and small in self._ordinary):
            return True
        if not word[0].isupper() and not word[0].islower():
            return False  # Arabic and Chinese have no capitals that tell
        if word[0].islower():
            return is_surname(small) and small not in self._ordinary
        if last[0].islower() or (word.isupper() and not last.isupper()):
            return False
        return is_surname(small) or (len(small) > 2 and small not in cues.OPENINGS)

    def _is_second(self, sentence: Sentence, place: int, found: Mapping[int, Kind]) -> bool:
        """Is what continues a name a second given name: `María Luz`? Some are surnames as well."""
        small = sentence.smalls[place]
        third = place - 2 in found and sentence.gap(place - 1) in (" ", "-")
        if small in self.people:
            return small not in self._surnames
        if found.get(place - 1) != "name" or third:
            return False
        begins = sentence.smalls[place - 1] in cues.COMPOUNDS
        return plain(small) in given_names() and (begins or not is_surname(small))

    def _is_particle(self, sentence: Sentence, place: int) -> bool:
        """Does a small word lead on to a surname: `María de la Cruz`?"""
        following = place
        while sentence.small(following) in PARTICLES and sentence.gap(following) == " ":
            following += 1
        if following == len(sentence) or sentence.gap(following) != " ":
            return False
        return sentence.words[following].istitle() and is_surname(sentence.smalls[following])


def _is_a_thing(sentence: Sentence, place: int) -> bool:
    """Does an article say that an ordinary word is a thing? Spanish `a` is none, and stands before people."""
    if not sentence.is_behind(place, cues.THINGS_AFTER):
        return False
    return sentence.small(place - 1) != "a" or not is_spanish(sentence.small(place))


def _is_nobody(sentence: Sentence, place: int) -> bool:
    """Is it a god, a title before a name, or a word that begins a sentence with its capital?"""
    small = sentence.smalls[place]
    if small in cues.NOBODY:
        return True
    if small in cues.TITLES and sentence.gap(place + 1) == " " and sentence.has_capital(place + 1):
        return True
    return small in cues.OPENINGS and not sentence.is_inside(place)


def _is_unknown_name(sentence: Sentence, place: int) -> bool:
    """Is a word that no list has a name? Clear cues tell; without a capital only the clearest."""
    word = sentence.words[place]
    if len(word) < 3 or word.isupper():
        return False
    return _is_told(sentence, place) if sentence.is_titled(place) else sentence.is_introduced(place)


def _is_told(sentence: Sentence, place: int) -> bool:
    """Does somebody stand here, and not a firm or a program, which have things and are with one, too?"""
    if sentence.is_announced(place):
        return sentence.small(place - 1) != "with"
    return sentence.acts(place) and sentence.is_titled(place)


def _span(sentence: Sentence, place: int, found: Mapping[int, Kind]) -> Span:
    """Return where a name stands; the canonical form of José in María José has both."""
    canonical = plain(squeezed(sentence.smalls[place]))
    if found[place] == found.get(place - 1) == "name" and sentence.gap(place) in (" ", "-"):
        first = plain(squeezed(sentence.smalls[place - 1]))
        if second_gender(first, canonical):
            canonical = f"{first} {canonical}"
    return Span(*sentence.spans[place], found[place], canonical)
