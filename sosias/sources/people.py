"""Who is one person under several names: `people.toml`, and how joins are made and undone.

The messages keep the names that their exports have; the joins are applied when messages are read.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from sosias.errors import SosiasError
from sosias.settings import IdentitySettings, PeopleSettings
from sosias.sources.forgotten import Forgotten
from sosias.sources.source import Identity
from sosias.sources.spellings import MARKS, folded, is_phone
from sosias.workspace import Workspace, read_settings


class NotJoined(SosiasError):
    """{name} is not joined with {other}: see who is with sosias people."""


class NotOfSeveral(SosiasError):
    """{name} has one name only, so there is nothing to undo: see who has more with sosias people."""


@dataclass(frozen=True)
class Link:
    """What makes a spelling somebody's."""

    name: str
    why: str
    by: Literal["export", "you"]


class People:
    """Spellings by person."""

    def __init__(self, settings: PeopleSettings | None = None) -> None:
        self._links: dict[str, Link] = {}
        """By spelling, those that are shown left out."""
        self._others: dict[str, list[str]] = {}
        """The other spellings, by the one that is shown."""
        self._refused: dict[tuple[str, str], None] = {}
        self._read = settings or PeopleSettings()
        self.forgotten = Forgotten(self._read.forgotten)
        """Those whose messages no import brings back."""
        for one in self._read.identities:
            for other in one.also:
                self._unite(self.name(one.name), self.name(other), one.why, one.by)
        for pair in self._read.refused:
            self._refused[_pair(*pair)] = None

    @classmethod
    def of(cls, workspace: Workspace) -> "People":
        """Read what is known in a workspace.

        Raises:
            BadSettings: its people.toml cannot be read.
        """
        for path in (workspace.next_people_file(), workspace.people_file):
            try:
                if path is not None:
                    return cls(read_settings(path, PeopleSettings))
            except FileNotFoundError:
                continue  # it has just been put in its place, or there is none
        return cls()

    def name(self, spelling: str) -> str:
        """Return the name that is shown for a spelling."""
        link = self._links.get(spelling)
        return spelling if link is None else link.name

    def names(self) -> Mapping[str, str]:
        """Return the shown name of every spelling that is not shown itself."""
        return {spelling: link.name for spelling, link in self._links.items()}

    def spellings(self, name: str) -> list[str]:
        """Return all spellings of a person, the one that is shown first."""
        return [name, *self._others.get(name, ())]

    def link(self, spelling: str) -> Link | None:
        """Return why a spelling is somebody's; None: it is the one that is shown."""
        return self._links.get(spelling)

    def are_refused(self, one: str, two: str) -> bool:
        """Has the user taken any spelling of the one apart from any of the other?"""
        pairs = ((a, b) for a in self.spellings(self.name(one)) for b in self.spellings(self.name(two)))
        return bool(self._refused) and any(_pair(*pair) in self._refused for pair in pairs)

    def settings(self) -> PeopleSettings:
        """Return what the file holds."""
        gathered: dict[Link, list[str]] = {}
        for spelling, link in self._links.items():
            gathered.setdefault(link, []).append(spelling)
        identities = (
            IdentitySettings(name=link.name, also=tuple(also), why=link.why, by=link.by)
            for link, also in gathered.items()
        )
        return self._read.model_copy(
            update={
                "identities": tuple(identities),
                "refused": tuple(self._refused),
                "forgotten": self.forgotten.settings(),
            }
        )

    def learn(self, told: Iterable[Identity]) -> list[Identity]:
        """Join what an export tells to be one person's; return what was not known before.

        Further names of somebody who is forgotten are noted as hashes, and not told.
        """
        new = []
        for one in told:
            if self.forgotten.learn([_sound(name) for name in (one.name, *one.also)]):
                continue
            also = [other for other in one.also if self._learnt(_sound(one.name), _sound(other), one.why)]
            if also:
                new.append(Identity(one.name, tuple(also), one.why))
        return new

    def _learnt(self, name: str, other: str, why: str) -> bool:
        one, two = self.name(name), self.name(other)
        if one == two or not one.strip() or not two.strip() or self.are_refused(one, two):
            return False
        kept, gone = (two, one) if _rank(two) < _rank(one) else (one, two)
        self._unite(kept, gone, why, "export")
        return True

    def join(self, name: str, other: str, why: str) -> None:
        """Join two, as the user wishes; the first one's name is shown."""
        one, two = self.name(name), self.name(other)
        for pair in [_pair(a, b) for a in self.spellings(one) for b in self.spellings(two)]:
            self._refused.pop(pair, None)
        self._unite(one, two, why, "you")

    def _unite(self, kept: str, gone: str, why: str, by: Literal["export", "you"]) -> None:
        if kept == gone:
            return
        for spelling in self._others.pop(gone, []):
            link = self._links[spelling]
            self._set(spelling, Link(kept, link.why, link.by))
        self._set(gone, Link(kept, why, by))

    def _set(self, spelling: str, link: Link) -> None:
        self._links[spelling] = link
        self._others.setdefault(link.name, []).append(spelling)

    def forget(self, name: str) -> int:
        """Note a person, shown as `name`, as forgotten; return their number among those who are."""
        theirs = self.spellings(name)
        apart = {other for pair in self._refused for other in pair if not set(pair).isdisjoint(theirs)}
        return self.forgotten.add(theirs, sorted(apart - set(theirs)))

    def let_go(self, names: Iterable[str] = ()) -> None:
        """Drop the names of those who are forgotten: nothing but their hashes stays.

        All stand-ins go with them, as they have what was in the person's messages, too; the key stays, by
        which those of the others are made again. `names` are the person's: no list of words keeps them.
        """
        for name in [one for one in self._others if any(map(self.forgotten.knows, self.spellings(one)))]:
            for spelling in self._others.pop(name):
                del self._links[spelling]
        self._refused = {pair: None for pair in self._refused if not any(map(self.forgotten.knows, pair))}
        theirs = {folded(word) for name in names for word in (name, *name.split())}
        pseudonyms = self._read.pseudonyms
        kept = {
            "refused": tuple(word for word in pseudonyms.refused if folded(word) not in theirs),
            "added": {word: kind for word, kind in pseudonyms.added.items() if folded(word) not in theirs},
            "stand_ins": {},
        }
        self._read = self._read.model_copy(update={"pseudonyms": pseudonyms.model_copy(update=kept)})

    def undo(self, name: str, other: str | None = None) -> list[str]:
        """Take a spelling of a person apart, or all; no import will join them again. Return which.

        Raises:
            NotJoined, NotOfSeveral: there is no such join.
        """
        person = self.name(name)
        if other is None:
            parted = list(self._others.get(person, ()))
            if not parted:
                raise NotOfSeveral(name=name)
            pairs = list(combinations(self.spellings(person), 2))
        else:
            if name == other or self.name(other) != person:
                raise NotJoined(name=name, other=other)
            parted = [name if other == person else other]
            pairs = [(name, other), (person, parted[0])]
        for spelling in parted:
            del self._links[spelling]
            self._others[person].remove(spelling)
        self._refused.update((_pair(*pair), None) for pair in pairs)
        return parted


def names(workspace: Workspace) -> Mapping[str, str]:
    """Return the shown name of every joined spelling that is not shown itself."""
    return People.of(workspace).names()


def _rank(name: str) -> int:
    """Return 0 for a contact's name, 1 for one that somebody gave themselves, 2 for a number or address."""
    bare = name.strip(MARKS)
    return 2 if is_phone(name) or "@" in bare else int(bare.startswith("~"))


def _pair(one: str, two: str) -> tuple[str, str]:
    return (one, two) if one <= two else (two, one)


def _sound(name: str) -> str:
    """Return a name as the store has it: half a character becomes U+FFFD."""
    return name.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
