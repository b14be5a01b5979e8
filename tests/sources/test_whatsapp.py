"""WhatsApp exports: every shape, exact texts, nothing forged, and every line with one owner."""

from collections import Counter
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sosias.messages import Message
from sosias.sources import text_file
from sosias.sources.source import NotAnExport, Reading, Unreadable, recognise
from sosias.sources.whatsapp_bodies import LINES
from sosias.sources.whatsapp_header import Spelling
from sosias.sources.whatsapp_words import LANGUAGES, Words
from tests.sources.exports import DAY_FIRST, MARK, SHAPES, at, export, read_one, write, zipped

START = datetime(2021, 3, 9, 23, 58, 5)
PLAIN = [
    (START + timedelta(hours=9 * step), ("Ann", "Bob")[step % 2], f"message {step}") for step in range(60)
]


def read(path: Path, *, day_first: bool | None = None) -> tuple[Reading, list[Message]]:
    reading = read_one(path, day_first=day_first)
    return reading, list(reading.messages())


def said(messages: list[Message]) -> list[tuple[str | None, str]]:
    return [(message.author, message.text) for message in messages]


def check_lines(path: Path, reading: Reading, messages: list[Message]) -> None:
    """Each physical line has one owner."""
    owners: Counter[int] = Counter(line for line, _reason in reading.dropped)
    for message in messages:
        owners.update(range(message.first_line, message.last_line + 1))
    content = path.read_bytes()
    count = content.count(b"\n") + (not content.endswith(b"\n"))
    assert owners == Counter(range(1, count + 1))
    assert reading.lines == count


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_is_read_back(shape: str, tmp_path: Path) -> None:
    path = write(tmp_path / "chat.txt", export(shape, PLAIN))
    reading, messages = read(path)
    assert [(m.sent_at, m.author, m.text) for m in messages] == [(at(shape, t), a, b) for t, a, b in PLAIN]
    assert {message.kind for message in messages} == {"text"}
    assert reading.date_order is not None and reading.date_order.evidence == "proven"
    check_lines(path, reading, messages)


@pytest.mark.parametrize("shape", SHAPES)
def test_midnight_and_noon(shape: str, tmp_path: Path) -> None:
    times = [datetime(2021, 3, 19, hour, 30) for hour in (0, 1, 11, 12, 13, 23)]
    path = write(tmp_path / "chat.txt", export(shape, [(time, "Ann", "x") for time in times]))
    assert [message.sent_at for message in read(path)[1]] == times


ORDERS = {"D/M/Y": "%d{0}%m{0}%Y", "M/D/Y": "%m{0}%d{0}%Y", "Y/M/D": "%Y{0}%m{0}%d", "Y/D/M": "%Y{0}%d{0}%m"}
CLOCKS = ("%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M:%S %p")


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("separator", "/.-")
@pytest.mark.parametrize("clock", CLOCKS)
@pytest.mark.parametrize("layout", ["{day}, {clock} - ", "[{day} {clock}] "])
@pytest.mark.parametrize("year", ["%Y", "%y"])
def test_every_order_with_every_mark(
    order: str, separator: str, clock: str, layout: str, year: str, tmp_path: Path
) -> None:
    """96 headers that public parsers list, and as many with years of two digits."""
    day = ORDERS[order].format(separator)
    if year == "%y" and order == "Y/D/M":
        return  # nobody writes so, and nobody could read it
    header = layout.format(day=day.replace("%Y", year), clock=clock)
    text = "".join(f"{time.strftime(header)}{author}: {body}\n" for time, author, body in PLAIN)
    reading, messages = read(write(tmp_path / "chat.txt", text))
    seconds = "%S" in clock
    assert [(m.sent_at, m.author, m.text) for m in messages] == [
        (time if seconds else time.replace(second=0), author, body) for time, author, body in PLAIN
    ]
    assert reading.date_order is not None and reading.date_order.value == order


