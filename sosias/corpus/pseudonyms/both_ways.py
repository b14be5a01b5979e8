"""BothWays: what was learnt with stand-ins, talked with by real names: one text at a time, in and out."""

from collections.abc import Iterable, Mapping

from sosias.corpus.pseudonyms.finder import Finder
from sosias.corpus.pseudonyms.forms import Sure, forms
from sosias.corpus.pseudonyms.ordinary import words
from sosias.corpus.pseudonyms.pseudonymise import finder_for
from sosias.corpus.pseudonyms.restoring import Restorer
from sosias.corpus.pseudonyms.stand_ins import StandIns
from sosias.settings import PseudonymSettings


class BothWays:
    """Puts stand-ins in, as they were put into the messages, and real names back.

    Who is new gets a stand-in as well, for as long as this lives: nothing is written down. A workspace
    without stand-ins has nothing to turn.
    """

    def __init__(
        self, settings: PseudonymSettings, persona: Iterable[str], spellings: Mapping[str, str], language: str
    ) -> None:
        """Take people.toml's pairs, the persona's own names, which stay, further names of the others with
        the one that is shown, and the corpus's language."""
        self._settings = settings
        self._spellings = spellings
        self._language = language
        self._persona = list(persona)
        self._authors = settings.stand_ins.get("author", {})
        self._restorer = Restorer(settings.stand_ins)
        self._known = _count(settings.stand_ins)
        self._finder = self._made_finder()
        self._stand_ins = StandIns(settings.key, settings.stand_ins, language=language)

    def hidden(self, text: str) -> str:
        """Return a text with stand-ins."""
        if not self._settings.key:
            return text
        other = self._stand_ins.replaced(text, self._finder.find(text))
        if other != text:
            pairs = self._stand_ins.as_settings()
            if _count(pairs) > self._known:
                self._known, self._restorer = _count(pairs), Restorer(pairs)
        return other

    def restored(self, text: str) -> str:
        """Return a text with what is real in the place of stand-ins."""
        return self._restorer.restore(text)

    def author_hidden(self, name: str) -> str:
        """Return the name under which one of the authors was learnt."""
        return self._authors.get(self._spellings.get(name, name)) or self.hidden(name)

    def author_restored(self, name: str) -> str:
        """Return an author's real name."""
        real = self._restorer.author(name)
        return self.restored(name) if real == name else real

    def _made_finder(self) -> Finder:
        """Return the finder of the corpus, as far as its pairs tell what it had learnt."""
        people = [name for name in (*self._authors, *self._spellings) if name not in self._persona]
        names = self._settings.stand_ins.get("name", {})
        learnt = {
            small: Sure.CUE if small in words() else Sure.ALWAYS for small in names if small not in forms()
        }
        return finder_for(self._settings, self._language, self._persona, people, learnt=learnt)


def _count(pairs: Mapping[str, Mapping[str, str]]) -> int:
    return sum(map(len, pairs.values()))
