"""What is somebody's words, and what the exporter wrote in their place."""

import pytest

from sosias.sources.whatsapp_bodies import MARK, Body, Exporter

ANDROID = Exporter(apple=False, marked=False)
APPLE = Exporter(apple=True, marked=True)
CLEANED = Exporter(apple=True, marked=False)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("<Media omitted>", "media"),
        ("<Multimedia omitido>", "media"),
        ("<Archivo omitido>", "media"),
        ("null", "media"),
        ("<View once voice message omitted>", "media"),
        (
            "Recibiste un mensaje de visualización única. Para mayor privacidad, "
            "solo puedes abrirlo en tu teléfono.",
            "media",
        ),
        ("location: https://maps.google.com/?q=1.5,-2.5", "media"),
        ("ubicación: https://maps.google.com/?q=1.5,-2.5", "media"),
        ("live location shared", "media"),
        ("This message was deleted", "deleted"),
        ("You deleted this message.", "deleted"),
        ("This message was deleted by admin Ann", "deleted"),
        ("Se eliminó este mensaje.", "deleted"),
        ("Eliminaste este mensaje", "deleted"),
        ("Waiting for this message. This may take a while.", "deleted"),
        ("Esperando el mensaje…", "deleted"),
        ("Missed voice call", "call"),
        ("Voice call, 3 min", "call"),
        ("Llamada perdida", "call"),
        ("Videollamada perdida", "call"),
        ("POLL:\nPizza?\nOPTION: Yes (2 votes)\nOPTION: No (0 votes)", "poll"),
        ("ENCUESTA:\n¿Pizza?\nOPCIÓN: Sí (2 votos)", "poll"),
    ],
)
def test_androids_placeholders(body: str, kind: str) -> None:
    read = ANDROID.read(body)
    assert (read.kind, read.text, read.edited) == (kind, body, False)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("image omitted", "media"),
        ("GIF omitido", "media"),
        ("Tarjeta de contacto omitida", "media"),
        ("<attached: 00000042-PHOTO-2020-06-07-15-13-20.jpg>", "media"),
        ("<adjunto: 00000042-AUDIO.opus>", "media"),
        (f"report.pdf • {MARK}2 pages {MARK}document omitted", "media"),
        ("This message was deleted.", "deleted"),
        (f"Missed voice call, {MARK}Tap to call back", "call"),
        (f"Llamada de voz. {MARK}3 min", "call"),
        ("Location: https://maps.google.com/?q=1.5,-2.5", "media"),
        (f"POLL:\nPizza?\n{MARK}OPTION: Yes ({MARK}2 votes)", "poll"),
        ("Ann changed the group description", "system"),
        ("Eva salió del grupo", "system"),
    ],
)
def test_an_iphones_placeholders_are_known_by_their_mark(body: str, kind: str) -> None:
    read = APPLE.read(MARK + body)
    assert (read.kind, read.text) == (kind, body)
    assert APPLE.read(body.replace(MARK, "")) == Body("text", body.replace(MARK, ""))


@pytest.mark.parametrize(
    "text",
    [
        "I left my keys at home",
        "null and void",
        "No answer, sorry",
        "Missed you",
        "llamada",
        "image omitted",
        "<grin>",
        "<br> and <Media omitted> in one",
        "POLL:\nwho comes?",
        "see https://maps.google.com/?q=1,2",
        "my file (attached)",
        "",
    ],
)
def test_peoples_words_stay_text(text: str) -> None:
    assert ANDROID.read(text) == Body("text", text)


@pytest.mark.parametrize(
    ("exporter", "body", "media", "caption"),
    [
        (ANDROID, "IMG-20250330-WA0010.jpg (file attached)", "IMG-20250330-WA0010.jpg", None),
        (ANDROID, f"{MARK}IMG-20250330-WA0010.jpg (archivo adjunto)", "IMG-20250330-WA0010.jpg", None),
        (ANDROID, "a b.pdf (file attached)\nRead this:\n\nplease", "a b.pdf", "Read this:\n\nplease"),
        (ANDROID, "<Media omitted>\nat the beach", "<Media omitted>", "at the beach"),
        (ANDROID, "<Media omitted>\nplan.pdf", "plan.pdf", None),
        (APPLE, f"{MARK}<attached: 1-PHOTO.jpg>\nat the beach", "1-PHOTO.jpg", "at the beach"),
        (APPLE, f"at the beach {MARK}<attached: 1-PHOTO.jpg>", "1-PHOTO.jpg", "at the beach"),
        (APPLE, f"at the beach {MARK}image omitted", "image omitted", "at the beach"),
        (APPLE, f"2015-08-04-PHOTO-00004762.jpg <{MARK}attached>", "2015-08-04-PHOTO-00004762.jpg", None),
        (CLEANED, "<adjunto: 1-PHOTO.jpg>\nen la playa", "1-PHOTO.jpg", "en la playa"),
        (CLEANED, "image omitted", "image omitted", None),
    ],
)
def test_captions_are_text(exporter: Exporter, body: str, media: str, caption: str | None) -> None:
    read = exporter.read(body)
    assert read.attributes == {"media": media}
    assert (read.kind, read.text) == (("text", caption) if caption else ("media", body.removeprefix(MARK)))


@pytest.mark.parametrize(
    ("exporter", "suffix"),
    [
        (ANDROID, " <This message was edited>"),
        (ANDROID, " <Se editó este mensaje.>"),
        (APPLE, f" {MARK}<This message was edited>"),
    ],
)
def test_the_mark_of_an_edit_is_taken_off(exporter: Exporter, suffix: str) -> None:
    assert exporter.read("two\nlines " + suffix) == Body("text", "two\nlines ", edited=True)


def test_a_typed_mark_of_an_edit_stays_on_an_iphone() -> None:
    assert APPLE.read("a <This message was edited>") == Body("text", "a <This message was edited>")


def test_what_is_marked_and_unknown_never_trains_and_is_kept_whole() -> None:
    assert APPLE.read(f"{MARK}Bild weggelassen") == Body("media", f"{MARK}Bild weggelassen")
