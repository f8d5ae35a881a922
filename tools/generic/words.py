"""Words for the letter model and the generator: common ones of five languages, and names."""

ENGLISH = """
the and that have with this from they would there their what about which when make like time just know
take people into year your good some could them other than then look only come over think also back after
work first well even want because these give most water sound place where through before right mean
old great tell sentence three small every found still between name should home big air line end does own
under read last never left city tree cross since hard start might story far draw late run while press close
night real life few stop open seem together next white children begin got walk example ease paper often
always music those both mark book letter until mile river car feet care second enough plain girl usual
young ready above ever red list though feel talk bird soon body dog family direct leave song measure
door product black short class wind question happen complete ship area half rock order fire south problem
piece told knew pass farm top whole king size heard best hour better during hundred remember step early
hold west ground interest reach fast five sing listen six table travel less morning ten simple several
vowel toward war lay against pattern slow center love person money serve appear road map science rule
govern pull cold notice voice fall power town fine certain fly unit lead cry dark machine note wait plan
figure star box noun field rest correct able pound done beauty drive stood contain front teach week final
gave green quick develop sleep warm free minute strong special mind behind clear tail produce fact street
inch lot nothing course stay wheel full force blue object decide surface deep moon island foot yet busy
test record boat common gold possible plane age dry wonder laugh thousand ago ran check game shape yes
hot miss brought heat snow bed bring sit perhaps fill east weight language among summer winter autumn
spring monsoon sunshine dragon monkey football baseball welcome princess shadow master hunter tiger
eagle falcon zebra hydra kestrel panther dolphin orange purple silver coffee chocolate pepper ginger
thunder lightning rainbow diamond flower garden forest mountain ocean planet rocket magic secret
castle knight wizard angel freedom peace happy lucky sweet honey butter cookie banana apple cherry
server client database password username account service network cluster deploy release version
default system process thread message request response session connection configuration application
""".split()

GERMAN = """
und der die das nicht ist ein eine mit von auf für den dem des sich auch als nach bei aus wie noch werden
haben sein kann wenn oder aber nur über unter zwischen gegen ohne durch während Jahr Zeit Tag Woche Monat
Haus Straße Stadt Land Wasser Feuer Sonne Sommer Winter Herbst Frühling Baum Wald Berg Fluss Blume Garten
Kaffee Kuchen Apfel Birne Kirsche Erdbeere Hund Katze Vogel Pferd Fisch Löwe Adler Falke Drache Schloss
König Ritter Zauber Freiheit Frieden Glück Liebe Leben Arbeit Schule Kinder Mutter Vater Bruder Schwester
Passwort Kennwort Benutzer Anmeldung Zugang Zugangsdaten Schlüssel Geheimnis Rechner Datenbank Dienst
Einstellung Nachricht Anfrage Antwort Verbindung Fehler Meldung Ergebnis bitte danke morgen heute gestern
Fenster Tür Tisch Stuhl Lampe Brücke Turm Kirche Bahnhof Flughafen Wolke Regen Schnee Donner Blitz Stern
Mond Himmel Erde Meer Insel Strand Hafen Schiff Auto Fahrrad Bahn Reise Urlaub Fußball Musik Theater
""".split()

FRENCH = """
les des une est dans pour que qui sur pas plus par avec sont son ses mais comme tout nous vous leur bien
sans fait être avoir faire aller voir venir pouvoir jour temps année maison ville pays eau feu soleil été
hiver automne printemps arbre forêt montagne rivière fleur jardin café gâteau pomme poire cerise fraise
chien chat oiseau cheval poisson lion aigle faucon dragon château roi chevalier liberté paix bonheur amour
vie travail école enfants mère père frère soeur motdepasse utilisateur connexion accès clé secret
ordinateur serveur données service réglage message demande réponse erreur résultat merci demain hier
aujourd fenêtre porte table chaise lampe pont tour église gare nuage pluie neige tonnerre éclair étoile
lune ciel terre mer île plage port bateau voiture vélo train voyage vacances musique bonjour soleil
""".split()

