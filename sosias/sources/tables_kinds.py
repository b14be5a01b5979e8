"""What a table says of a message in a word: its kind, or yes or no."""

from typing import Any

from sosias.messages import KINDS, Kind

WORDS: dict[Kind, tuple[str, ...]] = {
    "text": ("message", "msg", "chat", "texto", "mensaje", "文本"),
    "media": (
        *("image", "photo", "picture", "video", "audio", "voice", "sticker", "gif", "animation", "file"),
        *("animated emoji", "document", "location", "contact", "(share) card link", "imagen", "foto"),
        *("archivo", "documento", "图片", "视频", "语音", "动画表情", "文件", "位置", "名片"),
    ),
    "system": ("service", "notification", "notice", "event", "sistema", "系统通知", "拍一拍", "群公告"),
    "call": ("voice call", "video call", "llamada", "语音通话", "视频通话"),
    "deleted": ("removed", "unsent", "eliminado", "borrado"),
    "poll": ("encuesta",),
    "reaction": ("reacción", "like"),
    "post": ("tweet", "publicación"),
    "article": ("artículo",),
}
"""How kinds are called elsewhere; the Chinese and some of the English ones by WeClone."""
CALLED: dict[str, Kind] = {word: kind for kind, words in WORDS.items() for word in words}
CALLED |= {kind: kind for kind in KINDS}
YES = ("1", "1.0", "true", "t", "yes", "y", "sí", "si", "sent", "outgoing")
NO = ("0", "0.0", "false", "f", "no", "n", "received", "incoming")


def kind_of(value: Any) -> Kind | None:
    """Return the kind that a word names, None where it names none."""
    return CALLED.get(value.strip().casefold()) if isinstance(value, str) else None


def yes(value: Any) -> bool | None:
    """Return what a cell answers, None where it does not."""
    if isinstance(value, str):
        word = value.strip().casefold()
        return True if word in YES else False if word in NO else None
    if isinstance(value, bool | int | float) and value in (0, 1):
        return bool(value)
    return None
