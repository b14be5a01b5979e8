"""No long text of the persona's is in an earlier split, whatever the talk; and nothing else is lost."""

from datetime import date

import ibis
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sosias.corpus import prepare, splitting
from sosias.corpus.duplicates import LONG_TEXT
from sosias.corpus.engine import connect
from sosias.corpus.session import Session, from_table
from sosias.messages import Message
from sosias.settings import CleaningSettings, Consent, PersonaSettings, PreparationSettings
from tests.corpus.tables import message, table

CONSENT = Consent(kind="fiction", recorded=date(2026, 1, 1))
LONG = "x" * LONG_TEXT
TEXTS = (
    "jaja",
    "x" * (LONG_TEXT - 1),
    LONG,
    f" {LONG.upper()}\u00a0\n",
    f"{LONG}!",
    f"{LONG} é 👩‍👩‍👧",
    f"{LONG}\t É  👩‍👩‍👧",
)


def sessions(messages: list[Message], cleaning: CleaningSettings) -> list[Session]:
    preparation = PreparationSettings(cleaning=cleaning, validation=0.2, test=0.3)
    ana = PersonaSettings(name="ana", author="Ana", consent=CONSENT, preparation=preparation)
    return list(from_table(prepare.session_table(table(messages), ana)))


def mine(chosen: list[Session]) -> list[str]:
    return [bubble for one in chosen for turn in one.turns if turn.persona for bubble in turn.bubbles]


def plain(texts: list[str]) -> set[str]:
    """Return the long ones of some texts, alike where only blanks and capitals differ."""
    folded = (" ".join(text.split()).lower() for text in texts)
    return {text for text in folded if len(text) >= LONG_TEXT}


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.sampled_from(TEXTS), st.booleans()), min_size=1, max_size=30))
def test_no_leakage(talk: list[tuple[bool, str, bool]]) -> None:
    assume(any(ana for ana, _text, _silence in talk))
    messages, minute = [], 0
    for seq, (ana, text, silence) in enumerate(talk):
        minute += 100 if silence else 1
        messages.append(message(seq, minute, "Ana" if ana else "Bea", text))
    found = sessions(messages, CleaningSettings(copies=0))
    before: set[str] = set()
    for name in ("train", "validation", "test"):
        split = [one for one in found if one.split == name]
        assert not plain(mine(split)) & before, "nobody has said it in an earlier split"
        before |= plain([bubble for one in split for turn in one.turns for bubble in turn.bubbles])
    said = [text for ana, text, _silence in talk if ana]
    assert plain([text for _ana, text, _silence in talk]) == before, (
        "each text is left where it was first said"
    )
    assert sum(not plain([one]) for one in mine(found)) == sum(not plain([one]) for one in said)
    others = [b for one in found for turn in one.turns if not turn.persona for b in turn.bubbles]
    assert others == [text for ana, text, _silence in talk if not ana], "only the persona's go"
    assert all(turn.bubbles for one in found for turn in one.turns)


def test_only_the_later_text_goes() -> None:
    messages = [message(seq, seq * 100, "Ana", f"text {seq}") for seq in range(10)]
    messages[0].text = messages[9].text = LONG
    messages.append(message(10, 901, "Bea", LONG))
    messages.append(message(11, 902, "Ana", "the end"))
    found = sessions(messages, CleaningSettings())
    assert found[0].split == "train" and mine(found[:1]) == [LONG]
    assert found[-1].split == "test"
    assert [(turn.author, turn.bubbles) for turn in found[-1].turns] == [
        ("Bea", (LONG,)),
        ("Ana", ("the end",)),
    ]


@pytest.mark.parametrize("other", [LONG, f"\n{LONG.upper()} "], ids=["the same", "blanks and capitals"])
def test_what_others_said_in_an_earlier_split_goes_too(other: str) -> None:
    talk = [(0, "Bea", other), *((10 + 100 * number, "Ana", f"text {number}") for number in range(9))]
    talk += [(1000, "Ana", LONG), (1001, "Bea", LONG)]
    messages = [message(seq, minute, author, text) for seq, (minute, author, text) in enumerate(talk)]
    found = sessions(messages, CleaningSettings())
    assert LONG not in mine(found)
    others = [b for one in found for turn in one.turns if not turn.persona for b in turn.bubbles]
    assert others == [other, LONG], "only the persona's are measured"


def test_near_copies_leak_too_where_they_count() -> None:
    pytest.importorskip("datasketch")
    long = "we meet on Thursday at eight in the courtyard, bring your keys and last time's minutes"
    messages = [message(seq, seq * 100, "Ana", f"text {seq}") for seq in range(10)]
    messages[0].text, messages[9].text = long, long.upper() + "!"
    assert len(mine(sessions(messages, CleaningSettings()))) == 10
    near = mine(sessions(messages, CleaningSettings(near_copies=True, copies=9)))
    assert near == [long, *(f"text {seq}" for seq in range(1, 9))]


def test_splitting_again_changes_nothing() -> None:
    messages = [message(seq, seq * 100, "Ana", LONG if seq % 3 else f"text {seq}") for seq in range(20)]
    preparation = PreparationSettings(cleaning=CleaningSettings(copies=0))
    ana = PersonaSettings(name="ana", author="Ana", consent=CONSENT, preparation=preparation)
    once = prepare.session_table(table(messages), ana)
    again = splitting.split(ibis.memtable(once.drop_columns("split")), preparation)
    assert connect().to_pyarrow(again.select(*once.column_names)).to_pylist() == once.to_pylist()
