"""The words around a name that tell that it is one, in Spanish and English; `data/cues.txt` holds them."""

from sosias.corpus.pseudonyms.lists import sections

_WORDS = sections("cues")

GREETINGS = _WORDS["greetings"]
"""Before whoever is spoken to."""
WEAK_GREETINGS = _WORDS["weak_greetings"]
"""They stand before other words as often."""
RELATIONS = _WORDS["relations"]
OWNERS = _WORDS["owners"]
TITLES = _WORDS["titles"]
NAMED = _WORDS["named"]
TOLD_TO = _WORDS["told_to"]
"""Before `a` and somebody."""
TOLD = _WORDS["told"]
"""Before somebody, in English."""
BELONGINGS = _WORDS["belongings"]
"""Before `de` and somebody."""
WITH = _WORDS["with"]
WEAK = _WORDS["weak"]
ARTICLES = _WORDS["articles"]
PLACES_BEFORE = _WORDS["places_before"]
"""Before a saint's or other name that has become a place's."""
AFTER = _WORDS["after"]
"""After somebody, as the subject of a sentence."""
AFTER_CLITICS = _WORDS["after_clitics"]
DISCOURSE = _WORDS["discourse"]
"""Ordinary words that end a message after a comma, and are no names there."""
PET_WORDS = _WORDS["pet_words"]
"""After a greeting, and no names."""
MOSTLY_NAMES = _WORDS["mostly_names"]
"""Ordinary words in a dictionary, names in a chat."""
ELSEWHERE = _WORDS["elsewhere"]
"""Names that are places, months, brands or feasts as often: only clear words make them a person's."""
PEOPLE_AS_WELL = _WORDS["people_as_well"]
"""Of those, the ones that are a person's more often than not in a chat."""
TOWARDS = _WORDS["towards"]
"""Before somebody rather than something, where no article stands between."""
NOT_WITH = _WORDS["not_with"]
"""Ordinary words that stand there as often."""
ACTS = _WORDS["acts"]
"""Only people do these."""
OPENINGS = _WORDS["openings"]
"""They begin a sentence after a name, without its full stop before them."""
THINGS_AFTER = _WORDS["things_after"]
"""An ordinary word after them is a thing."""
NEVER = _WORDS["never"]
"""Short forms of names (Si, Di, Em) that are small words far too often: with a capital alone."""
NO_NAMES = _WORDS["no_names"]
"""They stand after `mi hermana` and are no names."""
PEOPLES = _WORDS["peoples"]
"""Of the belongings, those that are a person's and no thing's."""
NO_OWNERS = _WORDS["no_owners"]
"""What English writes an 's to that is no genitive."""
SHORT_TITLES = _WORDS["short_titles"]
"""Titles that are no other word: a name follows, small or not."""
AT = _WORDS["at"]
"""Before places;"""
GOING = _WORDS["going"]
"""before `a` and `to` and places."""
COMPOUNDS = _WORDS["compounds"]
"""Given names that another often follows (José Luis, María Rosa), although it is a surname, too."""
NOBODY = _WORDS["nobody"]
