"""Exports written by hand: WhatsApp's shapes, as public parsers' tests and users' reports show them."""

import zipfile
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

from sosias.sources.source import Options, Reading, recognise

NARROW, HARD, MARK = "\u202f", "\u00a0", "\u200e"


def twelve(time: datetime, am: str, pm: str) -> str:
    """Return the hour on a clock of twelve, the minutes, and which half of the day."""
    return f"{time.hour % 12 or 12}:{time:%M}{pm if time.hour >= 12 else am}"


Writer = Callable[[datetime], str]

ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
LATIN = str.maketrans("٠١٢٣٤٥٦٧٨٩", "0123456789")
RIGHT = "\u200f"


def half(time: datetime, am: str, pm: str) -> str:
    """Return which half of the day it is, then the hour on a clock of twelve, and the minutes."""
    return f"{pm if time.hour >= 12 else am}{time.hour % 12 or 12}:{time:%M}"


SHAPES: dict[str, Writer] = {
    "android en-US": lambda t: f"{t.month}/{t.day}/{t:%y}, {twelve(t, f'{NARROW}AM', f'{NARROW}PM')} - ",
    "android en-US, plain spaces": lambda t: f"{t.month}/{t.day}/{t:%y}, {twelve(t, ' AM', ' PM')} - ",
    "android en-GB": lambda t: f"{t:%d/%m/%Y, %H:%M} - ",
    "android en-IN": lambda t: f"{t:%d/%m/%y}, {twelve(t, ' am', ' pm')} - ",
    "android en-CA": lambda t: f"{t:%Y-%m-%d}, {twelve(t, ' a.m.', ' p.m.')} - ",
    "android en-ZA": lambda t: f"{t:%Y/%m/%d}, {twelve(t, ' am', ' pm')} - ",
    "android es": lambda t: f"{t.day}/{t.month}/{t:%y}, {t.hour}:{t:%M} - ",
    "android es, 12 h": lambda t: (
        f"{t.day}/{t.month}/{t.year}, {twelve(t, f'{NARROW}a.{HARD}m.', f'{NARROW}p.{HARD}m.')} - "
    ),
    "android es-CO, no comma": lambda t: f"{t.day}/{t.month}/{t.year} {twelve(t, ' a. m.', ' p. m.')} - ",
    "android de": lambda t: f"{t:%d.%m.%y, %H:%M} - ",
    "android fr": lambda t: f"{t:%d.%m.%y à %H:%M} - ",
    "android pt-BR": lambda t: f"{t:%d/%m/%Y %H:%M} - ",
    "android nl": lambda t: f"{t:%d-%m-%Y %H:%M} - ",
    "android fi": lambda t: f"{t.day}.{t.month}.{t.year} klo {t:%H.%M.%S} - ",
    "android hr": lambda t: f"{t.day}. {t.month}. {t.year}. {t:%H:%M:%S} - ",
    "android, en dash": lambda t: f"{t:%m/%d/%y}, {t.hour % 12 or 12}:{t:%M:%S} {t:%p} \u2013 ",
    "ios en-US": lambda t: f"[{t.month}/{t.day}/{t:%y}, {t.hour % 12 or 12}:{t:%M:%S}{NARROW}{t:%p}] ",
    "ios es": lambda t: f"[{t.day}/{t.month}/{t:%y}, {t.hour}:{t:%M:%S}] ",
    "ios es, 12 h": lambda t: (
        f"[{t:%d/%m/%y}, {t.hour % 12 or 12}:{t:%M:%S}\u2009{'ap'[t.hour >= 12]}.{HARD}m.] "
    ),
    "ios de": lambda t: f"[{t:%d.%m.%y, %H:%M:%S}] ",
    "ios, year first": lambda t: f"[{t.year}/{t.month}/{t.day}, {t:%H:%M:%S}] ",
    "ios, year first, no comma": lambda t: f"[{t.year}/{t.month}/{t.day} {t:%H:%M:%S}] ",
    "ios, year in the middle": lambda t: f"[{t:%m/%Y/%d, %H:%M:%S}] ",
    "old ios": lambda t: f"{t:%d/%m/%Y %H:%M:%S}: ",
    "old ios, 12 h": lambda t: f"{t.month}/{t.day}/{t:%y}, {t.hour % 12 or 12}:{t:%M:%S} {t:%p}: ",
    "android fr, long": lambda t: f"{t:%d/%m/%Y à %H:%M} - ",
    "android pt-PT": lambda t: f"{t:%d/%m/%Y às %H:%M} - ",
    "ios de, padded": lambda t: f"[{t:%d.%m.%y, %H:%M:%S}] ",
    "ios es, long": lambda t: f"[{t:%d/%m/%Y}, {t.hour % 12 or 12}:{t:%M:%S} {'ap'[t.hour >= 12]}.m.] ",
    "android ar": lambda t: (
        f"{t.day}{RIGHT}/{t.month}{RIGHT}/{t.year}، {twelve(t, f'{HARD}ص', f'{HARD}م')} - ".translate(ARABIC)
    ),
    "android ar, 24 h, other digits": lambda t: f"{RIGHT}{t.day}/{t.month}/{t.year}، {t:%H:%M} - ",
    "ios ar": lambda t: (
        f"[{t.day}{RIGHT}/{t.month}{RIGHT}/{t.year}، {t.hour % 12 or 12}:{t:%M:%S} {'صم'[t.hour >= 12]}] "
    ).translate(ARABIC),
    "android zh": lambda t: f"{t.year}/{t.month}/{t.day} {half(t, '上午', '下午')} - ",
    "android zh, signs": lambda t: f"{t.year}年{t.month}月{t.day}日 {half(t, '上午', '下午')} - ",
    "ios zh": lambda t: f"[{t.year}/{t.month}/{t.day} {half(t, '上午', '下午')}:{t:%S}] ",
    "android ja": lambda t: f"{t:%Y/%m/%d, }{half(t, '午前', '午後')} - ",
    "ios ja": lambda t: f"[{t:%Y/%m/%d} {half(t, '午前', '午後')}:{t:%S}] ",
    "android ko": lambda t: f"{t.year}. {t.month}. {t.day}. {half(t, '오전 ', '오후 ')} - ",
    "ko, signs": lambda t: f"{t.year}년 {t.month}월 {t.day}일 {half(t, '오전 ', '오후 ')}, ",
    "ios ko": lambda t: f"[{t.year}. {t.month}. {t.day}. {half(t, '오전 ', '오후 ')}:{t:%S}] ",
    "old ios, year first": lambda t: f"{t:%Y-%m-%d}, {t.hour % 12 or 12}:{t:%M:%S} {t:%p}: ",
}
"""What stands before the name, by where it comes from."""


