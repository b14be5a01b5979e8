"""What long work says, as a person at a terminal (or the reader of a log) wants to see it."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console, RenderableType
from rich.progress import BarColumn, Progress, ProgressColumn, SpinnerColumn, Task, TaskID, TextColumn
from rich.text import Text

from sosias import events
from sosias.cli.training_view import TrainingView
from sosias.events import Choice, Event, Notice, Validated
from sosias.language import translate as _

QUIET_SECONDS = 15
"""Without a terminal a line at most this often: a log should show life, not every step."""


def title(step: str) -> str:
    """Return what a step is called to the user; a step that names itself keeps its words."""
    titles = {
        "import": _("Reading the export"),
        "prepare": _("Preparing"),
        "review": _("Looking for names"),
        "pull": _("Fetching the base"),
        "train": _("Training"),
        "update": _("Updating"),
        "evaluate": _("Measuring"),
        "export": _("Exporting"),
        "push": _("Sending the export"),
    }
    return titles.get(step, step)


def said(event: Choice | Notice) -> Text:
    """Return a choice or a notice as a line; brackets in it are text, not markup."""
    if isinstance(event, Notice):
        return Text(event.text, style="yellow")
    return Text.assemble((f"{event.what}: ", "dim"), (event.value, "bold"), (f" ({event.why})", "dim"))


def is_watched(console: Console) -> bool:
    """Does what is said go to somebody's eyes?

    The file itself has to be a terminal: FORCE_COLOR and TTY_COMPATIBLE only ask for one's colours,
    also in a log, where nobody's messages may get.
    """
    return console.is_terminal and console.file.isatty()


@contextmanager
def shown(console: Console) -> Iterator[events.Listener]:
    """Give a listener that shows progress with the time left until the work ends."""
    if not is_watched(console):
        yield _Lines(console).listen
        return
    bars = _Bars(console)
    try:
        yield bars.listen
    finally:
        bars.progress.stop()


class _Screen(Progress):
    """Bars, and below them a training, where there is one."""

    training: TrainingView | None = None

    def get_renderables(self) -> Iterable[RenderableType]:
        """See `Progress`."""
        yield from super().get_renderables()
        if self.training is not None:
            yield self.training


class _Bars:
    """A bar a step, above it whatever else is said; the screen is let go when no step is open."""

    def __init__(self, console: Console) -> None:
        self.progress = _columns(console)
        self.open: dict[str, TaskID] = {}

    def listen(self, event: Event) -> None:
        if isinstance(event, Choice | Notice):
            self.progress.console.print(said(event))
            return
        if not isinstance(event, events.Progress):
            self.progress.training = self.progress.training or TrainingView()
            self.progress.training.hear(event)
            return
        ends = bool(event.total) and event.done >= event.total
        if event.step not in self.open:
            if ends:
                return
            self._begin(event.step)
        if ends and self._said_by_others(event.step):
            self.progress.remove_task(self.open[event.step])
            self._end(event.step)
            return
        share = f"{event.done / event.total:4.0%}" if event.total else "    "
        self.progress.update(
            self.open[event.step],
            total=event.total or None,
            completed=event.done,
            share=share,
            note="" if self.progress.training else event.note,
            left=event.left,
        )
        if ends:
            self._end(event.step)

    def _begin(self, step: str) -> None:
        if not self.open:
            self.progress = _columns(self.progress.console)
            self.progress.start()
        self.open[step] = self.progress.add_task(title(step), total=None, share="", note="", left=None)

    def _said_by_others(self, step: str) -> bool:
        """Did the step never say how far it was, while bars of its parts did?"""
        tasks = {task.id: task for task in self.progress.tasks}
        return tasks[self.open[step]].total is None and len(tasks) > 1

    def _end(self, step: str) -> None:
        del self.open[step]
        if not self.open:
            self.progress.stop()


def _columns(console: Console) -> _Screen:
    return _Screen(
        SpinnerColumn(finished_text="[green]✓"),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        TextColumn("{task.fields[share]}", markup=False),
        _Time(),
        TextColumn("{task.fields[note]}", markup=False, style="dim"),
        console=console,
    )


class _Time(ProgressColumn):
    """How long a step has taken and has left, from its speed so far: steadier than a moving mean."""

    def render(self, task: Task) -> Text:
        elapsed = task.finished_time if task.finished else task.elapsed
        if elapsed is None or task.finished or not task.total or not task.completed:
            return Text(clock(elapsed or 0), style="cyan")
        left = task.fields["left"]
        if left is None:
            left = elapsed * (task.total - task.completed) / task.completed
        return Text(
            _("{elapsed}, {left} left").format(elapsed=clock(elapsed), left=clock(left)), style="cyan"
        )


@dataclass
class _Lines:
    """A line when a step begins, one now and then, and one when it ends; samples are never in it."""

    console: Console
    began: dict[str, float] = field(default_factory=dict)
    last: float = 0.0

    def listen(self, event: Event) -> None:
        if isinstance(event, Choice | Notice):
            self.console.print(said(event), soft_wrap=True)
        elif isinstance(event, Validated):
            words = _("Step {step} of {steps}: loss {loss:.3f} on held-out talk, {best:.3f} at best")
            self._say(words.format(**vars(event)))
        elif isinstance(event, events.Progress):
            self._progress(event)

    def _progress(self, event: events.Progress) -> None:
        now = time.monotonic()
        ends = bool(event.total) and event.done >= event.total
        if event.step not in self.began:
            if ends:
                return
            self.began[event.step] = self.last = now
            self._say(f"{title(event.step)} …")
        seconds = now - self.began[event.step]
        if ends:
            del self.began[event.step]
            self._say(f"{title(event.step)}: " + _("done in {time}").format(time=clock(seconds)))
        elif event.total and event.done and now - self.last >= QUIET_SECONDS:
            self.last = now
            left = seconds * (event.total - event.done) / event.done if event.left is None else event.left
            state = _("{share:.0%}, {left} left").format(share=event.done / event.total, left=clock(left))
            self._say(f"{title(event.step)}: {state}  {event.note}".rstrip())

    def _say(self, line: str) -> None:
        self.console.print(line, markup=False, soft_wrap=True)


def clock(seconds: float) -> str:
    """Return seconds as m:ss or h:mm:ss."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
