"""People's names in a text: participants by all forms of their names, others by lists and by cues."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sosias.corpus.pseudonyms import cues
from sosias.corpus.pseudonyms.forms import PARTICLES, Sure, forms, is_spanish, is_surname
from sosias.corpus.pseudonyms.lists import plain, words
from sosias.corpus.pseudonyms.sentence import Sentence, Token
from sosias.corpus.pseudonyms.spans import Kind, Span
from sosias.corpus.pseudonyms.spelling import DRAWN_OUT, WORD, shortened, squeezed

LEARNT_FROM = 2
"""Clear cues that make a word a name where it stands without one."""


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

    def find(self, text: str) -> list[Span]:
        """Return the names in a text, word by word: `kind` is name or surname, `canonical` plain."""
        if not self._may_have_names(text):
            return []
        sentence = Sentence(text)
        found: dict[int, Kind] = {}
        after = -1
        for place, token in enumerate(sentence.tokens):
            if place == after and self._goes_on(sentence, place):
                after = place + 1
                if token.small not in PARTICLES:
                    found[place] = "surname"
            elif self._is_name(sentence, place):
                after = place + 1
                found[place] = "surname" if token.small in self._surnames else "name"
        for place in range(len(sentence.tokens)) if found or " yo" in text or " me" in text else ():
            if place not in found and self._may_stand_in_a_row(sentence, place, found):
                found[place] = "name"
        return [_span(sentence.tokens[place], found[place]) for place in sorted(found)]

    def evidence(self, text: str) -> Iterator[str]:
        """Yield the words (small) that stand where only a person can, and are not taken for granted."""
        if not self._may_have_names(text):
            return
        sentence = Sentence(text)
        for place, token in enumerate(sentence.tokens):
            sure = self._look_up(token.small)
            unknown = sure is None and token.small not in self._ordinary and len(token.small) > 2
            if (unknown or sure is Sure.CUE) and sentence.is_clear(place):
                yield token.small

    def _may_have_names(self, text: str) -> bool:
        """Is there a word that is in a list of names, or in none at all? Most messages have neither."""
        return any(small in self._sure or small not in self._ordinary for small in WORD.findall(text.lower()))

    def _look_up(self, small: str) -> Sure | None:
        """Return how sure a word is, also drawn out; None: it is in no list."""
        found = self._sure.get(small)
        if found is None and len(small) > 3 and (small not in self._ordinary or DRAWN_OUT.search(small)):
            for other in (shortened(small)[0], squeezed(small)):
                found = self._sure.get(other) if other != small else None
                if found is not None:
                    break
        return found

    def _is_kept(self, small: str) -> bool:
        return bool(self.kept) and plain(squeezed(small)) in self.kept

    def _is_name(self, sentence: Sentence, place: int) -> bool:
        token = sentence.tokens[place]
        small = token.small
        sure = self._look_up(small)
        is_word = small in self._ordinary
        if (sure is None and is_word) or len(small) < 2 or self._is_kept(small):
            return False
        if small in self.added or plain(small) in self.added:
            return True
        if token.text[0].islower() and (small in cues.NEVER or (is_word and _is_a_thing(sentence, place))):
            return False
        if sure is None:
            return _is_unknown_name(sentence, place)
        if sentence.is_behind(place, cues.PLACES_BEFORE) or sentence.is_gone_to(place):
            return False
        if sure is Sure.ALWAYS:
            return small not in self._surnames or token.text[0].isupper() or not is_word
        if sure is Sure.CAPITAL:
            return sentence.is_titled(place) or sentence.is_clear(place) or sentence.is_weak(place)
        return sentence.is_clear(place) or (sure is Sure.CUE and self._is_likely(sentence, place))

    def _is_likely(self, sentence: Sentence, place: int) -> bool:
        """Is an ordinary word a name where no clear cue stands?"""
        small = sentence.small(place)
        if sentence.is_inside(place):
            return True
        if small in cues.DISCOURSE or small in cues.PET_WORDS:
            return False
        if small in self.people or small in self.learnt:
            return sentence.is_titled(place) or sentence.is_weak(place)
        towards = sentence.is_behind(place, cues.TOWARDS) and small not in cues.NOT_WITH
        return towards or sentence.is_called_out(place)

    def _may_stand_in_a_row(self, sentence: Sentence, place: int, found: Mapping[int, Kind]) -> bool:
        token = sentence.tokens[place]
        sure = self._look_up(token.small)
        if token.text[0].islower() and (token.small in cues.DISCOURSE or token.small in cues.NEVER):
            return False
        unknown = sure is None and token.small not in self._ordinary and sentence.is_titled(place)
        if self._is_kept(token.small) or not (unknown or sure in (Sure.CUE, Sure.PERSON)):
            return False
        return sentence.is_in_a_row(place, found)

    def _goes_on(self, sentence: Sentence, place: int) -> bool:
        """Does a word continue the name before it, as a surname or a particle of one?"""
        token, last = sentence.tokens[place], sentence.tokens[place - 1]
        small = token.small
        if token.before not in (" ", "-") or self._is_kept(small):
            return False
        if small in PARTICLES:
            return self._is_particle(sentence, place)
        if self._sure.get(small) is Sure.ALWAYS and small not in self._surnames:
            return False
        if token.text[0].islower():
            return is_surname(small) and small not in self._ordinary
        if last.text[0].islower() or (token.text.isupper() and not last.text.isupper()):
            return False
        return is_surname(small) or (len(small) > 2 and small not in cues.OPENINGS)

    def _is_particle(self, sentence: Sentence, place: int) -> bool:
        """Does a small word lead on to a surname: `María de la Cruz`?"""
        following = place
        while sentence.small(following) in PARTICLES and sentence.gap(following) == " ":
            following += 1
        if following == len(sentence.tokens) or sentence.gap(following) != " ":
            return False
        surname = sentence.tokens[following]
        return surname.text.istitle() and is_surname(surname.small)


def _is_a_thing(sentence: Sentence, place: int) -> bool:
    """Does an article say that an ordinary word is a thing? Spanish `a` is none, and stands before people."""
    if not sentence.is_behind(place, cues.THINGS_AFTER):
        return False
    return sentence.small(place - 1) != "a" or not is_spanish(sentence.small(place))


def _is_unknown_name(sentence: Sentence, place: int) -> bool:
    """Is a word that no list has a name? Clear cues tell; without a capital only the clearest."""
    token = sentence.tokens[place]
    if len(token.small) < 3 or token.text.isupper() or not sentence.is_clear(place):
        return False
    return sentence.is_titled(place) or sentence.is_introduced(place)


def _span(token: Token, kind: Kind) -> Span:
    return Span(token.start, token.end, kind, plain(squeezed(token.small)))
