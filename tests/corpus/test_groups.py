"""Personas of groups: several over one set of messages, each by an expression."""

from datetime import date, datetime
from pathlib import Path

import pyarrow.parquet as pq

from sosias.corpus import prepare, prepared
from sosias.messages import Message, native_id, to_table, with_ids
from sosias.settings import Consent, PersonaSettings, PreparationSettings
from sosias.workspace import Persona, Workspace

CONSENT = Consent(kind="public", recorded=date(2026, 1, 1))


def reddit(number: int, subreddit: str, year: int) -> list[Message]:
    """Return a post and a comment that answers it a day later."""
    key = f"{subreddit}{year}{number}"
    facts = {"subreddit": subreddit, "score": "3", "title": f"title {key}"}
    post, chat = native_id("reddit", f"t3_{key}"), f"r/{subreddit}/{key}"
    said = {"attributes": facts, "file": "f", "chat": chat}
    words = f"post {key}"
    asked = datetime(year, 1, 1 + number % 28, number % 24)
    return [
        Message("reddit", seq=0, sent_at=asked, author="asker", kind="post", text=words, id=post, **said),
        Message(
            "reddit",
            seq=1,
            sent_at=asked.replace(month=2),
            author=f"kind{number}",
            kind="text",
            text=f"answer {key}",
            reply_to=post,
            id=native_id("reddit", f"t1_{key}"),
            **said,
        ),
    ]


def persona(workspace: Workspace, name: str, where: str, **more: object) -> Persona:
    preparation = PreparationSettings.model_validate({"pseudonyms": False, **more})
    settings = PersonaSettings(name=name, where=where, consent=CONSENT, preparation=preparation)
    return workspace.new_persona(settings)


def test_a_year_of_one_subreddit_and_the_next_are_two_personas(tmp_path: Path) -> None:
    messages = [
        one
        for number in range(24)
        for subreddit in ("toastme", "roastme")
        for year in (2018, 2019)
        for one in reddit(number, subreddit, year)
    ]
    workspace = Workspace.create(tmp_path / "w")
    pq.write_table(to_table(with_ids(messages)), workspace.messages_folder / "0001.parquet")
    for year in (2018, 2019):
        where = f"attributes['subreddit'] = 'toastme' and year(sent_at) = {year}"
        toaster = persona(workspace, f"toaster{year}", where, join="answers")
        counts = prepare.prepare(workspace, toaster)
        assert (counts["sessions"], counts["bubbles"]) == (24, 24)
        sessions = prepared.read_sessions(toaster)
        said = [[turn.bubbles for turn in session.turns] for session in sessions]
        assert all(f"post toastme{year}" in post[0] for post, _answer in said)
        assert sorted(answer[0] for _post, answer in said) == sorted(
            f"answer toastme{year}{number}" for number in range(24)
        )
        assert [turn.persona for session in sessions for turn in session.turns] == [False, True] * 24
