"""A voice gives bubbles one by one, draws an empty reply again, and ends when it is told to."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import pytest

from sosias.corpus.session import Turn
from sosias.errors import SosiasError
from sosias.events import Choice
from sosias.settings import GenerationSettings
from sosias.templates import Template
from sosias.templates.window import Piece
from sosias.voice.engine import Completion, Engine
from sosias.voice.voice import DRAWS, StartTooLong, Voice, open_voice


class Lengths(Template):
    """Prompts are the bubbles' lengths; a line is a bubble."""

    stops = ("END",)

    def __init__(self) -> None: ...

    @property
    def stop_ids(self) -> frozenset[int]:
        return frozenset({9})

    def turn(self, turn: Turn, *, learnt: bool) -> Piece:
        raise NotImplementedError

    def opening(self) -> list[int]:
        raise NotImplementedError

    def prompt(self, turns: Sequence[Turn], max_tokens: int) -> list[int]:
        return [len(bubble) for turn in turns for bubble in turn.bubbles][-max_tokens:]

    def start_prompt(self, text: str) -> list[int]:
        return [len(text)]


class FakeEngine:
    """Says what it is told, a letter at a time."""

    name = "fake"
    context_tokens = 64

    def __init__(self, *texts: str) -> None:
        self.texts = list(texts)
        self.asked: list[dict[str, Any]] = []

    def generate(self, prompt: Sequence[int], settings: GenerationSettings, **options: Any) -> Completion:
        self.asked.append({"prompt": list(prompt), "settings": settings} | options)
        said = ""
        for letter in self.texts.pop(0):
            said += letter
            if options["on_text"] and options["on_text"](letter):
                return Completion(said, len(said), 1.0, "cancelled")
        return Completion(said, len(said), 1.0, "stop")

    def close(self) -> None:
        self.texts = []


def voice(*texts: str, **settings: Any) -> tuple[Voice, FakeEngine]:
    engine = FakeEngine(*texts)
    return Voice(cast(Engine, engine), Lengths(), "Luis", "Ana", GenerationSettings(**settings)), engine


HELLO = [Turn("Ana", False, ("hola", "qué tal"))]


def test_bubbles_come_one_by_one_as_they_are_complete() -> None:
    said = "bien\ny tú?\n seguro?\nya"
    speaker, engine = voice(said)
    seen: list[tuple[str, int]] = []
    letters = 0

    def count(_: str) -> bool:
        nonlocal letters
        letters += 1
        return False

    original = engine.generate
    engine.generate = lambda *a, **o: original(  # type: ignore[method-assign]
        *a, **o | {"on_text": lambda letter: count(letter) or o["on_text"](letter)}
    )
    reply = speaker.reply(HELLO, on_bubble=lambda bubble: seen.append((bubble, letters)))
    assert reply.bubbles == ("bien", "y tú?\nseguro?", "ya")
    assert [bubble for bubble, _ in seen] == list(reply.bubbles)
    assert seen[0][1] == len("bien\ny"), "as soon as the next one begins"
    assert (reply.engine, reply.tokens, reply.seconds) == ("fake", len(said), 1.0)
    assert engine.asked[0]["prompt"] == [4, 7]
    assert (engine.asked[0]["stop_ids"], engine.asked[0]["stops"]) == ({9}, ("END",))


def test_an_empty_reply_is_drawn_again_with_other_seeds() -> None:
    speaker, engine = voice("", " \n", "hola")
    assert speaker.reply(HELLO, seed=5).bubbles == ("hola",)
    seeds = [asked["seed"] for asked in engine.asked]
    assert seeds[0] == 5
    assert len(set(seeds)) == 3


def test_it_gives_up_on_empty_replies() -> None:
    speaker, engine = voice(*[""] * 9)
    assert speaker.reply(HELLO).bubbles == ()
    assert len(engine.asked) == DRAWS


def test_what_is_cancelled_ends_without_its_last_bubble() -> None:
    speaker, engine = voice("uno\ndos\ntres", "never")
    seen: list[str] = []
    reply = speaker.reply(HELLO, on_bubble=seen.append, cancelled=lambda: len(seen) == 1)
    assert reply.bubbles == ("uno",) == tuple(seen)
    assert len(engine.asked) == 1


def test_the_prompt_leaves_room_for_the_reply() -> None:
    speaker, engine = voice("a", max_tokens=1000)
    speaker.reply([Turn("Ana", False, ("a",) * 100)])
    asked = engine.asked[0]
    assert len(asked["prompt"]) + asked["settings"].max_tokens <= engine.context_tokens
    assert asked["settings"].max_tokens == 32


def test_the_base_can_speak_alone() -> None:
    speaker, engine = voice("a", "b")
    speaker.reply(HELLO, tuned=False)
    speaker.reply(HELLO)
    assert [asked["tuned"] for asked in engine.asked] == [False, True]


