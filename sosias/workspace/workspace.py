"""The folder on disk: its messages, its personas, its format and the one writer's lock."""

import os
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from filelock import FileLock, Timeout

from sosias.errors import SosiasError
from sosias.settings import PersonaSettings, WorkspaceSettings
from sosias.workspace.files import BadSettings, private_folder, read_settings, write_settings, write_text
from sosias.workspace.persona import Persona

SETTINGS_FILE = "sosias.toml"
CURRENT_FORMAT = 1
SYNCED_MARKS = (
    "dropbox",
    "onedrive",
    "google drive",
    "googledrive",
    "icloud",
    "mobile documents",
    "nextcloud",
)
MIGRATIONS: list[Callable[[Path], None]] = []
"""`MIGRATIONS[n - 1]` takes a folder of format n to format n + 1."""


class NoWorkspace(SosiasError):
    """There is no workspace in {folder}: import a chat there first (sosias -C {folder} import FILE),
    or name another folder with -C."""


class NewerWorkspace(SosiasError):
    """The workspace in {folder} has format {found} and this program knows {known}: use a newer sosias."""


class WorkspaceBusy(SosiasError):
    """Another sosias is writing to {folder}: wait until it has ended, or stop it."""


class NoPersona(SosiasError):
    """There is no persona in {folder} yet: make one with sosias new NAME --as AUTHOR --consent KIND."""


class UnknownPersona(SosiasError):
    """There is no persona called {name} in {folder}; there is: {names}."""


class WhichPersona(SosiasError):
    """There are several personas in {folder}: say which with -p NAME, one of {names}."""


class PersonaExists(SosiasError):
    """There is already a persona called {name} in {folder}: choose another name, or delete its folder."""


class BadPersonaName(SosiasError):
    """{name} cannot be a persona's name: use letters, digits, hyphens and underscores."""


