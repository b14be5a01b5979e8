"""What a WhatsApp message's body is: somebody's words, or a line that the exporter wrote in their place.

The exporter's lines are known by their exact strings, English and Spanish; on an iPhone they begin
with a direction mark besides, which tells them from a person who types the same words. Strings
collected from public parsers and their users' reports.
"""

import re
from dataclasses import dataclass, field

from sosias.messages import Kind

MARK = "\u200e"

MEDIA = {
    "<Media omitted>",
    "<Multimedia omitido>",
    "<Archivo omitido>",
    "<View once message omitted>",
    "<View once voice message omitted>",
    "<Video note omitted>",
    "<Video message omitted>",
    "You received a view once message. For added privacy, you can only open it on your phone.",
    "Recibiste un mensaje de visualización única. Para mayor privacidad, solo puedes abrirlo en tu teléfono.",
    "Live location shared",
    "live location shared",
    "Ubicación en tiempo real compartida",
    "ubicación en tiempo real compartida",
}
"""In the place of a medium, a whole line; what follows on the next lines is its caption."""
VIEW_ONCE = "null"
"""What Android leaves of a medium that can be seen once."""
TYPED_MEDIA = (
    "image omitted",
    "video omitted",
    "audio omitted",
    "sticker omitted",
    "GIF omitted",
    "document omitted",
    "Contact card omitted",
    "imagen omitida",
    "video omitido",
    "audio omitido",
    "sticker omitido",
    "GIF omitido",
    "documento omitido",
    "Tarjeta de contacto omitida",
)
"""On an iPhone; a document's name or a caption can stand before it on the line."""
YOU_DELETED = {"You deleted this message", "Eliminaste este mensaje"}
"""These also tell who exported."""
DELETED = YOU_DELETED | {
    "This message was deleted",
    "Se eliminó este mensaje",
    "Este mensaje fue eliminado",
    "Waiting for this message",
    "Waiting for this message. This may take a while",
    "Esperando este mensaje",
    "Esperando el mensaje",
}
"""With or without a full stop; a message that never arrived is as lost as a deleted one."""
DELETED_BY_OTHERS = "This message was deleted by admin "

ATTACHED = re.compile(
    rf"{MARK}?(?P<android>.+\.\w{{1,5}}) \((?:file attached|archivo adjunto)\)"
    rf"|(?P<before>(?:.*\s)?){MARK}?<(?:attached|adjunto): (?P<apple>[^<>]+)>"
    rf"|{MARK}?(?P<old>.+\.\w{{1,5}}) <{MARK}?(?:attached|adjunto)>"
)
FILE_NAME = re.compile(
    r".+\.(?:apk|csv|docx?|gif|jpe?g|m4a|mod|mov|mp[34]|ods|odt|opus|pdf|png|pptx?|rar|txt|vcf|webp|xlsx?|zip)",
    re.IGNORECASE,
)
"""A document's name, on the line after its placeholder."""
EDITED = re.compile(rf" ?{MARK}?<(?:This message was edited|Se editó este mensaje)\.?>\Z")
CALL = re.compile(
    r"Missed (?:group )?(?:voice|video) call"
    r"|Llamada(?: de voz| grupal)? perdida|Videollamada(?: grupal)? perdida"
    r"|(?:Voice call|Video call|Llamada de voz|Videollamada), [0-9]+ \w+"
)
MARKED_CALL = re.compile(
    r"(?:(?:Missed )?(?:group )?(?:voice|video) call"
    r"|(?:Llamada|Videollamada)(?: de voz| grupal)?(?: perdida)?"
    r"|No answer|Sin respuesta)(?:[.,] .{1,40})?",
    re.IGNORECASE,
)
"""An iPhone adds what can be tapped, in words that vary."""
LOCATION = re.compile(r"(?:[Ll]ocation|[Uu]bicación): https://maps\.google\.com/\?q=\S+")
POLL = re.compile(r"(?:POLL|ENCUESTA):\n.*\n(?:OPTION|OPCIÓN): ", re.DOTALL)
SYSTEM = re.compile(
    r"Messages (?:and calls|to this|you send)|Los mensajes (?:y las llamadas|que envíes|en este)"
    r"|\b(?:created|creó|creaste) (?:this |the |este |el )?(?:group|grupo)"
    r"|\b(?:added|removed|left|joined using|was added|were added|pinned a message|blocked|unblocked)\b"
    r"|\bchanged (?:the|this|their|to|your)\b|\bcambi(?:ó|aste)\b"
    r"|\b(?:añadió|añadiste|agregó|agregaste|eliminó a|eliminaste a|salió|saliste|se unió|te uniste|fijó)\b"
    r"|security code|código de seguridad|disappearing messages|mensajes temporales"
    r"|now an admin|eres admin|business account|cuenta de empresa|bloqueaste|desbloqueaste",
    re.IGNORECASE,
)
"""What WhatsApp says of a chat, asked only of lines that its exporter has marked."""
UNKNOWN_AT_MOST = 200
"""Characters of a marked line that no rule knows, to be taken for a placeholder."""


