"""Lines written for the tests, with what the screening should make of them.

Written from what is known of how people say these things, in the Spanish of Spain, Mexico,
Argentina and Chile and in English; none is copied from anybody. A `|` parts the bubbles of one turn.
`FURTHER_*` were written after the first version of the phrases, to see what they miss; on them that
version found 73 %; later batches 81 %, 84 % and 86 %, each before it was learnt from. The
fuller set with indirect and third-person lines comes with the fuller dialogue.
"""


def _lines(text: str) -> list[list[str]]:
    return [[bubble.strip() for bubble in line.split("|")] for line in text.strip().splitlines()]


EXPLICIT_ES = _lines("""
me quiero morir
quiero morirme
Quiero morir.
ya no quiero vivir
ya no quiero vivir más
no quiero seguir viviendo
quiero suicidarme
me quiero suicidar
estoy pensando en suicidarme
llevo semanas pensando en quitarme la vida
he pensado en quitarme la vida muchas veces
quiero acabar con mi vida
voy a acabar con todo
quiero matarme
me quiero matar, no aguanto más
me voy a matar
no puedo seguir viviendo así
ojalá no me despierte mañana
ojalá me muera
me gustaría dormirme y no despertar nunca
quiero dormir y no despertar más
estaría mejor muerta
todos estarían mejor sin mí
mi familia estaría mejor sin mí
no tengo ganas de vivir
perdí las ganas de vivir
no le veo sentido a seguir viviendo
no vale la pena seguir viva
estoy cansada de vivir
estoy harto de vivir, de verdad
tengo pensamientos suicidas
me vienen ideas suicidas todo el tiempo
soy suicida y nadie lo sabe
pienso en el suicidio cada día
intenté suicidarme hace un mes
el año pasado me intenté suicidar
hoy me corté los brazos otra vez
me corto para no sentir
volví a cortarme anoche
tengo ganas de cortarme
me estoy autolesionando
necesito hacerme daño para calmarme
quiero hacerme daño
m kiero morir
me kiero matar
kiero morirme ya
ya no kiero bibir
me qiero suicidar
quiero desvivirme
me quiero desvivir
quiero m0rir
quiero su1cidarme
me quiero m*tar, en serio
Q U I E R O morir, no aguanto
quieroooo morirmeeee
ME QUIERO MORIR
me quiero | morir
ya no quiero | vivir
tengo ganas | de matarme
voy a | quitarme | la vida
no doy más boludo, me quiero matar en serio
me quiero pegar un tiro, no puedo más con esto
me quiero puro morir
me quiero puro matar wn, no aguanto más
weón quiero puro morirme
neta ya no quiero vivir
la neta quiero morirme wey
quiero tirarme de un puente
quiero aventarme del puente
me quiero tirar a las vías del tren
estoy pensando en tirarme por la ventana
quiero lanzarme al metro
quiero ahorcarme
pienso en ahorcarme
quiero cortarme las venas
me quiero cortar las venas
quiero tomarme todas las pastillas
quiero tomarme un frasco de pastillas y ya
no quiero existir
quiero dejar de existir
preferiría estar muerto
prefiero morirme a seguir así
quisiera no haber nacido
merezco morir
no merezco vivir
quiero desaparecer para siempre y no volver
no quiero estar en este mundo
no quiero despertar mañana
me dan ganas de morirme
a veces pienso que sería mejor morirme
creo que lo mejor es suicidarme
no encuentro motivos para vivir
jaja me quiero morir pero en serio, no puedo más
me quiero quitar la vida
¿por qué no me mato de una vez?
cómo puedo suicidarme sin dolor
ya no quiero seguir vivo
odio estar viva
no, quiero morir
por favor ayúdame, me quiero morir
""")

IMMINENT_ES = _lines("""
me voy a matar esta noche
esta noche me suicido
hoy me mato
voy a suicidarme ahora mismo
ya me tomé todas las pastillas
me acabo de tomar un frasco de pastillas
me he tomado 40 pastillas
me tomé una caja entera de clonazepam
tengo la pistola en la mano
tengo las pastillas en la mano y voy a tomármelas
estoy en el puente y voy a saltar
estoy en la azotea | voy a saltar
me acabo de cortar las venas
ya escribí la carta de despedida
cuando lean esto ya estaré muerta
este es mi último mensaje, adiós a todos
tengo la soga lista
estoy en el borde de la azotea
mañana ya no estaré viva
me mato ahora
esta tarde me quito la vida
me quiero matar | esta noche
voy a acabar con mi vida hoy
me bebí lejía
compré una pistola, voy a matarme
""")

