"""How much memory and disk a training will take, from the base's configuration alone.

The estimate counts what the loop holds: weights, what is trained with its gradient, the optimiser's
two moments and the mean of adapters, what a backward pass needs of the forward pass, and logits. Checked
against measured peaks in `docs/training.md`.
"""

import math
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sosias.errors import SosiasError
from sosias.events import Choice
from sosias.language import translate as _
from sosias.models.base import Base
from sosias.models.convert import read_config
from sosias.models.likelihood import PRODUCT_NUMBERS, parts
from sosias.models.network import need_torch
from sosias.settings import TrainingSettings
from sosias.training.attention import BLOCK
from sosias.training.batches import PAD_TO
from sosias.training.checkpoint import BYTES_BEST, BYTES_MEAN, BYTES_STATE

MARGIN = 0.8
"""Share of the free memory that is counted on: other programs want some, and it is an estimate."""
KEPT = 2.0
"""Numbers held for a backward pass, for each one that goes into or comes out of a linear layer; measured."""
KEPT_PEFT = 5.2
"""As above, where PEFT's own layers compute: DoRA, dropout, packed or transposed weights."""
LOGIT_BYTES = 16
"""Of each logit where the output layer is trained: in half and full precision, softmax, two gradients."""
FOUR_BIT_BYTES = 0.57
"""Of each weight in four bits: half a byte, and a scale for each 64."""


class NoMemoryForIt(SosiasError):
    """Training all this with {method} takes about {needed:.1f} GB of memory, and {free:.1f} GB are free:
    close other programs, take a smaller base or a method that needs less (full needs the most, then lora,
    then qlora), or set micro_batch_tokens in persona.toml to try it all the same."""


class NoRoomForIt(SosiasError):
    """Training keeps up to {needed} MB in {folder}, and {free} MB are free there: make room, or move the
    workspace to a larger disk."""


@dataclass(frozen=True)
class Size:
    """What one has to know of a base to foresee its training."""

    weights: int
    linear: int
    """Inputs and outputs of all linear layers of the body: the numbers of LoRA factors of rank 1."""
    linear_weights: int
    """Weights of those layers."""
    attention: int
    """Heads of all layers: each has a probability for every pair of tokens."""
    vocabulary: int
    transposed: bool = False
    """Linear layers have their weights the other way round, as in GPT-2."""
    spread: float | None = None
    """Root mean square of the weights of those layers (`sosias.models.spread`); None: not known."""

    def trained(self, training: TrainingSettings) -> int:
        """Return how many numbers are trained."""
        return self.weights if training.method == "full" else (training.rank or 0) * self.linear

    def kept(self, training: TrainingSettings) -> float:
        """Return the numbers held for each that goes into or comes out of a linear layer (`quicken`)."""
        quick = training.method == "lora" and not training.dropout and not self.transposed
        return KEPT if quick or training.method == "full" else KEPT_PEFT


def size_of(base: Base) -> Size:
    """Return a base's size, without loading its weights.

    Raises:
        MissingTraining: torch is not installed.
    """
    need_torch()
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM
    from transformers.pytorch_utils import Conv1D

    config = read_config(base)
    if base.embedded:
        full = AutoConfig.for_model(**config)
    else:
        full = AutoConfig.from_pretrained(base.folder, local_files_only=True)
    with torch.device("meta"):
        network = AutoModelForCausalLM.from_config(full)
    body, _head = parts(network)
    layers = list(_linear_layers(body))
    shapes = [tuple(layer.weight.shape) for layer in layers]
    return Size(
        weights=sum(value.numel() for value in network.parameters()),
        linear=sum(sum(shape) for shape in shapes),
        linear_weights=sum(math.prod(shape) for shape in shapes),
        attention=int(config["num_hidden_layers"]) * int(config["num_attention_heads"]),
        vocabulary=int(config["vocab_size"]),
        transposed=any(isinstance(layer, Conv1D) for layer in layers),
    )


def _linear_layers(body: Any) -> Iterator[Any]:
    from torch import nn
    from transformers.pytorch_utils import Conv1D

    for module in body.modules():
        if isinstance(module, nn.Linear | Conv1D):
            yield module


