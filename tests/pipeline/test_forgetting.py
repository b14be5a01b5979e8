"""Somebody is forgotten: nothing of them is found afterwards, and no import brings them back."""

import json
import os
import shutil
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from sosias.corpus.describe import describe_workspace
from sosias.corpus.description.page import page
from sosias.corpus.prepare import prepare
from sosias.corpus.prepared import NotPrepared
from sosias.events import Event, Notice
from sosias.messages import Message, to_table, with_ids
from sosias.pipeline.exporting import record_push
from sosias.pipeline.forgetting import forget
from sosias.pipeline.traces import survey
from sosias.settings import (
    Consent,
    PeopleSettings,
    PersonaSettings,
    PreparationSettings,
    PseudonymSettings,
    RunSettings,
    TrainingSettings,
)
from sosias.sources.store import UnknownAuthor, import_files, join_people, part_people, stored_messages
from sosias.workspace import (
    Persona,
    Run,
    Workspace,
    append_line,
    private_folder,
    read_settings,
    write_json,
    write_settings,
    write_text,
)
from tests.sources.exports import export

PHONE = "+34 611 22 33 44"
SECRET = "el perro de Rosaura se llama Tristón"
TRACES = (
    "Berenguela",
    "BERENGUELA",
    "berenguela",
    "611 22",
    "22 33 44",
    "611223344",
    "Tristón",
    "hola desde el móvil",
)
OTHERS = ("Ana", "Carlos")
START = datetime(2024, 1, 1, 9)


def group_chat() -> str:
    """Return an export of a group in which the person writes under a name and under a number."""
    said = []
    for number in range(240):
        author = ("Ana", "Berenguela Ruiz", "Carlos", PHONE)[number % 4]
        own = {1: f"{SECRET} {number}", 3: f"hola desde el móvil {number}"}
        said.append((START + timedelta(hours=number), author, own.get(number % 4, f"mensaje {number}")))
    notice = "1/1/24, 9:30 - Ana añadió a Berenguela Ruiz\n"
    first, rest = export("android es", said).split("\n", 1)
    return f"{first}\n{notice}{rest}"


def chat_of_two() -> str:
    said = [
        (START + timedelta(hours=3 * number), ("Ana", "Berenguela Ruiz")[number % 2], f"entre dos {number}")
        for number in range(160)
    ]
    return export("android es", said)


def other_chat() -> str:
    said = [
        (START + timedelta(hours=3 * number), OTHERS[number % 2], f"sin ella {number}")
        for number in range(160)
    ]
    return export("android es", said)


def exports(folder: Path) -> list[Path]:
    """Write three exports: with the person in a group, alone with Ana, and not there."""
    folder.mkdir(parents=True)
    texts = {"Excursión": group_chat(), "Berenguela Ruiz": chat_of_two(), "Carlos": other_chat()}
    paths = [folder / f"Chat de WhatsApp con {name}.txt" for name in texts]
    for path, text in zip(paths, texts.values(), strict=True):
        path.write_text(text, "utf-8")
    return paths


def persona(
    workspace: Workspace,
    name: str,
    partner: str = "Berenguela Ruiz",
    only: str | None = None,
    **selection: Any,
) -> Persona:
    """Return a prepared persona with a run and a report; `only` narrows what it is prepared from."""
    consent = Consent(kind="self", recorded=date(2026, 1, 1))
    preparation = PreparationSettings(where=only)
    settings = PersonaSettings(name=name, consent=consent, preparation=preparation, **selection)
    made = workspace.new_persona(settings)
    prepare(workspace, made)
    run = made.new_run()
    private_folder(run.adapter_folder)
    write_text(run.adapter_folder / "weights", "0 1 2")
    write_settings(
        run.settings_file,
        RunSettings(
            base="b",
            template="chat",
            persona_author=selection.get("author", name),
            partner=partner,
            group=True,
            training=TrainingSettings(loss="persona"),
            sessions_sha256="0",
        ),
    )
    write_json(run.result_file, {"base": "b"})
    write_json(made.report_folder / "report.json", {"run": "001"})
    return made


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return exports(tmp_path_factory.mktemp("exports") / "exports")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, files: list[Path]) -> Workspace:
    """Return a workspace of three imports in which the person has two names, with three personas."""
    found = Workspace.create(tmp_path_factory.mktemp("whole") / "chats")
    for file in files:
        import_files(found, [file])
    join_people(found, "Berenguela Ruiz", [PHONE])
    join_people(found, "Ana", ["Carlos"])
    part_people(found, "Ana", "Carlos")
    persona(found, "ana", author="Ana")
    persona(found, "ella", author="Berenguela Ruiz")
    persona(found, "calle", "Ana", "chat = 'Carlos'", where="chat = 'Carlos'")
    return found