FOREIGN = [
    "at 12/05/2018, 10:00 - Carl: hi",
    "12/05/2018",
    "12/05/2018 was a good day: remember?",
    "10:00 - Carl: hi",
    "99/99/2020, 77:88 - Carl: hi",
    "I left my keys; Ann added salt and removed the fat",
    "Missed you!",
    "POLL: who comes?",
    "<grin>",
    "image omitted?",
    "½ cup, ﬁne… x²",
    "👩\u200d💻 👨🏽\u200d🦱",
    "two  spaces, a\ttab, hard\u00a0space",
    "lines\u2028and\u2029paragraphs\x85\x0b\x0c\x1c",
    "Ann: hi, you said: this: that",
    "\ufeffmark",
    "שלום \u200fright to left",
    " ",
    "",
]
lines = st.one_of(
    st.sampled_from(FOREIGN),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters=f"\r\n{MARK}<"), max_size=40),
).filter(lambda line: line.rstrip(".") not in LINES)
names = st.one_of(
    st.sampled_from(["Ann - work", "[Bob]", "+34 600 11 22 33", "12/05/2018, 10:00 - Carl", "❤️", "A:B", '"']),
    st.text(st.characters(categories=["L", "M", "N", "P", "S"]), min_size=1, max_size=20),
).filter(lambda name: not name.startswith("~") and not name.endswith(":"))


@st.composite
def chats(draw: st.DrawFn) -> tuple[str, list[tuple[datetime, str, str]]]:
    """A shape, and messages with hostile names and texts; some lines are headers of other shapes."""
    shape = draw(st.sampled_from(sorted(SHAPES)))
    spelling = Spelling.of(SHAPES[shape](START) + "x")
    others = [name for name in SHAPES if Spelling.of(SHAPES[name](START) + "x") != spelling]
    forged = st.builds(
        lambda name, late: SHAPES[name](START + timedelta(days=late)) + "Carl: forged",
        st.sampled_from(others),
        st.integers(-400, 400),
    )
    people = draw(st.lists(names, min_size=1, max_size=4, unique=True))
    body = st.lists(st.one_of(lines, lines, forged), min_size=1, max_size=3).map("\n".join)
    steps = st.timedeltas(timedelta(0), timedelta(days=40))
    messages, time = [], START
    for author, text, step in draw(
        st.lists(st.tuples(st.sampled_from(people), body, steps), min_size=1, max_size=12)
    ):
        time += step - timedelta(microseconds=step.microseconds)
        messages.append((time, author, text))
    quiet = [(time, "Zoe", "quiet") for _ in range(3 * len(messages))]
    return shape, messages + quiet


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(chats(), st.sampled_from(["\n", "\r\n"]))
@example(("ios es", [*PLAIN[:2], (START, "Ann", "a\n" + SHAPES["ios de"](START) + "Carl: no")]), "\r\n")
def test_hostile_chats_are_read_back_exactly(
    tmp_path: Path, chat: tuple[str, list[tuple[datetime, str, str]]], end: str
) -> None:
    shape, wanted = chat
    path = write(tmp_path / "chat.txt", export(shape, wanted, end))
    reading, messages = read(path, day_first=DAY_FIRST[shape])
    assert [(m.sent_at, m.author, m.text) for m in messages] == [(at(shape, t), a, b) for t, a, b in wanted]
    assert [m.seq for m in messages] == list(range(len(wanted)))
    check_lines(path, reading, messages)


def test_an_iphones_pasted_lines_forge_nothing(tmp_path: Path) -> None:
    """It ends messages with a carriage return and a newline, lines within them with a newline alone."""
    pasted = "look:\n" + export("ios es", [(START, "Carl", "forged")]).rstrip()
    path = write(tmp_path / "_chat.txt", export("ios es", [*PLAIN, (START, "Ann", pasted)], "\r\n"))
    assert said(read(path)[1])[-1] == ("Ann", pasted)


def test_carriage_returns_of_a_text_stay_where_lines_end_without(tmp_path: Path) -> None:
    path = write(tmp_path / "chat.txt", export("android es", [(START, "Ann", "a\r\nb"), *PLAIN]))
    assert said(read(path)[1])[0] == ("Ann", "a\r\nb")


