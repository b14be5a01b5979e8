"""Messages databases written by hand: the tables of old and new macOS, and typedstream as Apple writes it."""

import gzip
import plistlib
import shutil
import sqlite3
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

APPLE = 978_307_200
"""Seconds from 1970 to 2001, when Apple's clock begins."""

LINK = "com.apple.messages.URLBalloonProvider"
"""The app that shows links."""

OLD_TABLES = """
CREATE TABLE handle (ROWID INTEGER PRIMARY KEY AUTOINCREMENT UNIQUE, id TEXT NOT NULL, country TEXT,
    service TEXT NOT NULL, uncanonicalized_id TEXT, UNIQUE (id, service));
CREATE TABLE chat (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, guid TEXT UNIQUE NOT NULL, style INTEGER,
    chat_identifier TEXT, service_name TEXT, room_name TEXT, display_name TEXT);
CREATE TABLE message (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, guid TEXT UNIQUE NOT NULL, text TEXT,
    handle_id INTEGER DEFAULT 0, subject TEXT, attributedBody BLOB, service TEXT, error INTEGER DEFAULT 0,
    date INTEGER, is_from_me INTEGER DEFAULT 0, is_system_message INTEGER DEFAULT 0,
    cache_has_attachments INTEGER DEFAULT 0, item_type INTEGER DEFAULT 0, group_title TEXT,
    group_action_type INTEGER DEFAULT 0);
CREATE TABLE attachment (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, guid TEXT UNIQUE NOT NULL, filename TEXT,
    mime_type TEXT, transfer_name TEXT);
CREATE TABLE chat_handle_join (chat_id INTEGER, handle_id INTEGER, UNIQUE (chat_id, handle_id));
CREATE TABLE chat_message_join (chat_id INTEGER, message_id INTEGER, PRIMARY KEY (chat_id, message_id));
CREATE TABLE message_attachment_join (message_id INTEGER, attachment_id INTEGER,
    UNIQUE (message_id, attachment_id));
"""
"""What a database of 2012 has that matters here."""

NEW_COLUMNS = """
ALTER TABLE handle ADD COLUMN person_centric_id TEXT DEFAULT NULL;
ALTER TABLE chat ADD COLUMN group_id TEXT;
ALTER TABLE message ADD COLUMN is_auto_reply INTEGER DEFAULT 0;
ALTER TABLE message ADD COLUMN is_service_message INTEGER DEFAULT 0;
ALTER TABLE message ADD COLUMN is_forward INTEGER DEFAULT 0;
ALTER TABLE message ADD COLUMN other_handle INTEGER DEFAULT 0;
ALTER TABLE message ADD COLUMN associated_message_guid TEXT DEFAULT NULL;
ALTER TABLE message ADD COLUMN associated_message_type INTEGER DEFAULT 0;
ALTER TABLE message ADD COLUMN associated_message_emoji TEXT DEFAULT NULL;
ALTER TABLE message ADD COLUMN balloon_bundle_id TEXT DEFAULT NULL;
ALTER TABLE message ADD COLUMN message_summary_info BLOB DEFAULT NULL;
ALTER TABLE message ADD COLUMN destination_caller_id TEXT DEFAULT NULL;
ALTER TABLE message ADD COLUMN reply_to_guid TEXT DEFAULT NULL;
ALTER TABLE message ADD COLUMN is_spam INTEGER DEFAULT 0;
ALTER TABLE message ADD COLUMN thread_originator_guid TEXT DEFAULT NULL;
ALTER TABLE message ADD COLUMN thread_originator_part TEXT DEFAULT NULL;
ALTER TABLE message ADD COLUMN date_retracted INTEGER DEFAULT 0;
ALTER TABLE message ADD COLUMN date_edited INTEGER DEFAULT 0;
CREATE TABLE chat_recoverable_message_join (chat_id INTEGER, message_id INTEGER, delete_date INTEGER,
    PRIMARY KEY (chat_id, message_id));
CREATE INDEX message_idx_date ON message (date);
CREATE INDEX chat_message_join_idx_message_id_only ON chat_message_join (message_id);
"""
"""What the years up to macOS 15 added."""

CONTACTS = """
CREATE TABLE ZABCDRECORD (Z_PK INTEGER PRIMARY KEY, ZFIRSTNAME TEXT, ZLASTNAME TEXT, ZORGANIZATION TEXT,
    ZNICKNAME TEXT, ZCONTAINERWHERECONTACTISME INTEGER);
CREATE TABLE ZABCDPHONENUMBER (Z_PK INTEGER PRIMARY KEY, ZOWNER INTEGER, ZFULLNUMBER TEXT);
CREATE TABLE ZABCDEMAILADDRESS (Z_PK INTEGER PRIMARY KEY, ZOWNER INTEGER, ZADDRESS TEXT);
"""


def _integer(value: int) -> bytes:
    """Return an integer of a typedstream: one byte, or a mark and two or four."""
    if value < 0x80:
        return bytes([value])
    if value < 0x8000:
        return b"\x81" + value.to_bytes(2, "little")
    return b"\x82" + value.to_bytes(4, "little")