@pytest.fixture
def workspace(tmp_path: Path, whole: Workspace) -> Workspace:
    """Return a copy of the workspace."""
    shutil.copytree(whole.folder, tmp_path / "chats")
    return Workspace.open(tmp_path / "chats")


def everything(workspace: Workspace) -> str:
    """Return every byte of a workspace as text: names of files, Parquet also unpacked."""
    parts = []
    for path in sorted(workspace.folder.rglob("*")):
        parts.append(str(path.relative_to(workspace.folder)))
        if path.is_file():
            parts.append(path.read_bytes().decode("utf-8", "replace"))
            if path.suffix == ".parquet":
                parts.append(json.dumps(pq.read_table(path).to_pylist(), ensure_ascii=False, default=str))
    return "\n".join(parts)


def found_in(workspace: Workspace) -> list[str]:
    whole = everything(workspace)
    return [trace for trace in TRACES if trace in whole]


def of_others(workspace: Workspace) -> list[tuple[Any, ...]]:
    """Return what must not change of others' messages: their ids, order and words."""
    return [
        (one.id, one.sent_at, one.author, one.text)
        for one in stored_messages(workspace)
        if one.author in OTHERS
    ]


def test_nothing_is_found_afterwards(workspace: Workspace) -> None:
    assert {*found_in(workspace)} >= {*TRACES} - {"BERENGUELA", "berenguela", "611223344"}
    before = of_others(workspace)
    traces = forget(workspace, PHONE)
    assert found_in(workspace) == []
    assert of_others(workspace) == before
    assert set(traces.spellings) == {"Berenguela Ruiz", PHONE}
    assert {Path(name).name: count for name, count in traces.files.items()} == {
        "Chat de WhatsApp con Excursión.txt": 120,
        "Chat de WhatsApp con Berenguela Ruiz.txt": 80,
    }


def test_what_is_found_is_shown_before_and_nothing_is_changed(workspace: Workspace) -> None:
    before = everything(workspace)
    shown = survey(workspace, "berenguela  RUIZ")
    assert everything(workspace) == before
    assert shown == forget(workspace, "Berenguela Ruiz")
    assert shown.messages == 200
    assert shown.named == 81, "Ana's part of the chat of two, and the notice"
    assert {one.persona: one.theirs for one in shown.personas} == {"ana": False, "ella": True}


def test_nobody_of_that_name_is_said_with_the_nearest(workspace: Workspace) -> None:
    with pytest.raises(UnknownAuthor, match="Berenguela Ruiz"):
        survey(workspace, "Berengela Ruis")


def test_a_persona_of_theirs_goes_and_others_are_marked(workspace: Workspace) -> None:
    street = everything(Workspace(workspace.folder / "personas" / "calle"))
    forget(workspace, "Berenguela Ruiz")
    assert workspace.persona_names() == ["ana", "calle"]
    assert not (workspace.folder / "personas" / "ella").exists()
    ana = workspace.persona("ana")
    assert not ana.sessions_file.exists() and not ana.report_file.exists()
    (run,) = ana.runs()
    assert run.settings.outdated
    assert run.settings.partner == "forgotten-1"
    assert everything(Workspace(workspace.folder / "personas" / "calle")) == street
    prepare(workspace, ana)
    assert found_in(workspace) == []


def hold_weights(run: Run) -> None:
    """Give a run what a base is known by."""
    for name in ("config.json", "tokenizer.json"):
        write_text(private_folder(run.weights_folder) / name, "{}")