EXPLICIT_EN = _lines("""
I want to die
i wanna die
I just want to die
I really fucking want to die
I want to kill myself
I wanna kill myself
i'm going to kill myself
I'm gonna kill myself
thinking about killing myself again
I keep thinking about suicide
I've been thinking of ending my life
I want to end my life
I want to end it all
I don't want to live anymore
i dont wanna live anymore
I don't want to be alive
I don't want to be here anymore
I don't want to exist
I wish I was dead
I wish I were dead
I wish I'd never been born
I wish I wouldn't wake up
I hope I don't wake up tomorrow
I want to go to sleep and never wake up
everyone would be better off without me
they'd be better off without me
I'd be better off dead
I have no reason to live
there's no point in living
nothing left to live for
life isn't worth living
my life is not worth living anymore
I'm suicidal
I feel suicidal
i've been feeling really suicidal lately
having suicidal thoughts
I have suicidal thoughts every day
I tried to kill myself last year
I attempted suicide twice
I'm considering suicide
i am planning to commit suicide
planning my suicide
I want to take my own life
I can't go on living like this
I'm tired of living
sick of being alive
I deserve to die
I don't deserve to live
I cut myself again
I've been cutting myself
I want to cut myself
I want to hurt myself
I need to hurt myself to feel anything
I can't stop self harming
i relapsed and cut my arms
started cutting again
urge to self harm is so strong
kms
i wanna kms
gonna kms
i want to unalive myself
unaliving myself seems easier
thinking about sewerslide
k*ll myself
i want to k1ll myself
I want 2 die
i wnt to die
i want to dieeee
I WANT TO DIE
i want | to die
i'm going to | kill myself
I don't want | to live | anymore
I want to hang myself
thinking of hanging myself
I want to jump off a bridge
I'm going to jump in front of a train
I want to slit my wrists
I want to overdose
I want to swallow all my pills
I feel like taking all my pills
I could just drive my car off a bridge
I want to blow my brains out
I want to put a bullet in my head
I want to shoot myself
no one would care if I died
lol i want to die but i'm serious
I have a plan to kill myself
how do I kill myself painlessly
the only way out is death
I'm ready to die
ready to end my life
I hate being alive
I'd rather be dead
please just kill me, I can't take it anymore
what's the easiest way to kill myself
no, I want to die
I can't do this anymore, I want to die
i don't see a point in living
I want to disappear forever and not exist
""")

IMMINENT_EN = _lines("""
I'm going to kill myself tonight
I'm killing myself tonight
I took all my pills
I just took a whole bottle of pills
i swallowed 50 tylenol
I just overdosed
I have a gun in my hand
I have the pills in my hand
the gun is loaded
I'm standing on the edge of the bridge about to jump
I'm on the roof | about to jump
I just cut my wrists
I slit my wrists
I wrote my suicide note
by the time you read this I'll be dead
this is my last message, goodbye
the noose is ready
tonight I end it all
I won't be alive tomorrow
I'm going to end my life today
I want to kill myself right now
kms tonight, I'm going to kms
I bought a gun and I'm going to kill myself
I drank bleach
ending my life tonight
""")

IDIOM = _lines("""
me muero de risa
me muero de hambre
me muero de sueño
me muero de vergüenza
me muero por verte
me muero de ganas de ir
me quiero morir jaja qué vergüenza
me quiero morir jajajaja
me quiero morir de la vergüenza
me quiero morir 😂😂
quiero morirme de la risa
me quiero morir, qué oso hice ayer
me quiero matar jajaja me olvidé las llaves
me quiero matar, me olvidé el cargador en casa
este examen me mata
este calor me está matando
esta tos me mata
matar el tiempo
estoy matando el rato
matar dos pájaros de un tiro
me maté estudiando toda la noche
me mato de risa contigo
me mato a trabajar y no me pagan
casi me mato en la moto pero estoy bien
me voy a matar a estudiar este finde
mi madre me va a matar
mi jefe me mata si llego tarde
te voy a matar jajaja
te mato
mátame camión
trágame tierra
estoy muerto de cansancio
muerta de risa
antes muerta que sencilla
me quedé muerta con la noticia
estoy muerta 💀
se murió mi móvil
el wifi está muerto
no puedo vivir sin café
sin ti no puedo vivir, pizza
no quiero vivir en Madrid
ya no quiero vivir con mis padres
no quiero vivir sola
no quiero vivir en un piso compartido
estoy cansada de vivir con gente sucia
harto de vivir en esta ciudad
no quiero morir
no me quiero morir sin ver Japón
no pienso suicidarme, tranquila
Escuadrón Suicida es malísima
es un suicidio político
sería un suicidio comercial
me corté el pelo
quiero cortarme el pelo
necesito cortarme las uñas
me corté afeitándome
me corté el dedo cocinando
me corto un poco hablando en público
me hice daño jugando al fútbol
me quemé con el horno
voy a saltar a la comba
quiero saltar en paracaídas
nos vamos de puente el jueves
estoy en el puente de Triana haciendo fotos
quiero tirarme a la piscina
me voy a tirar en el sofá
me tiro al sofá y no me levanto
quiero desaparecer del mapa una semana
quiero irme de aquí ya, qué aburrimiento
me tomé la pastilla para la alergia
tengo que tomarme las pastillas del antibiótico
me tomé 2 pastillas para el dolor de cabeza
hoy acabo con todo el papeleo
voy a acabar con todo el helado
esta noche termino el trabajo
es mi última noche en Lisboa
corrí 10 kms
quedan 5 kms
me pego un atracón de series
se mató a trabajar para sacar adelante a sus hijos
no doy más del sueño
no aguanto más este calor
la peli es de un asesino que se suicida al final
estamos leyendo a Durkheim, El suicidio
mi abuelo murió el año pasado
hoy hace un año que murió mi perro
quiero dormir hasta mañana
no quiero despertarme temprano mañana
qué ganas de no hacer nada
vivir así es morir de amor
jajaja me muero
x dios me muero, qué bonito
I'm dead 😂
im dead lmao
I'm dying 😂
dying of laughter
I'm dying to see you
killing time
you're killing it
my feet are killing me
this homework is killing me
this heat is killing me
you kill me haha
I could kill for a coffee
to die for
I almost died laughing
I nearly died of embarrassment
i want to die lol that was so embarrassing
I want to die of embarrassment
so embarrassing I wanted to die haha
mom is going to kill me
my boss will kill me if I'm late
just shoot me an email
shot myself in the foot with that one
Suicide Squad is on tonight
that's career suicide
political suicide for the whole party
suicide prevention week is in September
kill the process with kill -9
the server died again
my phone died
my battery is dying
I'm dead tired
dead serious
the deadline is killing us
over my dead body
hang in there
wanna hang out tonight?
I cut myself shaving
cut myself some slack
I cut myself off from social media
I cut my finger chopping onions
I hurt myself at the gym
I burned myself on the oven
I want to jump on a call
about to jump in the shower
I'm going to jump off the diving board
I took my pills with breakfast
did you take all your pills?
I don't want to live in London
I don't want to live with roommates anymore
I'm tired of living out of a suitcase
sick of living here
I don't want to be here anymore, this party is boring
I don't want to die
I'm not suicidal, just tired
not going to kill myself over a grade
I overdosed on chocolate
I might overdose on coffee
end of my shift, finally
I'll end it here, bye
it's the end of the world lol
this meeting makes me want to die lol
another monday, kill me lol
if I have to sit through one more meeting I'm going to kill myself lol
live a little
I'd die without my phone
I'm gonna die of boredom
old habits die hard
he killed it on stage
she slays
I'm so tired I could die
the plant on my balcony died
drop dead gorgeous
die another day is not the best Bond
let's kill two birds with one stone
""")

