"""A base as a torch network: loading it, and the number format that this CPU is good at."""

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from sosias.errors import SosiasError
from sosias.events import Choice, Listener, silent
from sosias.language import translate as _
from sosias.models.base import Base
from sosias.models.convert import to_hf

if TYPE_CHECKING:
    import torch

Dtype = Literal["bfloat16", "float32"]
WORTHWHILE = 1.2
"""bfloat16 loses digits, so it has to be at least this many times as fast as float32."""


class MissingTraining(SosiasError):
    """This needs torch, which is not installed: run pip install 'sosias[train]'."""


class BadAdapter(SosiasError):
    """The adapter in {folder} cannot be used ({what}): train again."""


def need_torch() -> None:
    """Make sure that torch and transformers can be imported, and that nothing asks a hub.

    Raises:
        MissingTraining: they are not installed.
    """
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["TRANSFORMERS_OFFLINE"] = "1"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    try:
        import torch  # noqa: F401
        import transformers
    except ImportError as error:
        raise MissingTraining from error
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()


def load_network(
    base: Base, *, dtype: Dtype, adapter: Path | None = None, listener: Listener = silent
) -> Any:
    """Return the base as a transformers causal LM in evaluation mode, with a PEFT adapter on it if given.

    Raises:
        MissingTraining: torch is not installed.
        BadAdapter: the adapter does not fit the base, or is damaged.
    """
    need_torch()
    import torch
    from transformers import AutoModelForCausalLM

    network = AutoModelForCausalLM.from_pretrained(
        to_hf(base, listener), dtype=getattr(torch, dtype), local_files_only=True
    )
    if adapter is not None:
        network = _with_adapter(network, adapter)
    return network.eval()


def _with_adapter(network: Any, adapter: Path) -> Any:
    try:
        from peft import PeftModel
    except ImportError as error:
        raise MissingTraining from error
    try:
        return PeftModel.from_pretrained(network, str(adapter), local_files_only=True)
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise BadAdapter(folder=adapter, what=type(error).__name__) from error


def cpu_dtype() -> tuple[Dtype, Choice]:
    """Return the faster number format for the frozen weights on this CPU, measured in some milliseconds.

    The processor's flags do not tell: a library held to AVX2 (`ONEDNN_MAX_CPU_ISA`) computes bfloat16
    four times slower than float32 on a machine where it is otherwise five times faster.
    """
    need_torch()
    import torch

    single = _matmul_seconds(torch.float32)
    half = _matmul_seconds(torch.bfloat16, give_up=2 * single)
    ratio = single / half
    dtype: Dtype = "bfloat16" if ratio >= WORTHWHILE else "float32"
    why = _("this CPU multiplies bfloat16 {ratio:.1f} times as fast as float32").format(ratio=ratio)
    return dtype, Choice("dtype", dtype, why)


def _matmul_seconds(dtype: "torch.dtype", give_up: float = float("inf")) -> float:
    """Return the best time of a few products of the size of a small base's; stop when one is hopeless."""
    import torch

    inputs = torch.ones(512, 576, dtype=dtype)
    layer = torch.nn.Linear(576, 1536, bias=False, dtype=dtype)
    best = float("inf")
    with torch.inference_mode():
        for _attempt in range(6):  # the first ones also prepare the kernels
            start = time.perf_counter()
            layer(inputs)
            best = min(best, time.perf_counter() - start)
            if _attempt >= 2 and best > give_up:
                break
    return best
