"""The folder on disk: paths, formats, locks, atomic writes, and the personas in it.

Everything that belongs to a workspace lies in its folder; nothing else in the package builds a
path into it or sets a mode bit. Folders are 0700 and files 0600 where the system knows modes.
"""

import json
import os
import shutil
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, TypeVar, cast

import tomli_w
from filelock import FileLock, Timeout
from pydantic import ValidationError

from sosias.errors import SosiasError
from sosias.settings import PersonaSettings, RunSettings, Settings, WorkspaceSettings

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

Model = TypeVar("Model", bound=Settings)


class NoWorkspace(SosiasError):
    """There is no workspace in {folder}: import a chat there first (sosias -C {folder} import FILE),
    or name another folder with -C."""


class NewerWorkspace(SosiasError):
    """The workspace in {folder} has format {found} and this program knows {known}: use a newer sosias."""


class WorkspaceBusy(SosiasError):
    """Another sosias is writing to {folder}: wait until it has ended, or stop it."""


class BadSettings(SosiasError):
    """The settings in {path} cannot be read ({what}): mend that line or delete it."""


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


class NotTrained(SosiasError):
    """The persona {name} has not been trained yet: run sosias -p {name} train."""


# --- writing ---------------------------------------------------------------------------------


def private_folder(folder: Path) -> Path:
    """Make `folder` and its missing parents, readable by its owner alone; return it."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    for path in reversed(missing):
        path.mkdir(exist_ok=True)
        path.chmod(0o700)
    return folder


@contextmanager
def atomic_file(path: Path) -> Iterator[Path]:
    """Give a new private file to write; when all went well it takes the place of `path` at once."""
    private_folder(path.parent)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    os.close(handle)
    new = Path(name)
    try:
        yield new
        _to_disk(new)
        new.chmod(0o600)
        os.replace(new, path)
    finally:
        new.unlink(missing_ok=True)


@contextmanager
def atomic_folder(path: Path) -> Iterator[Path]:
    """Give a new private folder to fill; when all went well it takes the place of `path`.

    A folder cannot be replaced in one move: the old one is first renamed to `.old` beside it, and
    `recover_folder` brings it back after a fall between the two moves.
    """
    private_folder(path.parent)
    recover_folder(path)
    new = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}."))
    try:
        yield new
        for file in new.rglob("*"):
            if file.is_file():
                _to_disk(file)
            file.chmod(0o700 if file.is_dir() else 0o600)
        old = _old(path)
        shutil.rmtree(old, ignore_errors=True)
        if path.exists():
            os.replace(path, old)
        os.replace(new, path)
        shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(new, ignore_errors=True)


@contextmanager
def scratch_folder(parent: Path) -> Iterator[Path]:
    """Give a private folder in `parent` for what a step puts on disk on its way; it is gone afterwards."""
    with tempfile.TemporaryDirectory(dir=private_folder(parent), prefix=".scratch.") as folder:
        yield Path(folder)


def recover_folder(path: Path) -> Path:
    """Bring back a folder whose replacement was cut off half-way; return `path`."""
    if not path.exists() and _old(path).exists():
        os.replace(_old(path), path)
    return path


def _old(path: Path) -> Path:
    return path.with_name(f".{path.name}.old")


def _to_disk(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def write_text(path: Path, text: str) -> None:
    """Write `text` to `path` at once, readable by its owner alone."""
    with atomic_file(path) as new:
        new.write_text(text, encoding="utf-8", newline="\n")


def write_json(path: Path, value: Any) -> None:
    """Write `value` as indented JSON at once."""
    write_text(path, json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def append_line(path: Path, record: dict[str, Any]) -> None:
    """Add one JSON line to a private file."""
    private_folder(path.parent)
    if not path.exists():
        path.touch(mode=0o600)
    with path.open("a", encoding="utf-8", newline="\n") as file:
        file.write(json.dumps(record, ensure_ascii=False) + "\n")


def write_settings(path: Path, settings: Settings) -> None:
    """Write settings as TOML; what is None (to be chosen) is left out."""
    values = settings.model_dump(mode="json", exclude_none=True)
    write_text(path, tomli_w.dumps(values))


def read_settings(path: Path, model: type[Model]) -> Model:
    """Read settings of `model` from a TOML file.

    Raises:
        BadSettings: not TOML, an unknown key, or a value out of its bounds.
    """
    try:
        return model.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BadSettings(path=path, what=f"{where}: {first['msg']}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadSettings(path=path, what=str(error)) from error


# --- the workspace ---------------------------------------------------------------------------

MIGRATIONS: list[Callable[[Path], None]] = []
"""`MIGRATIONS[n - 1]` takes a folder of format n to format n + 1."""


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


@dataclass(frozen=True)
class Persona:
    """One persona's folder: its settings, sessions, runs and reports."""

    folder: Path

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def settings_file(self) -> Path:
        return self.folder / "persona.toml"

    @property
    def settings(self) -> PersonaSettings:
        return read_settings(self.settings_file, PersonaSettings)

    def save(self, settings: PersonaSettings) -> None:
        write_settings(self.settings_file, settings)

    @property
    def sessions_file(self) -> Path:
        return self.folder / "sessions" / "sessions.parquet"

    @property
    def report_folder(self) -> Path:
        return private_folder(self.folder / "report")

    @property
    def report_file(self) -> Path:
        """What the newest evaluation measured."""
        return self.folder / "report" / "report.json"

    @property
    def report_page(self) -> Path:
        """The newest run's losses and what an evaluation measured, for a browser."""
        return self.folder / "report" / "index.html"

    @property
    def talks_file(self) -> Path:
        """Talks with the persona, where they are kept."""
        return self.folder / "chats.sqlite"

    def runs(self) -> list["Run"]:
        """Return the runs, oldest first."""
        return [Run(path) for path in sorted(self.folder.glob("runs/[0-9]*")) if path.is_dir()]

    def new_run(self) -> "Run":
        """Make the folder of the next run."""
        numbers = [int(run.folder.name) for run in self.runs()]
        return Run(private_folder(self.folder / "runs" / f"{max(numbers, default=0) + 1:03d}"))

    def finished_run(self) -> "Run":
        """Return the newest run that has ended.

        Raises:
            NotTrained: there is none.
        """
        finished = [run for run in self.runs() if run.is_finished]
        if not finished:
            raise NotTrained(name=self.name)
        return finished[-1]