def _class(name: str, version: int = 0) -> bytes:
    """Return the first mention of a class."""
    return b"\x84\x84" + _integer(len(name)) + name.encode() + _integer(version)


def attributed_body(text: str, *, mutable: bool = False) -> bytes:
    """Return an attributed string as `attributedBody` holds it: one run, which is the message's part 0."""
    data = text.encode()
    opening = b"\x04\x0bstreamtyped\x81\xe8\x03\x84\x01@\x84"
    if mutable:
        opening += _class("NSMutableAttributedString") + _class("NSAttributedString") + _class("NSObject")
        opening += b"\x85\x92\x84" + _class("NSMutableString", 1) + _class("NSString", 1) + b"\x95"
    else:
        opening += _class("NSAttributedString") + _class("NSObject")
        opening += b"\x85\x92\x84" + _class("NSString", 1) + b"\x94"
    body = b"\x84\x01+" + _integer(len(data)) + data + b"\x86"
    run = b"\x84\x02iI\x01" + _integer(len(text.encode("utf-16-le")) // 2)
    part = b"\x92\x84" + _class("NSDictionary") + b"\x94\x84\x01i\x01\x92\x84\x96\x96"
    part += b"\x1d__kIMMessagePartAttributeName\x86\x92\x84" + _class("NSNumber") + _class("NSValue")
    return opening + body + run + part + b"\x94\x84\x01*\x84\x99\x99\x00\x86\x86\x86"


def edits(*versions: str, unsent: tuple[int, ...] = (), part: int = 0) -> bytes:
    """Return a `message_summary_info`: what one part said, first to last, and which parts were unsent."""
    info: dict[str, Any] = {"ust": True}
    if versions:
        texts = [{"t": attributed_body(text), "d": 690_513_474.5 + n} for n, text in enumerate(versions)]
        info |= {"ec": {str(part): texts}, "ep": [part]}
    if unsent:
        info["rp"] = list(unsent)
    return plistlib.dumps(info, fmt=plistlib.FMT_BINARY)


class Writer:
    """A Messages database that is being written."""

    def __init__(self, path: Path, *, old: bool = False, wal: bool = False) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.database = sqlite3.connect(path)
        if wal:
            self.database.execute("PRAGMA journal_mode = WAL")
            self.database.execute("PRAGMA wal_autocheckpoint = 0")
        self.database.executescript(OLD_TABLES if old else OLD_TABLES + NEW_COLUMNS)
        self._made = 0

    def add(self, table: str, **values: Any) -> int:
        """Insert a row; return its ROWID."""
        columns = ", ".join(values)
        marks = ", ".join("?" * len(values))
        row = self.database.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", [*values.values()])
        return row.lastrowid or 0

    def handle(self, identifier: str, service: str = "iMessage", **values: Any) -> int:
        return self.add("handle", id=identifier, service=service, **values)

    def chat(self, *handles: int, name: str = "", group: bool | None = None, **values: Any) -> int:
        """Insert a chat with these participants."""
        self._made += 1
        style = 43 if (len(handles) > 1 if group is None else group) else 45
        columns = {"guid": f"chat-{self._made}", "style": style, "display_name": name} | values
        chat = self.add("chat", **columns)
        for handle in handles:
            self.add("chat_handle_join", chat_id=chat, handle_id=handle)
        return chat

    def message(
        self, chat: int | None, text: str | None, sent: float, *, handle: int = 0, **values: Any
    ) -> int:
        """Insert a message: of the owner's without a handle; `sent` in seconds since 1970 UTC."""
        self._made += 1
        columns: dict[str, Any] = {
            "guid": f"guid-{self._made}",
            "text": text,
            "handle_id": handle,
            "date": round((sent - APPLE) * 1e9),
            "is_from_me": int(handle == 0),
        }
        message = self.add("message", **(columns | values))
        if chat is not None:
            self.add("chat_message_join", chat_id=chat, message_id=message)
        return message

    def attach(self, message: int, name: str | None, **values: Any) -> None:
        """Attach a file to a message."""
        self._made += 1
        columns = {"guid": f"file-{self._made}", "transfer_name": name} | values
        attachment = self.add("attachment", **columns)
        self.add("message_attachment_join", message_id=message, attachment_id=attachment)

    def close(self) -> Path:
        self.database.commit()
        self.database.close()
        return self.path


def write_database(
    path: Path, rows: Iterable[tuple[float, str | None, str]], *, attributed: bool = True
) -> Path:
    """Write a chat.db of one chat: time (seconds since 1970 UTC), handle or None for the owner, text.

    With `attributed` the texts stand in `attributedBody` alone, as newer macOS writes them.
    """
    writer = Writer(path)
    handles: dict[str, int] = {}

    def message(number: int, row: tuple[float, str | None, str]) -> tuple[Any, ...]:
        sent, name, text = row
        if name is not None and name not in handles:
            handles[name] = writer.handle(name)
        return (
            f"{number:08X}-0000-4000-8000-000000000000",
            None if attributed else text,
            attributed_body(text) if attributed else None,
            0 if name is None else handles[name],
            round((sent - APPLE) * 1e9),
            int(name is None),
        )

    columns = "guid, text, attributedBody, handle_id, date, is_from_me"
    values = (message(number, row) for number, row in enumerate(rows, 1))
    writer.database.executemany(f"INSERT INTO message ({columns}) VALUES (?, ?, ?, ?, ?, ?)", values)
    chat = writer.chat(*handles.values())
    writer.database.execute("INSERT INTO chat_message_join SELECT ?, ROWID FROM message", [chat])
    return writer.close()


def write_contacts(path: Path, *people: dict[str, Any]) -> Path:
    """Write an Address Book: first, last, organization, nickname, phones, emails, me."""
    path.parent.mkdir(parents=True, exist_ok=True)
    database = sqlite3.connect(path)
    database.executescript(CONTACTS)
    for key, person in enumerate(people, 1):
        names = [person.get(name) for name in ("first", "last", "organization", "nickname")]
        own = 1 if person.get("me") else None
        database.execute("INSERT INTO ZABCDRECORD VALUES (?, ?, ?, ?, ?, ?)", [key, *names, own])
        for phone in person.get("phones", ()):
            database.execute("INSERT INTO ZABCDPHONENUMBER (ZOWNER, ZFULLNUMBER) VALUES (?, ?)", [key, phone])
        for email in person.get("emails", ()):
            database.execute("INSERT INTO ZABCDEMAILADDRESS (ZOWNER, ZADDRESS) VALUES (?, ?)", [key, email])
    database.commit()
    database.close()
    return path


def left_running(writer: Writer, folder: Path) -> Path:
    """Copy a database of a program that still runs, with what it has not put in yet beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    writer.database.commit()
    for end in ("", "-wal", "-shm"):
        shutil.copyfile(f"{writer.path}{end}", folder / f"chat.db{end}")
    writer.database.close()
    return folder / "chat.db"


def packed(path: Path, target: Path) -> Path:
    """Pack a file with gzip."""
    target.write_bytes(gzip.compress(path.read_bytes(), mtime=0))
    return target


def everything(path: Path, *, old: bool = False, wal: bool = False) -> Writer:
    """Write a database that has one of everything."""
    writer = Writer(path, old=old, wal=wal)
    if wal:
        writer.database.commit()
    ann, mail = writer.handle("+15550100001"), writer.handle("ann@example.org")
    bob = writer.handle("+15550100002", "SMS")
    alone, group = writer.chat(ann), writer.chat(ann, bob, name="Trip")
    other = writer.chat(mail, chat_identifier="ann@example.org", service_name="SMS")
    writer.message(alone, "hello", 1_500_000_000, handle=ann)
    writer.message(alone, None, 1_500_000_060, attributedBody=attributed_body("hi, señora 🎉" * 20))
    writer.message(group, "\ufffcthe beach", 1_500_000_120, handle=bob, cache_has_attachments=1)
    writer.attach(3, "IMG_0001.HEIC")
    writer.message(other, "Liked “hello”", 1_500_000_180, handle=mail)
    writer.message(group, None, 1_500_000_240, handle=ann, item_type=2, group_title="Trip 2")
    writer.message(None, "from nowhere", 0, handle=bob)
    if not old:
        target = {"associated_message_type": 2006, "associated_message_guid": "p:0/guid-4"}
        party = target | {"associated_message_emoji": "🎉"}
        writer.message(alone, "Reacted 🎉 to “hello”", 1_500_000_300, handle=ann, **party)
        summary = edits("helo", "hello again")
        writer.message(alone, None, 1_500_000_360, message_summary_info=summary, date_edited=1)
        writer.message(alone, None, 1_500_000_420, message_summary_info=edits(unsent=(0,)), date_edited=1)
        writer.message(alone, "https://a.example", 1_500_000_480, balloon_bundle_id=LINK)
        writer.message(group, "yes", 1_500_000_540, thread_originator_guid="guid-4", subject="Re")
        gone = writer.message(None, "gone", 1_500_000_600, handle=ann)
        writer.add("chat_recoverable_message_join", chat_id=alone, message_id=gone, delete_date=1)
    return writer


def seeds(folder: Path) -> list[Path]:
    """Write small databases of every shape."""
    new = everything(folder / "new" / "chat.db").close()
    write_contacts(folder / "new" / "AddressBook-v22.abcddb", {"first": "Ann", "phones": ["(555) 010-0001"]})
    old = everything(folder / "sms.db", old=True).close()
    running = left_running(everything(folder / "chat.db", wal=True), folder / "running").parent
    with zipfile.ZipFile(folder / "messages.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(running.iterdir()):
            archive.write(file, f"Messages/{file.name}")
    rows = [(1.5e9, None, "hola"), (1.5e9 + 60, "ann@example.org", "¿sí?")]
    plain = write_database(folder / "plain.db", rows)
    return [new.parent, old, running, folder / "messages.zip", plain, packed(plain, folder / "chat.db.gz")]
