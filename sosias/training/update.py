"""Newer talk to a persona that goes on from where it was: the last run's weights, and what is new.

The new run begins with the best weights of the last one, at half its learning rate: at the full rate
what is known would be unlearnt first (Ibrahim et al. 2024, arXiv 2403.08763). It goes twice over the
sessions that no run has learnt, and over as much old talk, drawn anew: a network that sees only what
is new forgets what is old (Robins 1995), and what was learnt is still how the person writes. The
weights that it began with count as a result, too, so an update that teaches nothing changes nothing.
"""

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sosias.corpus import prepared
from sosias.corpus.session import Session
from sosias.events import Choice, Listener, Notice, silent
from sosias.language import translate as _
from sosias.settings import PersonaSettings
from sosias.templates import Window
from sosias.training.learnt import key, read_learnt, unseen
from sosias.training.parent import parent_of
from sosias.training.plan import OF_THE_MACHINE, Plan, asked_now, plan_run
from sosias.training.train import begin
from sosias.workspace import Persona, Run, Workspace

RATE = 0.5
"""Of the last run's learning rate."""
EPOCHS = 2.0


def update(
    workspace: Workspace, persona: Persona, *, listener: Listener = silent, samples: bool = False
) -> dict[str, Any]:
    """Train the persona on what its last run has not learnt, from there on; return the result.

    The keys are those of `train`, with `updated`, and `parent` of a new run. An unfinished update is gone
    on with.

    Raises:
        As `parent_of` and `train`.
    """
    with workspace.writing():
        parent = parent_of(persona)
        plan = plan_update(persona, prepared.read_sessions(persona), parent)
        if plan is None:
            listener(
                Notice(_("There is nothing new to learn: {name} stays as it is.").format(name=persona.name))
            )
            return parent.result() | {"updated": False}
        return begin(plan, persona, listener, samples=samples) | {"updated": True}


def plan_update(persona: Persona, sessions: list[Session], parent: Run) -> Plan | None:
    """Plan a run that goes on from `parent`, None where its sessions hold nothing that is new.

    Sessions that were learnt are not held out any more, though an older export may put them there.
    """
    known = read_learnt(parent)
    sessions = unseen(sessions, known)
    fresh = {one.number for one in sessions if one.split == "train" and key(one) not in known}
    whole = plan_run(persona, sessions, _settings(persona, parent))
    new = [window for window in whole.train if window.session in fresh]
    if not new:
        return None
    old = [window for window in whole.train if window.session not in fresh]
    seed = f"{whole.run.training.seed}-{parent.folder.name}"
    drawn = replayed(old, sum(len(window.ids) for window in new), seed=seed)
    said = _("{new} windows are new, and {old} old ones are gone over again, so that nothing is forgotten")
    choice = Choice("windows", str(len(new) + len(drawn)), said.format(new=len(new), old=len(drawn)))
    return replace(
        whole,
        run=whole.run.model_copy(update={"parent": parent.folder.name}),
        train=new + drawn,
        learnt=whole.learnt | known,
        choices=[*whole.choices, choice],
        parent=parent,
    )


def _settings(persona: Persona, parent: Run) -> PersonaSettings:
    """Return the parent's settings with what an update changes; what the machine decides is open again."""
    before, now = parent.settings, persona.settings
    assert before.training.learning_rate is not None
    share = RATE if before.parent is None else 1.0  # an update's own rate is lower already
    rate = share * before.training.learning_rate
    if now.training.learning_rate is not None:  # lowered since, it may be: where a loss was no number
        rate = min(rate, now.training.learning_rate)
    changed = {
        **dict.fromkeys(OF_THE_MACHINE),
        "learning_rate": rate,
        "epochs": EPOCHS,
        "minutes": None,
        **asked_now(now.training),
        "validations": now.training.validations,  # the parent's may have been cut down to its minutes
        "loss": now.training.loss,  # by today's consent, not by that of then
    }
    training = before.training.model_copy(update=changed)
    chosen = {"base": before.base, "template": before.template, "training": training}
    return now.model_copy(update=chosen)


def replayed(old: Sequence[Window], tokens: int, *, seed: str) -> list[Window]:
    """Return old windows, drawn at random, of about so many tokens in all, or all there are."""
    drawn: list[Window] = []
    left = tokens
    for window in random.Random(seed).sample(list(old), len(old)):
        if left <= 0:
            break
        drawn.append(window)
        left -= len(window.ids)
    return drawn