ORDINARY = _lines("""
hola, ¿cómo estás?
bien y tú
llego en diez minutos
¿compras pan?
jajaja qué bueno
mañana tengo dentista a las nueve
te quiero mucho
me quiero ir a casa ya
quiero comer algo
no quiero ir al gimnasio
voy a matricularme en septiembre
¿me pasas la dirección?
ya estoy en el metro
el tren sale del andén 4
estoy en la terraza tomando algo
hoy por la noche hay partido
no puedo más de tanto comer
feliz cumple!!
mi madre está en el hospital pero mejor
estoy triste porque se va mi amiga
hoy no tuve un buen día
me siento cansada
la vida es bella
tengo las llaves en la mano
compré las pastillas del perro
estoy pensando en mudarme
quiero cambiar de vida
quiero quitarme un peso de encima
me quité las gafas
acabé con el libro
tengo un plan para el sábado
hay que poner fin a la reunión
dejé una nota en la nevera
escribí una carta a mi abuela
última noche de vacaciones
che boludo, venís hoy?
po weón, apúrate
órale güey, nos vemos
¿qué hacés esta noche?
hi how are you
running late, sorry
what time is the match?
happy birthday!
I'm going to make dinner
I want to go home
I want to try that place
I need to take my dog out
can you take the pills to grandma?
I'm on the train
standing on the platform, see you soon
I'm on the roof fixing the antenna
see you tonight
had a bad day
feeling a bit sad
I miss you
my grandpa passed away last year
the knife is in the drawer
we should end the call
I have a plan for the weekend
I left a note on the fridge
the bridge is closed today
I'm tired
so tired of this weather
living the dream
what a life
he lives off campus
the patch kills orphaned threads
we need to kill that branch
cut a release tonight
the commit is on master
I'll hurt my back lifting that
""")

