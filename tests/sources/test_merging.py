"""The same messages under other names, in other chats, by other clocks; and what only looks so."""

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sosias.messages import Message, native_id
from sosias.sources import intake, store
from sosias.sources.entry import Entry
from sosias.sources.people import People
from sosias.sources.report import ImportReport
from sosias.sources.resemblance import resemblances
from sosias.sources.source import Found, Identity, Options, Reading
from sosias.sources.store import (
    authors,
    find_author,
    import_files,
    part_people,
    spellings,
    stored_messages,
)
from sosias.workspace import Workspace
from tests.sources.exports import export, write

START = datetime(2021, 3, 9, 8, 0, 30)
Said = tuple[datetime, str, str]
Deliver = Callable[..., ImportReport]


def talk(count: int = 60, people: Sequence[str] = ("Ann", "Bob")) -> list[Said]:
    """Return a talk in which every third message is a short one that many people write."""
    return [
        (
            START + timedelta(minutes=3 * step, seconds=step % 60),
            people[step % len(people)],
            "ok" if step % 3 == 2 else f"the thing number {step} that was to be said",
        )
        for step in range(count)
    ]


def under(chat: Sequence[Said], names: dict[str, str]) -> list[Said]:
    """Return a talk with other names."""
    return [(time, names.get(author, author), text) for time, author, text in chat]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.create(tmp_path / "workspace")


@pytest.fixture
def whatsapp(workspace: Workspace, tmp_path: Path) -> Deliver:
    """Import a talk as WhatsApp exports it."""
    number = iter(range(100))

    def deliver(said: Sequence[Said], title: str = "Team", shape: str = "android en-GB") -> ImportReport:
        path = tmp_path / f"{next(number)}" / f"WhatsApp Chat with {title}.txt"
        return import_files(workspace, [write(path, export(shape, said))])

    return deliver


