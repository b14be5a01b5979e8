"""A base as a torch network: loading it, and the number format that this CPU is good at."""

import logging
import os
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from sosias.errors import MissingTraining, SosiasError, of_the_system
from sosias.events import Choice, Listener, silent
from sosias.language import translate as _
from sosias.models.base import Base
from sosias.models.convert import to_hf
from sosias.models.folder import BadBaseFolder

if TYPE_CHECKING:
    import torch

Dtype = Literal["bfloat16", "float32"]
WORTHWHILE = 1.2
"""bfloat16 loses digits, so it has to be at least this many times as fast as float32."""


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
    warnings.filterwarnings("ignore", message=".*is_gradient_checkpointing", category=FutureWarning)
    # peft imports it where it is installed, and it warns of a kernel that is only on a hub
    logging.getLogger("bitsandbytes").setLevel(logging.ERROR)


def load_network(
    base: Base, *, dtype: Dtype, adapter: Path | None = None, listener: Listener = silent
) -> Any:
    """Return the base as a transformers causal LM in evaluation mode, with a PEFT adapter on it if given.

    Raises:
        MissingTraining: torch is not installed.
        BadBaseFolder: it has no weights, or they are damaged.
        BadAdapter: the adapter does not fit the base, or is damaged.
    """
    need_torch()
    import torch
    from transformers import AutoModelForCausalLM

    folder = to_hf(base, listener)
    with readable_weights(folder):
        network = AutoModelForCausalLM.from_pretrained(
            folder, dtype=getattr(torch, dtype), local_files_only=True
        )
    if adapter is not None:
        network = _with_adapter(network, adapter)
    return network.eval()


@contextmanager
def readable_weights(folder: Path) -> Iterator[None]:
    """Say of weights that cannot be loaded what is wrong with them.

    Raises:
        BadBaseFolder: they are missing or damaged.
    """
    try:
        yield
    except OSError as error:
        if of_the_system(error, folder) is not None:
            raise
        raise BadBaseFolder(folder=folder, what="its weights are missing or damaged") from error


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
    """Return the faster number format for the frozen weights: of a GPU what it knows, of a CPU measured.

    The processor's flags do not tell: a library held to AVX2 (`ONEDNN_MAX_CPU_ISA`) computes bfloat16
    four times slower than float32 on a machine where it is otherwise five times faster.
    """
    need_torch()
    import torch

    if torch.cuda.is_available():
        known: Dtype = "bfloat16" if torch.cuda.is_bf16_supported() else "float32"
        return known, Choice("dtype", known, _("the best that this GPU computes"))
    seconds = _matmul_seconds((torch.float32, torch.bfloat16))
    ratio = seconds[torch.float32] / seconds[torch.bfloat16]
    dtype: Dtype = "bfloat16" if ratio >= WORTHWHILE else "float32"
    why = _("this CPU multiplies bfloat16 {ratio:.1f} times as fast as float32").format(ratio=ratio)
    return dtype, Choice("dtype", dtype, why)


def _matmul_seconds(dtypes: "tuple[torch.dtype, ...]") -> "dict[torch.dtype, float]":
    """Return the best time of a few products of the size of a small base's, in each format.

    The formats take turns on one thread, so that another program's burst of work does not hit one of
    them alone, nor threads wait for each other.
    """
    import torch

    best = dict.fromkeys(dtypes, float("inf"))
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        for _turn in range(8):  # the first ones also prepare the kernels
            for dtype in dtypes:
                inputs, weight = torch.ones(128, 576, dtype=dtype), torch.ones(1536, 576, dtype=dtype)
                start = time.perf_counter()
                torch.nn.functional.linear(inputs, weight)
                best[dtype] = min(best[dtype], time.perf_counter() - start)
    finally:
        torch.set_num_threads(threads)
    return best