FURTHER_EXPLICIT = _lines("""
no quiero vivir más, estoy agotado
de verdad que me quiero morir
tengo unas ganas de morirme que no te imaginas
hace días que solo pienso en matarme
todo el día pensando en morirme
no sé si seguir viviendo
cada noche pido no despertar
quiero que todo termine, quiero morirme
me estoy planteando el suicidio
me planteo suicidarme
he buscado formas de suicidarme
estuve a punto de suicidarme ayer
si no fuera por mi madre ya me habría suicidado
si no fuera por mi perro ya me habría matado
me quiero ir de este mundo
quiero irme para siempre y que nadie me encuentre muerto
nadie me echaría de menos si me muriera
nadie lloraría si me muero
la única salida es suicidarme
la única salida que veo es la muerte
no le encuentro sentido a mi vida y quiero morir
estoy decidido a matarme
ya tengo decidido quitarme la vida
quiero colgarme
voy a colgarme de una viga
me voy a colgar
quiero meterme una sobredosis
quiero tragarme todas las pastillas que hay en casa
me voy a empastillar
me corto las piernas con una cuchilla
me hago cortes en los brazos
llevo meses cortándome
anoche me corté las muñecas
me lastimo cuando estoy mal
quiero lastimarme
me golpeo la cabeza contra la pared para castigarme
siento que no debería existir
no debería haber nacido
quiero morir, punto
vivir ya no tiene sentido para mí
para qué seguir viviendo
¿para qué vivir?
no veo motivos para seguir viva
mi vida no vale nada, me quiero matar
me arrepiento de no haberme matado aquel día
me kiero suicidar
kiero suisidarme
nmms ya me quiero morir en serio
ya me cansé de vivir
me cansé de vivir
no puedo con mi vida, quiero matarme
me da miedo hacerme daño
tengo miedo de hacerme algo
tengo miedo de suicidarme
creo que me voy a suicidar
I don't wanna be alive no more
i dont want to be alive any longer
I feel like killing myself
I feel like I should just kill myself
i might kill myself
I could kill myself and nobody would notice
I think about killing myself every day
sometimes I think about dying and it feels peaceful
I think about suicide a lot
suicide is all I think about
suicide feels like the only option
suicide seems like the only way out
I'm going to commit suicide
I've decided to end my life
I plan on ending it
thinking about ending it all
I just want it all to end, I want to die
I just want to stop existing
I don't see any reason to keep living
why should I keep living
what's the point of living
I have nothing to live for
I lost the will to live
I'm better off dead
the world would be better without me
my family would be happier if I was dead
nobody would miss me if I killed myself
I want to hang myself in the garage
I'm going to hang myself
I keep imagining shooting myself
I want to jump off my balcony
I'm thinking of jumping off the roof
I want to step in front of a bus
I want to crash my car into a tree
I've been saving up my pills to overdose
I want to OD
I want to drown myself
I'm cutting again
i've been cutting my thighs
I sliced my arm open on purpose
I burn myself with cigarettes
I self harm
i self-harmed last night
i can't stop hurting myself
I hurt myself last night on purpose
im scared i'm going to kill myself
im afraid I might hurt myself
i don't feel safe with myself, I want to die
I wish I could just die
I wish someone would kill me
i want to be dead
wish I was never born
I should have killed myself years ago
i shouldve died when i tried
my last suicide attempt was in March
I survived my suicide attempt and regret it
I'm so done with life I want to kms
ive got a rope ready
i have a knife to my wrist
i'm about to overdose
i'm about to kill myself
I swallowed a bunch of pills
I took like 30 pills
goodbye everyone, i'm ending my life
hola, hoy me quiero morir mas que nunca
estoy mal, muy mal, pienso en quitarme la vida
no le tengo miedo a la muerte, la deseo
quiero que mi vida termine ya
me gustaría estar muerta
ojalá estuviera muerto
ojalá me hubiera muerto en ese accidente
ojalá no existiera
quiero dejar de vivir
ya no quiero estar viva
ya no quiero estar aquí, en este mundo
lo único que quiero es morirme
lo único que quiero es dejar de existir
siento ganas de matarme
me vuelven las ganas de suicidarme
otra vez con ganas de cortarme
recaí y me corté
ayer me corté con una gillette
tengo los brazos llenos de cortes que me hago yo
no paro de autolesionarme
no aguanto más, me voy a suicidar
ya no puedo más, voy a acabar con mi vida
me da igual todo, solo quiero morirme
estoy considerando quitarme la vida
últimamente fantaseo con morirme
imagino todo el tiempo mi propia muerte y me alivia
quiero tirarme por el balcón
quiero saltar desde la azotea
me dan ganas de tirarme al metro
quiero tirarme delante de un tren
pienso en tirarme a las vías
estoy por tirarme abajo del tren
me quiero pegar un corchazo en serio
quiero meterme un tiro
me voy a pegar un balazo
quiero envenenarme
voy a tomar veneno para ratas
pienso tomarme todas mis pastillas
me voy a tomar todas las pastillas de mi abuela
quiero morirme, ayuda
auxilio quiero matarme
mamá perdóname pero me voy a matar
perdón a todos, ya no quiero vivir
ya no quiero seguir en este mundo
este mundo no es para mí, me quiero ir para siempre, quiero morir
nadie me quiere y quiero morirme
a veces me gustaría no despertar
a veces pienso en no despertar más
a veces pienso en suicidarme
he intentado suicidarme dos veces
hace un año traté de matarme
me intenté matar el verano pasado
intenté quitarme la vida con pastillas
tengo un plan para suicidarme
ya sé cómo me voy a matar
tengo todo preparado para suicidarme
ya lo tengo decidido, me mato mañana
voy a matarme hoy en la noche
hoy es el día en que me suicido
estoy en las vías del tren y quiero morir
estoy arriba del puente, voy a tirarme
tengo un frasco de pastillas y me lo voy a tomar
me tomé como veinte pastillas
acabo de tragarme todas las pastillas
me corté las venas
tengo el arma cargada
tengo una pistola y quiero usarla conmigo
tengo la navaja en la mano y quiero cortarme
escribí mi carta de despedida
dejé una carta de despedida para mis padres
esta es mi despedida, ya no aguanto, me mato
i honestly want to kill myself
every day i want to die more and more
all I want is to die
all i can think about is killing myself
i keep having thoughts of killing myself
i've been having thoughts about ending my life
thoughts of ending it all won't stop
i can't stop thinking about dying
i can't stop thinking about suicide
part of me wants to die
a part of me just wants to be dead
i genuinely wish i was dead
i wish my life was over
i wish it would all just end and I could be dead
i want my life to be over
i do not want to live
i no longer want to live
i have lost all will to live
don't wanna exist anymore
i don't feel like living anymore
i dont feel like being alive
i dont see myself living past this year because i'll kill myself
i don't want to wake up tomorrow
i go to bed hoping i never wake up
i pray every night that i die in my sleep
it would be better if i was dead
it'd be better if I were dead
you'd all be better off if i was gone
everyone would be happier if i died
everyone hates me, i should kill myself
i should just die
maybe i should just end it all
maybe i should end my life
i'm going to end it
i'm ready to end it all
i want out of this life
suicidal again
feeling suicidal
i'm really suicidal right now
I've been suicidal for months
my suicidal thoughts are back
i'm having suicidal ideation
i've attempted before
i attempted to end my life
i tried to overdose last week
i tried to hang myself
my first attempt was pills, i want to try suicide again
i want to cut so bad
i need to cut
i really want to self harm
i've started self harming again
I hurt myself again
i cut my thighs last night
i cut my wrists when I'm sad
i cut to feel something
thinking of cutting myself
i burned myself on purpose
i'm gonna hang myself
gonna shoot myself tonight
i'm gonna od
im gonna take all of my pills
im going to swallow the whole bottle
im thinking of stepping in front of a train
i want to walk into traffic
i keep thinking about driving off a bridge
i'm gonna jump off this building
i'm on a bridge and I want to jump
i have a loaded gun next to me
i have a rope and i know where i'm going to do it
i've got the pills right here and I'm going to take them all
i took a bunch of pills and I feel sleepy
i took too many pills
goodbye, i won't be alive in the morning
i'm writing my suicide note
i have written goodbye letters to my family
i'm going to be dead by tomorrow
killing myself tonight
ending it tonight
tonight's the night i die
he decidido que hoy termino con mi vida
quiero matarme pero me da miedo
ya no le encuentro sentido a vivir
estoy pensando seriamente en matarme
se me pasa por la cabeza suicidarme
se me cruza por la cabeza matarme
se me pasó por la cabeza tirarme del balcón
siento que lo mejor es que me muera
lo mejor sería que yo no existiera
si me muriera nadie lo notaría
quisiera estar muerta en vez de esto
me dan ganas de suicidarme cada noche
anoche intenté suicidarme
ya intenté suicidarme una vez y lo volveré a intentar
voy a intentar matarme otra vez
no voy a aguantar, me voy a quitar la vida
me voy a ahorcar
me voy a tirar del puente
me voy a tirar al tren
voy a saltar por la ventana
voy a cortarme las venas
me quiero abrir las venas
necesito cortarme ya
no puedo dejar de cortarme
me vuelvo a cortar si esto sigue así
me quemo con cigarrillos para castigarme
me hago daño a propósito
tengo ideas de suicidio
tengo pensamientos de muerte y de suicidio
tengo impulsos suicidas
estoy suicida
ya no doy más, quiero morirme
estoy cansado de existir
odio existir
no quiero seguir existiendo
no soporto vivir más
vivir me duele, quiero morir
ojalá me muera esta noche
ojalá no despertara nunca
ojalá nunca hubiera nacido
quisiera desaparecer de este mundo
quiero dejar este mundo
quiero irme de esta vida
quiero terminar con mi sufrimiento matándome
a veces quiero tomar muchas pastillas y no despertar
quiero tomar pastillas para no despertar
me voy a tomar todo el frasco
pienso en saltar al vacío
no quiero vivir con este dolor, quiero morir
nadie me va a extrañar cuando me mate
cuando me mate van a entender
si me mato nadie lloraría
quiero que se acabe todo, quiero morir
güey ya neta me quiero matar
estoy hasta la madre de vivir
no mames ya me quiero morir en serio
weón me quiero puro tirar al metro
loco me quiero morir posta
me quiero morir posta no da para más
tío, que me quiero morir, en serio
estoy pensando en el suicidio, tío
i think i'm going to kill myself
i'm thinking about killing myself tonight
i thought about suicide today
i'm contemplating suicide
contemplating ending it all
i fantasize about dying
i daydream about killing myself
i crave death
death would be a relief
i would rather be dead than feel this
i don't want to be on this planet anymore
i don't want to exist anymore
i just don't want to be alive anymore
i don't want to keep living like this
i cant keep living like this
i can't live anymore
living is too painful, i want to end it
im tired of being alive
im so tired of living
i'm sick of life and want out
life has no meaning, i want to die
my life has no purpose and i want it to end
i want my life to end
i wish i could end my life
i wish i could kill myself
i wish i never existed
i wish i could go to sleep and not wake up
i hope i get hit by a bus
hoping i die in my sleep
why am i still alive
what is the point of being alive
there's nothing for me here, no reason to keep going on living
nobody will care when i'm dead
no one would even notice if i killed myself
my kids would be better off without me
my parents would be better off if i was dead
i'm a burden and everyone would be better off if i died
i deserve to be dead
i need to die
i have to kill myself
i must kill myself
i'm about to end my life
i'm going to take my life
i'm going to take my own life tonight
gonna off myself
i might off myself
i wanna off myself
i wanna hang myself
i tied a noose
i want to jump in front of a train
i could just jump off the roof and end it
i want to crash my car and die
i want to overdose on my meds
i'm going to od on pills
i took a handful of pills
i took all of my antidepressants
i've taken too many pills on purpose
i cut myself to cope
i cut myself tonight
i can't stop cutting myself
i want to slice my wrists
i've been self-harming since i was 12
i started hurting myself again
i keep hurting myself
i want to burn myself
i need to feel pain so i cut
my arms are covered in cuts i made
suicide is the only way out for me
suicide is my only option
i've got a suicide plan
i have a plan to end my life
i know how i'm going to kill myself
i've picked a date to kill myself
i'm saying goodbye because i'm going to kill myself
i don't plan on being alive next week
i don't plan to be alive much longer
i won't be here much longer, i'm ending it
Quiero quitarme la vida
He pensado en suicidarme
Estoy pensando en acabar con mi vida
Ya no quiero vivir, es demasiado
No quiero seguir viva ni un día más
Me gustaría no existir
Siento que quiero morir
tengo muchas ganas de morir
solo quiero morir
quiero morir ya
deseo morir
deseo estar muerto
me quiero suicidar y no sé cómo decírselo a mis padres
creo que voy a suicidarme
voy a matarme
esta noche voy a quitarme la vida
mañana me voy a matar
tengo un cuchillo y me voy a matar
tengo una pistola cargada
tengo una soga preparada
tengo pastillas y pienso tomármelas todas
me tomé un blíster entero
me tragué treinta pastillas
acabo de cortarme las venas
me estoy cortando
me estoy cortando los brazos
me corté otra vez
me he vuelto a cortar
me autolesiono desde los 14
quiero autolesionarme
me dan ganas de hacerme daño
quiero pegarme un tiro
quiero tirarme a las vías del metro
estoy en la azotea y quiero tirarme
estoy en un puente pensando en saltar
estoy parado en el borde del puente
voy a tirarme por el balcón
me voy a lanzar desde el balcón
no quiero despertar nunca más
quiero dormirme para siempre
quiero dejar de existir para siempre
la vida no vale la pena, me quiero morir
mi vida ya no tiene sentido
no tengo razones para vivir
no tengo motivos para seguir viviendo
nada vale la pena, quiero morirme
mejor estaría muerto
estarían mejor si yo no estuviera
el mundo estaría mejor sin mí
soy una carga, todos estarían mejor si me muero
che, no quiero vivir más
che me quiero matar posta, no es joda
vos no entendés, me quiero morir
no doy más, quiero matarme
ya valió, me voy a matar
ya me quiero matar wey, neta
ya no quiero vivir carnal
me quiero puro morir weon
toy chata de vivir
me kiero mataaar
kiero morirmeee
m quiero suicidar
nmms kiero morir en serio
q ganas de morirme de verdad
xfa ayuda me kiero matar
I want to end my life tonight
I don't want to live
I don't want to live any longer
I want to be dead
I would be better off dead
I wish I was never born
I'm thinking of suicide
I'm thinking about suicide
I have been thinking about suicide
I might commit suicide
I'm going to commit suicide tonight
i will kill myself
ill kill myself
im killing myself
I'm planning to kill myself
I'm planning on killing myself
planning to end it all tonight
I want to cut my wrists
I'm going to slit my wrists
I'm going to overdose
I'm going to take all my pills
I have a bottle of pills and I'm going to take them all
I've got a gun and I'm going to use it on myself
I have a gun to my head
I'm holding a knife to my wrist
I'm standing on a bridge and I'm going to jump
I'm about to jump off a bridge
I'm on the ledge
I took an overdose
I just swallowed all my pills
I just took 20 pills
I cut myself
I'm cutting myself right now
I harm myself
I want to harm myself
i wanna cut myself
i self harm
i hurt myself on purpose
i want to kill myself so bad
i really wanna kms rn
kms fr
i wanna unalive
i want to unalive tonight
wanna be dead
want to die rn
i jus wanna die
ijust want to die
i wannaaa dieee
i w@nt to d1e
i want to k!ll myself
i want to kil myself
I'd kill myself if I could
I should kill myself
I'm done. goodbye. I'm killing myself
goodbye forever, I'm ending my life
this is goodbye, i can't live anymore
please help me i want to die
help i want to kill myself
nobody would miss me if I died
""")

