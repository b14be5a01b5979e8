"""Names for accounts: the newest of each, and no two the same."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

Dated = Mapping[str, Mapping[str, str]]
"""Of each account the names that it had, and when it used them last: text that sorts by time."""


def newest(files: Iterable[Dated]) -> dict[str, list[str]]:
    """Return the names of each account over several files, the newest first."""
    dates: dict[str, dict[str, str]] = defaultdict(dict)
    for names in files:
        for account, found in names.items():
            known = dates[account]
            for name, date in found.items():
                known[name] = max(date, known.get(name, ""))
    return {one: sorted(found, key=lambda name: found[name], reverse=True) for one, found in dates.items()}


def apart(names: Mapping[str, str]) -> dict[str, str]:
    """Add the account to a name that an older account has too; older ones have shorter, smaller numbers."""
    taken: set[str] = set()
    result = {}
    for one in sorted(names, key=lambda one: (len(one), one)):
        name = names[one] if names[one] not in taken else f"{names[one]} ({one})"
        taken.add(name)
        result[one] = name
    return result
