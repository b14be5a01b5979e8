"""What is exported: a persona's newest run, and what it stands on."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sosias.errors import SosiasError
from sosias.language import translate as _
from sosias.models.base import Base, started_from
from sosias.settings import RunSettings
from sosias.templates import Template, open_template
from sosias.voice.agreement import BEGINNINGS, LONG, LONG_TOKENS
from sosias.voice.engines import adapter_of, base_of
from sosias.workspace import Persona, Run

ENGINE_SLACK = 8
"""Tokens of context beyond the longest prompt."""


@dataclass(frozen=True)
class Subject:
    """What is exported: a persona's newest run, and what it stands on."""

    persona: Persona
    run: Run

    @cached_property
    def settings(self) -> RunSettings:
        return self.run.settings

    @cached_property
    def base(self) -> Base:
        return base_of(self.run)

    @cached_property
    def adapter(self) -> Path | None:
        return adapter_of(self.run)

    @cached_property
    def origin(self) -> Base:
        """The base that training began with, where it is still here; else what it ended in."""
        try:
            return started_from(self.run)
        except SosiasError:
            return self.base

    @cached_property
    def template(self) -> Template:
        settings = self.settings
        markers = settings.training.gap_markers
        return open_template(
            settings.template, self.base, settings.persona_author, group=settings.group, gap_markers=markers
        )

    @cached_property
    def other(self) -> str:
        """What the chat's partner is called: a real name only where all of the talk is published."""
        published = self.persona.settings.consent.kind in ("fiction", "public")
        return self.settings.partner if published else _("Guest")

    @cached_property
    def prompts(self) -> list[list[int]]:
        """Fixed beginnings as the persona's template begins a text, one of them long."""
        room = self.base.config.context_length - 2 * ENGINE_SLACK
        found = [self.template.start_prompt(text)[:room] for text in BEGINNINGS]
        longest = self.template.start_prompt(LONG * (LONG_TOKENS // 10))
        return [*found, longest[: min(room, LONG_TOKENS)]]

    @property
    def context_tokens(self) -> int:
        return max(map(len, self.prompts)) + ENGINE_SLACK
