"""A persona's folder: its settings, sessions, runs and reports."""

from dataclasses import dataclass
from pathlib import Path

from sosias.errors import SosiasError
from sosias.settings import PersonaSettings
from sosias.workspace.files import private_folder, read_settings, write_settings
from sosias.workspace.run import Run


class NotTrained(SosiasError):
    """The persona {name} has not been trained yet: run sosias -p {name} train."""


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
