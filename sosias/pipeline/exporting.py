"""A persona to files that other programs load, each read back and compared before it takes its place.

`hf`: a folder for plain transformers. `adapter`: a PEFT folder, with the GGUF LoRA where
llama.cpp can put it on the base. `gguf`: one file for llama.cpp and what is built on it.
"""

import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Literal

from sosias.errors import SosiasError
from sosias.events import Listener, Notice, Progress
from sosias.language import translate as _
from sosias.models.adapter import AdapterNotLora, write_adapter_gguf
from sosias.models.base import open_base
from sosias.models.disk import room_for_export
from sosias.models.export import NOT_WRITABLE, Weights, write_gguf
from sosias.models.hf_out import carry_terms, dtype_of, write_hf
from sosias.models.own_gguf import with_gguf
from sosias.pipeline.chat_template import chat_template
from sosias.pipeline.model_card import write_card
from sosias.pipeline.subject import Subject
from sosias.voice.agreement import (
    Agreement,
    Distributions,
    agreement,
    distances,
    probabilities,
)
from sosias.voice.engine import Engine
from sosias.workspace import Persona, append_line, atomic_folder, private_folder

Kind = Literal["hf", "adapter", "gguf"]
KINDS: tuple[Kind, ...] = ("hf", "adapter", "gguf")
TOLERANCES = {
    "float32": 0.001,
    "float16": 0.01,
    "bfloat16": 0.05,
    "adapter": 0.001,
    "adapter.gguf": 0.1,
    "F16": 0.02,
    "Q8_0": 0.1,
    "Q4_0": 0.5,
}
"""Largest total variation from the persona, by what is written; docs/export.md has what was seen."""
WRITING = 0.001
"""Largest total variation between weights in memory and the same ones read back."""


class ExportThere(SosiasError):
    """There is already something called {path}: choose another name, or delete it."""


class ExportOutdated(SosiasError):
    """{name} was trained on messages of somebody who has been forgotten since: train it again before it
    leaves this folder."""


class NoAdapter(SosiasError):
    """All weights of {name} were trained, so there is no adapter to export: take --to hf or --to gguf."""


class ExportDiffers(SosiasError):
    """The export as {kind} does not say what {name} says (its next words differ by {found:.3f}, and
    {allowed:.3f} is allowed), so it was thrown away: {advice}."""


def export_model(
    persona: Persona, folder: Path, kind: Kind, *, weights: Weights = "Q8_0", listener: Listener
) -> dict[str, Any]:
    """Write the persona's newest run into the new folder `folder`; return `path`, `files` and `verified`.

    Raises:
        NotTrained, ExportOutdated, NoAdapter: there is nothing that may be, or can be, exported.
        ExportThere: the folder is taken.
        NoRoomForExport: the disk has filled up; nothing is left of it.
        ExportDiffers: what was written does not say what the persona says; nothing is left of it.
        UnknownLayout, NotForLlama, TokenizerNotExportable: llama.cpp cannot compute the base.
        MissingTraining: torch is not installed.
    """
    subject = Subject(persona, persona.finished_run())
    if folder.exists():
        raise ExportThere(path=folder)
    if subject.settings.outdated:
        raise ExportOutdated(name=persona.name)
    if kind == "adapter" and subject.adapter is None:
        raise NoAdapter(name=persona.name)
    listener(Progress(_("exporting"), 0, 3))
    own, untuned = _reference(subject)
    listener(Progress(_("exporting"), 1, 3))
    with room_for_export(private_folder(folder.absolute().parent)), atomic_folder(folder) as new:
        if kind == "hf":
            verified = _hf(subject, new, own, untuned)
        elif kind == "adapter":
            verified = _adapter(subject, new, own, untuned, listener)
        else:
            verified = _gguf(subject, new, weights, own, untuned, listener)
        carry_terms(subject.base, new)
        listener(Progress(_("exporting"), 2, 3))
        quantity = weights if kind == "gguf" else None
        write_card(new, persona, subject.run, subject.origin, kind, quantity, verified)
        files = sorted(path.name for path in new.iterdir())
    record = {"to": kind, "path": str(folder), "run": subject.run.folder.name, "verified": verified}
    append_line(persona.folder / "exports.jsonl", {"day": date.today().isoformat()} | record)
    return record | {"quant": quantity, "files": files}


# --- the persona -------------------------------------------------------------------------------


def _reference(subject: Subject) -> tuple[Distributions, Distributions | None]:
    """Return what the persona's own network says, and what it said untrained, where that is still here."""
    from sosias.voice.torch_engine import TorchEngine

    engine = TorchEngine(subject.base, subject.adapter, subject.context_tokens)
    own = probabilities(engine, subject.prompts)
    if subject.adapter is not None:
        untuned = probabilities(engine, subject.prompts, tuned=False)
        engine.close()
        return own, untuned
    engine.close()
    origin, base = subject.origin, subject.base
    if origin is base or origin.config.vocab_size != base.config.vocab_size:
        return own, None
    try:
        return own, _said(TorchEngine(origin, None, subject.context_tokens), subject.prompts)
    except SosiasError:  # its weights are not there any more
        return own, None


