"""Signal: its own readable export, and what sigtop and signal-export write of Signal Desktop's messages.

What Signal keeps itself is encrypted; those files are known by their names, and refused.
"""

import re
from collections.abc import Sequence

from sosias.errors import SosiasError
from sosias.sources import signal_backup, signal_desktop, signal_export, signal_sigtop
from sosias.sources.entry import Entry
from sosias.sources.source import Options, Reading

BACKUP = re.compile(r"signal-\d{4}(?:-\d\d){2,5}\.backup$")
"""What Android's backups are called; newer ones are folders with a file `main` in each."""
NEWER = re.compile(r"(?:^|/)signal-backup-\d{4}(?:-\d\d){2,5}/main$")
DATABASE = "db.sqlite"
"""What Signal Desktop's database is called; it looks like noise."""
READABLE = b"SQLite format 3"


class SignalLocked(SosiasError):
    """{path} is Signal's own file and encrypted: export the chats as readable text in Signal's settings, or
    with sigtop or signal-export on a computer where Signal Desktop is, and give that."""


class Signal:
    """The formats of Signal's messages."""

    name = "signal"
    title = "Signal main.jsonl, sigtop, signal-export"
    rank = 0

    def readings(self, entries: Sequence[Entry], options: Options) -> list[Reading]:
        """Survey the exports among the entries.

        Raises:
            Unreadable: one is cut off or damaged.
            SignalLocked: there is only what nobody can read.
        """
        found = [signal_backup.reading(one, options) for one in entries if signal_backup.is_export(one)]
        found += [signal_desktop.reading(one, options) for one in entries if signal_desktop.is_export(one)]
        found += signal_export.readings(entries, options)
        texts = [one for one in entries if signal_sigtop.is_long(one) or signal_sigtop.is_short(one)]
        found += [signal_sigtop.reading(one, options) for one in texts]
        locked = next((one for one in entries if _is_locked(one)), None) if not found else None
        if locked is not None:
            raise SignalLocked(path=locked.label)
        return found


SOURCE = Signal()


def _is_locked(entry: Entry) -> bool:
    if entry.file_name == DATABASE:
        return not entry.start.startswith(READABLE)
    if entry.suffix in (".backup", ""):
        return bool(BACKUP.match(entry.file_name) or NEWER.search(f"{entry.path.parent.name}/{entry.name}"))
    return False
