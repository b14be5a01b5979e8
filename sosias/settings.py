"""Every settings model, and nothing else.

A model is at once what the code is given, what `sosias.toml`, `persona.toml` and a run's
`settings.toml` hold, and what the command line offers. Unknown keys are errors. None means
"chosen for the machine, the base and the corpus", and the choice is recorded with its reason.
"""

import hashlib
import math
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

ConsentKind = Literal["self", "given", "public", "fiction", "deceased"]
TemplateName = Literal["chat", "transcript", "me-others", "question-answer", "attributes", "document"]
ScratchSize = Literal["tiny", "small", "medium", "large"]
ScratchLayout = Literal["llama", "gpt2"]
CONSENT_KINDS: tuple[ConsentKind, ...] = ("self", "given", "public", "fiction", "deceased")


class Settings(BaseModel):
    """Strict and immutable; every field has a line of documentation."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, use_attribute_docstrings=True, ser_json_inf_nan="constants"
    )

    def fingerprint(self) -> str:
        """Return a short hash of all values: what was made with other settings has another one."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:12]


class SparkSettings(Settings):
    """Where Spark runs."""

    master: str = "local[*]"
    """All cores of this machine, or the address of a cluster that sees the workspace's folder."""
    properties: dict[str, str] = {}
    """Spark's own, such as `spark.executor.memory`."""


class BigQuerySettings(Settings):
    """Whose BigQuery, and that the messages may be sent there."""

    project: str
    """The Google Cloud project that pays; its credentials are those of the user's own login."""
    location: str | None = None
    """Region where the messages are kept meanwhile, such as `EU`."""
    agreed: date | None = None
    """The day the user agreed that all messages are sent to Google; nothing is without it."""


class WorkspaceSettings(Settings):
    """`sosias.toml`: what holds for all personas of a workspace."""

    format: int = 1
    """Version of the layout on disk; older ones are migrated when opened."""
    time_zone: str | None = None
    """IANA zone by whose clock the times of exports that give UTC are told; the last one given."""
    engine: Literal["duckdb", "spark", "bigquery"] = "duckdb"
    """What computes the sessions: this process, Spark (`sosias[spark]`) or BigQuery (`sosias[bigquery]`)."""
    memory_gb: float = Field(2.5, gt=0)
    """Memory for DuckDB's tables, in GB, three fifths of the machine's at most; the rest goes to disk."""
    people_table: str | None = None
    """A CSV file in the folder with what is known of authors: a column `author`, others are attributes."""
    spark: SparkSettings | None = None
    """What `engine = "spark"` takes, where it is not all of this machine."""
    bigquery: BigQuerySettings | None = None
    """What `engine = "bigquery"` needs."""


class IdentitySettings(Settings):
    """Spellings of one person's name."""

    name: str
    """The one that is shown."""
    also: tuple[str, ...]
    """The others."""
    why: str
    """By what they were seen to be one person's."""
    by: Literal["export", "you"]
    """Who joined them."""


class ForgottenSettings(Settings):
    """Somebody who asked to be forgotten: how they are known again, without a name."""

    stand_in: str
    """What is written where others' messages named them."""
    salt: str
    """Random bytes in hexadecimal, so that equal names of two workspaces have other hashes."""
    hashes: tuple[str, ...]
    """Of each spelling (`sosias.sources.forgotten`)."""
    lengths: tuple[int, ...] = ()
    """Of how many words and signs their names are, 0 for a telephone's number: to find them within texts."""
    apart: tuple[str, ...] = ()
    """Names of other people that the user took apart from theirs."""


class PseudonymSettings(Settings):
    """What stands for whom: with this the real names can be put back, and without it nobody can."""

    key: str = ""
    """Random bytes in hexadecimal, by which stand-ins are chosen; made when there is none."""
    refused: tuple[str, ...] = ()
    """Words that stay as they are: a review has refused to take them for a person's."""
    added: dict[str, str] = {}
    """Words that are always replaced, and of what kind they are (name, surname, address …)."""
    stand_ins: dict[str, dict[str, str]] = {}
    """By kind: what is real, and what stands for it."""


class PeopleSettings(Settings):
    """`people.toml`: who is one person under several names; the messages keep the names of their exports."""

    identities: tuple[IdentitySettings, ...] = ()
    """What was joined; several may have the same `name`."""
    refused: tuple[tuple[str, str], ...] = ()
    """Names that no import joins: the user took them apart."""
    forgotten: tuple[ForgottenSettings, ...] = ()
    """Those whose messages no import brings back."""
    pseudonyms: PseudonymSettings = PseudonymSettings()
    """What stands for the others in what personas are trained on."""


class Consent(Settings):
    """By what right a person's writing is imitated; training without it is refused."""

    kind: ConsentKind
    """self, given (by whom in `by`), public, fiction or deceased."""
    by: str | None = None
    """Who gave it and when, in words."""
    recorded: date
    """The day it was written down."""

    @model_validator(mode="after")
    def _given_by_somebody(self) -> "Consent":
        if self.kind == "given" and not (self.by or "").strip():
            raise ValueError("consent of kind 'given' names who gave it")
        return self


