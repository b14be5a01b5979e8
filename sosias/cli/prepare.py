"""`sosias prepare`: messages to sessions."""

from sosias.cli.call import Call
from sosias.language import translate as _


def prepare(call: Call) -> None:
    """Prepare and count what there is to learn from and to measure on."""
    from rich.table import Table

    counts = call.run_step("prepare")
    table = Table("", _("sessions"), _("turns"), _("bubbles"), _("words"), box=None)
    names = {
        "train": _("to learn from"),
        "validation": _("to watch the training"),
        "test": _("to measure on"),
    }
    for split, row in counts["splits"].items():
        table.add_row(names[split], *(str(row[key]) for key in ("sessions", "turns", "bubbles", "words")))
    go_on = _("Go on with: {command}").format(command=call.spelt("train"))
    call.finish(counts, table, _("Bubbles and words are the persona's own."), go_on)
