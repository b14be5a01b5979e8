"""What is somebody's words, and what the exporter wrote in their place."""

import pytest

from sosias.sources.whatsapp_bodies import MARK, Body, Exporter
from sosias.sources.whatsapp_words import LANGUAGES, Words
from tests.sources.exports import NOTICES

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
        "my file.jpg (that of yesterday)",
        "IMG-20250330-WA0010.jpg (see) and more",
        "look: IMG-20250330-WA0010.jpg (bestand bijgevoegd)",
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
        (ANDROID, "IMG-20250330-WA0010.jpg (bestand bijgevoegd)", "IMG-20250330-WA0010.jpg", None),
        (ANDROID, "PTT-20250330-WA1.opus (файл добавлен)\nhola", "PTT-20250330-WA1.opus", "hola"),
        (ANDROID, "<Media omitted>\nat the beach", "<Media omitted>", "at the beach"),
        (ANDROID, "<Media omitted>\nplan.pdf", "plan.pdf", None),
        (APPLE, f"{MARK}<attached: 1-PHOTO.jpg>\nat the beach", "1-PHOTO.jpg", "at the beach"),
        (APPLE, f"at the beach {MARK}<attached: 1-PHOTO.jpg>", "1-PHOTO.jpg", "at the beach"),
        (APPLE, f"at the beach {MARK}image omitted", "image omitted", "at the beach"),
        (APPLE, f"at\n\nthe beach {MARK}image omitted", "image omitted", "at\n\nthe beach"),
        (APPLE, f"at\nthe beach\n{MARK}image omitted", "image omitted", "at\nthe beach"),
        (APPLE, f"at\nthe beach {MARK}<attached: 1-PHOTO.jpg>", "1-PHOTO.jpg", "at\nthe beach"),
        (APPLE, f"report.pdf {MARK}image omitted", "image omitted", "report.pdf"),
        (APPLE, f"a b.pdf • {MARK}2 pages {MARK}document omitted", "a b.pdf", None),
        (APPLE, f"Plan • {MARK}1 Seite {MARK}Dokument weggelassen", "Plan", None),
        (APPLE, f"a.zip {MARK}documento omitido", "a.zip", None),
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
    exporter = Exporter(apple=True, marked=True)
    assert exporter.read(f"{MARK}obrázek vynechán") == Body("media", f"{MARK}obrázek vynechán")
    assert exporter.unknown == {"obrázek vynechán": 1}


@pytest.mark.parametrize(
    "body", ["<Без медиафайлов>", "<忽略多媒體檔>", "<Media weggelaten>", "<Médiá vynechané>"]
)
def test_placeholders_of_other_languages_are_counted(body: str) -> None:
    exporter = Exporter(apple=False, marked=False)
    for _ in range(2):
        assert exporter.read(body) == Body("media", body, attributes={"media": body})
    assert exporter.unknown == {body: 2}


WRITTEN: dict[str, list[str]] = {
    "omitted": [
        *("<Media omitted>", "<Multimedia omitido>", "<Archivo omitido>", "<Mídia oculta>"),
        *("<Mídia omitida>", "<Arquivo de mídia oculto>", "<Ficheiro não revelado>"),
        *("<Medien ausgeschlossen>", "<Medien weggelassen>", "<Médias omis>", "<Fichier omis>"),
        *("<Media omessi>", "<Media omesso>", "<View once message omitted>", "<Video note omitted>"),
        *("<View once voice message omitted>", "<Video message omitted>", "Live location shared"),
        "Ubicación en tiempo real compartida",
    ],
    "typed": [
        *("image omitted", "video omitted", "audio omitted", "sticker omitted", "GIF omitted"),
        *("document omitted", "Contact card omitted", "imagen omitida", "video omitido"),
        *("audio omitido", "sticker omitido", "GIF omitido", "documento omitido"),
        *("Tarjeta de contacto omitida", "imagem ocultada", "vídeo omitido", "vídeo ocultado"),
        *("áudio ocultado", "figurinha omitida", "documento ocultado", "Cartão do contato omitido"),
        *("Bild weggelassen", "Video weggelassen", "Audio weggelassen", "Sticker weggelassen"),
        *("GIF weggelassen", "Dokument weggelassen", "Kontaktkarte weggelassen", "image absente"),
        *("vidéo absente", "audio omis", "sticker omis", "GIF retiré", "document omis"),
        *("document manquant", "image omise", "fiche contact absente", "immagine omessa"),
        *("video omesso", "audio omesso", "sticker non incluso", "sticker omesso", "GIF omessa"),
        *("GIF esclusa", "documento omesso", "scheda contatto omessa"),
    ],
    "attached": [
        *("file attached", "archivo adjunto", "arquivo anexado", "Datei angehängt", "fichier joint"),
        "file allegato",
    ],
    "attachment": ["attached", "adjunto", "anexado", "Anhang", "pièce jointe", "allegato"],
    "deleted": [
        *("This message was deleted", "Se eliminó este mensaje", "Este mensaje fue eliminado"),
        *("Mensagem apagada", "Esta mensagem foi apagada", "Esta mensagem foi eliminada"),
        *("Diese Nachricht wurde gelöscht", "Ce message a été supprimé"),
        "Questo messaggio è stato eliminato",
    ],
    "you_deleted": [
        *("You deleted this message", "Eliminaste este mensaje", "Você apagou esta mensagem"),
        *("Du hast diese Nachricht gelöscht", "Vous avez supprimé ce message"),
        "Hai eliminato questo messaggio",
    ],
    "waiting": [
        *("Waiting for this message", "Waiting for this message. This may take a while"),
        *("Esperando este mensaje", "Esperando el mensaje", "Aguardando mensagem"),
    ],
    "edited": [
        *("This message was edited", "Se editó este mensaje", "Mensagem editada"),
        *("Esta mensagem foi editada", "Diese Nachricht wurde bearbeitet", "Ce message a été modifié"),
        *("Questo messaggio è stato modificato", "Messaggio modificato"),
    ],
    "missed": [
        *("Missed voice call", "Missed video call", "Llamada perdida", "Videollamada perdida"),
        *("Verpasster Sprachanruf", "Verpasster Videoanruf", "Chiamata vocale persa"),
        *("Videochiamata persa", "Chamada de voz perdida"),
    ],
}
"""What exports were seen to hold, written out once more: a slip of the pen in the tables shows here."""


