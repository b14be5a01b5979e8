"""How several processes hold a network: a copy each, or a part each where copies are foreseen not to fit."""

from collections.abc import Sequence

from sosias.events import Choice
from sosias.language import translate as _
from sosias.settings import TrainingSettings
from sosias.templates.window import Window
from sosias.training.batches import PAD_TO
from sosias.training.checkpoint import BYTES_STATE
from sosias.training.distributed_group import Ranks
from sosias.training.foreseen import MARGIN, Size, bytes_a_token, choose_micro_batch, standing_bytes
from sosias.training.memory import available_bytes

PARTS, COPIES = "parts", "copies"


def least_available(ranks: Ranks) -> int:
    """Return the bytes that each process may take: those of one machine share its memory, not its GPUs."""
    import torch

    mine = available_bytes() // (1 if torch.cuda.is_available() else ranks.local_world)
    return -ranks.most(-mine)[0]


def fitted_to_machine(
    size: Size,
    training: TrainingSettings,
    learnt: Sequence[Window],
    validation: Sequence[Window],
    ranks: Ranks,
    earlier: int | None = None,
) -> tuple[TrainingSettings, list[Choice], bool]:
    """Choose what several processes hold, and how much goes through the network at once where that is open.

    `earlier` is what a run that is gone on with had at once. Returns the settings, what was chosen, and
    whether each process holds a part of the weights.

    Raises:
        NoMemoryForIt: one window alone is foreseen not to fit.
    """
    length = max(len(window.ids) for window in [*learnt, *validation])
    share = sum(sum(window.learnt) for window in learnt) / sum(len(window.ids) for window in learnt)
    available = least_available(ranks)
    choices: list[Choice] = []
    standing = None
    if ranks.world > 1:
        choices.append(choose_sharing(size, training, length=length, learnt=share, available=available))
        if choices[0].value == PARTS:
            standing = standing_bytes_in_parts(size, training, ranks.world)
    if training.micro_batch_tokens is None:
        micro = choose_micro_batch(
            size,
            training,
            length=length,
            learnt=share,
            available=available,
            standing=standing,
            earlier=earlier,
        )
        if earlier != int(micro.value):
            choices.append(micro)
        training = training.model_copy(update={"micro_batch_tokens": int(micro.value)})
    return training, choices, standing is not None


def choose_sharing(
    size: Size, training: TrainingSettings, *, length: int, learnt: float, available: int
) -> Choice:
    """Return how the network is held, and why; what comes out differs by rounding alone.

    Args:
        length, learnt: see `bytes_a_token`.
        available: bytes of memory for each process.
    """
    if training.method != "full":
        return Choice("sharing", COPIES, _("adapters are small: each process holds the base and all of them"))
    window = -(-length // PAD_TO) * PAD_TO * bytes_a_token(size, training, length, learnt)
    needed = standing_bytes(size, training) + window
    why = _("a copy is foreseen to take {needed:.1f} GB, and {free:.1f} GB are free for each process")
    fits = needed <= MARGIN * available
    return Choice("sharing", COPIES if fits else PARTS, why.format(needed=needed / 1e9, free=available / 1e9))


def standing_bytes_in_parts(size: Size, training: TrainingSettings, world: int) -> int:
    """Return the bytes that the first of `world` processes, which holds most, has all the time.

    Beside its part: embeddings and output layer, whole while a pass goes through them; and, without a GPU,
    what a checkpoint puts together. On a GPU that goes into the main memory of the machine.
    """
    import torch

    written = 0 if torch.cuda.is_available() else BYTES_STATE * size.weights
    return standing_bytes(size, training) // world + 4 * (size.weights - size.linear_weights) + written
