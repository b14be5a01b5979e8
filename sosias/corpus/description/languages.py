"""In what languages people write."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import ibis.expr.types as ir

from sosias.language import translate as _

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

SAMPLE = 2_000
"""Messages read to tell the language."""
LONG_ENOUGH = 40
"""Letters of a text that py3langid is asked about: what is shorter it often takes for another language."""
SURELY = 0.9
"""How probable it has to be what it says; else a text counts for no language."""
LEAST_SHARE = 0.01
"""Languages of a smaller share of the texts are mostly mistakes."""
LEAST_TEXTS = 20
"""Of fewer longer texts the shares of languages say nothing of all the others."""
COMMON_SHARE = 0.1
"""Least share of a language's commonest words: running text has 0.3 to 0.5 of its own."""

COMMON_WORDS = {
    "es": "que de no la el y en lo los las un una por con para es me te se su pero muy más mas está yo si sí "
    "como qué al del le ya todo este esta eso bien porque cuando hay tu mi q xq",
    "en": "the and to of is that it you was for on are with this have not what be i a in my me do at so but "
    "just we he she they your can will if or from i'm it's don't",
    "pt": "que de não o a e um uma em para com do da os as mas eu ele isso está você por se na no ao muito",
    "fr": "le la les des est que pas je vous et une dans pour ce il elle un de à on tu mais avec sur qui",
    "it": "che non di il la per una sono è con mi ma un e si lo ho ti le del cosa come anche questo",
    "de": "der die und ist nicht das ich du ein eine zu es in den mit auf auch so war wir aber",
    "ca": "que de no la el i en els les un una per amb és em et però molt més està jo si com què al del",
}
"""The commonest words of languages; those that are neither Spanish nor English only tell them apart."""
WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")


def sample(own: ir.Table) -> list[str]:
    """Return texts drawn evenly from all: ids are hashes, so the first by their order are any."""
    texts: list[str] = own.order_by("id").limit(SAMPLE).text.to_pyarrow().to_pylist()
    return texts


def language_of(texts: Iterable[str]) -> tuple[str, str]:
    """Return `es`, `en` or `other`, and the reason: whose commonest words are the most frequent."""
    words = Counter(word for text in texts for word in WORD.findall(text.casefold()))
    if not words:
        return "other", _("there are no words to tell the language by")
    shares = {
        language: sum(words[word] for word in set(common.split())) / words.total()
        for language, common in COMMON_WORDS.items()
    }
    best = max(shares, key=lambda language: shares[language])
    names = {"es": _("Spanish"), "en": _("English")}
    if best in names and shares[best] >= COMMON_SHARE:
        why = _("{share} % of the words are common ones of {language}")
        return best, why.format(share=round(100 * shares[best]), language=names[best])
    return "other", _("the commonest words are neither Spanish nor English")


def languages_of(texts: Sequence[str]) -> dict[str, Any]:
    """Return which languages the longer ones of some texts are in (`shares`: of `texts`), by py3langid.

    It knows 140 languages and tells them by sequences of letters, so it sees also those for which
    `language_of` has no words; for short texts the common words are the surer sign.
    """
    bare = (re.sub(r"https?://\S+|@\w+", " ", text) for text in texts)
    longer = [text for text in bare if sum(map(str.isalpha, text)) >= LONG_ENOUGH]
    told = [_identifier().classify(text) for text in longer]
    counts = Counter(str(language) for language, probability in told if probability >= SURELY)
    shares = {one: round(count / counts.total(), 3) for one, count in counts.most_common()}
    return {"texts": counts.total(), "shares": {k: v for k, v in shares.items() if v >= LEAST_SHARE}}


def told(texts: Sequence[str]) -> tuple[str, str, dict[str, Any]]:
    """Return `es`, `en` or `other`, the reason, and what `languages_of` has; all by the same figures.

    Where there are enough longer texts, the language is that of most of them; where there are not, it is
    told by the common words, and there are no shares that could say otherwise.
    """
    found = languages_of(texts)
    if not found["shares"] or found["texts"] < LEAST_TEXTS:
        return *language_of(texts), {"texts": found["texts"], "shares": {}}
    most, share = next(iter(found["shares"].items()))
    names = {"es": _("Spanish"), "en": _("English")}
    if most not in names:
        return "other", _("most of the longer messages are neither Spanish nor English"), found
    why = _("{share} % of the longer messages are {language}")
    return most, why.format(share=round(100 * share), language=names[most]), found


@cache
def _identifier() -> "LanguageIdentifier":
    """Load py3langid's model: a second, and 80 MB of memory."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