def standing_bytes(size: Size, training: TrainingSettings) -> int:
    """Return the bytes that a run holds all the time: weights, gradients, moments, the mean."""
    number = _bytes(training)
    trained = size.trained(training)
    if training.method == "full":
        copies = 2 if training.dtype == "bfloat16" else 0  # the weights as the products take them
        return (4 + 4 + 8 + copies) * size.weights
    if training.method == "qlora":
        frozen = FOUR_BIT_BYTES * size.linear_weights + number * (size.weights - size.linear_weights)
    else:
        frozen = number * size.weights
    return int(frozen) + (4 + 4 + 8 + 8 + BYTES_MEAN) * trained  # the optimiser's step makes two copies more


def bytes_a_token(size: Size, training: TrainingSettings, length: int, learnt: float) -> float:
    """Return the bytes that each token of a micro-batch takes.

    Args:
        length: of the longest window, in tokens.
        learnt: share of the tokens that are learnt; only for these logits are computed.
    """
    import torch

    number = _bytes(training)
    padded = -(-length // PAD_TO) * PAD_TO
    looked = min(padded, (padded + BLOCK) / 2)  # at those before it, in whole blocks
    logits = LOGIT_BYTES * learnt * size.vocabulary if training.method == "full" else 0
    seen = 0 if torch.cuda.is_available() else size.attention * looked * number
    return size.kept(training) * number * size.linear + seen + logits


def choose_micro_batch(
    size: Size,
    training: TrainingSettings,
    *,
    length: int,
    learnt: float,
    available: int,
    standing: int | None = None,
    earlier: int | None = None,
) -> Choice:
    """Return the largest micro-batch that is foreseen to fit, in tokens, and why.

    Args:
        length, learnt: see `bytes_a_token`.
        available: bytes of memory that are free, before the network is loaded.
        standing: bytes held all the time, where they are not those of one process alone.
        earlier: the choice of a run that is gone on with. It stays while it needs less than all that is
            free: with another one the run would end in other weights, if by rounding alone.

    Raises:
        NoMemoryForIt: one window alone is foreseen not to fit.
    """
    assert training.batch_tokens is not None
    if standing is None:
        standing = standing_bytes(size, training)
    standing += _passing_bytes(training)
    each = bytes_a_token(size, training, length, learnt)
    least = -(-length // PAD_TO) * PAD_TO
    room = int((MARGIN * available - standing) / each)
    if earlier is not None and standing + earlier * each <= available:
        room = max(room, earlier)
    if room < least:
        needed = (standing + least * each) / MARGIN / 1e9
        raise NoMemoryForIt(method=training.method, needed=needed, free=available / 1e9)
    tokens = max(least, min(earlier or training.batch_tokens, room))
    why = _("{needed:.1f} GB are foreseen ({standing:.1f} without it), and {free:.1f} GB are free")
    said = why.format(needed=(standing + tokens * each) / 1e9, standing=standing / 1e9, free=available / 1e9)
    return Choice("micro_batch_tokens", str(tokens), said)


def _passing_bytes(training: TrainingSettings) -> int:
    """Return what is held for a moment: a piece of the logits where only learnt ones are computed."""
    return 0 if training.method == "full" else PRODUCT_NUMBERS * _bytes(training)


def _bytes(training: TrainingSettings) -> int:
    return 2 if training.dtype == "bfloat16" else 4


def check_disk(folder: Path, size: Size, training: TrainingSettings, beside: int = 0) -> None:
    """Make sure that the checkpoints and the result of a run will fit into its folder.

    A file is only replaced when the new one is there, so the larger of each is counted twice; `beside` are
    bytes of what else is put there.

    Raises:
        NoRoomForIt: they will not.
    """
    trained = size.trained(training)
    state, result = BYTES_STATE, 4 * trained
    if training.method != "full":
        state, result = BYTES_STATE + BYTES_MEAN, 2 * 4 * trained  # PEFT's file and llama.cpp's
    needed = 2 * (state + BYTES_BEST) * trained + result + beside
    held = [*folder.glob("checkpoint/*"), *folder.glob("corpus/*/*")]
    there = sum(file.stat().st_size for file in held if file.is_file())
    free = shutil.disk_usage(folder).free
    if free + there < needed:
        raise NoRoomForIt(needed=needed // 10**6 + 1, folder=folder, free=free // 10**6)
