"""What long work says while it runs: progress, and the choices made for the user.

A step takes a `Listener` and calls it; who listens (a terminal, a page, a test) is not its
concern. Events are small and picklable. Only a `Sample` holds words like those of a message: it is
for eyes at a terminal, and whoever listens keeps it nowhere.
"""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Choice:
    """An automatic choice and its reason: every one of them is shown and recorded."""

    what: str
    value: str
    why: str


@dataclass(frozen=True)
class Progress:
    """`done` of `total` of a step (`total` 0: unknown); `note` is a short live figure.

    `left` are seconds, where the step knows them better than by its share of the time so far.
    """

    step: str
    done: float
    total: float
    note: str = ""
    left: float | None = None


@dataclass(frozen=True)
class Notice:
    """A sentence that the user should read (a warning, or something that was skipped)."""

    text: str


@dataclass(frozen=True)
class Learning:
    """A training's figures after `step` of `steps`; losses are in nats a learnt token."""

    step: int
    steps: int
    loss: float
    tokens_per_second: float
    """Over the whole run, without padding."""
    rss_mb: int
    """Resident memory of the process, in 10^6 bytes."""
    learning_rate: float


@dataclass(frozen=True)
class Validated:
    """The loss on held-out talk after `step` of `steps`, and the best one so far."""

    step: int
    steps: int
    loss: float
    best: float


@dataclass(frozen=True)
class Curves:
    """(step, loss) of a training and of its validations: what came before it was gone on with."""

    training: tuple[tuple[int, float], ...] = ()
    validation: tuple[tuple[int, float], ...] = ()


@dataclass(frozen=True)
class Sample:
    """What a persona in training replies to held-out talk; no `repr` shows the words."""

    step: int
    prompt: str = field(repr=False)
    reply: str = field(repr=False)


Event = Choice | Progress | Notice | Learning | Validated | Curves | Sample
Listener = Callable[[Event], None]


def silent(event: Event) -> None:
    """Listen to nothing: for tests and for callers that do not care."""