@pytest.mark.parametrize("field", WRITTEN)
def test_the_tables_have_what_exports_hold(field: str) -> None:
    assert set(WRITTEN[field]) - set(every(field)) == set()


def every(*names: str) -> list[str]:
    """Return each string of fields of each language's words."""
    found = [one for words in LANGUAGES for name in names for one in getattr(words, name)]
    return list(dict.fromkeys(found))


@pytest.mark.parametrize("line", every("omitted"))
@pytest.mark.parametrize("end", ["", "\nat the beach"])
def test_omitted_media_in_six_languages(line: str, end: str) -> None:
    read = ANDROID.read(line + end)
    assert (read.kind, read.text) == (("text", "at the beach") if end else ("media", line))
    assert read.attributes == {"media": line}
    assert APPLE.read(MARK + line).kind == "media" and APPLE.read(line).kind == "text"


@pytest.mark.parametrize("line", every("typed"))
def test_kinds_of_media_in_six_languages(line: str) -> None:
    assert APPLE.read(MARK + line) == CLEANED.read(line) == Body("media", line, attributes={"media": line})
    assert APPLE.read(f"at the beach {MARK}{line}") == Body(
        "text", "at the beach", attributes={"media": line}
    )
    assert ANDROID.read(line) == APPLE.read(line) == Body("text", line)


@pytest.mark.parametrize("words", every("attached"))
def test_attached_files_in_six_languages(words: str) -> None:
    line = f"IMG-20250330-WA0010.jpg ({words})"
    assert ANDROID.read(line) == Body("media", line, attributes={"media": "IMG-20250330-WA0010.jpg"})
    assert (
        ANDROID.read(f"{line}\nhola").text == "hola" and ANDROID.read("Ann.vcf " + line[24:]).kind == "media"
    )


@pytest.mark.parametrize("words", every("attachment"))
@pytest.mark.parametrize("space", ["", " ", "\u00a0"])
def test_an_iphones_attachments_in_six_languages(words: str, space: str) -> None:
    line = f"{MARK}<{words}{space}: 00000042-PHOTO-2020-06-07-15-13-20.jpg>"
    assert APPLE.read(line).attributes == {"media": "00000042-PHOTO-2020-06-07-15-13-20.jpg"}
    assert (APPLE.read(line).kind, APPLE.read(f"{line}\nhola").text) == ("media", "hola")


@pytest.mark.parametrize("line", every("deleted", "you_deleted", "waiting"))
@pytest.mark.parametrize("stop", ["", "."])
def test_deleted_messages_in_six_languages(line: str, stop: str) -> None:
    assert ANDROID.read(line + stop) == APPLE.read(MARK + line + stop) == Body("deleted", line + stop)


@pytest.mark.parametrize("words", every("edited"))
@pytest.mark.parametrize("stop", ["", "."])
def test_edits_in_six_languages(words: str, stop: str) -> None:
    assert ANDROID.read(f"ah <{words}{stop}>") == Body("text", "ah", edited=True)
    assert APPLE.read(f"ah {MARK}<{words}{stop}>") == Body("text", "ah", edited=True)


@pytest.mark.parametrize("line", every("missed"))
def test_missed_calls_in_six_languages(line: str) -> None:
    assert ANDROID.read(line).kind == APPLE.read(MARK + line).kind == "call"
    assert APPLE.read(f"{MARK}{line}, {MARK}tap").kind == "call" and APPLE.read(line).kind == "text"


@pytest.mark.parametrize("line", every("call"))
def test_calls_in_six_languages(line: str) -> None:
    assert ANDROID.read(f"{line}, 3 min").kind == APPLE.read(f"{MARK}{line}. {MARK}3 min").kind == "call"
    assert ANDROID.read(line).kind == "text"


@pytest.mark.parametrize("word", every("location"))
def test_places_in_six_languages(word: str) -> None:
    for one in (word, word.capitalize()):
        line = f"{one}: https://maps.google.com/?q=-33.4,-70.6"
        assert ANDROID.read(line).kind == APPLE.read(MARK + line).kind == "media"


@pytest.mark.parametrize("words", LANGUAGES, ids=lambda words: words.language)
def test_polls_and_events_in_six_languages(words: Words) -> None:
    for poll in words.poll:
        body = f"{poll}:\n¿Pizza?\n{words.option[0]}: Sí (2)\n{words.option[0]}: No (0)"
        assert ANDROID.read(body).kind == APPLE.read(MARK + body).kind == "poll"
    for event in words.event:
        assert ANDROID.read(f"{event}: Cena\n").kind == "poll"


@pytest.mark.parametrize("line", [line for _language, line in NOTICES])
def test_an_iphones_notices_in_six_languages(line: str) -> None:
    assert APPLE.read(MARK + line) == Body("system", line)
