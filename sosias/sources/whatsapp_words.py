"""What WhatsApp's exporter writes in people's place, language by language; another language is one more.

Collected from public parsers, their tests and their users' reports. Where these disagree, or where
only one of them has a string, a comment says so: it is read like the others, and is the first to
suspect. Strings are without the full stop at their end, which some versions write.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """The exporter's words in one language; what is called a pattern is a regular expression."""

    language: str
    """Its code, as the language calls itself in ISO 639-1."""
    omitted: tuple[str, ...]
    """A whole line in the place of a medium, mostly Android's."""
    typed: tuple[str, ...]
    """The same by the kind of medium, an iPhone's; a document's name can stand before it."""
    attached: tuple[str, ...]
    """After a file's name: `IMG-1.jpg (file attached)`."""
    attachment: tuple[str, ...]
    """Before a file's name: `<attached: 1-PHOTO.jpg>`."""
    deleted: tuple[str, ...]
    you_deleted: tuple[str, ...]
    """These also tell who exported."""
    waiting: tuple[str, ...]
    """For a message that never arrived."""
    edited: tuple[str, ...]
    """In angle brackets, at the end of a body."""
    missed: tuple[str, ...]
    """Calls that nobody took,"""
    call: tuple[str, ...]
    """others, which a duration follows,"""
    unanswered: tuple[str, ...]
    """and what an iPhone says of them besides."""
    location: tuple[str, ...]
    """Before the link to a map."""
    poll: tuple[str, ...]
    """Before a question,"""
    option: tuple[str, ...]
    """and before each answer."""
    event: tuple[str, ...]
    encrypted: str
    """Pattern with which the first notice of most chats begins."""
    renamed: str
    """Pattern of notices that name a group, in quotation marks: the name may hold colons."""
    changed: str
    """Pattern of what else can be done to a group or a person, after whose name it stands."""
    system: str
    """Pattern of further notices."""
    you: tuple[str, ...]
    """The one who exports, in notices."""
    titles: tuple[str, ...]
    """Before the chat's name in a file's."""


