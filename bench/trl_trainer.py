"""TRL's SFTTrainer, set up as somebody would who has read its documentation and has a CPU.

No gradient checkpointing (on by default: it trades time for memory that small bases do not need),
bfloat16 weights and arithmetic where the CPU is good at them, no evaluation, saving or reporting.
Rows come in batches of like length, the batches in random order: TRL pads less than it would on
its own, and learns from as mixed an order.
"""

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.material import Material, lora_config
from sosias.models.base import Base, open_base
from sosias.templates import Window
from sosias.training.schedule import WARM_UP

Batch = Sequence[Window]


def batches_of(windows: Sequence[Window], size: int, *, epochs: int, seed: int) -> list[Batch]:
    """Share the windows out anew for each epoch, in batches of `size` of like length.

    What is left over after the last whole batch waits for another epoch.
    """
    chance = random.Random(seed)
    batches: list[Batch] = []
    for _epoch in range(epochs):
        drawn = sorted(chance.sample(windows, len(windows) // size * size), key=lambda one: len(one.ids))
        new = [drawn[first : first + size] for first in range(0, len(drawn), size)]
        batches += chance.sample(new, len(new))
    return batches


def trainer_for(
    material: Material, batches: Sequence[Batch], folder: Path, callback: Any, rate: float = 2e-4
) -> Any:
    """Return an SFTTrainer that takes these batches in this order, each as one step."""
    from trl import SFTConfig, SFTTrainer

    base, training = open_base(material.base), material.training
    config = SFTConfig(
        output_dir=str(folder / "trl"),
        use_cpu=True,
        bf16=training.dtype == "bfloat16",
        model_init_kwargs={"dtype": training.dtype},
        gradient_checkpointing=False,
        per_device_train_batch_size=len(batches[0]),
        num_train_epochs=1,  # the batches of all epochs follow each other
        train_sampling_strategy="sequential",
        learning_rate=rate,
        lr_scheduler_type="cosine",
        warmup_steps=WARM_UP,
        dataloader_pin_memory=False,
        include_num_input_tokens_seen="non_padding",
        logging_first_step=True,
        save_strategy="no",
        report_to="none",
        seed=training.seed,
    )
    return SFTTrainer(
        model=str(base.hf_folder),
        args=config,
        train_dataset=_dataset(batches),
        processing_class=_tokenizer(base),
        peft_config=lora_config(training),
        callbacks=[callback],
    )


def _dataset(batches: Sequence[Batch]) -> Any:
    """Return the rows in order; TRL takes `labels` as they are."""
    from datasets import Dataset

    return Dataset.from_list(
        [
            {
                "input_ids": list(row.ids),
                "labels": [
                    token if learnt else -100 for token, learnt in zip(row.ids, row.learnt, strict=True)
                ],
            }
            for batch in batches
            for row in batch
        ]
    )


def _tokenizer(base: Base) -> Any:
    """Return the tokenizer that SFTTrainer asks for, though the rows are tokenised already."""
    from transformers import PreTrainedTokenizerFast

    spelt = base.tokenizer.id_to_token
    config = base.config
    return PreTrainedTokenizerFast(
        tokenizer_object=base.tokenizer, pad_token=spelt(config.pad_id), eos_token=spelt(config.eos_id)
    )
