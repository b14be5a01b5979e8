"""What can be wrong with what the user gave."""

from sosias.errors import SosiasError


class NotAnExport(SosiasError):
    """{path} is not an export that sosias knows ({known}): export the messages again and give that file,
    unchanged."""


class Unreadable(SosiasError):
    """{path} cannot be read ({what}): give a file that was exported whole and that you may read."""


class Locked(Unreadable):
    """{path} cannot be read ({what}): unpack it with its password and give the folder."""


class TooDeep(Unreadable):
    """{path} cannot be read ({what}): unpack it and give the folder."""


class InUse(Unreadable):
    """{path} cannot be read ({what}): quit the program that uses it, or copy the file and give the copy."""


class WrongEncoding(Unreadable):
    """{path} cannot be read ({what}): save it as UTF-8 and give that file."""
