"""The run that an update goes on from, looked at before anything is done, and without torch."""

from sosias.errors import SosiasError
from sosias.models.base import started_from
from sosias.workspace import Persona, Run


class OutdatedRun(SosiasError):
    """{name} was trained on messages of somebody who has been forgotten since, so nothing goes on from
    there: train it from the start with sosias -p {name} train."""


class NewNetwork(SosiasError):
    """{name} is a network from scratch, which no newer export is taught: train it again with sosias -p
    {name} train, or a person on it with --base {folder}."""


def parent_of(persona: Persona) -> Run:
    """Return the run that an update of the persona goes on from.

    Raises:
        NotTrained: there is none.
        OutdatedRun, NewNetwork: it may not be gone on from.
        BaseMissing, UnknownBase: its base is not on this machine.
    """
    parent = persona.finished_run()
    if parent.settings.outdated:
        raise OutdatedRun(name=persona.name)
    if parent.settings.training.method == "scratch":
        raise NewNetwork(name=persona.name, folder=parent.weights_folder)
    started_from(parent)
    return parent
