"""A report in words that need no knowledge of the field."""

from typing import Any

from sosias.language import translate as _


def in_words(report: dict[str, Any], name: str) -> list[str]:
    """Return a report as sentences that need no knowledge of the field."""
    bits = report["bits_per_byte"]
    if bits["fall"] <= 0:
        said = _(
            "The bot does not yet write more like {name} than the untuned model: it needs more messages, or "
            "more training."
        )
    elif bits["low"] > 0:
        said = _(
            "The bot needs {fall:.1%} fewer bits per letter of {name}'s real messages than the untuned "
            "model (between {low:.1%} and {high:.1%}, with 95 % certainty): it has come closer to how "
            "{name} writes."
        )
    else:
        said = _(
            "The bot needs {fall:.1%} fewer bits per letter of {name}'s real messages than the untuned "
            "model, but that can be chance (between {low:.1%} and {high:.1%}, with 95 % certainty): it "
            "needs more messages, or more training."
        )
    figures = _("Bits per byte of messages it had never seen: {base:.3f} untuned, {tuned:.3f} tuned.")
    sentences = [said.format(name=name, **bits), figures.format(**bits)]
    if (count := len(report["folds"])) > 1:
        means = _("Means over {count} trainings, each measured on the talk that follows its own.")
        sentences.append(means.format(count=count))
    return sentences
