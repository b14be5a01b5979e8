"""The ways to group a talk that `bench.grouping` compares: what each learns from and is measured on."""

from dataclasses import dataclass
from typing import Any

from bench.windows import _rows
from sosias.corpus.session import Session, Turn
from sosias.templates import Template, Window
from sosias.templates.transcript import Transcript
from sosias.templates.window import Piece
from sosias.training.plan import Plan, plan_run, requested, split_windows
from sosias.workspace import Persona

RATE = 2e-4
"""Of all variants alike, whatever they learn in a step."""


@dataclass(frozen=True)
class Variant:
    """One way to group, and the other way that it is compared with: they differ in one thing."""

    against: str | None = None
    loss: str = "all"
    markers: bool = False
    joined: bool = False
    """A turn's bubbles are parted by a space and not by a line break."""
    repeated: bool = False
    """A row for each of the persona's turns, with the four turns before it, instead of windows."""

    @property
    def timed_as(self) -> str:
        """The variant whose steps take as long: they have as many tokens, and as many of them learnt."""
        return "repeated" if self.repeated else "default" if self.loss == "all" else "own"


VARIANTS = {
    "default": Variant(),
    "markers": Variant("default", markers=True),
    "joined": Variant("default", joined=True),
    "own": Variant("default", loss="persona"),
    "repeated": Variant("own", loss="persona", repeated=True),
}
"""`own` learns the persona's turns alone, as rows of one reply do: what is left is the repetition."""


@dataclass(frozen=True)
class Lesson:
    """What a variant learns from, and what it is measured on."""

    plan: Plan
    train: list[Window]
    test: list[Window]
    inner: list[Window]
    """The same as `test`, without the word after each bubble's end inside a turn, which a space
    announces at another price than a line break."""


def lesson(persona: Persona, sessions: list[Session], variant: Variant) -> Lesson:
    """Cut the windows of a fold for a variant. All are measured on windows, also what learns from rows."""
    wanted: dict[str, Any] = {"loss": variant.loss, "gap_markers": variant.markers, "learning_rate": RATE}
    plan = plan_run(persona, sessions, requested(persona, wanted))
    template = _with_bursts(plan.template, joined=variant.joined)
    training = plan.run.training
    if variant.repeated:
        train = list(_rows(template, sessions))
    else:
        train = split_windows(template, sessions, "train", training, loss=training.loss)
    test = split_windows(template, sessions, "test", training)
    template.inner = True
    inner = split_windows(template, sessions, "test", training)
    assert [window.ids for window in test] == [window.ids for window in inner]
    return Lesson(plan, train, test, inner)


class Bursts(Transcript):
    """A transcript that may join bubbles by a space, or leave the first word of a later one uncounted."""

    joined = False
    inner = False

    def add_bubbles(self, piece: Piece, turn: Turn, *, learnt: bool) -> None:
        """Add a turn's bubbles; the words that are counted are the same, joined or not."""
        for number, bubble in enumerate(turn.bubbles):
            if number and not self.joined:
                piece.add(self.encode("\n"), learnt=learnt)
            text = self.fold(bubble)
            head, rest = _parted(text) if number else (text, "")
            lead = head if number and not self.joined else self.first(head)
            counted = turn.persona and not (number and self.inner)
            piece.add_text(self.encode(lead), head, learnt=learnt, words=counted)
            piece.add_text(self.encode(rest), rest, learnt=learnt, words=turn.persona)


def _with_bursts(template: Template, *, joined: bool) -> Bursts:
    """Return the template with other bubbles; a transcript, which talks of more than two are written as."""
    assert isinstance(template, Transcript)
    bursts = Bursts(template.base, template.persona, group=template.group, gap_markers=template.gap_markers)
    bursts.joined = joined
    return bursts


def _parted(text: str) -> tuple[str, str]:
    """Return the first word, and what follows it with its space."""
    head, space, rest = text.partition(" ")
    return head, space + rest
