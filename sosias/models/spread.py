"""How large a base's weights are, from its files: what says how far adapters have to move them."""

import math
from collections.abc import Iterator

import numpy as np

from sosias.models.base import Base
from sosias.models.folder import BadBaseFolder
from sosias.models.gguf_file import GgufFile
from sosias.models.safetensors_file import SafetensorsFile

LOOKED_AT = 1 << 20
"""The first so many weights of each layer tell enough."""
NOT_LINEAR = ("embed", "wte", "wpe", "lm_head")
"""Parts of the names of matrices of a base's folder that are looked up in, or give logits."""


def spread_of(base: Base) -> float:
    """Return the root mean square of the weights of a linear layer of the base's body, on the mean of them.

    Raises:
        BadModelFile, BadWeights, BadBaseFolder: the base's files cannot be read, or have no such layer.
    """
    found = [math.sqrt(float(np.square(part, dtype=np.float64).mean())) for part in _parts(base) if part.size]
    if not found:
        raise BadBaseFolder(folder=base.folder, what="its weights are missing")
    return sum(found) / len(found)


def _parts(base: Base) -> Iterator[np.ndarray]:
    """Yield the first weights of each linear layer."""
    if base.embedded and base.gguf is not None:
        model = GgufFile(base.gguf)
        for name, tensor in model.tensors.items():
            if name.startswith("blk.") and len(tensor.shape) == 2:
                yield next(model.slabs(name))
        return
    paths = sorted(base.hf_folder.glob("*.safetensors"))
    for path in paths:
        file = SafetensorsFile(path)
        for name in file.names():
            if _is_linear(name, len(file.shape(name))):
                yield file.array(name, most=LOOKED_AT)
    if not paths:
        yield from _pickled(base)


def _pickled(base: Base) -> Iterator[np.ndarray]:
    """As `_parts`, of a folder of older files."""
    import torch

    for path in sorted(base.hf_folder.glob("pytorch_model*.bin")):
        try:
            weights = torch.load(path, map_location="cpu", weights_only=True)
        except (RuntimeError, EOFError, ValueError) as error:
            raise BadBaseFolder(folder=base.folder, what=f"{path.name} is damaged") from error
        for name, value in weights.items():
            if _is_linear(name, value.dim()):
                yield value.flatten()[:LOOKED_AT].float().numpy()


def _is_linear(name: str, dimensions: int) -> bool:
    return dimensions == 2 and not any(part in name for part in NOT_LINEAR)
