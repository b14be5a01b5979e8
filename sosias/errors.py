"""What a person can mend: errors whose docstring is the sentence that is read.

A subclass's docstring is the message, in English, with `{fields}`; it is looked up in the
gettext catalogue like any other sentence. It says what was found, where, and what to do.
Anything that is not a `SosiasError` is a fault of ours and ends with exit code 1.
"""

from typing import Any

from sosias.language import translate


class SosiasError(Exception):
    """Something is wrong that the person at the keyboard can mend."""

    def __init__(self, **fields: Any) -> None:
        super().__init__()
        self.fields = fields

    def __str__(self) -> str:
        sentence = " ".join((self.__doc__ or "").split())
        return translate(sentence).format(**self.fields)

    def __reduce__(self) -> tuple[Any, ...]:
        return (_rebuild, (type(self), self.fields))


def _rebuild(kind: type[SosiasError], fields: dict[str, Any]) -> SosiasError:
    """Unpickle an error that crossed from the process of a job."""
    return kind(**fields)