def test_writing_goes_on_from_the_start() -> None:
    speaker, engine = voice(" de otoño\ny llueve")
    assert speaker.write("Hoy es", 40).bubbles == ("Hoy es de otoño", "y llueve")
    assert engine.asked[0]["settings"].max_tokens == 40


def test_a_start_that_leaves_no_room_is_refused() -> None:
    class Long(Lengths):
        def start_prompt(self, text: str) -> list[int]:
            return [1] * len(text)

    engine = FakeEngine("a")
    speaker = Voice(cast(Engine, engine), Long(), "P", "Q", GenerationSettings())
    assert speaker.write("x" * 63, 8).bubbles
    with pytest.raises(StartTooLong, match="64 tokens long, and 63 is the most"):
        speaker.write("x" * 64, 8)


def test_writing_nothing_new_gives_the_start() -> None:
    speaker, _engine = voice("")
    assert speaker.write("Hoy", 4).bubbles == ("Hoy",)


def test_what_a_listener_raises_comes_out() -> None:
    speaker, _engine = voice("uno\ndos")

    def broken(_: str) -> None:
        raise ValueError("boom")

    with pytest.raises(ValueError, match="boom"):
        speaker.reply(HELLO, on_bubble=broken)


# --- opening -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Return a persona trained for some steps on a tiny base that has a GGUF."""
    pytest.importorskip("torch")
    from sosias.models.base import open_base
    from sosias.models.export import write_gguf
    from sosias.training.train import train
    from tests.bases import tiny_folder
    from tests.tiny import tiny_persona

    folder = tiny_folder(tmp_path_factory.mktemp("base") / "llama", "llama")
    write_gguf(open_base(str(folder)), folder / "model.gguf")
    workspace, persona = tiny_persona(tmp_path_factory.mktemp("work"), folder)
    train(workspace, persona)
    return persona


def test_llama_cpp_speaks_where_it_can(trained: Any) -> None:
    trained.finished_run().adapter_gguf.unlink(missing_ok=True)
    choices: list[Any] = []
    with open_voice(trained, listener=choices.append) as speaker:
        assert speaker.engine.name == "llama.cpp"
        assert choices == [Choice("engine", "llama.cpp", choices[0].why)]
        assert trained.finished_run().adapter_gguf.is_file(), "made from the adapter where it was missing"
        assert (speaker.persona_author, speaker.partner) == ("Ana", "Bea")
        turns = [Turn("Bea", False, ("¿y el 3?",))]
        first, again, base = (speaker.reply(turns, seed=1, tuned=tuned) for tuned in (True, True, False))
        assert first.bubbles == again.bubbles != base.bubbles


@pytest.mark.parametrize("engine", ["llama.cpp", "torch"])
def test_the_base_speaks_untuned_where_all_weights_were_trained(
    trained: Any, tmp_path: Path, engine: str
) -> None:
    from sosias.models.base import open_base
    from sosias.training.train import train
    from sosias.voice.llama import LlamaEngine
    from sosias.voice.torch_engine import TorchEngine
    from tests.tiny import tiny_persona

    base = open_base(trained.finished_run().settings.base)
    workspace, persona = tiny_persona(tmp_path / "work", base.folder)
    train(workspace, persona, overrides={"method": "full", "learning_rate": 1e-2})
    kinds = {"llama.cpp": LlamaEngine, "torch": TorchEngine}
    alone = kinds[engine](base, None, 128)
    expected = alone.next_token_probabilities([1, 2, 3])
    alone.close()
    with open_voice(persona, engine=engine) as speaker:
        assert speaker.engine.name == engine
        found = [speaker.engine.next_token_probabilities([1, 2, 3], tuned=tuned) for tuned in (True, False)]
        said = [speaker.write("claro", 8, seed=3, tuned=tuned).bubbles for tuned in (True, False)]
    assert abs(found[1] - expected).sum() < 1e-6
    assert abs(found[0] - expected).sum() > 1e-3
    assert said[0] != said[1]


def test_torch_speaks_when_asked_for(trained: Any) -> None:
    with open_voice(trained, engine="torch") as speaker:
        assert speaker.engine.name == "torch"
        assert speaker.write("claro", 8, seed=3).bubbles[0].startswith("claro")


def test_torch_speaks_where_there_can_be_no_gguf(trained: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from sosias.models.gguf_vocabulary import TokenizerNotExportable

    def refuse(*_base: Any, **_options: Any) -> None:
        raise TokenizerNotExportable(folder="here", what="it is of another kind")

    monkeypatch.setattr("sosias.voice.engines.with_gguf", refuse)
    choices: list[Any] = []
    with open_voice(trained, listener=choices.append) as speaker:
        assert speaker.engine.name == "torch"
    assert choices[0].value == "torch"


def test_a_persona_without_a_run_says_train(tmp_path: Path) -> None:
    from tests.tiny import tiny_persona

    _workspace, persona = tiny_persona(tmp_path, tmp_path)
    with pytest.raises(SosiasError, match="train"):
        open_voice(persona)