LINES = MEDIA | DELETED | {VIEW_ONCE} | set(TYPED_MEDIA) | {line.rstrip(".") for line in MEDIA}
STARTS = (
    *("Missed ", "Voice call, ", "Video call, ", "Llamada ", "Videollamada", DELETED_BY_OTHERS),
    *("location: ", "Location: ", "ubicación: ", "Ubicación: ", "POLL:\n", "ENCUESTA:\n"),
)


@dataclass(slots=True)
class Body:
    """A body, told apart."""

    kind: Kind
    text: str
    edited: bool = False
    attributes: dict[str, str] = field(default_factory=dict)


OPENINGS = {line[:4] for line in (*LINES, *STARTS)}


def is_plain(body: str) -> bool:
    """Say quickly that a body is somebody's words alone; most are."""
    if MARK in body or "<" in body or " attached)" in body or " adjunto)" in body:
        return False
    return body[:4] not in OPENINGS or not (body.startswith(STARTS) or body.rstrip(".…") in LINES)


@dataclass(frozen=True)
class Exporter:
    """The telephone that wrote a file, as far as bodies show it."""

    apple: bool
    marked: bool
    """Its placeholders begin with a direction mark; on an iPhone, unless somebody has cleaned the file."""

    def read(self, body: str) -> Body:
        """Return what a body is."""
        if is_plain(body):
            return Body("text", body)
        edit = EDITED.search(body)
        if edit and (MARK in edit[0] or not self.marked):
            read = self.read(body[: edit.start()])
            return Body(read.kind, read.text, True, read.attributes)
        if self.marked and MARK not in body:
            return Body("text", body)
        return self._placeholder(body) or self._medium(body) or self._unknown(body)

    def _placeholder(self, body: str) -> Body | None:
        """Return a body that is wholly the exporter's."""
        text = body.removeprefix(MARK)
        bare = text.replace(MARK, "")
        calls = MARKED_CALL if body.startswith(MARK) else CALL
        kinds: tuple[tuple[Kind, bool], ...] = (
            (
                "deleted",
                bare.rstrip(".…") in DELETED or bare.startswith(DELETED_BY_OTHERS),
            ),
            ("call", bool(calls.fullmatch(bare))),
            ("poll", bool(POLL.match(bare))),
            ("media", bool(LOCATION.fullmatch(bare)) or (bare == VIEW_ONCE and not self.apple)),
        )
        return next((Body(kind, text) for kind, is_it in kinds if is_it), None)

    def _medium(self, body: str) -> Body | None:
        """Return a body that stands for a medium; its caption is somebody's text."""
        line, _, below = body.partition("\n")
        found = self._attached(line) or self._omitted(line)
        if found is None:
            return None
        name, before = found
        if FILE_NAME.fullmatch(below):
            name, below = below, ""
        caption = "\n".join(part for part in (before, below) if part)
        if not caption:
            return Body("media", body.removeprefix(MARK), attributes={"media": name})
        return Body("text", caption, attributes={"media": name})

    def _attached(self, line: str) -> tuple[str, str] | None:
        """Return the file's name and the caption before it, for a line that names a file."""
        match = ATTACHED.fullmatch(line)
        if match is None or (self.marked and MARK not in line):
            return None
        before = match["before"] or ""
        caption = "" if before.startswith(MARK) else before.rstrip(MARK).removesuffix(" ")
        return match["android"] or match["apple"] or match["old"], caption

    def _omitted(self, line: str) -> tuple[str, str] | None:
        """Return what is said of a medium that was left out, and the caption before it."""
        bare = line.removeprefix(MARK)
        if bare in MEDIA:
            return bare, ""
        typed = next((words for words in TYPED_MEDIA if line.endswith(words)), None)
        if typed is None or not self.apple or not (line == typed or line.endswith(MARK + typed)):
            return None
        before = line.removesuffix(typed).removesuffix(MARK)
        if before.startswith(MARK) or not before:
            return before.strip(f" {MARK}") or typed, ""
        return typed, before.removesuffix(" ")

    def _unknown(self, body: str) -> Body:
        """Return a body that no rule knows: text, unless an iPhone has marked it."""
        if not (self.marked and body.startswith(MARK)) or "\n" in body:
            return Body("text", body)
        if SYSTEM.search(body):
            return Body("system", body.removeprefix(MARK))
        return Body("media" if len(body) <= UNKNOWN_AT_MOST else "text", body)