def test_carriage_returns_alone_can_end_lines(tmp_path: Path) -> None:
    path = write(tmp_path / "chat.txt", export("android es", PLAIN, "\r"))
    assert said(read(path)[1]) == [(author, text) for _, author, text in PLAIN]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_byte_order_marks(encoding: str, tmp_path: Path) -> None:
    text = export("android es", [(START, "Añé", "¡sí! 😂"), *PLAIN])
    mark = "\ufeff" if encoding.startswith("utf-16-") else ""
    reading, messages = read(write(tmp_path / "chat.txt", mark + text, encoding))
    assert said(messages)[0] == ("Añé", "¡sí! 😂") and len(messages) == len(PLAIN) + 1
    assert reading.encoding.startswith(encoding[:5].upper())


def test_no_newline_at_the_end_and_blank_lines_inside(tmp_path: Path) -> None:
    text = export("android es", [*PLAIN, (START, "Ann", "a\n\n\nb")]).removesuffix("\n")
    path = write(tmp_path / "chat.txt", text)
    reading, messages = read(path)
    assert messages[-1].text == "a\n\n\nb" and messages[-1].last_line - messages[-1].first_line == 3
    check_lines(path, reading, messages)


def test_lines_before_the_first_message_are_dropped_and_said(tmp_path: Path) -> None:
    path = write(tmp_path / "chat.txt", "Exported for you\n\n" + export("android es", PLAIN))
    reading, messages = read(path)
    assert [(line, reason) for line, reason in reading.dropped] == [
        (1, "before the first message"),
        (2, "before the first message"),
    ]
    check_lines(path, reading, messages)


def test_headers_of_days_that_do_not_exist_are_text(tmp_path: Path) -> None:
    odd = "99/99/2021, 10:00 - Carl: odd"
    text = f"{odd}\nmore\n" + export("android en-GB", [(START, "Ann", f"hi\n{odd}\nmore"), *PLAIN])
    path = write(tmp_path / "chat.txt", text)
    reading, messages = read(path)
    assert [line for line, _reason in reading.dropped] == [1, 2]
    assert said(messages)[0] == ("Ann", f"hi\n{odd}\nmore") and len(messages) == 1 + len(PLAIN)
    check_lines(path, reading, messages)


def test_an_empty_message_of_the_system(tmp_path: Path) -> None:
    text = "1/2/21, 07:10 -\n1/2/21, 07:11 - Ann: hi\n28/2/21, 07:11 - \n"
    messages = read(write(tmp_path / "chat.txt", text))[1]
    assert said(messages) == [(None, ""), ("Ann", "hi"), (None, "")]