MOST_MINUTES = 10 * 366 * 24 * 60
"""Ten years: engines add longer times to a date until they fall out of their calendars."""


MOST_COUNT = 10**9
"""Larger counts mean "all", which another value says, and do not fit into a table's whole numbers."""


MOST_TO_TRAIN = 10**6
"""Epochs or minutes: two years."""


def _bounded(minutes: float) -> float:
    if minutes > MOST_MINUTES and not math.isinf(minutes):
        said = "at most {most} minutes, which are ten years; or inf, however long it is"
        raise PydanticCustomError("too_long", said, {"most": MOST_MINUTES})
    return minutes


Minutes = Annotated[float, Field(gt=0), AfterValidator(_bounded)]


class CleaningSettings(Settings):
    """What is left out of the messages, rule by rule; `docs/preparation.md` says how each one tells."""

    kinds: tuple[Literal["text", "post", "article"], ...] = ("text", "post", "article")
    """Kinds of messages to learn from; no other kind ever reaches training."""
    forwards: bool = True
    """Leave out what was forwarded: somebody else's words."""
    bots: bool = True
    """Leave out what programs wrote."""
    quotes: bool = True
    """Leave out quote tweets, and cut lines quoted with `>` out of Reddit's and Discord's texts."""
    links: Literal["keep", "alone", "posts", "all"] = "posts"
    """`alone`: messages that are only links go; `posts`: and links in posts of X; `all`: in every text."""
    chains: bool = True
    """Leave out chain letters."""
    least_words: int = Field(0, ge=0, le=100)
    """Texts of fewer words go."""
    least_post_words: int = Field(6, ge=0, le=100)
    """Posts of X of fewer words go."""
    most_characters: int = Field(10_000, ge=0, le=MOST_COUNT)
    """Longer texts go, articles apart; 0: none is too long."""
    copies: int = Field(3, ge=0, le=MOST_COUNT)
    """A text of some length that one author sent this often or more is kept once; 0: as often as sent."""
    near_copies: bool = False
    """Texts that are nearly the same count as the same, here and between splits (`sosias[near-copies]`)."""


class PreparationSettings(Settings):
    """How messages become turns, sessions and splits."""

    where: str | None = None
    """An expression over the messages (SQL): only these are read at all, whoever wrote them."""
    cleaning: CleaningSettings = CleaningSettings()
    pseudonyms: bool | None = None
    """Stand-ins for the people, numbers and addresses in the messages; None: yes, but for fiction."""
    attributes: bool | None = None
    """Tell of each message party, mood and subjects; None: where the template is `attributes`."""
    join: Literal["answers"] | None = None
    """`answers`: of Reddit, each post with one comment on it is a session; the comment is the persona's."""
    preset: Literal["elvisbot", "famaf", "weclone"] | None = None
    """Group as another project does; what is set below wins over it."""
    burst_minutes: Minutes | None = None
    """Bubbles of one author closer together than this are one turn; 10, if no preset says otherwise."""
    gap_minutes: Minutes | None = None
    """A silence longer than this starts a new session; 60, if no preset says otherwise."""
    pairs: bool | None = None
    """A session ends after each answer of the persona's, and without one it is left out."""
    session_turns: int | None = Field(None, ge=2, le=MOST_COUNT)
    """Sessions are cut after this many turns."""
    threads: bool = False
    """In groups, leave out what is said to others than the persona, and not answered by it."""
    most_turns_per_chat: int | None = Field(None, ge=1, le=MOST_COUNT)
    """About how many of the persona's turns are taken from one chat: sessions spread evenly over its time."""
    validation: float = Field(0.1, gt=0, lt=0.5)
    """Share of the persona's bubbles that watch the training: the second newest."""
    test: float = Field(0.1, gt=0, lt=0.5)
    """Share of the persona's bubbles held out to measure the result: the newest."""