def _stamp(name: str, time: datetime) -> str:
    return SHAPES[name](time).translate(LATIN)


SECONDS = {name for name in SHAPES if "07" in _stamp(name, datetime(2021, 2, 3, 14, 59, 7))}
_LATE = datetime(2021, 11, 28, 1, 1)
DAY_FIRST = {name: _stamp(name, _LATE).find("28") < _stamp(name, _LATE).find("11") for name in SHAPES}


def at(shape: str, time: datetime) -> datetime:
    """Return the time as far as the shape tells it."""
    return time if shape in SECONDS else time.replace(second=0)


def export(shape: str, messages: Iterable[tuple[datetime, str | None, str]], end: str = "\n") -> str:
    """Return an export of messages (time, author or None, body); lines within a body end with a newline."""
    lines = []
    for time, author, body in messages:
        lines.append(SHAPES[shape](time) + (body if author is None else f"{author}: {body}"))
    return "".join(line + end for line in lines)


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    """Write an export exactly."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode(encoding))
    return path


def zipped(path: Path, members: dict[str, str]) -> Path:
    """Write a zip of texts."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return path


def read_one(path: Path, *, day_first: bool | None = None) -> Reading:
    """Return the only reading of what is at a path."""
    [reading] = recognise(path, Options(day_first=day_first)).readings
    return reading


NOTICES = [
    ("en", "Messages and calls are end-to-end encrypted. No one outside of this chat can read them."),
    ("en", "Messages to this chat and calls are now secured with end-to-end encryption."),
    ("en", "Ann created this group"),
    ("en", "Ann turned on disappearing messages"),
    ("es", "Los mensajes y las llamadas están cifrados de extremo a extremo. Nadie fuera de este chat…"),
    ("es", "Ann creó el grupo"),
    ("es", "Ann salió del grupo"),
    ("pt", "As mensagens e as ligações são protegidas com a criptografia de ponta a ponta."),
    ("pt", "Mensagens e chamadas são protegidas com a criptografia de ponta a ponta."),
    ("pt", "As mensagens e chamadas são encriptadas ponto a ponto."),
    ("pt", "Ann adicionou Bob"),
    ("pt", "Ann saiu"),
    ("de", "Nachrichten und Anrufe sind Ende-zu-Ende-verschlüsselt. Niemand außerhalb dieses Chats…"),
    ("de", "Ann hat die Gruppe verlassen"),
    ("de", "Ann hat Bob hinzugefügt"),
    ("fr", "Les messages et les appels sont chiffrés de bout en bout. Aucun tiers…"),
    ("fr", "Ann a ajouté Bob"),
    ("fr", "Ann a quitté le groupe"),
    ("it", "I messaggi e le chiamate sono crittografati end-to-end. Nessuno al di fuori di questa chat…"),
    ("it", "Ann ha aggiunto Bob"),
    ("it", "Ann è uscita dal gruppo"),
]
"""What WhatsApp says of a chat, by language."""