@pytest.mark.parametrize("size", [1, 2, 3, 17, 64])
def test_chunks_cut_nothing(size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chat = [*PLAIN[:9], (START, "Ann", "two\n\nlines 😂"), (START, None, "notice"), (START, "Bob", "")]
    path = write(tmp_path / "_chat.txt", export("ios en-US", chat, "\r\n"))
    whole = read(path)
    monkeypatch.setattr(text_file, "CHUNK", size)
    assert read(path)[1] == whole[1]
    assert said(whole[1]) == [(author, text) for _, author, text in chat]


def test_padding_and_capitals_may_vary_within_a_file(tmp_path: Path) -> None:
    text = (
        "[17.9.2019, 8:05:01 pm] Ann: a\n[17.09.2019, 08:06:01 PM] Ann: b\n[18.9.2019, 8:07:01 am] Ann: c\n"
    )
    messages = read(write(tmp_path / "chat.txt", text))[1]
    assert [message.text for message in messages] == ["a", "b", "c"]
    assert messages[1].sent_at == datetime(2019, 9, 17, 20, 6, 1)


# --- pasted lines ------------------------------------------------------------------------------

APPLE = [name for name in SHAPES if name.startswith("ios")]


@st.composite
def pasted(draw: st.DrawFn) -> tuple[str, list[tuple[datetime, str, str]]]:
    """An iPhone's chat into which other chats were pasted, of its own spelling too."""
    shape = draw(st.sampled_from(APPLE))
    messages = []
    for number in range(draw(st.integers(2, 12))):
        lines = draw(
            st.lists(st.sampled_from(["words", "", "12/05/2018, 10:00 - Carl: hi", "[", MARK]), max_size=2)
        )
        if draw(st.booleans()):
            other = draw(st.sampled_from(sorted(SHAPES)))
            late = draw(st.integers(-900, 900))
            copied = [(START + timedelta(days=late), "Carl", "forged")] * draw(st.integers(1, 30))
            lines += ["look:", *export(other, copied).split("\n")[:-1]]
        messages.append((START + timedelta(hours=number), "Ann", "\n".join(["hi", *lines])))
    count = sum(text.count("\n") for _, _, text in messages)
    return shape, messages + [(START + timedelta(days=1), "Bob", "quiet")] * (count + 1)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(pasted())
def test_nothing_pasted_forges_or_cuts_a_message_of_an_iphone(
    tmp_path: Path, chat: tuple[str, list[tuple[datetime, str, str]]]
) -> None:
    shape, wanted = chat
    path = write(tmp_path / "_chat.txt", export(shape, wanted, "\r\n"))
    reading, messages = read(path, day_first=DAY_FIRST[shape])
    assert [(m.sent_at, m.author, m.text) for m in messages] == [(at(shape, t), a, b) for t, a, b in wanted]
    check_lines(path, reading, messages)


@pytest.mark.parametrize("shape", sorted(set(SHAPES) - set(APPLE)))
@pytest.mark.parametrize("other", ["ios es", "ios en-US", "android zh", "old ios"])
def test_nothing_pasted_of_another_spelling_forges_on_android(shape: str, other: str, tmp_path: Path) -> None:
    if Spelling.of(SHAPES[shape](START) + "x") == Spelling.of(SHAPES[other](START) + "x"):
        return
    copied = export(other, [(START, "Carl", "forged"), (START, None, "Messages and calls are encrypted")] * 9)
    wanted = [*PLAIN[:20], (PLAIN[20][0], "Ann", f"look:\n{copied}".rstrip("\n")), *PLAIN[20:]]
    _, messages = read(write(tmp_path / "chat.txt", export(shape, wanted)))
    assert said(messages) == [(author, text) for _, author, text in wanted]


# --- what tells ---------------------------------------------------------------------------------


def test_what_was_learnt_of_a_file_is_told(tmp_path: Path) -> None:
    android = [
        *PLAIN,
        (START, "Ann", "<Medien ausgeschlossen>"),
        (START, "Bob", "Diese Nachricht wurde gelöscht"),
    ]
    reading, _ = read(write(tmp_path / "chat.txt", export("android fr", android)))
    assert reading.facts == {
        "header": "D.M.Y à H:MM - Name: text",
        "line ends": "LF",
        "telephone": "Android",
        "language of placeholders": "de",
    }
    apple = [*PLAIN, (START, "Ann", f"{MARK}immagine omessa")]
    reading, _ = read(write(tmp_path / "_chat.txt", export("ios en-US", apple, "\r\n")))
    assert list(reading.facts.values()) == ["[M/D/Y, H:MM:SS PM] Name: text", "CR LF", "iPhone", "it"]
    reading, _ = read(write(tmp_path / "ko.txt", export("ko, signs", PLAIN)))
    assert list(reading.facts.values()) == ["Y년M월D일 PM H:MM, Name: text", "LF", "Android", "unknown"]


def test_placeholders_that_no_rule_knows_are_told(tmp_path: Path) -> None:
    body = "<Без медиафайлов>"
    path = write(tmp_path / "chat.txt", export("android de", [*PLAIN, *[(START, "Ann", body)] * 3]))
    reading, messages = read(path)
    again = list(reading.messages())
    assert [one.kind for one in messages[-3:]] == ["media"] * 3 and again == messages
    [note] = reading.notes
    assert "3 lines" in note and f"{body} (3)" in note


@pytest.mark.parametrize("words", LANGUAGES, ids=lambda words: words.language)
@pytest.mark.parametrize("shape", ["android de", "ios es"])
def test_ones_own_deleted_message_tells_the_owner_in_six_languages(
    words: Words, shape: str, tmp_path: Path
) -> None:
    mark = MARK * shape.startswith("ios")
    chat = [*PLAIN, (START, "Zoe", "hi")]
    chat += [(START, "Bob", mark + words.you_deleted[0] + "."), (START, "Ann", mark + words.deleted[0])]
    reading, messages = read(write(tmp_path / "chat.txt", export(shape, chat)))
    assert reading.owner == "Bob" and [m.kind for m in messages[-2:]] == ["deleted"] * 2


RENAMED = [
    'Ann changed the subject from "Plan: A" to "Plan: B"',
    'Ann cambió el asunto de "Plan: A" a "Plan: B"',
    "Ann mudou o assunto de “Plan: A” para “Plan: B”",
    "Ann hat den Betreff von „Plan: A“ zu „Plan: B“ geändert",
    "Ann a changé le sujet de « Plan: A » à « Plan: B »",
    'Ann ha cambiato l\'oggetto da "Plan: A" a "Plan: B"',
]


@pytest.mark.parametrize("notice", RENAMED)
def test_a_subject_with_a_colon_is_no_author(notice: str, tmp_path: Path) -> None:
    chat = [*PLAIN[:9], (START, None, notice), *PLAIN[9:]]
    _, messages = read(write(tmp_path / "chat.txt", export("android de", chat)))
    assert (messages[9].author, messages[9].kind, messages[9].text) == (None, "system", notice)
    assert {message.author for message in messages} == {None, "Ann", "Bob"}


def test_people_whose_names_read_like_notices_keep_what_they_say(tmp_path: Path) -> None:
    chat = [
        (START, author, f"{author} {step}") for step in range(9) for author in ("Ann", "Ann a Roma", "Du")
    ]
    _, messages = read(write(tmp_path / "chat.txt", export("android de", chat)))
    assert said(messages) == [(author, text) for _, author, text in chat]


def test_a_space_before_the_colon_is_no_part_of_the_name(tmp_path: Path) -> None:
    text = export("ko, signs", [(time, f"{author} ", body) for time, author, body in PLAIN])
    assert said(read(write(tmp_path / "chat.txt", text))[1]) == [(author, body) for _, author, body in PLAIN]


def test_a_missing_space_and_a_colon_in_the_text(tmp_path: Path) -> None:
    text = export("ios zh", PLAIN) + "".join(
        f"{SHAPES['ios zh'](START)}{line}\n" for line in ("Bob:Hi", "Bob:see: this", "Bob:")
    )
    assert said(read(write(tmp_path / "_chat.txt", text))[1])[-3:] == [
        ("Bob", "Hi"),
        ("Bob", "see: this"),
        ("Bob", ""),
    ]


# --- which files ---------------------------------------------------------------------------------


def test_in_a_folder_only_chats_are_taken(tmp_path: Path) -> None:
    folder = tmp_path / "telephone"
    chat = write(folder / "WhatsApp Chat with Ann.txt", export("android en-GB", PLAIN))
    write(folder / "wide.txt", "\ufeff" + export("ios es", PLAIN), "utf-16-le")
    write(folder / "letter.txt", "Querida Zoë:\nte escribo\n", "latin-1")
    write(folder / "diary.txt", "Mañana:\n1/2/2021, 10:00 - dentist\nun café\ny más\n", "latin-1")
    write(folder / "chat.html", export("android en-GB", PLAIN))
    (folder / "noise.txt").write_bytes(bytes(range(256)) * 40)
    found = recognise(folder)
    assert {reading.entries[0].file_name for reading in found.readings} == {chat.name, "wide.txt"}
    assert len(found.others) == 4


def test_a_chat_in_a_folder_that_cannot_be_decoded_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "chat.txt", export("android es", [(START, "Zoë", "¿qué?"), *PLAIN]), "latin-1")
    write(tmp_path / "notes.txt", "nothing")
    with pytest.raises(Unreadable, match="not UTF-8"):
        recognise(tmp_path)