class TrainingSettings(Settings):
    """How a persona is trained; a run keeps its own resolved copy."""

    model_config = ConfigDict(allow_inf_nan=False)

    method: Literal["lora", "dora", "full", "qlora", "scratch"] = "lora"
    """What is trained: low-rank adapters beside the frozen weights (`dora`: with magnitudes of their own,
    `qlora`: beside weights packed into four bits); `full`, all the weights themselves; or `scratch`, those
    of a new network with a vocabulary of its own, which knows nothing yet."""
    size: ScratchSize | None = None
    """From scratch: how large the network is; its layers, width, heads and the rest follow."""
    layout: ScratchLayout | None = None
    """From scratch: whose network it is like, Llama's or GPT-2's."""
    epochs: float | None = Field(None, gt=0, le=MOST_TO_TRAIN)
    """Passes over the training windows, at most; None: one, or three from scratch."""
    minutes: float | None = Field(None, gt=0, le=MOST_TO_TRAIN)
    """Time to train for: the speed is measured first, then a number of steps is fixed."""
    steps: int | None = Field(None, ge=1)
    """Optimiser steps; wins over minutes and epochs. A run records it, so that it can be repeated."""
    learning_rate: float | None = Field(None, gt=0)
    """Peak learning rate, reached after a short warm-up; of all weights, it then falls to a tenth."""
    rank: int | None = Field(None, ge=1)
    """Rank of the LoRA factors."""
    alpha: int | None = Field(None, ge=1)
    """Scale of the LoRA factors: what they add is multiplied by alpha / rank."""
    dropout: float = Field(0, ge=0, lt=1)
    """Share of the adapters' inputs that is silenced at random while training."""
    loss: Literal["persona", "all"] | None = None
    """Learn the persona's turns alone, or everybody's; chosen by whether the others' are private."""
    gap_markers: bool = False
    """Mark the silences inside a session, from ten minutes on (docs/findings/grouping.md)."""
    window_tokens: int | None = Field(None, ge=16)
    """Longest window; a session is cut at turn boundaries to fit."""
    batch_tokens: int | None = Field(None, ge=16)
    """Tokens in one optimiser step, about."""
    micro_batch_tokens: int | None = Field(None, ge=16)
    """Tokens that go through the model at once, at most; fewer need less memory, with the same result."""
    dtype: Literal["bfloat16", "float32"] | None = None
    """Number format of the frozen weights, and of the products when all weights are trained."""
    checkpoint_seconds: float = Field(60, gt=0)
    """A checkpoint this often, or as often as saving takes a twentieth of the time."""
    validations: int = Field(10, ge=1)
    """How many times the validation loss is measured during a run."""
    sample_steps: int | None = Field(None, ge=0)
    """At a terminal, show short replies to held-out talk every so many steps; None: at validations, as long
    as they take a twentieth of the time; 0: never. They change no weight, and are kept nowhere."""
    patience: int = Field(3, ge=1)
    """Stop after this many validations in a row without a better one."""
    seed: int = 17
    """Seeds the adapters, the order of the windows and the dropout."""

    @property
    def whole(self) -> bool:
        """Are all weights trained, and not adapters beside them?"""
        return self.method in ("full", "scratch")


class GenerationSettings(Settings):
    """How a reply is drawn from the model's probabilities."""

    temperature: float = Field(0.95, ge=0, allow_inf_nan=False)
    """0 always takes the likeliest token; higher is freer."""
    top_p: float = Field(0.9, gt=0, le=1)
    """Draw from the likeliest tokens that together hold this probability."""
    max_tokens: int = Field(160, ge=1)
    """Longest reply, in tokens."""
    context_tokens: int = Field(1024, ge=64)
    """How much of the talk the model is shown, in tokens."""
    engine: Literal["llama.cpp", "torch"] | None = None
    """What computes the reply."""


class SafetySettings(Settings):
    """What stands around the voice; words and a country can be added, nothing switched off."""

    country: str | None = None
    """ISO 3166 code of the person who chats, for the help lines; None: all of the language's."""
    further_phrases: tuple[str, ...] = ()
    """More phrases that mean a crisis to whoever runs this."""


class PersonaSettings(Settings):
    """`persona.toml`: who is imitated, by what right, and how."""

    name: str
    """The persona's name in commands and on disk."""
    author: str | None = None
    """The name in the chats whose messages are the persona's; or `where`."""
    where: str | None = None
    """An expression over the messages (SQL) that selects the persona's; or `author`."""
    consent: Consent
    """By what right."""
    base: str | None = None
    """The model to start from: a catalogue name or a folder, whose path may begin at the workspace."""
    template: TemplateName | None = None
    """How a session is written down for the model."""
    preparation: PreparationSettings = PreparationSettings()
    training: TrainingSettings = TrainingSettings()
    generation: GenerationSettings = GenerationSettings()
    safety: SafetySettings = SafetySettings()

    @model_validator(mode="after")
    def _one_selection(self) -> "PersonaSettings":
        if (self.author is None) == (self.where is None):
            raise ValueError("a persona is chosen by an author or by a where expression, one of the two")
        return self


class RunSettings(Settings):
    """A run's `settings.toml`: everything that was chosen, nothing left to choose."""

    base: str
    """Catalogue name or folder of the base, as a path from the workspace where it lies within."""
    template: str
    """How sessions were written down."""
    persona_author: str
    """The name under which the persona speaks in the windows."""
    partner: str
    """The name that speaks most with the persona: who a chat's user is by default."""
    group: bool
    """More than two people speak in the sessions: the others' turns carry their names."""
    training: TrainingSettings
    """With every automatic value resolved."""
    sessions_sha256: str
    """Hash of the sessions trained on, so that a changed corpus is noticed."""
    parent: str | None = None
    """The run that this one goes on from (`sosias update`)."""
    outdated: bool = False
    """Trained on messages of somebody who has asked to be forgotten since: to be trained again."""
