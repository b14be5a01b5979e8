"""Spanish words that speak of good and bad: a small lexicon of our own, so that no licence binds it.

It was written down from knowledge of the language, not counted out of a labelled corpus, so that what it is
worth can be measured on all of one (`docs/look.md` has the figures). Left out are words that are good in one
country and bad in another (`chingón`, `bestia`), and those that come with any greeting (`buenas`).

The lists hold stems of words; `forms` has their endings. Accents are left out: many writers do that, too.
"""

from collections.abc import Iterator

ADJECTIVES = {
    3: """maravillos fantastic magnific extraordinari hermos buenisim lindisim precios estupend fabulos
    perfect enamorad soberbi guapisim riquisim felicisim encantad""",
    2: """bonit lind guap bell content divertid simpatic delicios orgullos afortunad emocionad agradecid
    cariños tiern chul chid buen ric valios dichos exitos acertad divin grandios bendit""",
    1: """tranquil curios san comod satisfech sincer generos honrad solidari limpi animad list""",
    -1: """aburrid cansad agotad preocupad nervios rar complicad confundid lent inquiet incomod celos
    decaid pesad desanimad extrañad perdid""",
    -2: """fe mal malvad tont idiot enferm enfadad enojad hart frustrad decepcionad deprimid estresad
    asustad herid rot trist fals mentiros hipocrit egoist injust fracasad ridicul toxic maldit suci
    jodid groser estupid amargad corrupt indignad dolid furios molest podrid patetic desesperad
    angustiad muert""",
    -3: """horroros asqueros pesim espantos malisim odios nefast asesin catastrofic""",
}
"""Stems that take -o, -a, -os, -as; and -ísimo."""

WORDS = {
    3: """feliz felicidad amor genial excelente espectacular increible perfeccion maravilla delicia belleza
    bravo enhorabuena sublime encantador encantadora""",
    2: """alegria exito fiesta risa sonrisa cariño abrazo beso besito amistad suerte victoria triunfo
    orgullo ilusion esperanza felicitacion gracias agradable inolvidable impresionante brillante interesante
    inteligente fascinante valiente dulce elegante mejor guay crack ole viva bendicion paz gloria chevere
    bacan padrisimo ganador premio placer diversion emocionante favorito ideal""",
    1: """bien ayuda amigo amiga amable honor regalo vacaciones ventaja solucion descanso calma confianza
    respeto libertad libre fiel util salud apoyo facil capaz""",
    -1: """dificil problema duda falta queja presion ruido imposible deuda debil critica culpa verguenza
    extraño lastima sueño pobre""",
    -2: """triste tristeza dolor pena miedo rabia odio asco mentira guerra error fallo fracaso crisis
    desastre basura mierda muerte enfermedad accidente peligro amenaza ansiedad angustia estres insulto
    traicion engaño pelea llanto susto fraude robo golpe daño desgracia ira injusticia tonteria peor infeliz
    grave fatal mediocre cutre imbecil cobarde cruel inutil insoportable lamentable preocupante vergonzoso
    deprimente horror soledad depresion decepcion derrota corrupcion hambre pobreza crimen delito victima
    violencia cabron hipocresia envidia puto puta gilipollas pendejo idiotez caos gripe fiebre""",
    -3: """horrible terrible tragedia pesadilla terror asesinato suicidio miserable atroz catastrofe tortura
    repugnante odioso violacion masacre hijoputa hijueputa""",
}
"""Words that take -s or -es."""

VERBS = {
    3: """adorar amar encantar maravillar enamorar""",
    2: """alegrar disfrutar celebrar felicitar abrazar besar ganar triunfar divertir reir sonreir gustar
    admirar agradecer molar emocionar fascinar ilusionar lograr""",
    1: """ayudar mejorar animar apoyar aprender confiar cuidar descansar respetar apreciar arreglar acertar
    recomendar aprobar""",
    -1: """aburrir cansar preocupar dudar faltar quejar criticar olvidar perder fallar extrañar agotar""",
    -2: """llorar sufrir doler odiar fracasar molestar enfadar enojar mentir engañar robar insultar romper
    asustar frustrar decepcionar amenazar atacar despreciar arruinar destrozar destruir morir matar joder
    equivocar fastidiar cagar humillar traicionar lamentar rechazar castigar pelear golpear""",
    -3: """detestar asesinar torturar violar""",
}
"""Infinitives."""

PRESENT = {
    2: "sonri diviert agradezc recomiend aprueb",
    -1: "pierd",
    -2: "duel mient muer",
}
"""Stems that verbs have in some forms only; they take the endings of the present."""

EMOJI = {
    3: "😍 🥰 ❤ 💖 💕 💞 💘 😘 🤩 💗 💓 💙 💚 💛 🧡 💜 🖤 💝",
    2: "😀 😃 😄 😁 😆 😂 🤣 😊 ☺ 😉 😎 🥳 🎉 👏 🙌 💪 👍 😋 🤗 😇 ✨ 🌟 💋 😚 😙 🎊 🏆 🌹 🌸 😌 😜 😝 😛",
    -1: "😕 😐 😒 🙄 😬 😓 😥 😴 🤔 😶 🥱 😪",
    -2: "😢 😭 😞 😔 😟 🙁 ☹ 😠 😡 🤬 😤 😩 😫 😰 😨 😱 👎 💔 🤢 🤮 😣 😖 😷 🤒 💩 😿",
}
"""Emoji by what they mostly stand for."""

NEGATIONS = ("no", "nunca", "ni", "jamas", "tampoco", "sin", "nadie")
"""They turn round what stands within three words behind them."""
STRONGER = ("muy", "tan", "super", "demasiado", "bastante", "mas", "tanto", "mucho", "mucha", "re")
WEAKER = ("poco", "algo", "casi", "apenas", "medio")
"""They weigh the word that follows."""

ENDINGS = {
    "ar": "ar o as a amos ais an e aste o aron aba abas aban ando ado ada ados adas es emos en ara aran arte",
    "er": "er o es e emos en i iste io ieron ia ias ian iendo ido ida idos idas a as an era eran",
    "ir": "ir o es e imos en i iste io ieron ia ias ian iendo ido ida idos idas a as an ira iran",
}
"""Of verbs, as they are written in chats; without accents."""


def forms() -> dict[str, float]:
    """Return the strength of every form of every word; what is nearer to nought wins where two meet."""
    strengths: dict[str, float] = {}
    tables = ((ADJECTIVES, _adjective), (WORDS, _noun), (VERBS, _verb), (PRESENT, _present))
    for table, inflected in tables:
        for strength, stems in table.items():
            for stem in stems.split():
                for form in inflected(stem):
                    known = strengths.get(form, strength)
                    strengths[form] = min(known, strength, key=abs)
    return strengths


def _adjective(stem: str) -> Iterator[str]:
    return (stem + ending for ending in ("o", "a", "os", "as", "isimo", "isima"))


def _noun(word: str) -> Iterator[str]:
    yield word
    yield word + ("s" if word[-1] in "aeiou" else "es")
    if word.endswith("z"):
        yield word[:-1] + "ces"


def _verb(infinitive: str) -> Iterator[str]:
    return (infinitive[:-2] + ending for ending in ENDINGS[infinitive[-2:]].split())


def _present(stem: str) -> Iterator[str]:
    return (stem + ending for ending in ("o", "es", "e", "en", "a", "as", "an"))
