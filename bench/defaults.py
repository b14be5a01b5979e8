"""What the defaults of training rest on: held-out words after a training, setting by setting.

    python -m bench.defaults [--corpus sample] [--fold 1 --folds 1] [--tokens N] [SETTINGS …]

SETTINGS are fields of `[training]` in persona.toml, such as `learning_rate=1e-3,window_tokens=384`;
what they leave open is chosen as `sosias train` does. `--tokens` ends each training after about so many,
its schedule stretched over them. Prints a line of JSON for each: bits per byte of the persona's own
words in the test and the validation sessions, of what the training ends in. Nothing is kept.
"""

import argparse
import gc
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.recipes_fit import Pace, epoch_tokens, fit_of, own_end, session_sums, source_of, take
from bench.recipes_material import CORPORA, default_lesson, messages_of, persona_of
from bench.side_by_side import bits, ready
from sosias.corpus import prepared
from sosias.corpus.session import Session
from sosias.training.plan import split_windows
from sosias.workspace import Persona


def main(arguments: Sequence[str] | None = None) -> None:
    """Try each setting in turn."""
    asked = _parser().parse_args(arguments)
    base = asked.base or CORPORA[asked.corpus].base
    ready(base)
    with TemporaryDirectory() as folder:
        persona = persona_of(asked.corpus, messages_of(asked.corpus), base, Path(folder) / "chats")
        sessions = prepared.fold(persona, asked.fold - 1, asked.folds)
        for settings in asked.settings:
            wanted = dict(part.split("=") for part in settings.split(",") if part)
            found = attempt(persona, sessions, wanted, asked.tokens, Path(folder) / "run")
            print(json.dumps({"settings": settings, "fold": asked.fold} | found), flush=True)


def attempt(
    persona: Persona, sessions: list[Session], wanted: dict[str, str], tokens: int | None, folder: Path
) -> dict[str, Any]:
    """Train with the wanted settings; return what was chosen, and what the held-out words cost."""
    gc.collect()
    lesson, _size, template = default_lesson(persona, sessions, wanted)
    steps = int(own_end(lesson))
    if tokens is not None:
        mean_step = epoch_tokens(lesson) / source_of(lesson).epoch_length
        steps = max(1, round(tokens / mean_step))
    pace = Pace(steps=steps)
    fit = fit_of(lesson, pace, folder)
    seconds = take(fit, pace)
    watched = replace(lesson, test=split_windows(template, sessions, "validation", lesson.training))
    with fit.averaged():
        result = {
            "test": bits(session_sums(fit.network, lesson)),
            "validation": bits(session_sums(fit.network, watched)),
        }
    if lesson.training.method != "full":
        result["untuned"] = bits(session_sums(fit.network, lesson, bare=True))
    chosen = ("learning_rate", "rank", "batch_tokens", "window_tokens", "loss")
    return {
        **{name: getattr(lesson.training, name) for name in chosen},
        "tokens": fit.state.tokens,
        "steps": steps,
        "seconds": round(seconds, 1),
        **{name: round(value, 4) for name, value in result.items()},
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.defaults", description=__doc__.splitlines()[0])
    parser.add_argument("settings", nargs="*", default=[""], help="learning_rate=1e-3,window_tokens=384")
    parser.add_argument("--corpus", choices=sorted(CORPORA), default="sample")
    parser.add_argument("--base", help="a catalogue name or a folder (default: the corpus's)")
    parser.add_argument("--tokens", type=int, help="of each training (default: its epochs)")
    parser.add_argument("--fold", type=int, default=1, help="which stretch of time is held out")
    parser.add_argument("--folds", type=int, default=1)
    return parser


if __name__ == "__main__":
    main()
