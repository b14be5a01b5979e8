"""`sosias models`: the bases that can be had."""

from typing import Annotated, Any

import typer

from sosias.cli.call import Call
from sosias.cli.terms import AcceptTerms, accepts
from sosias.language import translate as _

Name = Annotated[str, typer.Argument(metavar="NAME", help=_("A base of the list."))]


def list_(call: Call) -> None:
    """Show each base with its licence, languages and size."""
    from rich.table import Table

    bases = known_bases()
    table = Table(box=None)
    table.add_column(_("base"), no_wrap=True, min_width=max(len(base["name"]) for base in bases))
    for title in (_("languages"), _("size"), _("licence"), _("on this machine")):
        table.add_column(title, overflow="fold")
    for base in bases:
        languages = ", ".join(base["languages"]) or _("many")
        size = f"{base['bytes'] / 1e6:.0f} MB"
        table.add_row(base["name"], languages, size, base["licence"], _("yes") if base["pulled"] else _("no"))
    terms = [
        _("Terms of {base}: {terms}").format(base=base["name"], terms=base["terms"])
        for base in bases
        if base["terms"]
    ]
    call.finish(
        {"bases": bases},
        table,
        *terms,
        _("Any other causal language model: --base FOLDER (Hugging Face layout)."),
    )


def known_bases() -> list[dict[str, Any]]:
    """Return what is known of each base of the catalogue, the smallest first."""
    from sosias.models.base import is_pulled
    from sosias.models.catalogue import CATALOGUE

    return [
        {
            "name": entry.name,
            "licence": entry.licence,
            "terms": entry.terms,
            "languages": list(entry.languages),
            "bytes": entry.size,
            "pulled": is_pulled(entry.name),
        }
        for entry in CATALOGUE.values()
    ]


def pull(call: Call, name: Name, accept_terms: AcceptTerms = False) -> None:
    """Fetch a base, asking for its terms where it has some."""
    from sosias.models.catalogue import CATALOGUE
    from sosias.models.terms import terms_accepted

    accepted = (
        name in CATALOGUE and not terms_accepted(name) and accepts(call, accept_terms, name)
    ) or accept_terms
    result = call.run_step("pull", {"name": name, "accept_terms": accepted})
    call.finish(result, _("{base} is ready in {folder}.").format(**result))
