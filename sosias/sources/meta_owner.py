"""Whose download of Instagram or Messenger it is, and which of the two it is."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from sosias.language import translate as _
from sosias.sources.entry import Entry
from sosias.sources.json_stream import walk
from sosias.sources.json_values import mapping
from sosias.sources.meta_encoding import mended
from sosias.sources.meta_survey import Survey
from sosias.sources.problems import Unreadable

PROFILES = {"profile_information.json": "messenger", "personal_information.json": "instagram"}
"""Where a download tells whose it is: Facebook's, Instagram's."""
INSTAGRAM = re.compile(r"your_instagram_activity|instagram-.*")
MESSENGER = re.compile(r"(?:your_facebook_activity|your_activity_across_facebook|e2ee_cutover.*)|facebook-.*")
ABOVE = 6
"""Folders above a file whose names are looked at."""


def platform(survey: Survey, profiles: Sequence[Entry]) -> str:
    """Return `instagram` or `messenger`, by the folders, the profile in the download, or the content.

    Where nothing tells, as with one file taken out of its folders, it is `messenger`.
    """
    entry = survey.entry
    folders = [
        *entry.path.parts[-ABOVE:],
        *PurePosixPath(entry.name).parts,
        *PurePosixPath(survey.path).parts,
    ]
    told = {name for one in folders for name in _named(one.lower())}
    told = told or {PROFILES[one.file_name] for one in profiles}
    return "instagram" if told == {"instagram"} and not survey.encrypted else "messenger"


def _named(folder: str) -> Iterator[str]:
    if INSTAGRAM.fullmatch(folder):
        yield "instagram"
    if MESSENGER.fullmatch(folder):
        yield "messenger"


def find_owner(threads: Sequence[Sequence[Survey]], profiles: Sequence[Entry]) -> tuple[str | None, str]:
    """Return the participant who exported, and how that is known."""
    present: Counter[str] = Counter()
    for files in threads:
        present.update(list(dict.fromkeys(name for one in files for name in one.participants)))
    ranked = present.most_common()
    names = {text for one in profiles for text in _strings(one)}
    for name, _count in ranked:
        if name in names:
            return name, _("the download's profile has this name")
    speakers = Counter(one.encoding.mend(name) for files in threads for one in files for name in one.owners)
    if len(speakers) == 1:
        return next(iter(speakers)), _("Meta's own lines speak to this sender: “You sent an attachment.”")
    everywhere = [name for name, count in ranked if count == len(threads)]
    if len(threads) > 1 and len(everywhere) == 1:
        return everywhere[0], _("the only one who is in all chats")
    for one in (one for files in threads for one in files):
        others = [name for name in one.participants if name != one.title]
        if len(set(one.participants)) == 2 and len(others) == 1:
            return others[0], _("the chat has two people and is named after the other")
    return None, _("nothing in the download tells whose it is")


def _strings(profile: Entry) -> Iterator[str]:
    """Yield what a profile may call its owner: Facebook's has one name, among those of family and friends;
    in Instagram's the keys are in the language of its owner."""
    try:
        root = next(walk(profile, ())).value
    except Unreadable:
        return
    waiting = [one.get("name", one) if isinstance(one, dict) else one for one in mapping(root).values()]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield from (one, mended(one))
        elif isinstance(one, dict):
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
