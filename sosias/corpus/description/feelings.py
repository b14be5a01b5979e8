"""How good or bad a message sounds, by the words in it: Spanish by our own lexicon, English by VADER.

Both count words; neither understands irony, quotations or what goes without saying. That is enough to see
a month that differs from others, and not enough to judge one message, so only means are ever shown.
"""

import math
import re
from collections.abc import Callable
from functools import cache

Scorer = Callable[[str], float]
"""From a text to a figure between −1 (bad) and 1 (good)."""

CLEAR = 0.05
"""Beyond this, on either side, a text counts as good or bad: the border that VADER's authors set."""
DAMPING = 15
"""Sums of strengths are brought between −1 and 1 as s / √(s² + 15), as in VADER (Hutto and Gilbert 2014)."""
TURNED = -0.74
"""What a negation makes of a strength, as VADER's authors measured it;"""
REACH = 3
"""how many words before a word it is looked for, likewise;"""
STEP = 0.3
"""and what `muy` adds to it, or `poco` takes away (theirs, for English)."""
TOKEN = re.compile(r"[^\W\d_]+|[\u2600-\u27bf\U0001f300-\U0001faff]")
STRETCHED = re.compile(r"(\w)\1{2,}")
LAUGHTER = re.compile(r"(?:[jh][aei]){2,}[jh]?|(?:j[aei]?){3,}|lol|xd+")
FOLDED = str.maketrans("áéíóúü", "aeiouu")


def scorer(language: str) -> Scorer | None:
    """Return what scores texts of `es` or `en`; None for other languages."""
    return {"es": spanish, "en": english}.get(language)


def english(text: str) -> float:
    """Score an English text with VADER, whose lexicon has emoji and chat words."""
    return float(_vader()(text)["compound"])


def spanish(text: str) -> float:
    """Score a Spanish text: strengths of its words, turned by negations and weighed by degrees."""
    from sosias.corpus.description.feelings_es import NEGATIONS, STRONGER, WEAKER

    strengths = _spanish_strengths()
    words = TOKEN.findall(STRETCHED.sub(r"\1", text.casefold().translate(FOLDED)))
    total = 0.0
    for place, word in enumerate(words):
        strength = strengths.get(word, 1.0 if LAUGHTER.fullmatch(word) else 0.0)
        if not strength:
            continue
        before = words[max(0, place - REACH) : place]
        if before and before[-1] in STRONGER:
            strength += math.copysign(STEP, strength)
        if before and before[-1] in WEAKER:
            strength -= math.copysign(STEP, strength)
        if any(one in NEGATIONS for one in before):
            strength *= TURNED
        total += strength
    return total / math.sqrt(total * total + DAMPING)


@cache
def _spanish_strengths() -> dict[str, float]:
    from sosias.corpus.description.feelings_es import EMOJI, forms

    emoji = {one: float(strength) for strength, signs in EMOJI.items() for one in signs.split()}
    return forms() | emoji


@cache
def _vader() -> Callable[[str], dict[str, float]]:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    scores: Callable[[str], dict[str, float]] = SentimentIntensityAnalyzer().polarity_scores
    return scores
