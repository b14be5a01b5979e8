"""The language in which a person is spoken to: gettext, English and Spanish.

The code holds the English sentences; `locale/es/LC_MESSAGES/sosias.po` the Spanish ones, and the
compiled `.mo` beside it is what is read. `SOSIAS_LANGUAGE` (en, es) wins over the system's locale.
"""

import gettext
import locale
import os
from pathlib import Path

LANGUAGES = ("en", "es")
_catalogue: gettext.NullTranslations | None = None


def system_language() -> str:
    """Return `en` or `es`: `SOSIAS_LANGUAGE`, else the locale of the system, else English."""
    candidates = [os.environ.get(name) for name in ("SOSIAS_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")]
    candidates.append(locale.getlocale()[0])
    for candidate in candidates:
        if candidate:
            return "es" if candidate.lower().startswith(("es", "spanish")) else "en"
    return "en"


def use_language(language: str | None) -> None:
    """Speak `language` from now on in this process; None: the system's."""
    global _catalogue
    chosen = language or system_language()
    folder = Path(__file__).parent / "locale"
    _catalogue = gettext.translation("sosias", folder, [chosen], fallback=True)


def translate(sentence: str) -> str:
    """Return `sentence` in the language in use, unchanged where it has no translation."""
    if _catalogue is None:
        use_language(None)
    assert _catalogue is not None
    return _catalogue.gettext(sentence) if sentence else sentence


_ = translate
