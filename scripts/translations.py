"""Gather the sentences that people read, merge them into the Spanish catalogue, compile it.

Sentences are the arguments of `_()` and `translate()` and the docstrings of `SosiasError`s; typer's
own words come from its sources. Run by `make messages`; then translate what is empty in the .po
file and run it again.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import typer
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "sosias"
PO = PACKAGE / "locale" / "es" / "LC_MESSAGES" / "sosias.po"
TRANSLATING = {"_", "translate"}
TYPERS_FILES = ("core.py",)
Places = dict[str, list[tuple[str, int]]]


def sentences() -> Places:
    """Return each sentence of the package with the files and lines that say it."""
    found: Places = defaultdict(list)
    trees = {path: ast.parse(path.read_text("utf-8")) for path in sorted(PACKAGE.rglob("*.py"))}
    errors = _error_classes(trees.values())
    for path, tree in trees.items():
        name = path.relative_to(ROOT).as_posix()
        for node in ast.walk(tree):
            for sentence in (*_called(node, name), *_docstring(node, errors)):
                found[sentence].append((name, node.lineno))
    for name in TYPERS_FILES:
        for node in ast.walk(ast.parse((Path(typer.__file__).parent / name).read_text("utf-8"))):
            for sentence in _called(node, name):
                found[sentence].append((f"typer/{name}", 0))
    return found


def _called(node: ast.AST, name: str) -> Iterator[str]:
    """Yield the sentence of a call of `_()`; one that is not written out cannot be gathered."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in TRANSLATING):
        return
    match node.args:
        case [ast.Constant(value=str(sentence))]:
            yield sentence
        case _ if name not in ("sosias/errors.py",):  # there the sentence is a docstring, gathered below
            raise SystemExit(
                f"{name}:{node.lineno}: the sentence in {node.func.id}() has to be a plain string"
            )


def _docstring(node: ast.AST, errors: set[str]) -> Iterator[str]:
    if isinstance(node, ast.ClassDef) and node.name in errors:
        yield " ".join((ast.get_docstring(node) or "").split())


def _error_classes(trees: "Iterator[ast.Module]") -> set[str]:
    """Return the names of all classes that come from SosiasError, at any remove."""
    bases = {
        node.name: {base.id for base in node.bases if isinstance(base, ast.Name)}
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    errors = {"SosiasError"}
    while more := {name for name, above in bases.items() if above & errors} - errors:
        errors |= more
    return errors


def catalogue() -> Catalog:
    """Return the Spanish catalogue as it is on disk."""
    with PO.open("rb") as file:
        return read_po(file, locale="es")


def compiled(translations: Catalog) -> bytes:
    """Return what gettext reads."""
    binary = BytesIO()
    write_mo(binary, translations)
    return binary.getvalue()


def main() -> None:
    """Bring the .po file up to date with the code, and the .mo file with the .po file."""
    template = Catalog(project="sosias", charset="utf-8")
    for sentence, places in sentences().items():
        template.add(sentence, locations=[(file, 0) for file in sorted({file for file, _line in places})])
    spanish = catalogue()
    before = spanish.creation_date
    spanish.update(template, no_fuzzy_matching=True)
    spanish.obsolete.clear()
    spanish.creation_date = before  # or every run would change the file
    with PO.open("wb") as file:
        write_po(file, spanish, width=110, sort_by_file=True, include_lineno=False)
    PO.with_suffix(".mo").write_bytes(compiled(spanish))
    missing = [message.id for message in spanish if message.id and not message.string]
    print(f"{len(spanish)} sentences, {len(missing)} without Spanish")


if __name__ == "__main__":
    main()