@dataclass(frozen=True)
class Workspace:
    """A folder of messages and of the personas made from them."""

    folder: Path

    @classmethod
    def open(cls, folder: Path) -> "Workspace":
        """Open an existing workspace, migrating it when it is of an older format.

        Raises:
            NoWorkspace: the folder has no `sosias.toml`.
            NewerWorkspace: it was written by a later version.
            BadSettings: its `sosias.toml` cannot be read.
        """
        path = folder / SETTINGS_FILE
        if not path.is_file():
            raise NoWorkspace(folder=folder)
        workspace = cls(folder.resolve())
        workspace._migrate()
        return workspace

    @classmethod
    def create(cls, folder: Path) -> "Workspace":
        """Open the workspace in `folder`, laying it out first where there is none."""
        if not (folder / SETTINGS_FILE).is_file():
            private_folder(folder)
            write_settings(folder / SETTINGS_FILE, WorkspaceSettings())
            write_text(folder / ".gitignore", "*\n")
        return cls.open(folder)

    @property
    def settings(self) -> WorkspaceSettings:
        return read_settings(self.folder / SETTINGS_FILE, WorkspaceSettings)

    def save(self, settings: WorkspaceSettings) -> None:
        write_settings(self.folder / SETTINGS_FILE, settings)

    @property
    def messages_folder(self) -> Path:
        return private_folder(self.folder / "messages")

    @property
    def people_file(self) -> Path:
        """Who is one person under several names."""
        return self.folder / "people.toml"

    def people_file_with(self, messages: Path) -> Path:
        """Return where an import writes down the next people file, which counts once `messages` is there."""
        return self.folder / f".people.{messages.stem}.toml"

    def next_people_file(self) -> Path | None:
        """Return the people file of an import that is whole but was cut off before it put it in its place."""
        found = sorted(self.folder.glob(".people.*.toml"))
        stored = {file.stem for file in self.message_files()}
        whole = [one for one in found if one.name.split(".")[2] in stored]
        return whole[-1] if whole else None

    def settle_people(self) -> None:
        """Finish what an import that was cut off left of the people file, or clear it away."""
        whole = self.next_people_file()
        if whole is not None:
            os.replace(whole, self.people_file)
        for pattern in (".people.*", "..people.*"):
            for left in self.folder.glob(pattern):
                left.unlink()

    @contextmanager
    def spool(self) -> Iterator[IO[bytes]]:
        """Give a private file without a name, gone when it is closed and when the process is killed."""
        with tempfile.TemporaryFile(dir=self.messages_folder, prefix=".") as file:
            yield cast(IO[bytes], file)

    @property
    def fault_file(self) -> Path:
        """Where a fault of ours is written down: places in the code, no values."""
        return self.folder / "fault.txt"

    @property
    def server_token_file(self) -> Path:
        """Where the token of `sosias serve` is kept."""
        return self.folder / "server-token"

    @property
    def look_page(self) -> Path:
        """Where `sosias look --page` puts its page."""
        return self.folder / "report" / "look.html"

    def message_files(self) -> list[Path]:
        """Return the Parquet files of all messages, oldest import first."""
        return sorted((self.folder / "messages").glob("*.parquet"))

    def next_message_file(self) -> Path:
        """Return where the next import goes; what an import that fell has left behind is removed."""
        for left in self.messages_folder.glob(".*.parquet.*"):
            left.unlink()
        numbers = [int(file.stem) for file in self.message_files() if file.stem.isdigit()]
        return self.messages_folder / f"{max(numbers, default=0) + 1:06d}.parquet"

    def synced_to(self) -> str | None:
        """Return the name of the cloud service that seems to copy this folder, if any."""
        parts = [part.lower() for part in self.folder.parts]
        return next((mark for mark in SYNCED_MARKS if any(mark in part for part in parts)), None)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the workspace's one writer's lock.

        Raises:
            WorkspaceBusy: another process holds it.
        """
        lock = FileLock(self.folder / ".lock", mode=0o600)
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            raise WorkspaceBusy(folder=self.folder) from error
        try:
            yield
        finally:
            lock.release()

    def persona_names(self) -> list[str]:
        return sorted(path.parent.name for path in self.folder.glob("personas/*/persona.toml"))

    def persona(self, name: str | None = None) -> "Persona":
        """Return the persona called `name`, or the only one.

        Raises:
            NoPersona, UnknownPersona, WhichPersona: there is none, not that one, or several.
        """
        names = self.persona_names()
        if not names:
            raise NoPersona(folder=self.folder)
        if name is None and len(names) > 1:
            raise WhichPersona(folder=self.folder, names=", ".join(names))
        chosen = name or names[0]
        if chosen not in names:
            raise UnknownPersona(name=chosen, folder=self.folder, names=", ".join(names))
        return Persona(self.folder / "personas" / chosen)

    def new_persona(self, settings: PersonaSettings) -> "Persona":
        """Write a new persona's settings.

        Raises:
            BadPersonaName, PersonaExists: the name cannot be a folder's, or is taken.
        """
        if not settings.name.replace("-", "").replace("_", "").isalnum():
            raise BadPersonaName(name=settings.name)
        if settings.name in self.persona_names():
            raise PersonaExists(name=settings.name, folder=self.folder)
        persona = Persona(self.folder / "personas" / settings.name)
        persona.save(settings)
        return persona

    def _migrate(self) -> None:
        path = self.folder / SETTINGS_FILE
        try:
            found = tomllib.loads(path.read_text(encoding="utf-8")).get("format", 0)
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise BadSettings(path=path, what=str(error)) from error
        if not isinstance(found, int) or found < 1:
            raise BadSettings(path=path, what="format")
        if found > CURRENT_FORMAT:
            raise NewerWorkspace(folder=self.folder, found=found, known=CURRENT_FORMAT)
        for migrate in MIGRATIONS[found - 1 :]:
            migrate(self.folder)
        read_settings(path, WorkspaceSettings)


def root_of(folder: Path) -> Path | None:
    """Return the folder of the workspace that a folder lies in, None where it lies in none."""
    return next((parent for parent in folder.parents if (parent / SETTINGS_FILE).is_file()), None)