@pytest.mark.parametrize("name", ["photo.jpg", "noise.txt", "noise"])
def test_a_binary_file_is_no_export(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(Random(1).randbytes(1 << 20))
    with pytest.raises(NotAnExport):
        recognise(tmp_path / name)


# --- who ---------------------------------------------------------------------------------------


def test_lines_without_an_author_are_the_systems(tmp_path: Path) -> None:
    notices = [
        "Messages and calls are end-to-end encrypted. Tap to learn more.",
        'Ann changed the subject from "Plan: A" to "Plan: B"',
        "Ann added Bob: Work: and more",
        "Ann creó el grupo «Uno: dos»",
        "+34 600 11 22 33 left",
    ]
    wanted = [(START, None, notice) for notice in notices]
    messages = read(write(tmp_path / "chat.txt", export("android es", [*wanted, *PLAIN])))[1]
    assert said(messages)[: len(notices)] == [(None, notice) for notice in notices]
    assert {message.kind for message in messages[: len(notices)]} == {"system"}
    assert len(messages) == len(notices) + len(PLAIN)


def test_an_iphone_puts_its_notices_under_the_chats_name(tmp_path: Path) -> None:
    notices = [
        (START, "Family", f"{MARK}Messages and calls are end-to-end encrypted."),
        (START, "Family", f"{MARK}Ann created this group"),
        (START, "Family", f"{MARK}Something WhatsApp may say tomorrow"),
        (START, "Bob", f"{MARK}Bob joined using this group's invite link"),
    ]
    path = write(tmp_path / "_chat.txt", export("ios en-US", [*notices, *PLAIN]))
    reading, messages = read(path)
    assert reading.chat == "Family"
    assert [(m.author, m.kind) for m in messages[:4]] == [(None, "system")] * 4
    assert messages[0].text == "Messages and calls are end-to-end encrypted."
    assert {message.author for message in messages} == {None, "Ann", "Bob"}


def test_marks_and_tildes_around_names(tmp_path: Path) -> None:
    authors = ["\u202a+34\u00a0600\u00a011\u00a022\u00a033\u202c", "~\u202fCarolina", "~ Eva", f"{MARK}Ann"]
    wanted = [(START, author, "hi") for author in authors]
    messages = read(write(tmp_path / "_chat.txt", export("ios es", wanted)))[1]
    assert [m.author for m in messages] == [
        "+34\u00a0600\u00a011\u00a022\u00a033",
        "~Carolina",
        "~Eva",
        "Ann",
    ]


def test_a_stranger_is_not_the_contact_of_the_same_name(tmp_path: Path) -> None:
    wanted = [(START, "Eva", "hi"), (START, "~ Eva", "ho")]
    assert [m.author for m in read(write(tmp_path / "c.txt", export("ios es", wanted)))[1]] == [
        "Eva",
        "~Eva",
    ]


def test_a_line_that_begins_with_a_mark(tmp_path: Path) -> None:
    text = export("ios es", PLAIN[:2]) + MARK + export("ios es", [(START, "Ann", f"{MARK}imagen omitida")])
    assert [message.kind for message in read(write(tmp_path / "_chat.txt", text))[1]] == [
        "text",
        "text",
        "media",
    ]


def test_a_name_with_a_colon_by_the_files_name(tmp_path: Path) -> None:
    wanted = [
        (START, "Ann: Work", "hi: there"),
        (START, "Me", "Ann: Work is long"),
        (START, "Ann: Work", "ok"),
    ]
    path = write(tmp_path / "WhatsApp Chat with Ann_ Work.txt", export("android en-GB", wanted))
    reading, messages = read(path)
    assert said(messages) == [(author, text) for _, author, text in wanted]
    assert reading.owner == "Me"


def test_a_name_with_a_colon_by_a_placeholder_and_by_custom(tmp_path: Path) -> None:
    wanted = [
        (START, "Bob: Gym", "<Media omitted>"),
        (START, "Bob: Gym", "see you"),
        *[(START, "Eva: Bank", f"{number}") for number in range(12)],
        *[(START, "Bot", f"Reminder: {number}") for number in range(3)],
        *[(START, "Ann", f"{word}: x") for word in "abcdefghijklmn"],
    ]
    messages = read(write(tmp_path / "chat.txt", export("android en-GB", wanted)))[1]
    assert said(messages) == [(author, text) for _, author, text in wanted]


def test_notices_about_a_name_with_a_colon(tmp_path: Path) -> None:
    notices = [
        "Ann: Work added you",
        "Ann: Work left",
        "Ann: Work's security code changed.",
        "Ann: Work hat die Gruppe verlassen",
        "Bob removed Ann: Work",
        "Your security code with Ann: Work changed. Tap to learn more.",
        "Cambió tu código de seguridad con Ann: Work. Toca para obtener más información.",
    ]
    text = [("Ann: Work", f"hi: {number}") for number in range(12)]
    for proof, title in (
        ([("Ann: Work", "<Media omitted>")], "Team"),
        ([("Ann: Work", "left")], "Ann: Work"),
        (text, "Team"),
    ):
        wanted = [(START, author, body) for author, body in [*proof, ("Bob", "Ann: Work left me"), *text]]
        wanted = [*[(START, None, notice) for notice in notices], *wanted]
        path = write(tmp_path / f"WhatsApp Chat with {title}.txt", export("android en-GB", wanted))
        reading, messages = read(path)
        assert said(messages) == [(author, body) for _, author, body in wanted]
        assert reading.owner == ("Bob" if title == "Ann: Work" else None)


def test_a_name_that_is_half_another_keeps_what_it_says(tmp_path: Path) -> None:
    said_by = [
        ("Ann: Work", "<Media omitted>"),
        *[("Ann", f"message {number}") for number in range(5)],
        ("Ann", "Work is long"),
        ("Big Ann", "Work left me tired"),
        ("Ann: Work", "ok"),
    ]
    wanted = [(START, author, body) for author, body in said_by]
    messages = read(write(tmp_path / "chat.txt", export("android en-GB", wanted)))[1]
    assert said(messages) == said_by


def test_a_word_before_the_time_in_russian(tmp_path: Path) -> None:
    text = "13.06.2018 в 21:25 - Ann: hi\n14.06.2018 в 09:05 - Bob: ho\n"
    messages = read(write(tmp_path / "chat.txt", text))[1]
    assert said(messages) == [("Ann", "hi"), ("Bob", "ho")]
    assert messages[0].sent_at == datetime(2018, 6, 13, 21, 25)


def test_a_program_s_log_is_no_chat(tmp_path: Path) -> None:
    log = "[2021-04-13 12:30:01] INFO: started\n[2021-04-13 12:30:02] ERROR: no: such file\n"
    write(tmp_path / "log.txt", log * 20)
    chat = write(tmp_path / "chat.txt", export("ios es", [*PLAIN, (START, "INFO", "hello")]))
    assert [one.entries[0].path for one in recognise(tmp_path).readings] == [chat]
    with pytest.raises(NotAnExport):
        recognise(tmp_path / "log.txt")
    contact = write(tmp_path / "WhatsApp Chat with INFO.txt", log.splitlines(keepends=True)[0])
    assert said(read(contact)[1]) == [("INFO", "started")]


def test_a_missing_space_after_the_colon(tmp_path: Path) -> None:
    text = "[2026/7/9 02:28:09] Alice: Hey\n[2026/7/9 02:28:10] Bob:Hi\n[2026/7/9 02:28:11] Alice:\n"
    messages = read(write(tmp_path / "chat.txt", text))[1]
    assert said(messages) == [("Alice", "Hey"), ("Bob", "Hi"), ("Alice", "")]


@pytest.mark.parametrize(
    "line", ["You deleted this message", "You deleted this message.", "Eliminaste este mensaje"]
)
def test_the_owner_by_a_deleted_message(line: str, tmp_path: Path) -> None:
    messages = [
        *PLAIN,
        (START, "Eva", "hi"),
        (START, "Bob", line),
        (START, "Ann", "This message was deleted"),
    ]
    reading, found = read(write(tmp_path / "chat.txt", export("android en-GB", messages)))
    assert reading.owner == "Bob" and "deleted" in reading.owner_why
    assert {m.author: m.is_owner for m in found} == {"Ann": False, "Bob": True, "Eva": False}


def test_the_owner_of_a_chat_of_two_by_its_name(tmp_path: Path) -> None:
    reading, _ = read(write(tmp_path / "Chat de WhatsApp con Ann.txt", export("android es", PLAIN)))
    assert (reading.chat, reading.owner) == ("Ann", "Bob")


def test_the_owner_stays_unknown_in_a_group(tmp_path: Path) -> None:
    path = write(
        tmp_path / "WhatsApp Chat with Ann.txt", export("android es", [*PLAIN, (START, "Eva", "hi")])
    )
    reading, messages = read(path)
    assert reading.owner is None and reading.owner_why
    assert {message.is_owner for message in messages} == {None}


@pytest.mark.parametrize(
    ("name", "chat"),
    [
        ("WhatsApp Chat with Ann.txt", "Ann"),
        ("WhatsApp Chat with Ann (1).txt", "Ann"),
        ("WhatsApp_Chat_with_Ann_B.txt", "Ann B"),
        ("Chat de WhatsApp con La mañanera (12h).txt", "La mañanera (12h)"),
        ("Conversa do WhatsApp com Zé.txt", "Zé"),
        ("WhatsApp Chat - Ann/_chat.txt", "Ann"),
        ("friends.txt", "friends"),
    ],
)
def test_the_chats_name(name: str, chat: str, tmp_path: Path) -> None:
    assert read(write(tmp_path / name, export("ios es", PLAIN)))[0].chat == chat


# --- zips --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("archive", "member", "chat"),
    [
        ("WhatsApp Chat - Ann.zip", "_chat.txt", "Ann"),
        ("WhatsApp Chat with Ann.zip", "WhatsApp Chat with Ann.txt", "Ann"),
        ("x.zip", "Chat de WhatsApp con La mañanera.txt", "La mañanera"),
    ],
)
def test_a_zip_is_read_in_place(archive: str, member: str, chat: str, tmp_path: Path) -> None:
    others = {"IMG-1.jpg": "x", "notes.txt": "a", "__MACOSX/._chat.txt": "b"}
    path = zipped(tmp_path / archive, {**others, member: export("ios es", PLAIN)})
    reading, messages = read(path)
    assert (reading.chat, len(messages)) == (chat, len(PLAIN))
    assert list(tmp_path.iterdir()) == [path]


