"""What the program itself says in a crisis: short, written by hand, in Spanish and English.

It says who is speaking, takes the message seriously, asks directly, gives the lines and names a
trusted person; when it is imminent, emergency services, company and distance from the means come
first. It never names a method, promises nothing and does not end the talk. Three variants take
turns, so that a second answer is not the same block again. How such an answer should be made is
taken from the VERA-MH rubric; the words have not been reviewed by a clinician (docs/safety.md).
"""

from collections.abc import Sequence
from typing import Literal

from sosias.companion.helplines import emergency_shown, lines_shown
from sosias.companion.spelling import Language

Variants = tuple[tuple[str, ...], ...]

CRISIS: dict[Language, Variants] = {
    "es": (
        (
            "Te habla el programa, no {name}. Esto no lo voy a contestar imitando a nadie. Gracias por "
            "decirlo: suena a que lo estás pasando muy mal, y me lo tomo en serio.",
            "Te lo pregunto directamente: ¿estás pensando en suicidarte o en hacerte daño? Puedes "
            "contestarme lo que sea, sin adornos.",
            "Mientras tanto, aquí hay personas preparadas para escucharte, sin juzgarte:\n{lines}\n"
            "Si corres peligro ahora mismo, llama a emergencias: {emergency}.",
            "Y, si puedes, díselo hoy a alguien de confianza: una amiga, alguien de tu familia, tu "
            "médico. Con un «no estoy bien, ¿te quedas un rato conmigo?» basta para empezar. Aquí puedes "
            "seguir escribiendo.",
        ),
        (
            "Sigo siendo el programa quien te habla, no {name}. Te leo, y lo que dices importa. No "
            "tienes que cargar con esto a solas.",
            "¿Son muy fuertes esas ganas ahora mismo? ¿Has pensado en cómo o cuándo? Preguntarlo no "
            "empeora nada, y me ayuda a decirte quién puede ayudarte mejor.",
            "Estas líneas son confidenciales; no hace falta saber qué decir, basta con llamar:\n{lines}\n"
            "Si crees que podrías hacerte daño en las próximas horas, llama a emergencias: {emergency}.",
            "¿En quién confías más? Escríbele ahora, aunque sea solo «te necesito», y que alguien se quede "
            "un rato contigo. Cuando quieras, seguimos aquí.",
        ),
        (
            "Esto te lo dice el programa, no {name}. Siento mucho que duela tanto. Que lo cuentes es "
            "un paso, y no un paso pequeño.",
            "Dime, con las palabras que te salgan: ¿quieres morir, o quieres que pare lo que estás "
            "sintiendo? Las dos cosas se pueden hablar, y para las dos hay ayuda.",
            "Aquí hay alguien que puede acompañarte de verdad, cosa que un programa no puede:\n{lines}\n"
            "Si el peligro es ahora, emergencias: {emergency}.",
            "No te quedes a solas con esto: busca a alguien de confianza, o acércate a un centro de salud "
            "o a urgencias. Yo no cierro la conversación.",
        ),
    ),
    "en": (
        (
            "This is the program speaking, not {name}. I won't answer this by imitating anybody. Thank "
            "you for saying it: it sounds as if things are very hard, and I take it seriously.",
            "Let me ask you directly: are you thinking about killing yourself or hurting yourself? You "
            "can tell me whatever is true.",
            "Meanwhile, these are people trained to listen, without judging you:\n{lines}\n"
            "If you are in danger right now, call emergency services: {emergency}.",
            "And if you can, tell somebody you trust today: a friend, someone in your family, your "
            'doctor. "I\'m not OK, can you stay with me for a while?" is enough to begin with. You can '
            "go on writing here.",
        ),
        (
            "It is still the program speaking, not {name}. I am reading you, and what you say matters. "
            "You don't have to carry this alone.",
            "How strong is that wish right now? Have you thought about how or when? Asking does not make "
            "it worse, and it helps me tell you who can help you best.",
            "These lines are confidential. You don't need to know what to say; calling is enough:\n"
            "{lines}\nIf you think you might hurt yourself in the next hours, call emergency services: "
            "{emergency}.",
            'Whom do you trust most? Write to them now, even if it is only "I need you", and let somebody '
            "stay with you for a while. I am here whenever you want to go on.",
        ),
        (
            "The program is telling you this, not {name}. I am sorry that it hurts this much. Saying it "
            "is a step, and not a small one.",
            "Tell me in your own words: do you want to die, or do you want what you feel to stop? Both "
            "can be talked about, and there is help for both.",
            "Here is somebody who can really be with you, which a program cannot:\n{lines}\n"
            "If the danger is now, emergency services: {emergency}.",
            "Please don't stay alone with this: find somebody you trust, or go to a health centre or an "
            "emergency department. I am not closing this conversation.",
        ),
    ),
}

