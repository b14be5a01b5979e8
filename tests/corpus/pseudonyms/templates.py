"""Chat sentences with places for what is planted (`templates.txt`); those of the two halves differ.

`{given}` `{nick}` `{full}` are names, `{small}` is a given name or nickname without its capital, `{drawn}`
one that is drawn out, `{capital}` one in capitals; `{phone}`, `{email}`, `{idlabel}` with `{id}`, `{card}`,
`{iban}`, `{address}`, `{link}`, `{handle}` what they say. `{word}` is an ordinary word that is a name as
well, `{n}` a small number, `{year}`, `{price}`, `{time}`, `{order}`, `{score}`: none of these is to be found.
"""

from pathlib import Path


def _read() -> dict[str, dict[tuple[str, str], tuple[str, ...]]]:
    """Return the sentences by what they plant, language and half."""
    found: dict[str, dict[tuple[str, str], list[str]]] = {}
    into: list[str] = []
    for line in (Path(__file__).parent / "templates.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            name, language, half = line.strip("[]").split()
            into = found.setdefault(name, {}).setdefault((language, half), [])
        elif line and not line.startswith("#"):
            into.append(line)
    return {name: {key: tuple(lines) for key, lines in of.items()} for name, of in found.items()}


_READ = _read()
NAMES, NUMBERS, NOTHING, WORDS = (_READ[name] for name in ("NAMES", "NUMBERS", "NOTHING", "WORDS"))
