"""How large a base's weights are, from its files: what says how far adapters have to move them."""

import math
import pickle
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from sosias.models.base import Base
from sosias.models.export import weight_files
from sosias.models.gguf_file import GgufFile
from sosias.models.safetensors_file import BadWeights, SafetensorsFile

LOOKED_AT = 1 << 20
"""The first so many weights of each layer tell enough."""
NOT_LINEAR = ("embed", "wte", "wpe", "lm_head")
"""Parts of the names of matrices of a base's folder that are looked up in, or give logits."""


def spread_of(base: Base) -> float | None:
    """Return the root mean square of the weights of a linear layer of the base's body, on the mean of them.

    None where the files do not say: weights packed by another program, or files that cannot be read, of
    which whoever loads them will tell.
    """
    try:
        found = [
            math.sqrt(float(np.square(part, dtype=np.float64).mean())) for part in _parts(base) if part.size
        ]
    except (BadWeights, OSError, RuntimeError, EOFError, ValueError, pickle.UnpicklingError):
        return None
    return sum(found) / len(found) if found else None


def _parts(base: Base) -> Iterator[NDArray[np.float32]]:
    """Yield the first weights of each linear layer."""
    if base.embedded and base.gguf is not None:
        model = GgufFile(base.gguf)
        for name, tensor in model.tensors.items():
            if name.startswith("blk.") and len(tensor.shape) == 2:
                yield next(model.slabs(name))
        return
    paths = weight_files(base.hf_folder)
    for path in paths:
        file = SafetensorsFile(path)
        for name in file.names():
            if _is_linear(name, len(file.shape(name))):
                yield file.array(name, most=LOOKED_AT)
    if not paths:
        yield from _pickled(base)


def _pickled(base: Base) -> Iterator[NDArray[np.float32]]:
    """As `_parts`, of a folder of older files."""
    import torch

    for path in sorted(base.hf_folder.glob("pytorch_model*.bin")):
        weights = torch.load(path, map_location="cpu", weights_only=True)
        for name, value in weights.items():
            if isinstance(value, torch.Tensor) and _is_linear(name, value.dim()):
                yield value.flatten()[:LOOKED_AT].float().numpy()


def _is_linear(name: str, dimensions: int) -> bool:
    return dimensions == 2 and not any(part in name for part in NOT_LINEAR)
