"""A page: one HTML file without network, script or font from elsewhere; every name in it is escaped."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sosias.language import translate as _
from sosias.pages.section import Section


@dataclass(frozen=True)
class Page:
    """What stands on a page, from top to bottom."""

    title: str
    summary: Sequence[str] = ()
    sums: Sequence[tuple[str, str]] = ()
    """Large figures, and what they count."""
    sections: Sequence[Section] = ()
    closing: Sequence[str] = ()

    def written(self) -> str:
        """Return the page as HTML, in the language in use."""
        environment = Environment(
            loader=FileSystemLoader(Path(__file__).parent),
            autoescape=True,
            undefined=StrictUndefined,
            keep_trailing_newline=True,
        )
        return environment.get_template("page.html.jinja").render(
            language=_("en"),  # the code of the language that one reads here
            as_table=_("As a table"),
            page=self,
        )
