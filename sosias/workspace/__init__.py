"""The folder on disk: paths, formats, locks, atomic writes, and the personas in it.

Everything that belongs to a workspace lies in its folder; nothing else in the package builds a path into it.
"""

from sosias.workspace.files import (
    BadSettings,
    append_line,
    atomic_file,
    atomic_folder,
    private_folder,
    read_settings,
    recover_folder,
    scratch_folder,
    write_json,
    write_settings,
    write_text,
)
from sosias.workspace.persona import NotTrained, Persona
from sosias.workspace.run import Run
from sosias.workspace.workspace import (
    SETTINGS_FILE,
    BadPersonaName,
    NewerWorkspace,
    NoPersona,
    NoWorkspace,
    PersonaExists,
    UnknownPersona,
    WhichPersona,
    Workspace,
    WorkspaceBusy,
    root_of,
)

__all__ = [
    "SETTINGS_FILE",
    "BadPersonaName",
    "BadSettings",
    "NewerWorkspace",
    "NoPersona",
    "NoWorkspace",
    "NotTrained",
    "Persona",
    "PersonaExists",
    "Run",
    "UnknownPersona",
    "WhichPersona",
    "Workspace",
    "WorkspaceBusy",
    "append_line",
    "atomic_file",
    "atomic_folder",
    "private_folder",
    "read_settings",
    "recover_folder",
    "root_of",
    "scratch_folder",
    "write_json",
    "write_settings",
    "write_text",
]