def test_what_was_trained_on_top_of_their_words_is_marked_too(workspace: Workspace, monkeypatch: Any) -> None:
    """However many trainings lie between: on a run of theirs, of a talk with them, and on that again."""
    for name in ("ella", "ana", "calle"):
        hold_weights(workspace.persona(name).runs()[0])
    made = {}
    for name, base in (("b", "ella"), ("a", "b"), ("c", "ana"), ("d", "calle")):
        made[name] = persona(workspace, name, "Ana", "chat = 'Carlos'", where="chat = 'Carlos'")
        (run,) = made[name].runs()
        hold_weights(run)
        on = {"base": f"personas/{base}/runs/001/weights"}
        write_settings(run.settings_file, run.settings.model_copy(update=on))
    later = made["c"].new_run()
    hold_weights(later)
    write_json(later.result_file, {})
    write_settings(later.settings_file, run.settings.model_copy(update={"parent": "001"}))
    for one in made.values():
        write_text(private_folder(one.report_folder / "folds") / "weights", "0 1 2")
    write_json(made["a"].report_folder / "report.json", {"run": "002"})
    shown = survey(workspace, "Berenguela Ruiz")
    marked = {one.persona: one.runs for one in shown.personas if one.persona in made}
    assert marked == {"a": ("001",), "b": ("001",), "c": ("001", "002")}
    with monkeypatch.context() as falls:
        falls.setattr("sosias.pipeline.forgetting._clear", lambda *_arguments, **_options: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            forget(workspace, "Berenguela Ruiz")
    shutil.rmtree(workspace.folder / "personas" / "ella")  # as far as it may have come
    forget(workspace, "Berenguela Ruiz")
    outdated = [name for name in made if all(run.settings.outdated for run in made[name].runs())]
    assert outdated == ["b", "a", "c"] and made["a"].sessions_file.is_file()
    reports = {name: sorted(path.name for path in made[name].folder.glob("report/*")) for name in made}
    assert reports == {"b": [], "a": ["report.json"], "c": [], "d": ["folds", "report.json"]}
    forget(workspace, "Berenguela Ruiz", runs=True)
    assert [len(one.runs()) for one in made.values()] == [0, 0, 0, 1]


def test_where_they_were_only_read_beside_the_persona_is_prepared_again(workspace: Workspace) -> None:
    made = persona(workspace, "lejos", "Ana", where="chat = 'Carlos'")
    forget(workspace, "Berenguela Ruiz")
    assert not made.sessions_file.exists() and not made.report_file.exists()
    assert not made.runs()[0].settings.outdated, "nothing of theirs was learnt"


def test_runs_are_deleted_where_that_is_asked_for_also_later(workspace: Workspace) -> None:
    forget(workspace, "Berenguela Ruiz")
    again = forget(workspace, "Berenguela Ruiz", runs=True)
    assert again.again and again.messages == 0
    assert [(one.persona, one.runs) for one in again.personas] == [("ana", ("001",))]
    assert workspace.persona("ana").runs() == []
    assert len(workspace.persona("calle").runs()) == 1


def test_stand_ins_and_lists_of_words_keep_nothing(workspace: Workspace) -> None:
    """What a preparation found is in people.toml, also what the person alone wrote."""
    pseudonyms = PseudonymSettings(
        key="00" * 16,
        refused=("berenguela", "Rosa"),
        added={"Berenguela Ruiz": "name", "Ana": "name"},
        stand_ins={"name": {"berenguela": "luisa", "tristón": "toby"}, "phone": {"611223344": "600000000"}},
    )
    people = read_settings(workspace.people_file, PeopleSettings)
    write_settings(workspace.people_file, people.model_copy(update={"pseudonyms": pseudonyms}))
    forget(workspace, "Berenguela Ruiz")
    assert found_in(workspace) == []
    assert "tristón" not in everything(workspace)
    left = read_settings(workspace.people_file, PeopleSettings).pseudonyms
    assert (left.key, left.refused, left.added) == ("00" * 16, ("Rosa",), {"Ana": "name"})


def test_runs_that_are_not_finished_go(workspace: Workspace) -> None:
    (run,) = workspace.persona("ana").runs()
    run.result_file.unlink()
    forget(workspace, "Berenguela Ruiz")
    assert workspace.persona("ana").runs() == []


def test_a_persona_by_an_expression_that_selects_only_them_is_theirs(workspace: Workspace) -> None:
    persona(workspace, "suya", where="author = 'Berenguela Ruiz' AND chat = 'Berenguela Ruiz'")
    forget(workspace, "Berenguela Ruiz")
    assert "suya" not in workspace.persona_names()


def test_expressions_and_consents_name_them_no_more_and_still_select(workspace: Workspace) -> None:
    made = persona(workspace, "dos", where="chat = 'Berenguela Ruiz' AND author = 'Ana'")
    given = Consent(kind="given", by="Berenguela Ruiz, 3 May 2025", recorded=date(2026, 1, 1))
    made.save(made.settings.model_copy(update={"consent": given}))
    forget(workspace, "Berenguela Ruiz")
    assert found_in(workspace) == []
    assert made.settings.consent.by == "forgotten-1, 3 May 2025"
    assert prepare(workspace, made)["bubbles"] == 80


def test_the_page_that_describes_the_messages_goes(workspace: Workspace) -> None:
    private_folder(workspace.look_page.parent)
    write_text(workspace.look_page, page(describe_workspace(workspace)))
    assert "Berenguela" in workspace.look_page.read_text("utf-8")
    traces = forget(workspace, "Berenguela Ruiz")
    assert traces.look and traces.others == ()
    assert found_in(workspace) == [] and not workspace.look_page.exists()
    assert not survey(workspace, "Berenguela Ruiz").look


def test_what_was_exported_and_learnt_is_said_and_deleted(workspace: Workspace, tmp_path: Path) -> None:
    ana, calle = workspace.persona("ana"), workspace.persona("calle")
    for one in (ana, calle):
        run = one.runs()[-1].folder.name
        append_line(one.folder / "exports.jsonl", {"to": "hf", "path": str(tmp_path / one.name), "run": run})
        write_text(one.runs()[-1].learnt_file, "0123\n")
    record_push(ana, str(tmp_path / "ana"), "https://huggingface.co/ana/ana")
    traces = forget(workspace, "Berenguela Ruiz")
    exported = {one.persona: one.exports for one in traces.personas}
    assert exported["ana"] == (str(tmp_path / "ana"), "https://huggingface.co/ana/ana")
    assert "calle" not in exported, "who never met them has nothing of theirs to delete"
    assert not ana.runs()[-1].learnt_file.exists() and calle.runs()[-1].learnt_file.exists()


def test_part_of_a_name_in_an_expression_is_said(workspace: Workspace) -> None:
    calle = workspace.persona("calle")
    for where, told in (("chat like '%bereng%'", True), ("chat = 'Bea' and author = ''", False)):
        preparation = PreparationSettings(where=where)
        calle.save(calle.settings.model_copy(update={"preparation": preparation}))
        found = {one.persona: one.hints for one in survey(workspace, "Berenguela Ruiz").personas}
        assert found.get("calle", False) is told
        assert not found["ana"]
    calle.save(calle.settings.model_copy(update={"preparation": PreparationSettings(where="text ~ 'Ruíz'")}))
    traces = forget(workspace, "Berenguela Ruiz")
    assert [one.hints for one in traces.personas if one.persona == "calle"] == [True], "without its accents"
    assert calle.settings.preparation.where == "text ~ 'Ruíz'"


def test_the_same_files_again_change_nothing(workspace: Workspace, files: list[Path]) -> None:
    forget(workspace, "Berenguela Ruiz")
    before = everything(workspace)
    for file in files:
        report = import_files(workspace, [file]).as_json()
        assert report["added"] == 0
    assert everything(workspace) == before
    dropped = import_files(workspace, files).as_json()["files"]
    assert [one["dropped_by_reason"].get("asked to be forgotten", 0) for one in dropped] == [120, 80, 0]


def test_later_exports_leave_them_out_however_they_are_spelt(workspace: Workspace, tmp_path: Path) -> None:
    forget(workspace, "Berenguela Ruiz")
    said = [
        (START + timedelta(days=100, minutes=number), author, f"más tarde {number}")
        for number, author in enumerate(
            ("Ana", "berenguela ruiz", "Ana", "611223344", "Ana", "+34611223344", "Carlos")
        )
    ]
    path = tmp_path / "Chat de WhatsApp con Excursión.txt"
    path.write_text(export("android es", said), "utf-8")
    assert import_files(workspace, [path]).added == 4
    late = [one.author for one in stored_messages(workspace) if one.text.startswith("más tarde")]
    assert late == ["Ana", "Ana", "Ana", "Carlos"]
    assert found_in(workspace) == []


def test_an_import_into_another_workspace_is_as_before(workspace: Workspace, files: list[Path]) -> None:
    forget(workspace, "Berenguela Ruiz")
    other = Workspace.create(workspace.folder.parent / "other")
    assert import_files(other, files).added == 561


def test_a_new_name_that_an_export_tells_is_forgotten_too(workspace: Workspace, tmp_path: Path) -> None:
    forget(workspace, "Berenguela Ruiz")
    path = tmp_path / "result.json"
    people = (("user1", "Berenguela Ruiz"), ("user2", "Ana"), ("user1", "Beren"))
    messages = [
        {
            "id": number,
            "type": "message",
            "date": f"2024-06-01T10:0{number}:00",
            "date_unixtime": str(1717236000 + 60 * number),
            "from": name,
            "from_id": account,
            "text": f"por Telegram {number}",
            "text_entities": [],
        }
        for number, (account, name) in enumerate(people)
    ]
    chat = {"name": "Viaje", "type": "private_group", "id": 7, "messages": messages}
    path.write_text(json.dumps(chat), "utf-8")
    import_files(workspace, [path])
    assert [one.text for one in stored_messages(workspace) if one.source == "telegram"] == ["por Telegram 1"]
    assert "Beren" not in everything(workspace)


def test_names_that_were_taken_apart_stay_two_people(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "chats")
    said = [(START + timedelta(hours=n), ("Eva", "eva", "Ana")[n % 3], f"texto {n}") for n in range(30)]
    path = tmp_path / "Chat de WhatsApp con Grupo.txt"
    path.write_text(export("android es", said), "utf-8")
    import_files(workspace, [path])
    join_people(workspace, "Eva", ["eva"])
    part_people(workspace, "Eva", "eva")
    forget(workspace, "Eva")
    import_files(workspace, [path])
    assert {one.author for one in stored_messages(workspace)} == {"eva", "Ana", None} - {None}


def test_somebody_who_is_no_contact_is_found_again_without_the_sign(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "chats")
    messages = [
        Message("test", "c", n, START, ("~Eva", "Ana")[n % 2], "text", f"texto {n}") for n in range(4)
    ]
    pq.write_table(to_table(with_ids(messages)), workspace.messages_folder / "000001.parquet")
    assert forget(workspace, "Eva").spellings == ("~Eva",)
    assert forget(workspace, "Eva").again


def test_what_others_say_of_them_stays_and_is_counted(workspace: Workspace, tmp_path: Path) -> None:
    texts = ("¿Y Berenguela?", "se lo dije a berenguela ruiz", "Berenguelada", "nada")
    said = [(START + timedelta(days=200, minutes=n), "Ana", text) for n, text in enumerate(texts)]
    path = tmp_path / "Chat de WhatsApp con Otra.txt"
    path.write_text(export("android es", said), "utf-8")
    import_files(workspace, [path])
    assert forget(workspace, "Berenguela Ruiz").mentioned == 2
    assert [one.text for one in stored_messages(workspace)][-4:] == list(texts)


def test_what_stands_beside_others_messages_goes(tmp_path: Path) -> None:
    """Reactions, mentions, who was quoted: none of it is a text of its author."""
    workspace = Workspace.create(tmp_path / "chats")
    facts = {
        "reactions": "👍 Ana, ❤️ Berenguela Ruiz",
        "forwarded_from": "Berenguela Ruiz",
        "quote": SECRET,
        "media": "foto.jpg",
        "title": "Fiesta de Berenguela Ruiz",
    }
    messages = [
        Message("signal", "g", 0, START, "Berenguela Ruiz", "text", SECRET, file="g.json"),
        Message("signal", "g", 1, START, "Ana", "text", "sí", attributes=facts, file="g.json", reply_to="k"),
        Message("signal", "g", 2, START, None, "system", "Berenguela Ruiz left", file="g.json"),
    ]
    file = workspace.messages_folder / "000001.parquet"
    pq.write_table(to_table(with_ids(messages)), file)
    traces = forget(workspace, "Berenguela Ruiz")
    assert traces.named == 2
    ana, system = stored_messages(workspace)
    assert ana.attributes == {
        "reactions": "👍 Ana",
        "media": "foto.jpg",
        "title": "Fiesta de Berenguela Ruiz",
    }
    assert ana.reply_to == "k"
    assert system.text == "forgotten-1 left"


def test_a_file_with_nobody_else_goes(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "chats")
    messages = [Message("test", "c", n, START, "Eva", "text", f"sola {n}") for n in range(3)]
    pq.write_table(to_table(with_ids(messages)), workspace.messages_folder / "000001.parquet")
    forget(workspace, "Eva")
    assert workspace.message_files() == []
    assert forget(workspace, "eva").again


def test_files_that_are_not_ours_are_listed(workspace: Workspace, files: list[Path]) -> None:
    shutil.copy(files[0], workspace.folder / "export.txt")
    assert survey(workspace, "Berenguela Ruiz").others == ("export.txt",)


KILLED = """
import os, shutil, signal, sys
from pathlib import Path
import ibis  # before the fork: the table engine is not loaded anew each time
from sosias.corpus import choosing, prepare
from sosias.pipeline.forgetting import forget
from sosias.workspace import Workspace

whole, copies = map(Path, sys.argv[1:])

def counted(function, left):
    def call(*arguments, **named):
        left[0] -= 1
        if left[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*arguments, **named)
    return call

for moment in range(200):
    shutil.copytree(whole, copies / str(moment))
    child = os.fork()
    if not child:
        left = [moment]
        os.replace, os.unlink, os.rmdir = (counted(one, left) for one in (os.replace, os.unlink, os.rmdir))
        forget(Workspace.open(copies / str(moment)), "Berenguela Ruiz")
        os._exit(0)
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != -signal.SIGKILL:
        break
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there")
def test_a_kill_at_any_moment_leaves_what_the_same_command_completes(
    workspace: Workspace, tmp_path: Path
) -> None:
    """Each change on disk is once the moment of the kill; until none is left to be killed at."""
    others, copies = of_others(workspace), tmp_path / "killed"
    copies.mkdir()
    subprocess.run([sys.executable, "-c", KILLED, str(workspace.folder), str(copies)], check=True)
    killed = [Workspace.open(copies / str(moment)) for moment in range(len(list(copies.iterdir())))]
    assert len(killed) > 10
    assert found_in(killed[-1]) == [], "the last one was not killed"
    for moment, one in enumerate(killed):
        assert of_others(one) == others, moment
        forget(one, "Berenguela Ruiz")
        assert found_in(one) == [], moment
        assert one.persona_names() == ["ana", "calle"]
        assert one.persona("ana").runs()[0].settings.outdated
        assert not one.persona("ana").sessions_file.exists()
        names = ["000001.parquet", "000002.parquet", "000003.parquet"]
        assert sorted(os.listdir(one.messages_folder)) == names, moment


def test_a_voice_says_that_it_has_to_be_trained_again(tmp_path: Path, llama_folder: Path) -> None:
    pytest.importorskip("torch")
    from sosias.training.train import train
    from sosias.voice.voice import open_voice
    from tests.tiny import tiny_persona

    workspace, ana = tiny_persona(tmp_path / "chats", llama_folder)
    train(workspace, ana)
    heard: list[Event] = []
    open_voice(ana, engine="torch", listener=heard.append).close()
    assert not [one for one in heard if isinstance(one, Notice)]
    forget(workspace, "Bea")
    open_voice(ana, engine="torch", listener=heard.append).close()
    (notice,) = [one for one in heard if isinstance(one, Notice)]
    assert "train it again" in notice.text
    with pytest.raises(NotPrepared):
        train(workspace, ana)
