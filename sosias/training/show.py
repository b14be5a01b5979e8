"""Windows as a person can read them: what is learnt and what is only read."""

from typing import Any

from sosias.corpus import prepared
from sosias.templates.window import runs
from sosias.training.plan import NotFromScratch, plan_run, requested
from sosias.workspace import Persona


def show_windows(
    persona: Persona, count: int, overrides: dict[str, Any] | None = None
) -> list[list[tuple[str, bool]]]:
    """Return the first `count` training windows, each as pieces of text and whether they are learnt.

    Special tokens are spelt out, so that what the model is shown is seen whole.

    Raises:
        NotFromScratch: texts are learnt in blocks there.
    """
    wanted = requested(persona, overrides or {})
    if wanted.training.method == "scratch":
        raise NotFromScratch(option="--show-windows")
    plan = plan_run(persona, prepared.read_sessions(persona), wanted)
    decode = plan.base.tokenizer.decode
    return [
        [(decode(ids, skip_special_tokens=False), learnt) for ids, learnt in runs(window)]
        for window in plan.train[:count]
    ]