IMMINENT: dict[Language, Variants] = {
    "es": (
        (
            "Te habla el programa, no {name}. Lo que cuentas es urgente, y lo que importa ahora es que "
            "estés a salvo.",
            "Por favor, llama ya a emergencias: {emergency}. Si ya te has hecho daño o has tomado algo, "
            "díselo, aunque te encuentres bien. Si no puedes hablar, pide a alguien que llame por ti.",
            "Ve ahora mismo con alguien, o pídele que venga y que no te deje a solas. Y aléjate de "
            "aquello con lo que podrías hacerte daño: sal de ahí, o que otra persona se lo lleve.",
            "También puedes hablar ahora con:\n{lines}",
            "¿Hay alguien cerca de ti en este momento? Contéstame aquí si quieres, pero llama primero.",
        ),
        (
            "Sigo siendo el programa quien te habla, no {name}. Me preocupa lo que puede pasar en los "
            "próximos minutos.",
            "Llama a emergencias, por favor: {emergency}. Di que estás en peligro y dónde estás; no "
            "hace falta explicar nada más.",
            "No te quedes a solas ni un rato: una vecina, alguien en la calle, quien esté más cerca. Y pon "
            "distancia con lo que pueda hacerte daño.",
            "Y estas personas atienden ahora:\n{lines}",
            "¿A quién puedes llamar en este momento? Esto tan fuerte suele bajar si alguien te acompaña.",
        ),
        (
            "Esto te lo dice el programa, no {name}. Quiero que llegues a mañana con alguien a tu lado.",
            "Lo primero, emergencias: {emergency}. Si te cuesta llamar, dale el teléfono a alguien o ve a "
            "las urgencias del hospital más cercano.",
            "Sal del lugar donde estás si hay algo con lo que podrías hacerte daño, y busca compañía.",
            "Mientras llega alguien, puedes hablar con:\n{lines}",
            "¿Puedes hacerlo ahora? Sigo aquí y no cierro la conversación.",
        ),
    ),
    "en": (
        (
            "This is the program speaking, not {name}. What you say is urgent, and what matters now is "
            "that you are safe.",
            "Please call emergency services now: {emergency}. If you have already hurt yourself or taken "
            "something, tell them, even if you feel fine. If you can't talk, ask somebody to call for you.",
            "Go to somebody right now, or ask them to come and not leave you alone. And get away from "
            "what you could hurt yourself with: leave that place, or have somebody take it away.",
            "You can also talk now to:\n{lines}",
            "Is anybody near you at this moment? Answer me here if you like, but call first.",
        ),
        (
            "It is still the program speaking, not {name}. I am worried about the next few minutes.",
            "Please call emergency services: {emergency}. Say that you are in danger and where you are; "
            "nothing more needs explaining.",
            "Don't stay alone, not even for a little: a neighbour, somebody in the street, whoever is "
            "nearest. And put distance between you and what could hurt you.",
            "These people answer now:\n{lines}",
            "Who can you call this minute? A wave as strong as this often eases when somebody is with you.",
        ),
        (
            "The program is telling you this, not {name}. I want you to reach tomorrow with somebody at "
            "your side.",
            "First, emergency services: {emergency}. If calling is hard, hand somebody the phone, or go "
            "to the nearest emergency department.",
            "Leave the place you are in if there is something there to hurt yourself with, and find company.",
            "Until somebody comes you can talk to:\n{lines}",
            "Can you do that now? I am still here, and I am not closing this conversation.",
        ),
    ),
}

OPENING: dict[Language, str] = {
    "es": "Soy un programa que imita a {name}; no soy {name}.",
    "en": "I am a program that imitates {name}; I am not {name}.",
}
NEUTRAL: dict[Language, str] = {
    "es": "(El programa no ha encontrado una respuesta adecuada. Prueba a decirlo de otra manera.)",
    "en": "(The program found no fitting answer. Try to say it in another way.)",
}


def reply(
    level: Literal["crisis", "imminent"], language: Language, *, name: str, country: str | None, earlier: int
) -> tuple[str, ...]:
    """Return the bubbles of the program's answer; `earlier` such answers choose the variant."""
    variants = (IMMINENT if level == "imminent" else CRISIS)[language]
    lines = lines_shown(country, language)
    emergency = emergency_shown(country, language)
    bubbles = variants[earlier % len(variants)]
    return tuple(bubble.format(name=name, lines=lines, emergency=emergency) for bubble in bubbles)


def is_reply(bubbles: Sequence[str]) -> bool:
    """Tell whether a turn in the talk's history is an answer of this dialogue, by how it begins."""
    return bool(bubbles) and bubbles[0].lstrip().startswith(_BEGINNINGS)


def is_neutral(bubbles: Sequence[str]) -> bool:
    """Tell whether a turn in the talk's history is the program's neutral line."""
    return "\n".join(bubbles).strip() in NEUTRAL.values()


_BEGINNINGS = tuple(
    {
        variant[0].partition("{name}")[0]
        for spoken in (CRISIS, IMMINENT)
        for variants in spoken.values()
        for variant in variants
    }
)
