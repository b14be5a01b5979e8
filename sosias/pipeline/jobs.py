"""A step as a job: in a process of its own, so that its memory is given back when it ends and its
fall takes nothing with it.

What the step says (events), its result and its errors come back through a pipe. The one writer's
lock that each step takes keeps jobs of one workspace from running at the same time. An interrupt
goes the other way through the pipe: the job ends in order (training keeps a checkpoint), and so
it does when the process that started it is gone.
"""

import _thread
import multiprocessing
import os
import signal
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from sosias.errors import Interrupted, SosiasError, of_the_system
from sosias.events import Event, Listener, Notice, Progress, silent
from sosias.language import system_language, use_language
from sosias.language import translate as _
from sosias.pipeline.faults import Fault, write_fault
from sosias.pipeline.steps import STEPS, Step
from sosias.training.distributed import OneProcessStep, place

PATIENCE_SECONDS = 0.2
"""How often a waiting parent looks whether it was interrupted: Windows does not wake it."""
KILLED_BY_SYSTEM = (-signal.SIGTERM, -9)
"""Exit codes of a process that something else ended; 9 is what Linux sends when memory runs out."""


class StepEnded(SosiasError):
    """The step {step} was ended by the system, most likely because memory ran out: close other
    programs, or take a smaller base (--base smollm2-135m-instruct); the same command goes on from what
    was kept."""


class Stopped(KeyboardInterrupt):
    """The user interrupted a step, and it ended in order: what it had done is kept."""


class StepFault(Exception):
    """A step failed through a fault of ours; `report` says where, without any value."""

    def __init__(self, step: str, report: Path) -> None:
        super().__init__(step, report)
        self.step = step
        self.report = report


@dataclass(frozen=True)
class Outcome:
    """How a job ended: its result, the user's error, a fault of ours, or an interrupt."""

    result: dict[str, Any] | None = None
    error: SosiasError | None = None
    fault: Fault | None = None


def run_step(
    step: str,
    workspace_folder: Path,
    persona_name: str | None = None,
    arguments: dict[str, Any] | None = None,
    listener: Listener = silent,
) -> dict[str, Any]:
    """Run a step of `STEPS` in a process of its own and return its result.

    Of the processes that torchrun has started each runs the step itself: they know of each other.

    Raises:
        OneProcessStep: several were started for a step that is none for several.
        SosiasError: as the step raised it; StepEnded where the system ended the process.
        Stopped: the user interrupted it.
        StepFault: anything else; a report lies in the workspace.
    """
    if place().world > 1:
        return _run_among_others(step, workspace_folder, persona_name, arguments or {}, listener)
    listener(Progress(step, 0, 0))
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    job = (STEPS[step], workspace_folder, persona_name, arguments or {}, system_language(), theirs)
    process = context.Process(target=_work, args=job, name=f"sosias {step}")
    with _counted_interrupts() as presses:
        with _deaf_to_interrupts():
            process.start()
        theirs.close()
        try:
            outcome = _follow(process, ours, listener, presses)
        finally:
            ours.close()
            process.join()
    result = _settle(outcome, step, workspace_folder, process.exitcode, bool(presses))
    listener(Progress(step, 1, 1))
    return result


def _run_among_others(
    step: str, folder: Path, persona_name: str | None, arguments: dict[str, Any], listener: Listener
) -> dict[str, Any]:
    """Run a training in this very process, one of several."""
    if step != "train":
        raise OneProcessStep
    warnings.simplefilter("ignore")
    said = listener if place().first else silent
    outcome = _outcome(STEPS[step], folder, persona_name, arguments, said)
    interrupted = outcome == Outcome() or (outcome.result or {}).get("stopped") == "interrupted"
    return _settle(outcome, step, folder, None, interrupted)