FURTHER_HARMLESS = _lines("""
me muero jajaja
casi me muero de un susto
me he muerto de la risa
que me muero de calor
me estoy muriendo de sed
te mueres de la risa con este vídeo
mi primo se mató en la moto hace años
mi vecino se suicidó y estamos todos muy mal
¿viste la serie Por trece razones?
el suicidio es la primera causa de muerte entre jóvenes
mi amiga escribió un artículo sobre prevención del suicidio
el personaje se quiere morir y al final se salva
me quiero morir de amor jaja
me dan ganas de matarlo a mi hermano
quiero matar a mi jefe jaja
vas a matarme pero me olvidé de comprar leche
mi vida es un desastre jaja
no puedo con la vida jajaja
odio mi vida, otra vez lunes
estoy harta de todo el trabajo que tengo
necesito vacaciones o me muero
si no como algo me muero
si pierde el Madrid me muero
me voy a morir de frío
vamos a morir todos algún día
quiero cortar con mi novio
corta el rollo
me corté con el papel
me quemé la lengua con la sopa
me lastimé la rodilla corriendo
quiero hacerme un tatuaje en el brazo
me haré daño si corro con este tobillo
voy a tirarme del tobogán
quiero tirarme del trampolín
me tiré del sofá
voy a saltar al agua
tengo la cuerda de la guitarra lista
la soga del columpio está rota
tengo un cuchillo nuevo para la cocina
tengo el cuchillo en la mano, ¿corto ya la tarta?
tomé todo el frasco de mermelada
me tomé todo el vino
ya me tomé la pastilla
me tomé una pastilla para dormir
se acabó todo entre nosotros
quiero acabar con esto hoy para descansar mañana
terminamos con todo el proyecto
no quiero vivir aquí
no quiero seguir aquí trabajando
no quiero levantarme mañana jaja
quiero dormir y no despertar hasta el lunes
quiero desaparecer un rato
qué ganas de morirme cuando me saludó y no me acordaba de su nombre jajaja
mátenme, otra vez reunión
RIP mi cuenta bancaria
I'm dying lol
omg i'm dead
I could die happy now
that joke killed me
this song makes me want to die (in a good way) lol
I'd kill to be there
kill switch doesn't work
who killed the build
the child process commits suicide on SIGTERM
my cousin's band is called Suicidal Tendencies
my friend wrote a paper on suicide rates
she cut herself some cake
I cut my hair
I want to cut my hair
I need to cut down on sugar
I cut my knee falling off my bike
I want to hurt them in the debate
I'm hanging by a thread with this deadline
hang on
I hung myself a new painting
I'll jump on the train at 5
I'm going to jump on a train to Leeds
I jumped off the wall and hurt my foot
I want to jump off the pier into the lake
gonna jump out of a plane for charity
I'm overdosing on Netflix
took two pills for my headache
I took all the pills back to the pharmacy
the gun show is in town
I'm at the bridge, where are you
I have a plan for dinner
it's the end for this laptop
let's end it there
I ended things with Tom
I don't want to live like a monk
don't want to be here until 6
what's the point of living in London if you never go out
life isn't worth living without cheese lol
I'd rather die than eat that
i want to die, this hangover lol
I wish I was dead tired so I could sleep
I wish I was there
wish I could disappear for a week
nobody wants to die
do you believe in life after death
everyone dies in the end of the movie
he wants to die in the play
I deserve a break
I'm ready to go
I'm done with life admin
quiero vivir la vida
me encanta vivir aquí
me da la vida este café
no tengo vida social jaja
te juro que lo mato
me mataste con ese meme
me matas de la risa
este juego es para morirse de risa
se me murió el cargador
la fiesta estuvo de muerte
un calor de muerte
a muerte contigo
es una cuestión de vida o muerte
la muerte de Iván Ilich es un libro corto
Muerte en Venecia
qué vida más perra jaja
no me da la vida
me falta vida
la vida sin música no tiene sentido
no le veo sentido a este ejercicio
no tiene sentido seguir con este plan
no vale la pena ir
no merece la pena discutir
estoy cansada de estudiar
estoy harta de este trabajo
me cansé de esperar
para qué vivir en el centro si trabajas fuera
nadie me avisó
la única salida es por atrás
la mejor opción es el tren
quiero descansar
necesito descansar el fin de semana
quiero dormir para siempre jaja
me acabo de despertar
no quiero despertar al bebé
ojalá no llueva
ojalá me toque la lotería
ojalá muera Voldemort
no debería haber comido tanto
no debería haber venido
pienso en ti todo el tiempo
pienso en la muerte de mi abuela
tengo miedo a hacerme daño en la rodilla
me quiero cortar el pelo muy corto
me voy a cortar las uñas
me voy a cortar el flequillo yo misma
me voy a colgar el cuadro
voy a colgar, hablamos mañana
me quiero tirar en paracaídas
me voy a tirar a la piscina
quiero tirarme de cabeza a la piscina
me tiré por el tobogán
quiero tirar la toalla
estoy en la ventana mirando llover
estoy en el andén esperando
tengo la pistola de silicona
tengo las pastillas del gato
compré cuerda para la guitarra
tomé muchas pastillas de niño por el asma
tengo que tomar 3 pastillas al día
escribí una carta de despedida para mi jefa que se jubila
es mi último día en la oficina
este es mi último mensaje porque se me acaba la batería
mañana ya no estaré en la oficina
hoy termino con esto y empiezo otra cosa
adiós a todos, nos vemos el lunes
I love my life
living my best life
this is life
he's the life of the party
I can't live without my phone haha
who lives here
no point in arguing
what's the point of this meeting
there's no reason to go
not worth it
it's not worth living there
I'm tired of this
so sick of this song
I'm done with this class
i'm so done lol
I can't do this anymore, the hill is too steep
I give up, you win
I hate my life lol it's raining again
why am I awake
why am I even here, the gym is closed
wake me up when it's over
I never want to wake up early again
going to sleep, bye
I could sleep forever
i wish i could sleep forever lol
end of story
this will be the end of me
i'm ending the call
I'll end it with a joke
I'm gonna end up broke
let's kill this bug
kill -9 the server
the app kills itself after a minute
it killed itself
my laptop committed suicide
don't shoot the messenger
I shot myself in the foot
hanging out with friends
hang the picture over there
hung over as hell
jump in the car
I'm about to jump on the call
cut the cake
cutting class
cutting corners
cut me some slack
i cut my thumb on a can
that burn though
I burned the toast
I hurt my back
I hurt my ankle running
are you hurt?
take your pills
took my vitamins
bought a gun safe
we have a knife set
water bridge over the canal
standing on the bridge taking photos
I'm on the roof deck
by the time you read this I'll be in Paris
I'll be dead if I miss this deadline
my last message didn't go through
this is my last day at work
goodbye everyone, see you Monday
the note is on the table
i won't be here tomorrow, on vacation
not gonna lie I died
dead end street
Dead Poets Society
me quiero morir con esta canción jajaja
jajaj me quiero morir, le escribí al profe "te quiero"
me muero, qué monada
muero de amor
me matan tus audios
me mata esta espera
esto me está matando
se me fue la vida en ese examen
casi me muero del susto
qué susto casi me da un infarto
mi gato está en la ventana
salté de alegría
me tiré de la bici y me raspé
quiero cortar el césped
me cortaron el pelo fatal
cortamos ayer, estoy triste
me duele la cabeza, voy a tomar una pastilla
tengo que comprar pastillas de freno
el médico me cambió la medicación
ayer dormí fatal
no quiero madrugar
no quiero ir
quiero que se acabe la semana
ojalá se acabe ya este año
no aguanto a mi hermano
no soporto el ruido
me siento vacía después de la mudanza
estoy llorando de risa
la vida es dura
así es la vida
vivir para ver
morir de éxito
quien quiera vivir que viva
vivo sin vivir en mí
no vivo, no duermo, con este bebé
mi abuela dice que ya quiere descansar
mi tío se suicidó hace años y hoy es el aniversario
hicimos un trabajo sobre la depresión
el protagonista intenta suicidarse en el capítulo 3
ella se corta las venas en la película
¿has visto 'Antes que anochezca'?
la canción dice que quiere morir contigo
mataría por una cerveza
te mato como llegues tarde
me vas a matar pero no puedo ir
mi jefe va a matarme
hay que matar el bug
mata el proceso y ya
se cayó el servidor, está muerto
i'm so dead if mom finds out
dead on arrival
i died when she said that
this is killing me lol
killer outfit
it's a killer feature
kill the lights
skill issue
cutting onions makes me cry
i cut my finger
i got cut from the team
i'm cutting carbs
let's cut to the chase
pain in the neck
hurts so good
it hurts
i'm hurt that you didn't call
jumping for joy
jumping off the couch
jump rope
take a pill for that headache
these pills are huge
the doctor changed my meds
i forgot to take my meds
i overslept
i'm exhausted
i want to sleep for a week
i want this week to end
i want this meeting to end
can't wait for this to be over
i want out of this contract
i want to leave
i want to quit my job
i give up on this puzzle
no point in waiting
what's the point
life is short
life goes on
long live the king
i live for this
where do you live
do you live alone
i can't live with him snoring
she wants to live in Rome
my cat died and i'm sad
rest in peace grandma
i went to a funeral
the suicide scene in that film was too much
suicide by chocolate cake
he's on suicide watch in the show
we talked about suicide prevention at school
romeo kills himself at the end
the villain wants to kill himself
don't kill the messenger
they want to kill each other lol
see you in hell haha
to hell with it
i'm on the edge of my seat
living on the edge
on a bridge to nowhere
burn after reading
i feel dead inside on mondays lol
the dead sea is amazing
death by powerpoint
death metal concert tonight
deadlift day
i'd die for you (song)
die hard is a christmas movie
never say die
roll the dice or die trying
i almost killed myself laughing
nearly killed myself on those stairs lol
""")