@pytest.fixture
def platform(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Deliver:
    """Import chats of a platform that gives every message a key."""

    def deliver(
        chats: dict[str, Sequence[tuple[int, Said]]], identities: Sequence[Identity] = ()
    ) -> ImportReport:
        def messages() -> Iterator[Message]:
            for chat, said in chats.items():
                for seq, (key, (time, author, text)) in enumerate(said):
                    id = native_id("platform", key)
                    yield Message("platform", chat, seq, time, author, "text", text, id=id)

        entry = Entry(workspace.folder / "export.json", "export.json")
        reading = Reading("platform", [entry], messages, identities=list(identities))
        monkeypatch.setattr(store, "recognise", lambda _path, _options: Found([reading], []))
        return import_files(workspace, [entry.path], options=Options())

    return deliver


def chats(workspace: Workspace) -> dict[str, list[Said]]:
    """Return what is stored, chat by chat, in order."""
    found: dict[str, list[Said]] = {}
    for message in sorted(stored_messages(workspace), key=lambda message: message.seq):
        assert message.sent_at is not None and message.author is not None
        found.setdefault(message.chat, []).append((message.sent_at, message.author, message.text))
    return found


def to_the_minute(chat: Sequence[Said]) -> list[Said]:
    return [(time.replace(second=0), author, text) for time, author, text in chat]


# --- authors under other names -----------------------------------------------------------------


@pytest.mark.parametrize("newer", ["Ann Gómez", "+34 600 11 22 33"])
@pytest.mark.parametrize("first", [(0, 40), (25, 60), (0, 60)])
def test_an_author_who_was_renamed_is_one_person(
    workspace: Workspace, whatsapp: Deliver, newer: str, first: tuple[int, int]
) -> None:
    chat = talk()
    whatsapp(chat[slice(*first)])
    second = (0, 60) if first == (25, 60) else (15, 60)
    report = whatsapp(under(chat[slice(*second)], {"Ann": newer}))
    shown = "Ann"
    assert chats(workspace)["Team"] == to_the_minute(under(chat, {"Ann": shown}))
    [joined] = report.joined
    overlap = [step for step in range(60) if first[0] <= step < first[1] and second[0] <= step < second[1]]
    assert (
        joined.why
        == f"{len([step for step in overlap if step % 2 == 0])} messages are the same in two exports"
    )
    assert {joined.name, *joined.also} == {"Ann", newer}
    assert report.files[0].duplicates == len(overlap)
    assert dict(authors(workspace)) == {"Ann": 30, "Bob": 30}


def test_a_contact_s_name_is_shown_before_a_number(workspace: Workspace, whatsapp: Deliver) -> None:
    chat = talk()
    whatsapp(under(chat, {"Ann": "+34 600 11 22 33"}))
    whatsapp(under(chat, {"Ann": "Ann Gómez"}))
    assert dict(authors(workspace)) == {"Ann Gómez": 30, "Bob": 30}
    assert len(chats(workspace)["Team"]) == 60


def test_exports_given_at_once_are_compared_too(workspace: Workspace, tmp_path: Path) -> None:
    chat = talk()
    parts = [chat[:40], under(chat[20:], {"Ann": "Ann Gómez", "Bob": "Roberto"})]
    name = "WhatsApp Chat with Team.txt"
    paths = [
        write(tmp_path / str(number) / name, export("android en-GB", part))
        for number, part in enumerate(parts)
    ]
    report = import_files(workspace, paths)
    assert {one.name for one in report.joined} == {"Ann", "Bob"}
    assert chats(workspace)["Team"] == to_the_minute(chat)
    assert len(workspace.message_files()) == 1


def test_the_other_name_again_changes_nothing(workspace: Workspace, whatsapp: Deliver) -> None:
    chat = talk()
    whatsapp(chat[:40])
    renamed = under(chat[20:], {"Ann": "Ann Gómez"})
    whatsapp(renamed)
    before = {file: file.read_bytes() for file in workspace.folder.rglob("*") if file.is_file()}
    for part in (renamed, chat[:40], renamed[3:30]):
        report = whatsapp(part)
        assert (report.added, report.joined) == (0, [])
    assert {file: file.read_bytes() for file in workspace.folder.rglob("*") if file.is_file()} == before


def test_a_join_that_is_known_needs_no_more_evidence(workspace: Workspace, whatsapp: Deliver) -> None:
    """The third export has three messages of hers in common with the first, of the time before the second."""
    chat = talk(100)
    whatsapp(chat[:60])
    whatsapp(under(chat[40:80], {"Ann": "Ann Gómez"}))
    report = whatsapp(under(chat[34:100], {"Ann": "Ann Gómez"}))
    assert report.added == 20
    assert chats(workspace)["Team"] == to_the_minute(chat)


@pytest.mark.parametrize("in_common", [4, 5])
def test_a_few_messages_are_not_enough(whatsapp: Deliver, in_common: int) -> None:
    chat = [one for one in talk(90) if one[2] != "ok"]
    whatsapp(chat[:30])
    report = whatsapp(under(chat[30 - in_common * 2 :], {"Ann": "Ann Gómez"}))
    assert len(report.joined) == (in_common == 5)
    assert report.added == 60 - 30 + (in_common if in_common < 5 else 0)


def test_short_texts_and_repeated_ones_are_not_enough(whatsapp: Deliver) -> None:
    for text in ("ok", "jajaja", "the same long sentence again"):
        said = [(START + timedelta(minutes=step), "Ann" if step % 2 else "Bob", text) for step in range(60)]
        whatsapp(said, title=text)
        report = whatsapp(under(said, {"Ann": "Ann Gómez"}), title=text)
        assert report.joined == []


def test_two_people_with_the_same_words_stay_two(workspace: Workspace, whatsapp: Deliver) -> None:
    """Everybody recites in the same minute; Cleo is in the second export alone, and Bob in both."""
    lines = [f"line {number} of the poem that all know" for number in range(20)]
    times = [START + timedelta(minutes=number) for number in range(20)]
    everybody = [
        (time, name, line) for time, line in zip(times, lines, strict=True) for name in ("Ann", "Bob", "Cleo")
    ]
    whatsapp([one for one in everybody if one[1] != "Cleo"])
    report = whatsapp(everybody)
    assert (report.joined, report.added) == ([], 20)
    assert chats(workspace)["Team"] == to_the_minute(everybody)


def test_half_of_the_same_words_is_not_enough(workspace: Workspace, whatsapp: Deliver) -> None:
    one = talk(40)
    other = [
        (time, "Cleo" if author == "Ann" else author, text if step % 4 else f"something else, {step}")
        for step, (time, author, text) in enumerate(one)
    ]
    whatsapp(one)
    report = whatsapp(other)
    assert report.joined == []
    assert {"Ann", "Cleo"} < {name for name, _count in authors(workspace)}


def test_the_same_words_an_hour_later_are_other_messages(whatsapp: Deliver) -> None:
    chat = talk(40)
    later = [(time + timedelta(days=30), author, text) for time, author, text in chat]
    whatsapp(chat)
    report = whatsapp(under(later, {"Ann": "Cleo"}))
    assert (report.added, report.joined) == (40, [])


def test_another_chat_is_not_looked_into(workspace: Workspace, whatsapp: Deliver) -> None:
    """Ann tells two groups the same in the same minute; nobody else does."""
    chat = talk(40)
    echo = [one if one[1] == "Ann" else (one[0], "Cleo", f"reply {step}") for step, one in enumerate(chat)]
    whatsapp(chat, title="Team")
    report = whatsapp(echo, title="Family")
    assert (report.added, report.joined) == (40, [])
    assert {title: len(said) for title, said in chats(workspace).items()} == {"Team": 40, "Family": 40}


def test_what_the_user_took_apart_is_not_joined_and_not_doubled(
    workspace: Workspace, whatsapp: Deliver
) -> None:
    from sosias.sources.people import People
    from sosias.workspace import write_settings

    chat = talk()
    whatsapp(chat[:40])
    whatsapp(under(chat[20:], {"Ann": "Ann Gómez"}))
    people = People.of(workspace)
    people.undo("Ann", "Ann Gómez")
    write_settings(workspace.people_file, people.settings())
    report = whatsapp(under(chat[20:], {"Ann": "Ann Gómez"}))
    assert (report.added, report.joined) == (0, [])
    assert dict(authors(workspace)) == {"Ann": 20, "Ann Gómez": 10, "Bob": 30}


def test_a_stranger_and_a_contact_of_one_name_are_two(workspace: Workspace, whatsapp: Deliver) -> None:
    whatsapp(talk(), title="Team")
    other = [(time + timedelta(days=40), author, f"{text} elsewhere") for time, author, text in talk()]
    assert whatsapp(under(other, {"Bob": "~\u202fBob"}), title="Family").joined == []
    assert dict(authors(workspace)) == {"Ann": 60, "Bob": 30, "~Bob": 30}
    assert {find_author(workspace, name) for name in ("~Bob", "~ Bob", "~\u202fBob")} == {"~Bob"}
    assert find_author(workspace, "Bob") == "Bob"
    [alike] = resemblances(spellings(workspace), People.of(workspace))
    assert {alike.name, alike.other} == {"Bob", "~Bob"}


def test_a_stranger_who_became_a_contact_is_one_person(workspace: Workspace, whatsapp: Deliver) -> None:
    whatsapp(under(talk(), {"Bob": "~ Bob"}))
    assert find_author(workspace, "Bob") == find_author(workspace, "~ Bob") == "~Bob"
    [joined] = whatsapp(talk()).joined
    assert {joined.name, *joined.also} == {"Bob", "~Bob"}
    assert dict(authors(workspace)) == {"Ann": 30, "Bob": 30}
    assert part_people(workspace, "Bob", None) == ("Bob", ["~Bob"])


# --- chats under other names, other clocks -------------------------------------------------------


def test_a_chat_that_is_named_after_the_renamed_contact_goes_on(
    workspace: Workspace, whatsapp: Deliver
) -> None:
    chat = talk()
    whatsapp(under(chat[:40], {"Ann": "+34 600 11 22 33"}), title="+34 600 11 22 33")
    report = whatsapp(under(chat[20:50], {"Ann": "Ann Gómez"}), title="Ann Gómez")
    assert report.added == 10
    [note] = report.files[0].notes()
    assert "Ann Gómez" in note and "+34 600 11 22 33" in note
    whatsapp(under(chat[45:], {"Ann": "Ann Gómez"}), title="Ann Gómez")
    assert chats(workspace) == {"+34 600 11 22 33": to_the_minute(under(chat, {"Ann": "Ann Gómez"}))}


def test_names_that_are_joined_are_compared_as_one(workspace: Workspace, whatsapp: Deliver) -> None:
    """Of Ann's messages too few to judge by came under her second name alone."""
    said = talk(40)
    whatsapp(under(said[10:], {"Ann": "Ann Smith"}), "Ann Smith")
    assert whatsapp(said[:28], "Ann").added == 10
    assert whatsapp(under(said, {"Bob": "Robert"}), "Robert").added == 0
    assert authors(workspace) == [("Ann Smith", 20), ("Bob", 20)]


@pytest.mark.parametrize("shapes", [("ios es", "android es"), ("android es", "ios es"), ("ios es", "ios es")])
def test_seconds_and_minutes_are_the_same_clock(
    workspace: Workspace, whatsapp: Deliver, shapes: tuple[str, str]
) -> None:
    chat = talk()
    whatsapp(chat[:40], shape=shapes[0])
    report = whatsapp(chat[20:], shape=shapes[1])
    assert (report.added, report.joined) == (20, [])
    assert to_the_minute(chats(workspace)["Team"]) == to_the_minute(chat)


def test_the_clock_goes_back_in_autumn(workspace: Workspace, whatsapp: Deliver) -> None:
    """An hour is told twice: the order of the files is the true one."""
    chat = talk(120)
    said = [
        (time - timedelta(hours=int(step >= 60)), author, text)
        for step, (time, author, text) in enumerate(chat)
    ]
    for part in (said[50:90], said[:55], said[80:]):
        whatsapp(part)
    assert chats(workspace)["Team"] == to_the_minute(said)


# --- messages with keys --------------------------------------------------------------------------


def test_a_renamed_chat_is_found_by_its_keys(workspace: Workspace, platform: Deliver) -> None:
    said = list(enumerate(talk(60)))
    platform({"Trip": said[:40], "Work": [(1000 + key, one) for key, one in said]})
    report = platform({"Trip 2022": said[30:], "Work": [(1000 + key, one) for key, one in said]})
    assert report.added == 20
    [note] = report.files[0].notes()
    assert "Trip 2022" in note
    found = chats(workspace)
    assert set(found) == {"Trip", "Work"} and found["Trip"] == found["Work"] == talk(60)


def test_a_message_that_is_in_two_chats_does_not_make_them_one(
    workspace: Workspace, platform: Deliver
) -> None:
    said = list(enumerate(talk(60)))
    platform({"Ann": said[:40]})
    report = platform({"Ann and Bob": [said[0], *((1000 + key, one) for key, one in said), said[39]]})
    assert (report.added, report.files[0].duplicates, report.files[0].notes()) == (60, 2, [])
    assert set(chats(workspace)) == {"Ann", "Ann and Bob"}


def test_messages_with_keys_are_not_compared_by_their_words(platform: Deliver) -> None:
    said = list(enumerate(talk(60)))
    platform({"Ann": said})
    report = platform({"Ann": [(1000 + key, (time, "Cleo", text)) for key, (time, _who, text) in said]})
    assert (report.added, report.joined) == (60, [])


def test_what_an_export_tells_of_people_is_joined(workspace: Workspace, platform: Deliver) -> None:
    told = Identity("Ann Gómez", ("+34600112233", "Ann"), "the address book says so")
    report = platform({"Trip": list(enumerate(talk(20)))}, [told])
    assert [one["name"] for one in report.as_json()["joined"]] == ["Ann Gómez"]
    assert dict(authors(workspace)) == {"Ann Gómez": 10, "Bob": 10}
    before = workspace.people_file.read_bytes()
    assert platform({"Trip": list(enumerate(talk(20)))}, [told]).joined == []
    assert workspace.people_file.read_bytes() == before


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.sampled_from(["ok", "jaja", "a sentence that is long enough", "x"]), min_size=2, max_size=40),
    st.integers(0, 2**32),
    st.sampled_from([1, 3, 7, 1000]),
)
def test_any_exports_in_any_order_give_the_whole(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], seed: int, batch: int
) -> None:
    """Stretches of a chat that overlap, imported one by one or at once.

    In their order they give the chat exactly. In any other order nothing is lost or doubled, and the
    minutes run on; one that comes before those that tie it to the others may stand wrongly within a minute.
    """
    folder, chance = tmp_path_factory.mktemp("any"), random.Random(seed)
    said = [
        (START.replace(second=0) + timedelta(minutes=step // 3), "Ann", f"{text} {step % 3}")
        for step, text in enumerate(texts)
    ]
    cuts = sorted(chance.randrange(len(said)) for _cut in range(chance.randrange(5)))
    stretches = [
        said[max(0, first - chance.randrange(1, 6)) : last]
        for first, last in zip([0, *cuts], [*cuts, len(said)], strict=True)
    ]
    name = "WhatsApp Chat with Team.txt"
    paths = [
        write(folder / str(number) / name, export("android en-GB", part))
        for number, part in enumerate(stretches)
        if part
    ]
    in_order = chance.random() < 0.3
    if not in_order:
        chance.shuffle(paths)
    workspace = Workspace.create(folder / "workspace")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(intake, "BATCH", batch)
        if chance.random() < 0.5:
            import_files(workspace, paths)
        else:
            for path in paths:
                import_files(workspace, [path])
    found = chats(workspace)["Team"]
    assert sorted(found) == sorted(said) and [one[0] for one in found] == [one[0] for one in said]
    assert found == said or not in_order