def _checked(subject: Subject, kind: str, found: Agreement, advice: str) -> dict[str, Any]:
    """Return the agreement for the record.

    Raises:
        ExportDiffers: it is too far from the persona, or farther than the base without training.
    """
    allowed = TOLERANCES[kind]
    if found.largest > allowed:
        raise ExportDiffers(
            kind=kind, name=subject.persona.name, found=found.largest, allowed=allowed, advice=advice
        )
    if found.moved is not None and found.mean > found.moved > WRITING:
        raise ExportDiffers(
            kind=kind, name=subject.persona.name, found=found.mean, allowed=found.moved, advice=advice
        )
    return found.as_json(allowed)


def _said(engine: Engine, prompts: Sequence[Sequence[int]]) -> Distributions:
    said = probabilities(engine, prompts)
    engine.close()
    return said


# --- the three kinds ---------------------------------------------------------------------------


def _hf(subject: Subject, new: Path, own: Distributions, untuned: Distributions | None) -> dict[str, Any]:
    from sosias.models.generation import next_logits
    from sosias.voice.torch_engine import TorchEngine

    dtype = dtype_of(subject.origin)
    network = write_hf(
        subject.base,
        subject.adapter,
        new,
        dtype=dtype,
        generation=_generation(subject),
        chat_template=chat_template(subject.template, subject.other),
    ).float()
    written = [next_logits(network, prompt).double().softmax(-1).numpy() for prompt in subject.prompts]
    del network
    back = _said(TorchEngine(open_base(str(new)), None, subject.context_tokens), subject.prompts)
    apart = max(distances(written, back))
    if apart > WRITING:
        advice = _("this is a fault of ours, please tell us")
        raise ExportDiffers(kind="hf", name=subject.persona.name, found=apart, allowed=WRITING, advice=advice)
    advice = _("take {option}").format(option="--to adapter" if subject.adapter else "--to gguf --quant f16")
    verified = _checked(subject, dtype, agreement(own, back, untuned), advice)
    return verified | {"engine": "torch", "dtype": dtype, "read_back": round(apart, 6)}


def _generation(subject: Subject) -> dict[str, Any]:
    """Return how the persona's replies are drawn, in transformers' words."""
    drawn, config = subject.persona.settings.generation, subject.base.config
    ids = {"eos_token_id": sorted(subject.template.stop_ids), "pad_token_id": config.pad_id}
    if config.bos_id is not None:
        ids["bos_token_id"] = config.bos_id
    drawing = {"do_sample": True, "temperature": drawn.temperature, "top_p": drawn.top_p, "top_k": 0}
    return {
        **ids,
        **(drawing if drawn.temperature else {"do_sample": False}),
        "max_new_tokens": drawn.max_tokens,
    }


def _adapter(
    subject: Subject, new: Path, own: Distributions, untuned: Distributions | None, listener: Listener
) -> dict[str, Any]:
    from sosias.voice.llama import LlamaEngine
    from sosias.voice.torch_engine import TorchEngine

    assert subject.adapter is not None
    for name in ("adapter_config.json", "adapter_model.safetensors"):
        shutil.copyfile(subject.adapter / name, new / name)
    back = _said(TorchEngine(subject.base, new, subject.context_tokens), subject.prompts)
    advice = _("train again")
    verified = _checked(subject, "adapter", agreement(own, back, untuned), advice) | {"engine": "torch"}
    try:
        write_adapter_gguf(subject.adapter, subject.base, new / "adapter.gguf")
        base = with_gguf(subject.base, listener=listener)
    except (AdapterNotLora, *NOT_WRITABLE) as error:
        (new / "adapter.gguf").unlink(missing_ok=True)
        listener(Notice(_("Without a file for llama.cpp: {why}").format(why=error)))
        return verified
    engine = LlamaEngine(base, new / "adapter.gguf", subject.context_tokens)
    found = agreement(own, _said(engine, subject.prompts), untuned)
    return verified | {"gguf": _checked(subject, "adapter.gguf", found, _("chat with the torch engine"))}


def _gguf(
    subject: Subject,
    new: Path,
    weights: Weights,
    own: Distributions,
    untuned: Distributions | None,
    listener: Listener,
) -> dict[str, Any]:
    from sosias.voice.llama import LlamaEngine

    path = new / f"{subject.persona.name}-{weights.lower()}.gguf"
    described = {
        "general.name": subject.persona.name,
        "tokenizer.chat_template": chat_template(subject.template, subject.other),
    }
    write_gguf(
        subject.base, path, adapter=subject.adapter, weights=weights, described=described, listener=listener
    )
    written = replace(subject.base, name=str(path), folder=subject.base.hf_folder, made=path)
    back = _said(LlamaEngine(written, None, subject.context_tokens), subject.prompts)
    finer = {"Q4_0": "--quant q8_0", "Q8_0": "--quant f16"}.get(weights, "--to hf")
    advice = _("take {option}").format(option=finer)
    return _checked(subject, weights, agreement(own, back, untuned), advice) | {"engine": "llama.cpp"}


def record_push(persona: Persona, path: str, url: str) -> None:
    """Write down that the export in `path` goes to `url` today."""
    runs = [one["run"] for one in read_exports(persona) if one["path"] == path]
    record = {"day": date.today().isoformat(), "to": "hub", "url": url, "path": path, "run": runs[-1]}
    append_line(persona.folder / "exports.jsonl", record)


def read_exports(persona: Persona) -> list[dict[str, Any]]:
    """Return what was exported of a persona, and whither: what nothing here can take back."""
    path = persona.folder / "exports.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    return [json.loads(line) for line in lines]
