"""Typer's commands with the few words translated that it keeps in English."""

from typing import TYPE_CHECKING, Any

from typer.core import TyperCommand, TyperGroup

from sosias.language import translate as _

if TYPE_CHECKING:
    Base = TyperCommand
else:
    Base = object


class _Spoken(Base):
    """Says "usage" and the help option's help in the user's language."""

    def get_help_option(self, ctx: Any) -> Any:
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = _("Show this message and end.")
        return option

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        pieces = [_("[OPTIONS]") if one == "[OPTIONS]" else one for one in self.collect_usage_pieces(ctx)]
        pieces = [_("COMMAND [ARGS]...") if one == "COMMAND [ARGS]..." else one for one in pieces]
        formatter.write_usage(ctx.command_path, " ".join(pieces), prefix=_("Usage: "))


class SpokenCommand(_Spoken, TyperCommand):
    """A command that speaks the user's language."""


class SpokenGroup(_Spoken, TyperGroup):
    """Commands that speak the user's language."""