SPANISH = """
los las una con para por que del como más pero sus este son entre cuando muy sin sobre también hasta hay
donde quien desde todo nos durante todos uno ser estar tener hacer poder decir ir ver dar saber querer día
tiempo año casa ciudad país agua fuego sol verano invierno otoño primavera árbol bosque montaña río flor
jardín café pastel manzana pera cereza fresa perro gato pájaro caballo pez león águila halcón dragón
castillo rey caballero libertad paz felicidad amor vida trabajo escuela niños madre padre hermano hermana
contraseña clave usuario acceso secreto ordenador servidor datos servicio ajuste mensaje petición respuesta
error resultado gracias mañana ayer hoy ventana puerta mesa silla lámpara puente torre iglesia estación
nube lluvia nieve trueno rayo estrella luna cielo tierra mar isla playa puerto barco coche tren viaje
""".split()

PORTUGUESE = """
uma com para não por mais dos como mas foi ele das tem seu sua ou ser quando muito nos já está também só
pelo pela até isso ela entre era depois sem mesmo aos seus quem nas esse eles dia tempo ano casa cidade
país água fogo sol verão inverno outono primavera árvore floresta montanha rio flor jardim café bolo maçã
pera cereja morango cachorro gato pássaro cavalo peixe leão águia falcão dragão castelo rei cavaleiro
liberdade paz felicidade amor vida trabalho escola crianças mãe pai irmão irmã senha usuário acesso chave
segredo computador servidor dados serviço ajuste mensagem pedido resposta erro resultado obrigado amanhã
ontem hoje janela porta mesa cadeira lâmpada ponte torre igreja estação nuvem chuva neve trovão raio estrela
lua céu terra mar ilha praia porto barco carro trem viagem férias música
""".split()

NAMES = """
james mary robert patricia john jennifer michael linda david elizabeth william barbara richard susan joseph
jessica thomas sarah karen daniel nancy matthew lisa anthony betty mark margaret sandra andrew ashley
stefan juergen wolfgang andreas sabine monika petra heike katrin matthias tobias florian sebastian
pierre jean michel claude nathalie isabelle sylvie laurent nicolas julien camille antoine
carlos jose luis javier miguel carmen maria pilar alejandro fernando sofia lucia pablo
joao pedro paulo marcos ana luiza fernanda rafael gabriel beatriz thiago bruno
ivan dmitri olga natasha sergey anil priya rajesh sunil deepak kumar chen wei ming yuki hiroshi kenji
""".split()

# What names in programs are made of.
PROGRAM = """
get set is has create update delete find load save parse read write open close init start stop run handle
process build make new add remove insert append push pop map filter reduce sort merge split join copy clone
config context session request response handler listener factory manager provider service client server
user admin account profile role group permission policy token secret key password credential auth login
logout register verify validate encode decode encrypt decrypt hash sign digest cipher salt nonce cert
http https ssl tls tcp udp url uri api rest json xml yaml html css sql jdbc ldap smtp imap ftp ssh oauth
string int bool float double long short byte char array list set map queue stack tree node graph table row
column field value name type id index count size length max min total sum avg first last next prev current
default enabled disabled visible hidden active valid invalid error warning info debug trace log logger
file path dir folder stream buffer reader writer input output source target host port proxy gateway router
thread lock mutex pool cache memory disk cpu event message topic channel queue job task worker schedule
test mock stub fake spec fixture sample example demo temp tmp util helper common core base abstract impl
main app module package import export class interface enum struct function method param argument result
java python ruby node spring hibernate maven gradle docker kubernetes jenkins tomcat apache nginx mysql
postgres oracle mongo redis kafka rabbit elastic hadoop spark zookeeper cassandra jira confluence atlassian
""".split()

LANGUAGES = {"en": ENGLISH, "de": GERMAN, "fr": FRENCH, "es": SPANISH, "pt": PORTUGUESE}
ALL = ENGLISH + GERMAN + FRENCH + SPANISH + PORTUGUESE + NAMES + PROGRAM
