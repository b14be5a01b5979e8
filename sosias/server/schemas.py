"""What `/v1` takes and gives, as OpenAI's API writes it; our own fields begin with `x_`.

Types are strict, and fields that are not known here are ignored, as OpenAI does. Reference:
platform.openai.com/docs/api-reference/chat.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from sosias.companion.companion import Answer
from sosias.companion.screening import Level
from sosias.corpus.session import Turn

Role = Literal["system", "developer", "user", "assistant", "tool", "function"]


class Given(BaseModel):
    """A part of a request."""

    model_config = ConfigDict(strict=True, extra="ignore")


class TextPart(Given):
    """A piece of a message; other kinds than text are refused."""

    type: Literal["text"]
    text: str


class ChatMessage(Given):
    """One message of the talk so far."""

    role: Role
    content: str | list[TextPart] | None = None

    def bubbles(self) -> tuple[str, ...]:
        """Return the lines of the message: each is a bubble."""
        content = self.content or ""
        text = content if isinstance(content, str) else "\n".join(part.text for part in content)
        return tuple(line.strip() for line in text.splitlines() if line.strip())


class StreamOptions(Given):
    """What a stream holds besides the reply."""

    include_usage: bool | None = None


class ChatRequest(Given):
    """The body of POST /v1/chat/completions."""

    model: str
    """A persona's name."""
    messages: Annotated[list[ChatMessage], Field(min_length=1)]
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    temperature: Annotated[float | None, Field(ge=0, le=2)] = None
    top_p: Annotated[float | None, Field(ge=0, le=1)] = None
    max_tokens: Annotated[int | None, Field(ge=1)] = None
    max_completion_tokens: Annotated[int | None, Field(ge=1)] = None
    seed: int | None = None
    n: Annotated[int | None, Field(ge=1, le=1)] = None

    def turns(self, partner: str, persona_author: str) -> list[Turn]:
        """Return the talk: the user is the partner, the assistant the persona, system text left out."""
        turns: list[Turn] = []
        for message in self.messages:
            bubbles = message.bubbles()
            if message.role not in ("user", "assistant") or not bubbles:
                continue
            persona = message.role == "assistant"
            if turns and turns[-1].persona == persona:
                bubbles = turns.pop().bubbles + bubbles
            turns.append(Turn(persona_author if persona else partner, persona, bubbles))
        return turns

    def generation(self) -> dict[str, Any]:
        """Return the settings that this request names."""
        top_p = None if self.top_p is None else max(self.top_p, 0.001)
        named = {
            "temperature": self.temperature,
            "top_p": top_p,
            "max_tokens": self.max_completion_tokens or self.max_tokens,
        }
        return {name: value for name, value in named.items() if value is not None}


class Model(BaseModel):
    """A persona that has been trained."""

    id: str
    object: Literal["model"] = "model"
    created: int
    owned_by: Literal["sosias"] = "sosias"


class ModelList(BaseModel):
    """The answer of GET /v1/models."""

    object: Literal["list"] = "list"
    data: list[Model]


class Usage(BaseModel):
    """Tokens of a reply; those of the prompt are not counted and given as 0."""

    prompt_tokens: Literal[0] = 0
    completion_tokens: int
    total_tokens: int

    @classmethod
    def of(cls, answer: Answer) -> "Usage":
        return cls(completion_tokens=answer.tokens, total_tokens=answer.tokens)


class ReplyMessage(BaseModel):
    """The persona's reply, or the program's; bubbles joined by line ends."""

    role: Literal["assistant"] = "assistant"
    content: str
    refusal: None = None


class Choice(BaseModel):
    """The one reply there is."""

    index: Literal[0] = 0
    message: ReplyMessage
    logprobs: None = None
    finish_reason: Literal["stop"] = "stop"


class Completion(BaseModel):
    """The answer of POST /v1/chat/completions."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str
    choices: list[Choice]
    usage: Usage
    x_bubbles: list[str]
    """The reply, bubble by bubble."""
    x_safety: Level
    """What the screening of the user's words found; other than none: the program answered."""
    x_engine: str
    """What computed the reply; `companion` is the program itself."""
