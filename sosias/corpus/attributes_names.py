"""The fields of what is known of a message, as exports and users spell them, and their values.

Apart from the functions that fill them, so that a voice need load no table engine.
"""

import unicodedata

FIELDS: dict[str, tuple[str, ...]] = {
    "coalition": ("coalition", "coalicion", "bloc", "bloque"),
    "party": ("party", "partido"),
    "sentiment": ("sentiment", "sentimiento"),
    "entities": ("entities", "entidades"),
    "hashtags": ("hashtags", "etiquetas"),
    "keywords": ("keywords", "phrases", "frases", "palabras_clave"),
}
"""The spellings of each, its own first; in small letters without accents."""
MOODS = {
    "POSITIVE": ("positive", "positivo", "positiva", "pos", "p", "bueno"),
    "NEGATIVE": ("negative", "negativo", "negativa", "neg", "n", "malo"),
    "NEUTRAL": ("neutral", "neutro", "neutra", "neu", "none"),
    "MIXED": ("mixed", "mixto", "mixta"),
}
"""The values of `sentiment`, as *Este político no existe* has them, and how others write them."""


def field_named(spelling: str) -> str | None:
    """Return the field that a spelling names; None: it names none."""
    wanted = _plain(spelling)
    return next((field for field, names in FIELDS.items() if wanted in names), None)


def value_of(field: str, value: str) -> str:
    """Return a field's value on one line: moods as they are learnt, hashtags without their sign."""
    if field == "sentiment":
        wanted = _plain(value)
        return next((mood for mood, names in MOODS.items() if wanted in names), " ".join(value.split()))
    words = (word.removeprefix("#") if field == "hashtags" else word for word in value.split())
    return " ".join(words)


def _plain(word: str) -> str:
    letters = unicodedata.normalize("NFD", word.strip().casefold().replace(" ", "_"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