def _settle(
    outcome: Outcome | None, step: str, folder: Path, exit_code: int | None, interrupted: bool
) -> dict[str, Any]:
    """Return the job's result, or raise what it ended with.

    Who interrupts is told that what was done is kept, unless it could not be.
    """
    error = outcome.error if outcome is not None else None
    if interrupted and (error is None or isinstance(error, Interrupted)):
        raise Stopped
    if error is not None:
        raise error
    if outcome is not None and outcome.result is not None:
        return outcome.result
    if outcome is None and exit_code in KILLED_BY_SYSTEM:
        raise StepEnded(step=step)
    fault = outcome.fault if outcome is not None else None
    raise StepFault(step, write_fault(folder, fault or Fault(f"exit code {exit_code}", ()), step))


# --- in the parent ---------------------------------------------------------------------------


def _follow(
    process: BaseProcess, connection: Connection, listener: Listener, presses: list[int]
) -> Outcome | None:
    """Hand on what the job says until it ends; None: it ended without a word."""
    passed_on = 0
    while True:
        if len(presses) > passed_on:
            passed_on += 1
            _interrupt(process, connection, passed_on)
            if passed_on == 1:
                listener(Notice(_("Stopping in order; Ctrl-C again stops at once.")))
        ready = wait([connection, process.sentinel], PATIENCE_SECONDS)
        if not ready:
            continue
        if connection not in ready:
            return None  # a process that the job left behind may hold the pipe open
        try:
            said = connection.recv()
        except (EOFError, ConnectionError):
            return None
        if isinstance(said, Outcome):
            return said
        listener(said)


def _interrupt(process: BaseProcess, connection: Connection, times: int) -> None:
    """Ask the job to end: in order, then at once, then not at all politely."""
    if times > 2:
        process.terminate()
    elif sys.platform != "win32":  # there the console has told the job already
        with suppress(OSError):
            connection.send("stop")


@contextmanager
def _counted_interrupts() -> Iterator[list[int]]:
    """Give a list that gets an entry at each Ctrl-C, so that none can cut a message in two."""
    presses: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield presses
        return
    before = signal.signal(signal.SIGINT, lambda number, _frame: presses.append(number))
    try:
        yield presses
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Let a new process begin without ears for Ctrl-C: it would fall over it half imported."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


# --- in the job ------------------------------------------------------------------------------


def _work(
    step: Step,
    folder: Path,
    persona_name: str | None,
    arguments: dict[str, Any],
    language: str,
    connection: Connection,
) -> None:
    """Do the step and send what it says and how it ended."""
    if sys.platform != "win32":
        os.setpgrp()  # an interrupt comes through the pipe alone, so that it is counted once
    os.dup2(2, 1)  # what a library prints must not get into the answer of a command
    signal.signal(signal.SIGINT, signal.default_int_handler)
    warnings.simplefilter("ignore")  # libraries address theirs to developers
    use_language(language)
    threading.Thread(target=_hear_stop, args=(connection,), daemon=True).start()
    sending = threading.Lock()

    def say(event: Event | Outcome) -> None:
        with sending:
            connection.send(event)

    try:
        outcome = _outcome(step, folder, persona_name, arguments, say)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # too late to stop: what is left is to say so
        say(outcome)
    except (KeyboardInterrupt, OSError):  # stopped while saying so, or nobody listens any more
        os._exit(1)


def _outcome(
    step: Step,
    folder: Path,
    persona_name: str | None,
    arguments: dict[str, Any],
    listener: Listener,
) -> Outcome:
    try:
        return Outcome(result=step(folder, persona_name, arguments, listener))
    except KeyboardInterrupt:
        return Outcome()
    except SosiasError as error:
        return Outcome(error=error)
    except Exception as error:
        mendable = of_the_system(error, folder)
        return Outcome(error=mendable) if mendable else Outcome(fault=Fault.of(error))


def _hear_stop(connection: Connection) -> None:
    """Interrupt the step at each word from the parent, and when the parent is gone."""
    with suppress(EOFError, OSError):
        while connection.recv() == "stop":
            _interrupt_main_thread()
    _interrupt_main_thread()


def _interrupt_main_thread() -> None:
    main = threading.main_thread().ident
    if sys.platform == "win32" or main is None:
        _thread.interrupt_main()
    else:
        signal.pthread_kill(main, signal.SIGINT)  # wakes it from waiting, too
