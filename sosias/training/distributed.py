"""Whether this process is one of several that train together, and which: torchrun is the one way in.

Every other way of starting several processes is refused in a sentence, for each of them would train
alone without a word (`accelerate launch --cpu --num_processes 2` starts one process; `srun` and
`mpirun` start many that do not know of each other). Nothing here needs torch.
"""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn

from sosias.errors import SosiasError

TORCHRUN = "TORCHELASTIC_RUN_ID"
"""Set by torchrun alone (https://docs.pytorch.org/docs/stable/elastic/run.html)."""
COUNTS = ("SLURM_STEP_NUM_TASKS", "OMPI_COMM_WORLD_SIZE", "PMI_SIZE")
"""How many processes srun, Open MPI and MPICH have started."""
ACCELERATE = (
    "ACCELERATE_MIXED_PRECISION",
    "ACCELERATE_USE_FSDP",
    "ACCELERATE_USE_DEEPSPEED",
    "ACCELERATE_USE_MEGATRON_LM",
    "ACCELERATE_USE_PARALLELISM_CONFIG",
)
"""Every `accelerate launch` sets the first; any of them would change the training behind its settings."""
SHARED_METHODS = ("lora", "dora", "full")
"""What several processes train together, proven by tests."""


class EachAlone(SosiasError):
    """{name} says that {count} processes were started, but not all of them by one torchrun, so they would
    train apart: start them with torchrun, as in docs/cluster.md, or unset {name}."""


class AccelerateLaunch(SosiasError):
    """{name} is set, as by accelerate launch, whose configuration would be passed over or change the training
    without a word: start with torchrun, as in docs/cluster.md, or unset {name}."""


class OneProcessStep(SosiasError):
    """Only sosias train runs in several processes: start this command without torchrun."""


class MethodAlone(SosiasError):
    """--method {method} trains in one process only: start it without torchrun, or take --method lora or
    full."""


class NoGroup(SosiasError):
    """The {world} processes have not found each other ({what}): see that torchrun is given the same
    --rdzv-endpoint on all machines, that they reach it, and that --nnodes is their number."""


class LostAnother(SosiasError):
    """Another of the {world} processes has ended, so this one ends, too: see what that one has said. The
    same command goes on from the last checkpoint."""


class RankOutOfMemory(SosiasError):
    """Memory ran out in process {rank} of {world}: start fewer of them on that machine, or close other
    programs there. The same command goes on from the last checkpoint."""


class DifferentViews(SosiasError):
    """The processes do not see the same {what}: put the workspace and the base into a folder that all
    machines share, at the same path, and install the same version of sosias on them."""


@dataclass(frozen=True)
class Launch:
    """The place of this process among those that torchrun has started; alone, the first of one."""

    rank: int = 0
    world: int = 1
    local_rank: int = 0
    local_world: int = 1
    """Processes on this machine."""

    @property
    def first(self) -> bool:
        """The one that chooses, writes and speaks."""
        return self.rank == 0


def launch(environment: Mapping[str, str] = os.environ) -> Launch:
    """Return this process's place, read from what torchrun sets.

    Raises:
        AccelerateLaunch, EachAlone: it was started in a way in which it would train alone.
    """
    for name in ACCELERATE:
        if environment.get(name, "false").lower() != "false":
            raise AccelerateLaunch(name=name)
    here = place(environment)
    world = _number(environment, "WORLD_SIZE", 1)
    if world != here.world:
        raise EachAlone(name="WORLD_SIZE", count=world)
    groups = _number(environment, "GROUP_WORLD_SIZE", 1) if TORCHRUN in environment else 1
    for name in COUNTS:
        if _number(environment, name, 1) > groups:
            raise EachAlone(name=name, count=environment[name])
    return here


def place(environment: Mapping[str, str] = os.environ) -> Launch:
    """Return this process's place without judging how it was started."""
    if TORCHRUN not in environment:
        return Launch()
    return Launch(
        _number(environment, "RANK", 0),
        _number(environment, "WORLD_SIZE", 1),
        _number(environment, "LOCAL_RANK", 0),
        _number(environment, "LOCAL_WORLD_SIZE", 1),
    )


def leave(code: int) -> NoReturn:
    """End this process at once, once all of its work is done and said.

    With FSDP over gloo, torch 2.13 aborts one process in ten when it is torn down on a busy machine
    ("terminate called without an active exception"), and torchrun then ends the others and says they failed.
    """
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(code)


def _number(environment: Mapping[str, str], name: str, default: int) -> int:
    said = environment.get(name, "")
    return int(said) if said.isdecimal() else default
