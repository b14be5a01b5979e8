"""The methods: which numbers of a base are trained, and what of them is kept.

`lora`, `dora` and `qlora` train small factors beside frozen weights, which PEFT reads and writes.
`full` trains the weights themselves, in float32 even where products are faster in bfloat16: a step
changes a weight of 0.02 by some 0.00005, and the bfloat16 numbers there are 0.0001 apart, so most
steps would be rounded away. Copies in float32 beside bfloat16 weights take as much memory.
"""

import importlib.util
import json
import shutil
from pathlib import Path
from typing import Any

from sosias.errors import SosiasError
from sosias.models.adapter import write_adapter_gguf
from sosias.models.base import Base
from sosias.models.convert import to_hf
from sosias.models.hf_out import carry_terms
from sosias.models.layouts import LAYOUTS
from sosias.models.network import load_network, readable_weights
from sosias.settings import TrainingSettings
from sosias.training.lora import quicken
from sosias.training.norms import quicken_norms
from sosias.workspace import Run, atomic_folder

FOUR_BIT_BLOCK = 64
"""Weights that share a scale; rows of another length are not computed on a CPU."""
BESIDE_WEIGHTS = (
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "vocab.json",
    "merges.txt",
    "chat_template.jinja",
    "generation_config.json",
)
"""Files of a base's folder that its weights are not a base without."""


class NoFourBits(SosiasError):
    """qlora needs bitsandbytes, which is not installed: run pip install 'sosias[qlora]', or train with
    --method lora."""


class NotInFourBits(SosiasError):
    """The base {base} cannot be packed into four bits (a layer of it takes {width} inputs, no multiple of
    {block}): train with --method lora."""


def trainable_network(base: Base, training: TrainingSettings, parent: Run | None = None) -> Any:
    """Return the base's network with what the method trains requiring a gradient.

    `parent`: go on from what this run kept, instead of fresh factors or the base's own weights.

    Raises:
        NoFourBits, NotInFourBits: the method is qlora, and cannot be had.
        BadAdapter: what the parent kept is damaged.
    """
    import torch

    torch.manual_seed(training.seed)
    if training.method == "full":
        network = load_network(base if parent is None else weights_of(parent), dtype="float32")
        network.requires_grad_(True)
    else:
        assert training.method in ("lora", "dora", "qlora"), "a network from scratch is made elsewhere"
        network = _adapted(_frozen(base, training), base, training, parent)
    return network


def tuned_network(base: Base, run: Run) -> Any:
    """Return the network that a finished run ended in, its adapter or its weights, to be measured."""
    training = run.settings.training
    if run.weights_folder.is_dir():
        return load_network(weights_of(run), dtype=training.dtype or "float32")
    if training.method == "qlora":
        from peft import PeftModel

        return PeftModel.from_pretrained(_frozen(base, training), str(run.adapter_folder)).eval()
    return load_network(base, dtype=training.dtype or "float32", adapter=run.adapter_folder)


def weights_of(run: Run) -> Base:
    """Return the weights that a run kept as a base of their own."""
    return Base(str(run.weights_folder), run.weights_folder)


def keep(
    network: Any, base: Base, training: TrainingSettings, run: Run, weights: dict[str, Any] | None = None
) -> None:
    """Write what was trained into the run's folder: an ordinary Hugging Face folder, or an adapter.

    `weights`: all of them, where the network itself holds only this process's part of them.
    """
    if training.whole:
        _keep_weights(network, base, run, weights)
        return
    with atomic_folder(run.adapter_folder) as folder:
        network.save_pretrained(folder)
        _forget_paths(folder, base)
    if base.config.layout in LAYOUTS and training.method != "dora":  # the others speak through torch
        write_adapter_gguf(run.adapter_folder, base, run.adapter_gguf)


def _keep_weights(network: Any, base: Base, run: Run, weights: dict[str, Any] | None) -> None:
    """Write all weights in float32, as they were trained; exports round them."""
    with atomic_folder(run.weights_folder) as folder:
        network.save_pretrained(folder, state_dict=weights)
        for name in BESIDE_WEIGHTS:
            if (base.hf_folder / name).is_file():
                shutil.copyfile(base.hf_folder / name, folder / name)
        carry_terms(base, folder)
        if licence := base.config.licence:  # what is made of these weights comes under the same
            card = f"---\nlicense: other\nlicense_name: {licence}\n---\n"
            (folder / "README.md").write_text(card, encoding="utf-8")


# --- adapters ------------------------------------------------------------------------------------


def _frozen(base: Base, training: TrainingSettings) -> Any:
    if training.method == "qlora":
        return _in_four_bits(base, training)
    return load_network(base, dtype=training.dtype or "float32")


def _adapted(network: Any, base: Base, training: TrainingSettings, parent: Run | None) -> Any:
    """Return the network with LoRA factors in float32 on every linear layer of its body."""
    from peft import LoraConfig, PeftModel, get_peft_model

    if parent is not None:
        adapted = PeftModel.from_pretrained(network, str(parent.adapter_folder), is_trainable=True)
    else:
        lora = LoraConfig(
            r=training.rank,
            lora_alpha=training.alpha,
            lora_dropout=training.dropout,
            use_dora=training.method == "dora",
            target_modules="all-linear",
            base_model_name_or_path=base.name,
            task_type="CAUSAL_LM",
        )
        adapted = get_peft_model(network, lora)
    quicken(adapted)
    quicken_norms(adapted)
    return adapted


def _in_four_bits(base: Base, training: TrainingSettings) -> Any:
    """Return the base with its linear layers packed as NF4 (Dettmers et al. 2023, arXiv 2305.14314)."""
    if importlib.util.find_spec("bitsandbytes") is None:
        raise NoFourBits
    import torch
    from torch import nn
    from transformers import AutoModelForCausalLM, BitsAndBytesConfig

    number = getattr(torch, training.dtype or "float32")
    packed = BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=number,
    )
    folder = to_hf(base)
    with readable_weights(folder):
        network = AutoModelForCausalLM.from_pretrained(
            folder,
            quantization_config=packed,
            dtype=number,
            device_map={"": 0 if torch.cuda.is_available() else "cpu"},
            local_files_only=True,
        )
    for layer in network.modules():
        if isinstance(layer, nn.Linear) and layer.in_features % FOUR_BIT_BLOCK:
            raise NotInFourBits(base=base.name, width=layer.in_features, block=FOUR_BIT_BLOCK)
    return network.eval()


def _forget_paths(adapter: Path, base: Base) -> None:
    """Leave no path of this machine, and no half-written card, in what may be handed on."""
    (adapter / "README.md").unlink(missing_ok=True)
    file = adapter / "adapter_config.json"
    config = json.loads(file.read_text(encoding="utf-8"))
    config["base_model_name_or_path"] = Path(base.name).name
    file.write_text(json.dumps(config, indent=2, ensure_ascii=False), encoding="utf-8")
