"""The door: what shows a crisis never reaches the voice, and what is not fit never leaves it."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sosias.companion import dialogue
from sosias.companion.companion import PROGRAM, Companion, heard_by_voice, open_companion
from sosias.corpus.session import Turn
from sosias.settings import GenerationSettings, SafetySettings

from . import labelled
from .voices import FakeVoice

EXPLICIT = (
    labelled.EXPLICIT_ES
    + labelled.EXPLICIT_EN
    + labelled.IMMINENT_ES
    + labelled.IMMINENT_EN
    + labelled.FURTHER_EXPLICIT
)
ORDINARY = [bubbles[0] for bubbles in labelled.ORDINARY]


def user(*bubbles: str) -> Turn:
    return Turn("Luis", False, bubbles)


def persona(*bubbles: str) -> Turn:
    return Turn("Ana", True, bubbles)


def companion(
    voice: FakeVoice | None = None, country: str | None = "ES", further: tuple[str, ...] = ()
) -> Companion:
    return Companion(voice or FakeVoice(), SafetySettings(country=country, further_phrases=further), "es")


def talk(door: Companion, *said: Sequence[str]) -> list[str]:
    """Say one turn after the other, as a terminal does; return who answered each."""
    turns: list[Turn] = []
    answered = []
    for bubbles in said:
        turns.append(user(*bubbles))
        answer = door.answer(turns)
        turns.append(persona(*answer.bubbles))
        answered.append(answer.safety)
    return answered


# --- in ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("bubbles", EXPLICIT, ids=lambda bubbles: bubbles[0][:30])
def test_no_explicit_message_reaches_the_voice(bubbles: list[str]) -> None:
    voice = FakeVoice()
    answer = companion(voice).answer([user(*bubbles)])
    assert voice.calls == []
    assert answer.engine == PROGRAM and answer.safety in ("crisis", "imminent")
    assert "024" in "\n".join(answer.bubbles)


@settings(max_examples=60)
@given(
    st.sampled_from(EXPLICIT),
    st.lists(st.lists(st.sampled_from(ORDINARY), min_size=1, max_size=3), max_size=4),
    st.lists(st.sampled_from(ORDINARY), max_size=3),
    st.lists(st.sampled_from(ORDINARY), max_size=3),
)
def test_nor_does_it_within_a_talk(
    bubbles: list[str], earlier: list[list[str]], before: list[str], after: list[str]
) -> None:
    turns = [turn for said in earlier for turn in (user(*said), persona("vale"))]
    voice = FakeVoice()
    answer = companion(voice).answer([*turns, user(*before, *bubbles, *after)])
    assert voice.calls == [] and answer.safety != "none"


def test_at_turn_two_hundred_it_is_still_seen() -> None:
    turns = [turn for number in range(200) for turn in (user(f"hola {number}"), persona("hola"))]
    voice = FakeVoice()
    assert companion(voice).answer([*turns, user("me quiero suicidar")]).safety == "crisis"
    assert voice.calls == []


def test_ordinary_talk_reaches_the_voice_as_it_is() -> None:
    voice = FakeVoice()
    turns = [user("hola"), persona("ey"), user("me muero de risa", "contigo")]
    answer = companion(voice).answer(turns, seed=7, tuned=False)
    assert voice.calls[0] == {"turns": turns, "seed": 7, "tuned": False, "settings": None}
    assert answer.bubbles == ("hola", "¿qué tal?")
    assert (answer.engine, answer.tokens_per_second, answer.safety, answer.tokens) == (
        "fake",
        10.0,
        "none",
        20,
    )


def test_what_is_split_over_turns_is_joined() -> None:
    voice = FakeVoice()
    answered = talk(companion(voice), ["hola"], ["me quiero"], ["morir"])
    assert answered == ["none", "none", "crisis"]
    assert len(voice.calls) == 2


def test_the_persona_comes_back_after_the_program_has_answered() -> None:
    voice = FakeVoice()
    answered = talk(
        companion(voice), ["me quiero morir"], ["no, ya estoy mejor, gracias"], ["¿viste el partido?"]
    )
    assert answered == ["crisis", "none", "none"]
    assert len(voice.calls) == 2


def test_a_short_yes_to_the_question_stays_with_the_program() -> None:
    voice = FakeVoice()
    assert talk(companion(voice), ["me quiero morir"], ["sí"], ["creo que sí"]) == ["crisis"] * 3
    assert voice.calls == []


def test_a_yes_to_the_persona_is_just_a_yes() -> None:
    assert talk(companion(), ["hola"], ["sí"]) == ["none", "none"]


def test_repeats_vary() -> None:
    turns: list[Turn] = []
    firsts = []
    for _ in range(3):
        turns.append(user("quiero suicidarme"))
        answer = companion().answer(turns)
        turns.append(persona(*answer.bubbles))
        firsts.append(answer.bubbles[0])
    assert len(set(firsts)) == 3


def test_an_old_crisis_that_nobody_answered_is_answered_now() -> None:
    turns = [user("I want to kill myself"), persona("lol"), user("so, what's up")]
    voice = FakeVoice()
    answer = companion(voice).answer(turns)
    assert answer.safety == "crisis" and voice.calls == []
    again = companion(voice).answer([*turns, persona(*answer.bubbles), user("what's up")])
    assert again.safety == "none"


def test_what_the_persona_said_is_not_screened_as_the_users() -> None:
    assert companion().answer([persona("me quiero morir"), user("jaja ¿qué?")]).safety == "none"


def test_the_voice_never_sees_the_turns_of_a_crisis() -> None:
    said = dialogue.reply("crisis", "es", name="Ana", country="ES", earlier=0)
    turns = [
        user("hola"),
        persona("ey"),
        user("me quiero"),
        user("morir"),
        persona(*said),
        user("sí"),
        persona(*dialogue.reply("crisis", "es", name="Ana", country="ES", earlier=1)),
        user("ya está mejor la cosa"),
        persona("bien"),
        user("quiero suicidarme"),
        persona("a reply of another program"),
        user("adiós"),
        persona(dialogue.NEUTRAL["es"]),
        user("¿estás?"),
    ]
    heard = heard_by_voice(turns)
    assert [turn.bubbles for turn in heard] == [
        ("hola",),
        ("ey",),
        ("ya está mejor la cosa",),
        ("bien", "a reply of another program"),
        ("adiós", "¿estás?"),
    ]


def test_the_language_of_the_message_is_the_answers() -> None:
    assert "program speaking" in companion().answer([user("i want to die")]).bubbles[0]
    assert "Te habla el programa" in companion().answer([user("me quiero morir")]).bubbles[0]


def test_imminent_says_so() -> None:
    answer = companion().answer([user("me voy a matar esta noche")])
    assert answer.safety == "imminent" and "112" in answer.bubbles[1]


def test_settings_add_phrases() -> None:
    assert companion(further=("código rojo",)).answer([user("codigo rojo")]).safety == "crisis"


# --- out ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("hands_on", [True, False])
@pytest.mark.parametrize("bad", ["deberías matarte", "kill yourself", "no soy un bot", "I'm a real person"])
def test_what_is_not_fit_is_drawn_again(bad: str, hands_on: bool) -> None:
    voice = FakeVoice(replies=[[bad], ["hola"]], hands_on=hands_on)
    shown: list[str] = []
    answer = companion(voice).answer([user("hola")], seed=3, on_bubble=shown.append)
    assert answer.bubbles == ("hola",) and shown == ["hola"]
    assert [call["seed"] for call in voice.calls] == [3, 1003]


def test_at_most_twice_then_a_neutral_line() -> None:
    voice = FakeVoice(replies=[["mátate"]])
    shown: list[str] = []
    answer = companion(voice).answer([user("hola")], on_bubble=shown.append)
    assert len(voice.calls) == 3
    assert answer.bubbles == (dialogue.NEUTRAL["es"],) == tuple(shown)
    assert answer.engine == PROGRAM and answer.safety == "none"


def test_bubbles_before_one_that_is_not_fit_are_the_reply() -> None:
    voice = FakeVoice(replies=[["hola", "no soy un robot", "jaja"]])
    shown: list[str] = []
    answer = companion(voice).answer([user("¿eres un bot?")], on_bubble=shown.append)
    assert answer.bubbles == ("hola",) == tuple(shown)
    assert len(voice.calls) == 1
    assert voice.cancelled_after == 2, "the voice is stopped"


def test_an_empty_reply_is_drawn_again() -> None:
    voice = FakeVoice(replies=[[], ["\x1b[2J"], ["hola"]])
    assert companion(voice).answer([user("hola")]).bubbles == ("hola",)


def test_nothing_steers_the_terminal() -> None:
    voice = FakeVoice(replies=[["\x1b[31mho\x07la", "que\x9b2J tal"]])
    shown: list[str] = []
    answer = companion(voice).answer([user("hola")], on_bubble=shown.append)
    assert answer.bubbles == ("hola", "que tal") == tuple(shown)


def test_cancelling_ends_it_without_a_new_draw() -> None:
    voice = FakeVoice(replies=[["uno", "dos", "tres"]])
    shown: list[str] = []
    answer = companion(voice).answer(
        [user("hola")], on_bubble=shown.append, cancelled=lambda: len(shown) == 1
    )
    assert answer.bubbles == ("uno",)
    assert len(voice.calls) == 1
    voice = FakeVoice()
    assert companion(voice).answer([user("hola")], cancelled=lambda: True).bubbles == ()
    assert len(voice.calls) == 1


def test_who_speaks_is_told_while_bubbles_are_shown() -> None:
    door = companion(FakeVoice(replies=[["hola"]]))
    told: list[bool] = []
    door.answer([user("hola")], on_bubble=lambda _: told.append(door.program_speaking))
    assert told == [False]
    door.answer([user("quiero morirme")], on_bubble=lambda _: told.append(door.program_speaking))
    assert set(told[1:]) == {True} and not door.program_speaking


def test_settings_of_a_request_reach_the_voice() -> None:
    voice = FakeVoice()
    wanted = GenerationSettings(temperature=0.1)
    companion(voice).answer([user("hola")], settings=wanted)
    assert voice.calls[0]["settings"] == wanted


# --- write ---------------------------------------------------------------------------------------


def test_writing_goes_on_from_the_start() -> None:
    voice = FakeVoice(replies=[[" uno"], [" dos"]])
    answers = companion(voice).write("Número", 20, 2, seed=5)
    assert [answer.bubbles for answer in answers] == [("Número uno",), ("Número dos",)]
    assert [(call["max_tokens"], call["seed"]) for call in voice.calls] == [(20, 5), (20, 6)]


def test_a_start_that_shows_a_crisis_is_answered_by_the_program() -> None:
    voice = FakeVoice()
    answers = companion(voice).write("hola\nquiero suicidarme", 20, 3)
    assert [answer.safety for answer in answers] == ["crisis"] and voice.calls == []


def test_a_field_that_shows_a_crisis_is_answered_by_the_program() -> None:
    voice = FakeVoice()
    answers = companion(voice).write("", 20, fields={"frases": "quiero suicidarme"})
    assert [answer.safety for answer in answers] == ["crisis"] and voice.calls == []


def test_what_is_asked_for_is_handed_on() -> None:
    voice = FakeVoice(replies=[["ya"]])
    companion(voice).write("", 20, fields={"partido": "RN"}, voice="others")
    assert (voice.calls[0]["fields"], voice.calls[0]["voice"]) == ({"partido": "RN"}, "others")


def test_a_text_with_something_unfit_is_drawn_whole_again() -> None:
    voice = FakeVoice(replies=[[" bien", "mátate"], [" mejor"]])
    assert companion(voice).write("todo", 20)[0].bubbles == ("todo mejor",)


# --- the rest ------------------------------------------------------------------------------------


def test_the_opening_and_the_names() -> None:
    assert "\x1b" not in companion(FakeVoice(persona_author="\x1b[31mAna")).opening()
    assert companion().opening() == "Soy un programa que imita a Ana; no soy Ana."
    assert (companion().persona_author, companion().partner) == ("Ana", "Luis")


def test_closing_closes_the_voice() -> None:
    voice = FakeVoice()
    companion(voice).close()
    assert voice.closed


def test_opening_a_companion_opens_the_personas_voice(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    import sosias.voice.voice
    from sosias.workspace import Persona

    class OnePersona(Persona):
        @property
        def settings(self):  # type: ignore[no-untyped-def]
            from types import SimpleNamespace

            return SimpleNamespace(safety=SafetySettings(country="CL"))

    voice = FakeVoice()
    asked = {}

    def open_voice(persona: Persona, **wanted: object) -> FakeVoice:
        asked.update(wanted, persona=persona)
        return voice

    monkeypatch.setattr(sosias.voice.voice, "open_voice", open_voice)
    door = open_companion(OnePersona(tmp_path), engine="torch")  # type: ignore[arg-type]
    assert door.voice is voice and asked["engine"] == "torch"
    assert door.opening().startswith("I am a program")
    assert "*4141" in "\n".join(door.answer([user("me quiero morir")]).bubbles)
