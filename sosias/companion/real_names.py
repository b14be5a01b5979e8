"""RealNames: stand-ins inside, real names outside, for who talks with a persona on their own machine.

What the voice hears, and whatever is kept of a talk, has the stand-ins that the persona has learnt; only
what is shown to the one person at this machine is turned back, with people.toml, which stays here.
"""

from sosias.companion.screening import screen
from sosias.corpus.pseudonyms import book
from sosias.corpus.pseudonyms.both_ways import BothWays
from sosias.workspace import Persona, Workspace


class RealNames:
    """Turns what is typed inwards, and what is shown outwards."""

    def __init__(self, names: BothWays, further_phrases: tuple[str, ...] = ()) -> None:
        """Take the workspace's names, and the phrases that mean a crisis beside our own."""
        self._names = names
        self._further = further_phrases

    @classmethod
    def of(cls, workspace: Workspace, persona: Persona) -> "RealNames":
        """Return those of a workspace; the persona's own name stays as it is.

        Raises:
            BadSettings: people.toml cannot be read.
        """
        return cls(book.both_ways(workspace, persona), persona.settings.safety.further_phrases)

    def inwards(self, typed: str) -> str:
        """Return what the voice hears: stand-ins for names and numbers.

        What is replaced never hides a crisis from the screening: then the text stays as it was typed.
        """
        hidden = self._names.hidden(typed)
        seen, told = (screen([text], self._further).level for text in (typed, hidden))
        return hidden if seen == told else typed

    def outwards(self, said: str) -> str:
        """Return what is shown: the real names and numbers."""
        return self._names.restored(said)

    def partner_inwards(self, name: str) -> str:
        """Return the name under which somebody stands in what was learnt."""
        return self._names.author_hidden(name)

    def partner_outwards(self, name: str) -> str:
        """Return somebody's real name."""
        return self._names.author_restored(name)
