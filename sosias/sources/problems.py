"""What can be wrong with what the user gave."""

from sosias.errors import SosiasError


class NotAnExport(SosiasError):
    """{path} is not an export that sosias knows ({known}): export the messages again and give that file,
    unchanged."""


class Unreadable(SosiasError):
    """{path} cannot be read ({what}): give a file that was exported whole and that you may read."""