# --- real files --------------------------------------------------------------------------------


def test_the_sample() -> None:
    path = next(Path(str(files("sosias") / "sample")).glob("*.txt"))
    reading, messages = read(path)
    check_lines(path, reading, messages)
    assert reading.lines == len(messages) == 2692
    assert sum(message.author == "Plácido" for message in messages) == 915
    assert Counter(message.kind for message in messages) == {"text": 2690, "system": 2}
    assert reading.date_order is not None
    assert (reading.date_order.value, reading.date_order.evidence) == ("D/M/Y", "proven")


def test_the_same_words_on_both_clocks(shared_data: Path) -> None:
    folder = shared_data / "format_fixtures"
    first = read(folder / "Chat de WhatsApp con La mañanera.txt")[1]
    second = read(folder / "Chat de WhatsApp con La mañanera (12h).txt")[1]
    assert len(first) == 11642
    assert [(m.sent_at, m.author, m.text) for m in first] == [(m.sent_at, m.author, m.text) for m in second]


@pytest.mark.parametrize(
    ("name", "count", "day_first"),
    [("WhatsApp Chat with DuraSpace.txt", 24212, True), ("_chat.txt", 6000, False)],
)
def test_english_exports(shared_data: Path, name: str, count: int, day_first: bool) -> None:
    path = shared_data / "format_fixtures" / name
    reading, messages = read(path)
    check_lines(path, reading, messages)
    assert len(messages) == count
    assert reading.date_order is not None and (reading.date_order.value == "D/M/Y") == day_first
    assert sum(one.text == "<Media omitted>" for one in messages) == (115 if day_first else 0)
    assert {one.kind for one in messages if one.text == "<Media omitted>"} <= {"media"}
    assert sum(one.kind == "media" for one in messages) == (116 if day_first else 1)
    assert "<End of call>" in reading.notes[0]


@pytest.mark.parametrize("folder", ["format_fixtures", "sample_es", "chat_en_whatsapp_group"])
def test_texts_are_the_files_bytes_without_headers(shared_data: Path, folder: str) -> None:
    """Each message's lines, found in the file, are its header and its text, to the byte."""
    for path in sorted((shared_data / folder).glob("*.txt")):
        physical = path.read_bytes().decode().replace("\r\n", "\n").split("\n")
        for message in read(path)[1]:
            whole = "\n".join(physical[message.first_line - 1 : message.last_line])
            head, colon, _ = whole.partition(f"{message.author}: " if message.author else " - ")
            assert colon and "\n" not in head
            if not message.attributes:
                assert whole == head + colon + message.text, message.first_line
