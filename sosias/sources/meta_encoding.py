"""Meta's downloads write UTF-8 as if each byte were a letter: `JosÃ©` for `José`. Newer ones are right.

What a string should be is tried string by string, whether a file needs it is decided file by file.
"""

from dataclasses import dataclass


def mended(text: str) -> str:
    """Return what a string says whose UTF-8 was taken for Latin-1; itself, where that cannot be."""
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


@dataclass
class Encoding:
    """What the strings of one file show of how it was written."""

    right: int = 0
    """Strings that no such mistake can have made: `José`, `❤`, `Łódź`."""
    mangled: int = 0
    """Strings that look like the mistake: `JosÃ©`. Somebody may have typed one."""

    def see(self, text: str) -> None:
        if not text.isascii():
            if mended(text) == text:
                self.right += 1
            else:
                self.mangled += 1

    @property
    def is_mangled(self) -> bool:
        """Say whether most are mangled; a draw tells that a right file quotes the mistake."""
        return self.mangled > self.right

    @property
    def name(self) -> str:
        return "UTF-8 taken for Latin-1" if self.is_mangled else "UTF-8"

    def mend(self, text: str) -> str:
        """Return a string as it was written."""
        return text if text.isascii() or not self.is_mangled else mended(text)