ENGLISH = Words(
    language="en",
    omitted=(
        "<Media omitted>",
        "<View once message omitted>",
        "<View once voice message omitted>",
        "<Video note omitted>",
        "<Video message omitted>",
        "You received a view once message. For added privacy, you can only open it on your phone",
        "Live location shared",
    ),
    typed=tuple(
        f"{kind} omitted"
        for kind in ("image", "video", "audio", "sticker", "GIF", "document", "Contact card", "video note")
    ),
    attached=("file attached",),
    attachment=("attached",),
    deleted=("This message was deleted",),
    you_deleted=("You deleted this message",),
    waiting=("Waiting for this message", "Waiting for this message. This may take a while"),
    edited=("This message was edited",),
    missed=("Missed voice call", "Missed video call", "Missed group voice call", "Missed group video call"),
    call=("Voice call", "Video call", "Group voice call", "Group video call"),
    unanswered=("No answer",),
    location=("location",),
    poll=("POLL",),
    option=("OPTION",),
    event=("EVENT",),
    encrypted=r"Messages and calls are|Messages (?:to|you send to) this",
    renamed=r"created (?:the |this )?group|changed the (?:subject|group name)",
    changed=r"added|removed|invited|changed|was|joined|left",
    system=(
        r"\b(?:was|were) added\b|pinned a message|(?:un)?blocked|security code|disappearing messages"
        r"|now an admin|business account|deleted this group's icon|Only people who|message timer"
    ),
    you=("You",),
    titles=("WhatsApp Chat with ", "WhatsApp Chat - "),
    # Not certain: `video note omitted`.
)
SPANISH = Words(
    language="es",
    omitted=(
        "<Multimedia omitido>",
        "<Archivo omitido>",
        "Recibiste un mensaje de visualización única. Para mayor privacidad, "
        "solo puedes abrirlo en tu teléfono",
        "Ubicación en tiempo real compartida",
    ),
    typed=(
        *("imagen omitida", "video omitido", "Video omitido", "audio omitido", "sticker omitido"),
        *("GIF omitido", "documento omitido", "Tarjeta de contacto omitida"),
    ),
    attached=("archivo adjunto",),
    attachment=("adjunto",),
    deleted=("Se eliminó este mensaje", "Este mensaje fue eliminado"),
    you_deleted=("Eliminaste este mensaje",),
    waiting=(
        "Esperando este mensaje",
        "Esperando el mensaje",
        "Esperando el mensaje. Esto puede tomar tiempo",
    ),
    edited=("Se editó este mensaje",),
    missed=(
        *("Llamada perdida", "Llamada de voz perdida", "Llamada grupal perdida"),
        *("Videollamada perdida", "Videollamada grupal perdida"),
    ),
    call=("Llamada de voz", "Videollamada", "Llamada grupal", "Videollamada grupal"),
    unanswered=("Sin respuesta",),
    location=("ubicación",),
    poll=("ENCUESTA",),
    option=("OPCIÓN",),
    event=("EVENTO",),
    encrypted=r"Los mensajes y las llamadas|Los mensajes (?:y llamadas )?(?:en|de|que envíes a) est[ea]",
    renamed=r"(?:creó|creaste) (?:el |este )?grupo|cambi(?:ó|aste) el (?:asunto|nombre)",
    changed=(
        r"añadió|añadiste|agregó|agregaste|eliminó|eliminaste|invitó|cambió|cambiaste|se unió|te uniste|salió"
    ),
    system=(
        r"\b(?:saliste|fijó|fijaste|quitó)\b|código de seguridad|mensajes temporales"
        r"|eres admin|cuenta de empresa|bloqueaste"
    ),
    you=("Tú", "Usted"),
    titles=("Chat de WhatsApp con ", "Conversación de WhatsApp con ", "Chat de WhatsApp - "),
    # Not certain: `ENCUESTA`, `OPCIÓN`, `EVENTO`, `Esperando el mensaje. Esto puede tomar tiempo`.
)
PORTUGUESE = Words(
    language="pt",
    omitted=(
        *("<Mídia oculta>", "<Mídia omitida>", "<Arquivo de mídia oculto>", "<Ficheiro não revelado>"),
        *("<Multimédia omitido>", "<Arquivo não revelado>"),
        *("Localização em tempo real compartilhada", "Localização em tempo real partilhada"),
    ),
    typed=(
        *("imagem ocultada", "imagem omitida", "imagem não revelada"),
        *("vídeo omitido", "vídeo ocultado", "vídeo não revelado"),
        *("áudio ocultado", "áudio omitido", "ficheiro de áudio não revelado"),
        *("figurinha omitida", "figurinha ocultada", "sticker não revelado"),
        *("GIF omitido", "GIF não revelada"),
        *("documento omitido", "documento ocultado", "documento não revelado"),
        *("Cartão do contato omitido", "Contacto não revelado"),
    ),
    attached=("arquivo anexado", "ficheiro anexado"),
    attachment=("anexado", "anexo"),
    deleted=(
        *("Mensagem apagada", "Esta mensagem foi apagada", "Essa mensagem foi apagada"),
        "Esta mensagem foi eliminada",
    ),
    you_deleted=("Você apagou esta mensagem", "Apagou esta mensagem", "Eliminou esta mensagem"),
    waiting=("Aguardando mensagem", "Aguardando mensagem. Essa ação pode levar alguns instantes"),
    edited=("Mensagem editada", "Esta mensagem foi editada"),
    missed=(
        *("Chamada de voz perdida", "Chamada de vídeo perdida"),
        *("Chamada de voz não atendida", "Chamada de vídeo não atendida"),
        *("Ligação de voz perdida", "Ligação de vídeo perdida"),
    ),
    call=("Chamada de voz", "Chamada de vídeo", "Ligação de voz", "Ligação de vídeo"),
    unanswered=("Sem resposta",),
    location=("localização",),
    poll=("ENQUETE", "SONDAGEM"),
    option=("OPÇÃO",),
    event=("EVENTO",),
    encrypted=(
        r"(?:As )?[Mm]ensagens e (?:as )?(?:ligações|chamadas)"
        r"|As mensagens (?:que você envia|enviadas|desta|para este)"
    ),
    renamed=r"criou (?:o |este )?grupo|(?:mudou|alterou) o (?:assunto|nome)",
    changed=r"adicionou|removeu|convidou|mudou|alterou|entrou|saiu|foi",
    system=(
        r"\b(?:fixou|afixou)\b|código de segurança|mensagens temporárias|agora é admin"
        r"|conta comercial|bloqueou"
    ),
    you=("Você",),
    titles=(
        *("Conversa do WhatsApp com ", "Conversa no WhatsApp com ", "Chat do WhatsApp com "),
        "Conversa do WhatsApp - ",
    ),
    # Not certain: `Aguardando mensagem`, `figurinha ocultada`, `Essa mensagem foi apagada`, `SONDAGEM`,
    # `OPÇÃO`, `EVENTO`, `<Arquivo não revelado>`, `Localização em tempo real partilhada`.
)
GERMAN = Words(
    language="de",
    omitted=("<Medien ausgeschlossen>", "<Medien weggelassen>", "Live-Standort wird geteilt"),
    typed=(
        *("Bild weggelassen", "Video weggelassen", "Audio weggelassen", "Sticker weggelassen"),
        *("GIF weggelassen", "Dokument weggelassen", "Kontaktkarte weggelassen"),
        "Kontaktkarte ausgelassen",
    ),
    attached=("Datei angehängt",),
    attachment=("Anhang",),
    deleted=("Diese Nachricht wurde gelöscht",),
    you_deleted=("Du hast diese Nachricht gelöscht",),
    waiting=("Warte auf diese Nachricht", "Auf diese Nachricht warten"),
    edited=("Diese Nachricht wurde bearbeitet",),
    missed=(
        *("Verpasster Sprachanruf", "Verpasster Videoanruf"),
        *("Verpasster Gruppen-Sprachanruf", "Verpasster Gruppen-Videoanruf"),
    ),
    call=("Sprachanruf", "Videoanruf", "Gruppen-Sprachanruf", "Gruppen-Videoanruf"),
    unanswered=("Keine Antwort",),
    location=("Standort",),
    poll=("UMFRAGE",),
    option=("OPTION",),
    event=("EVENT", "VERANSTALTUNG"),
    encrypted=r"Nachrichten (?:und Anrufe|in diesem Chat)|Nachrichten, die (?:du|Sie) ",
    renamed=r"hat (?:die|diese) Gruppe|hat den (?:Betreff|Gruppennamen)|hast (?:die|diese) Gruppe",
    changed=r"hat|hast|wurde|wurdest|ist",
    system=(
        r"\bhinzugefügt\b|\bhat die Gruppe verlassen\b|\bentfernt\b|\bbeigetreten\b|\bangeheftet\b|erstellt"
        r"|Sicherheitsnummer|[Ss]elbstlöschende Nachrichten|Admin\b|Unternehmenskonto|blockiert"
        r"|\bgeändert\b"
    ),
    you=("Du",),
    titles=("WhatsApp Chat mit ", "WhatsApp-Chat mit "),
    # Not certain: `GIF weggelassen`, `Sticker weggelassen`, `Kontaktkarte ausgelassen`, `VERANSTALTUNG`,
    # `Warte auf diese Nachricht`, `Auf diese Nachricht warten`, `UMFRAGE`.
)
FRENCH = Words(
    language="fr",
    omitted=("<Médias omis>", "<Fichier omis>", "Position en direct partagée"),
    typed=(
        *("image absente", "image omise", "vidéo absente", "vidéo omise", "audio omis", "audio absent"),
        *("sticker omis", "GIF retiré", "GIF omis", "document omis", "document manquant"),
        *("fiche contact absente", "Fiche contact manquante"),
    ),
    attached=("fichier joint",),
    attachment=("pièce jointe",),
    deleted=("Ce message a été supprimé",),
    you_deleted=("Vous avez supprimé ce message",),
    waiting=("En attente de ce message", "En attente de ce message. Vérifiez votre téléphone"),
    edited=("Ce message a été modifié",),
    missed=(
        *("Appel vocal manqué", "Appel vidéo manqué"),
        *("Appel vocal de groupe manqué", "Appel vidéo de groupe manqué"),
    ),
    call=("Appel vocal", "Appel vidéo", "Appel vocal de groupe", "Appel vidéo de groupe"),
    unanswered=("Sans réponse", "Pas de réponse"),
    location=("position", "localisation"),
    poll=("SONDAGE",),
    option=("OPTION",),
    event=("ÉVÉNEMENT", "ÉVÈNEMENT"),
    encrypted=r"Les messages et (?:les )?appels|Les messages (?:envoyés|que vous|de cette|dans cette)",
    renamed=r"(?:a|avez) créé (?:le|ce) groupe|(?:a|avez) (?:changé|modifié) (?:le (?:sujet|nom)|l['’]objet)",
    changed=r"a|avez|est|êtes",
    system=(
        r"\ba (?:ajouté|retiré|quitté|rejoint|épinglé|changé|modifié|remplacé|supprimé l)\b|vous a ajouté"
        r"|code de sécurité|messages éphémères|désormais admin|compte professionnel|bloqué|est parti"
    ),
    you=("Vous",),
    titles=("Discussion WhatsApp avec ", "Discussion WhatsApp - "),
    # Not certain: `image omise`, `vidéo omise`, `audio absent`, `GIF retiré`, `GIF omis`, `sticker omis`,
    # `document omis`, `document manquant`, `Fiche contact manquante`, `Position en direct partagée`,
    # `En attente de ce message`, `localisation`, `ÉVÉNEMENT`, `ÉVÈNEMENT`, `SONDAGE`.
)
ITALIAN = Words(
    language="it",
    omitted=(
        *("<Media omessi>", "<Media omesso>", "Posizione in tempo reale condivisa"),
        "<Il messaggio vocale visualizzabile una volta è stato omesso>",
        "<Il messaggio visualizzabile una volta è stato omesso>",
    ),
    typed=(
        *("immagine omessa", "video omesso", "audio omesso", "sticker non incluso", "sticker omesso"),
        *("adesivo omesso", "GIF omessa", "GIF esclusa", "documento omesso", "scheda contatto omessa"),
        "Scheda contatto omessa",
    ),
    attached=("file allegato",),
    attachment=("allegato",),
    deleted=("Questo messaggio è stato eliminato",),
    you_deleted=("Hai eliminato questo messaggio",),
    waiting=("In attesa del messaggio", "In attesa del messaggio. L'operazione potrebbe richiedere tempo"),
    edited=("Questo messaggio è stato modificato", "Messaggio modificato"),
    missed=(
        *("Chiamata vocale persa", "Videochiamata persa"),
        *("Chiamata vocale di gruppo persa", "Videochiamata di gruppo persa"),
    ),
    call=("Chiamata vocale", "Videochiamata", "Chiamata vocale di gruppo", "Videochiamata di gruppo"),
    unanswered=("Nessuna risposta",),
    location=("posizione",),
    poll=("SONDAGGIO",),
    option=("OPZIONE",),
    event=("EVENTO",),
    encrypted=r"I messaggi e le chiamate|I messaggi (?:in|di|che invii in) questa",
    renamed=(
        r"(?:ha|hai) creato (?:il|questo) gruppo"
        r"|(?:ha|hai) (?:cambiato|modificato) (?:l['’]oggetto|il nome)"
    ),
    changed=r"ha|hai|è|sei|si è",
    system=(
        r"\bha (?:aggiunto|rimosso|abbandonato|cambiato|modificato|fissato|creato)\b|uscit[oa]\b"
        r"|si è unit[oa]|codice di sicurezza|messaggi effimeri|ora amministratore|account business"
        r"|bloccato|entrat[oa]"
    ),
    you=("Tu",),
    titles=("Chat WhatsApp con ", "Chat WhatsApp - "),
    # Not certain: `sticker non incluso`, `sticker omesso`, `adesivo omesso`, `GIF omessa`, `GIF esclusa`,
    # `<Il messaggio visualizzabile una volta è stato omesso>`, `OPZIONE`, `EVENTO`,
    # `In attesa del messaggio. L'operazione potrebbe richiedere tempo`.
)
LANGUAGES = (ENGLISH, SPANISH, PORTUGUESE, GERMAN, FRENCH, ITALIAN)