@dataclass(frozen=True)
class Run:
    """One training: resolved settings, metrics, checkpoint, and in the end the adapter or the weights."""

    folder: Path

    @property
    def settings_file(self) -> Path:
        return self.folder / "settings.toml"

    @property
    def settings(self) -> RunSettings:
        return read_settings(self.settings_file, RunSettings)

    @property
    def metrics_file(self) -> Path:
        return self.folder / "metrics.jsonl"

    @property
    def checkpoint_folder(self) -> Path:
        return self.folder / "checkpoint"

    @property
    def adapter_folder(self) -> Path:
        return self.folder / "adapter"

    @property
    def adapter_gguf(self) -> Path:
        return self.folder / "adapter.gguf"

    @property
    def weights_folder(self) -> Path:
        """What a run that trains all weights ends in, as a Hugging Face folder."""
        return self.folder / "weights"

    @property
    def start_folder(self) -> Path:
        """The vocabulary and the first weights of a run from scratch, as a Hugging Face folder."""
        return self.folder / "start"

    @property
    def corpus_folder(self) -> Path:
        """The texts of a run from scratch as tokens, until it has ended."""
        return self.folder / "corpus"

    @property
    def learnt_file(self) -> Path:
        """Hashes of the sessions that were learnt."""
        return self.folder / "learnt.txt"

    @property
    def result_file(self) -> Path:
        return self.folder / "result.json"

    @property
    def is_finished(self) -> bool:
        kept = self.adapter_folder.is_dir() or self.weights_folder.is_dir()
        return kept and self.result_file.is_file()

    def clear_left(self) -> None:
        """Take away what a kill has left half-written in the folder: nothing would ever read it."""
        for pattern in (".*", "checkpoint/.*", "corpus/*/.*"):
            for left in self.folder.glob(pattern):
                if left.is_dir():
                    shutil.rmtree(left)
                else:
                    left.unlink()

    def result(self) -> dict[str, Any]:
        """Return what the training said of itself when it ended."""
        value: dict[str, Any] = json.loads(self.result_file.read_text(encoding="utf-8"))
        return value
