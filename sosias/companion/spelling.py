"""How people really type, brought to one spelling, so that a phrase is written down only once.

Text comes in; a line of plain lower-case words comes out, one space between them and one at each
end, with ` , ` wherever the writer put a mark between clauses. Accents, letters drawn out, letters
swapped for figures or stars, spaced-out letters and chat spellings are undone. English and Spanish
need different repairs, so every text is read twice, once as each.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Literal

Language = Literal["es", "en"]

LOOKALIKES = str.maketrans("аеорсухікмтн", "aeopcyxikmth")
"""Cyrillic letters that look Latin."""
FIGURES = str.maketrans("013457@$", "oieastas")
"""What stands for a letter inside a word: su1c1d3, m4tarme."""
EMOJI = {
    "es": {"💊": " pastillas ", "🔫": " pistola ", "🔪": " cuchillo "},
    "en": {"💊": " pills ", "🔫": " gun ", "🔪": " knife "},
}

# Words that lists of forbidden words make people hide behind stars: k*ll, su**ide, m*rir.
CENSORED = {
    "es": "suicidio suicidarme suicidar suicida matarme matar mato morir morirme muerta muerto "
    "muerte vida cortarme venas pastillas ahorcarme",
    "en": "suicide suicidal kill killing die dying dead death myself hang cut cutting pills overdose harm",
}

FILLERS: dict[Language, str] = {
    "es": "pues po pos puro pura realmente simplemente literalmente literal sinceramente joder hostia puta "
    "puto wn weon wey guey boludo boluda che tio tia neta mismo misma solamente solo sencillamente osea",
    "en": "really just fucking fuckin fking freaking frigging literally honestly actually so totally kinda "
    "simply seriously truly bro dude man like goddamn damn",
}
"""Words that can stand anywhere without changing what is meant; marked with ~ in the line."""

SPELLINGS_ES = {
    "k": "que",
    "q": "que",
    "m": "me",
    "t": "te",
    "d": "de",
    "x": "por",
    "xq": "por que",
    "pq": "por que",
    "pa": "para",
    "kro": "quiero",
    "qro": "quiero",
    "kero": "quiero",
    "quero": "quiero",
    "quieroo": "quiero",
    "qiro": "quiero",
    "toy": "estoy",
    "stoy": "estoy",
    "ia": "ya",
    "lla": "ya",
    "voi": "voy",
    "morirm": "morirme",
    "morime": "morirme",
    "matarm": "matarme",
    "suicidarm": "suicidarme",
    "sucidarme": "suicidarme",
    "suicidame": "suicidarme",
    "sucidio": "suicidio",
    "sucidar": "suicidar",
    "desvivirme": "matarme",
    "desvivir": "matar",
    "desvivo": "mato",
    "autodesvivirme": "suicidarme",
    "quieromorir": "quiero morir",
    "mequieromorir": "me quiero morir",
    "quieromorirme": "quiero morirme",
    "quieromatarme": "quiero matarme",
    "mequieromatar": "me quiero matar",
    "noquierovivir": "no quiero vivir",
}

SPELLINGS_EN = {
    "u": "you",
    "r": "are",
    "ur": "your",
    "wanna": "want to",
    "wana": "want to",
    "wannna": "want to",
    "wnna": "want to",
    "wnt": "want",
    "gonna": "going to",
    "gunna": "going to",
    "gona": "going to",
    "gna": "going to",
    "finna": "going to",
    "boutta": "about to",
    "tryna": "trying to",
    "imma": "i am going to",
    "ima": "i am going to",
    "im": "i am",
    "ive": "i have",
    "ill": "i will",
    "id": "i would",
    "its": "it is",
    "dont": "do not",
    "dnt": "do not",
    "didnt": "did not",
    "doesnt": "does not",
    "wont": "will not",
    "wouldnt": "would not",
    "isnt": "is not",
    "aint": "is not",
    "cant": "can not",
    "cannot": "can not",
    "couldnt": "could not",
    "shouldnt": "should not",
    "havent": "have not",
    "shouldve": "should have",
    "shoulda": "should have",
    "couldve": "could have",
    "wouldve": "would have",
    "wasnt": "was not",
    "werent": "were not",
    "dunno": "do not know",
    "rn": "right now",
    "tonite": "tonight",
    "2nite": "tonight",
    "tn": "tonight",
    "tmrw": "tomorrow",
    "tmr": "tomorrow",
    "mself": "myself",
    "myslf": "myself",
    "mysef": "myself",
    "meself": "myself",
    "myselff": "myself",
    "sucide": "suicide",
    "suicde": "suicide",
    "suiside": "suicide",
    "sewerslide": "suicide",
    "sewercide": "suicide",
    "suicidle": "suicidal",
    "sucidal": "suicidal",
    "suicdal": "suicidal",
    "suisidal": "suicidal",
    "unalive": "kill myself",
    "unaliving": "killing",
    "unalived": "killed",
    "unlive": "kill",
    "kil": "kill",
    "ki11": "kill",
    "k1ll": "kill",
    "kilme": "kill me",
    "killmyself": "kill myself",
    "wannadie": "want to die",
    "iwanttodie": "i want to die",
    "meds": "pills",
    "medication": "pills",
    "tablets": "pills",
    "anymore": "any more",
}

SPLIT_WORDS_EN = (
    (r"\bmy self\b", "myself"),
    (r"\bsewer slide\b", "suicide"),
    (r"\bself delet(e|ing|ion)\b", "kill myself"),
    (r"\b(want|need|going|have|try|trying|ready|about) 2\b", r"\1 to"),
)

_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe0e\ufe0f\ufeff]")
_SPACED_OUT = re.compile(r"(?<![^\W_])(?:[^\W\d_][ .\-_]){3,}[^\W\d_](?![^\W_])")
_EXCLAIMED = re.compile(r"(?<=[a-z])!(?=ll|e\b|c)")  # k!ll, d!e, su!c!de
_TOKEN = re.compile(r"(?:[^\W_]|[$@])(?:[^\W_]|[$@*])*|[.,;:!?…\n—–-]+")
_APOSTROPHES = re.compile(r"['’‘`´]")
_COMMAS = re.compile(r",(?: ,)+")
_REPEATS = re.compile(r"(.)\1+")


def folded(text: str) -> str:
    """Return `text` in lower case without accents, invisible signs, lookalikes or spaced-out words."""
    text = unicodedata.normalize("NFKC", text).casefold()
    text = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    text = _INVISIBLE.sub("", text).translate(LOOKALIKES)
    text = _EXCLAIMED.sub("i", text)
    return _SPACED_OUT.sub(lambda found: re.sub(r"[ .\-_]", "", found[0]), text)


def spelled(text: str, language: Language) -> str:
    """Return `text` as a line of plain words, read as `language`; see the top of the file."""
    for sign, word in EMOJI[language].items():
        text = text.replace(sign, word)
    text = _APOSTROPHES.sub("", folded(text))
    words = [
        _word(token, language) if token[0].isalnum() or token[0] in "@$" else ","
        for token in _TOKEN.findall(text)
    ]
    line = _COMMAS.sub(",", " ".join(words))
    if language == "en":
        for pattern, replacement in SPLIT_WORDS_EN:
            line = re.sub(pattern, replacement, line)
    line = " ".join(_marked(word, language) for word in line.split())
    return f" {line} "


@lru_cache(maxsize=16384)
def _word(token: str, language: Language) -> str:
    """Undo stars, figures and chat spellings in one word; the answer may be several words."""
    token = token.strip("*") or token
    spellings = SPELLINGS_ES if language == "es" else SPELLINGS_EN
    if token in spellings:
        return spellings[token]
    if any(sign.isalpha() for sign in token):
        if "*" in token:
            token = _uncensored(token, language)
        token = token.translate(FIGURES)
    short = _REPEATS.sub(r"\1", token) if re.search(r"(.)\1\1", token) else token
    return spellings.get(token) or spellings.get(short) or token


def _uncensored(token: str, language: Language) -> str:
    pattern = re.sub(r"(\\\*)+", ".{1,4}?", re.escape(token))
    return next((word for word in CENSORED[language].split() if re.fullmatch(pattern, word)), token)


@lru_cache(maxsize=16384)
def _marked(word: str, language: Language) -> str:
    key = _key(word, language)
    return f"~{key}" if key in _filler_keys(language) else key


def _key(word: str, language: Language) -> str:
    """Return what is left of a word when letters that people mix up are made one."""
    if word.isdigit() or word == ",":
        return word
    word = _REPEATS.sub(r"\1", word)
    return _sound(word) if language == "es" else word


@lru_cache
def _filler_keys(language: Language) -> frozenset[str]:
    return frozenset(_key(word, language) for word in FILLERS[language].split())


def _sound(word: str) -> str:
    """Spell a Spanish word as it sounds to most ears: b/v, s/z/c, k/qu/c, silent h.

    kiero, qiero and quiero are one word, and so are bibir, vivir and vibir.
    """
    word = re.sub(r"(?<!c)h", "", word)
    word = re.sub(r"qu(?=[ei])", "k", word).replace("q", "k")
    word = re.sub(r"c(?=[ei])", "s", word)
    word = re.sub(r"c(?!h)", "k", word)
    return word.replace("z", "s").replace("v", "b").replace("x", "s")
