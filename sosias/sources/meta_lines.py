"""Lines that Instagram and Messenger write themselves, among those that people write.

A line is known only as a whole, and those that begin with a name only where it is the sender's: `Ann
sent an attachment.` by Ann is Meta's, `Mum sent an attachment.` and `I replied to your message earlier`
are Ann's own words.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from sosias.messages import Kind

FACE = r"[\W\d_]{1,40}?"
"""A reaction: no letters."""
WHAT = r"message|story|reel|photo|video|post|note|comment"
QUE = r"mensaje|historia|reel|foto|v[ií]deo|publicación|nota|comentario"

BY_SOMEBODY: Sequence[tuple[Kind, Sequence[str]]] = (
    (
        "media",
        (
            r"sent (?:an attachment|a (?:photo|video|voice message|sticker|GIF|link|file|(?:live )?location))"
            r"\.",
            r"sent \d+ (?:photos|videos|attachments)\.",
            r"shared a (?:story|post|reel|link|(?:live )?location|note|profile)\.?",
            r"envió (?:un (?:archivo )?adjunto|una (?:foto|ubicación)|un (?:v[ií]deo|mensaje de voz"
            r"|sticker|GIF|enlace))\.",
            r"compartió (?:una (?:historia|publicación|ubicación)|un (?:reel|enlace|perfil))\.?",
            r"enviou um anexo\.",
            r"a envoyé une pièce jointe\.",
            r"hat einen Anhang gesendet\.",
            r"ha inviato un allegato\.",
        ),
    ),
    (
        "call",
        (
            r"started an? (?:video chat|video call|audio call|call)\.?",
            r"joined the (?:video chat|video call|audio call|call)\.?",
            r"missed (?:your|an?) (?:video chat|video call|audio call|call)(?: (?:from|with) [^\n]+)?\.?",
            r"called you\.",
            r"inició (?:una (?:video)?llamada(?: de audio)?|un (?:chat de v[ií]deo|videochat))\.?",
            r"perdió tu (?:video)?llamada\.?",
        ),
    ),
    (
        "poll",
        (
            r"created a poll: [^\n]+",
            r"voted for [^\n]+ in the poll: [^\n]+",
            r"creó una encuesta: [^\n]+",
        ),
    ),
    ("deleted", (r"unsent a message\.?", r"anuló el envío de un mensaje\.?")),
    (
        "system",
        (
            r"(?:re)?named the (?:group|chat) [^\n]+\.",
            r"removed the group name\.",
            r"changed the (?:group photo|chat theme|chat colors|theme)(?: to [^\n]+)?\.",
            r"set the (?:emoji|quick reaction) to [^\n]+\.",
            r"set (?:the nickname for [^\n]+|(?:his|her|their|your)(?: own)? nickname) to [^\n]+\.",
            r"cleared (?:the nickname for [^\n]+|(?:his|her|their|your)(?: own)? nickname)\.",
            r"(?:added [^\n]+ to|removed [^\n]+ from|left|joined|created) the group\.",
            r"added [^\n]+ as a group admin\.",
            r"(?:un)?pinned a message\.",
            r"waved at [^\n]+[.!]",
            r"took a screenshot\.?",
            r"turned (?:on|off) (?:disappearing messages|vanish mode|translations|member approval)[^\n]*",
            r"cambió (?:el tema|la foto del grupo|el nombre del grupo)(?: (?:a|por) [^\n]+)?\.",
            r"cambió el apodo de [^\n]+ (?:a|por) [^\n]+\.",
            r"(?:abandonó el|salió del|creó el|se unió al) grupo\.",
            r"(?:añadió|agregó) a [^\n]+ al grupo\.",
            r"eliminó a [^\n]+ del grupo\.",
            r"llamó al grupo [^\n]+\.",
        ),
    ),
)
"""What follows a name."""
BY_NOBODY: Sequence[tuple[Kind, Sequence[str]]] = (
    (
        "reaction",
        (
            r"Liked a message",
            rf"Reacted {FACE} to your (?:{WHAT})",
            r"(?:Le|Te) gustó un mensaje",
            rf"(?:Reaccionó|Reaccionaste|Has? reaccionado)(?: con)? {FACE} a (?:tu|su) (?:{QUE})",
            r"Curtiu uma mensagem",
            rf"Reagiu(?: com)? {FACE} [àa] sua (?:mensagem|publicação)",
            r"A aimé un message",
            rf"A réagi(?: avec| par)? {FACE} à (?:votre|ton) (?:message|story|publication)",
            rf"Hat mit {FACE} auf deine (?:Nachricht|Story) reagiert",
            rf"Ha reagito(?: con)? {FACE} al tuo (?:messaggio|post)",
        ),
    ),
    (
        "media",
        (
            r"Enviaste (?:un (?:archivo )?adjunto|una (?:foto|ubicación)|un (?:v[ií]deo|mensaje de voz"
            r"|sticker|GIF|enlace))\.",
            r"Compartiste (?:una (?:historia|publicación|ubicación)|un (?:reel|enlace|perfil))\.?",
            r"Vous avez envoyé une pièce jointe\.",
            r"Du hast einen Anhang gesendet\.",
            r"Hai inviato un allegato\.",
        ),
    ),
    (
        "call",
        (
            r"(?:The )?(?:[Vv]ideo chat|[Vv]ideo call|[Aa]udio call|call) ended\.?",
            r"Missed (?:audio|video|voice) (?:call|chat)\.?",
            r"(?:Finalizó|Terminó) (?:la (?:video)?llamada|el (?:chat de v[ií]deo|videochat))\.?",
            r"(?:Videollamada|Llamada|Llamada de audio) (?:finalizada|perdida)\.?",
            r"Perdiste una (?:video)?llamada de [^\n]+\.",
        ),
    ),
    (
        "system",
        (
            r"You are now connected on Messenger\.?",
            r"You can now (?:message and )?call each other and see info(?:rmation)? (?:like|such as)"
            r" Active Status and when you['’]ve read messages\.",
            r"Say hi to your new (?:Facebook friend|connection), [^\n]+\.",
            r"Messages and calls are (?:now )?secured with end-to-end encryption\.[^\n]*",
            r"Ahora est(?:ás|án|áis) conectad[oa]s? en Messenger\.?",
        ),
    ),
)
"""Whole lines."""
YOU = ("You", "Tú", "Usted", "Você")
NICKNAMED = re.compile(r"[^\n]{1,80} (?:sent an attachment|envió un (?:archivo )?adjunto)\.\s*")
"""By a nickname, which the download does not tell: asked only of messages that have something attached."""
SENT = re.compile(
    r"(?:You sent an attachment|Enviaste un (?:archivo )?adjunto|Voc\S+ enviou um anexo"
    r"|Vous avez envoy\S+ une pi\S+ce jointe|Du hast einen Anhang gesendet|Hai inviato un allegato)\.\s*"
)
"""A line that tells that its sender is whose download it is; its accents may be mangled."""


def _joined(table: Sequence[tuple[Kind, Sequence[str]]]) -> re.Pattern[str]:
    kinds = (f"(?P<{kind}>{'|'.join(lines)})" for kind, lines in table)
    return re.compile(rf"(?:{'|'.join(kinds)})\s*")


_BY_SOMEBODY = _joined(BY_SOMEBODY)
_BY_NOBODY = _joined(BY_NOBODY)


@lru_cache(maxsize=4096)
def _names(sender: str) -> tuple[str, ...]:
    """Return what a line by somebody may begin with: the first names are what Messenger mostly writes."""
    parts = sender.split(" ")
    called = [*YOU, *(" ".join(parts[:count]) for count in range(1, len(parts) + 1))]
    return tuple(f"{name} " for name in called if name)


def line_kind(text: str, sender: str, *, attached: bool) -> Kind | None:
    """Return the kind of a line that is Meta's own; None: it is the sender's words.

    `attached`: the message has a medium or a link besides.
    """
    match = _BY_NOBODY.fullmatch(text)
    if match is None:
        for name in _names(sender):
            if text.startswith(name) and (match := _BY_SOMEBODY.fullmatch(text, len(name))):
                break
    if match is not None:
        return match.lastgroup  # type: ignore[return-value]
    return "media" if attached and NICKNAMED.fullmatch(text) else None


def is_the_owners(text: str) -> bool:
    """Say whether a line speaks to its sender: `You sent an attachment.`"""
    return SENT.fullmatch(text) is not None
