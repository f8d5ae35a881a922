// Sentences of the less usual kinds, and names of several words, in five languages.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/strings.h"
#include "detect/generic/keywords.h"
#include "detect/generic/quiet_prose.h"
#include "detect/generic/reader.h"
#include "detect/generic/reader_parts.h"

namespace spillguard::detect::generic {
namespace {

// What the detector would ask the model about.
std::vector<std::string> values_asked(std::string_view text) {
  std::vector<Candidate> found;
  const std::string folded = to_lower(text);
  for (uint32_t i = 0; i < anchors().size(); ++i) {
    const Anchor& anchor = anchors()[i];
    for (size_t p = folded.find(anchor.text); p != std::string::npos;
         p = folded.find(anchor.text, p + 1)) {
      const Span hit{p, p + anchor.text.size()};
      if (goes_on_otherwise(text, i, hit.end) || is_quiet_prose(text, stem_of(i), hit)) continue;
      read_hit(text, hit, anchor.tool, found);
    }
  }
  std::vector<Span> spans;
  for (const Candidate& candidate : found) spans.push_back(candidate.value);
  std::sort(spans.begin(), spans.end());
  spans.erase(std::unique(spans.begin(), spans.end()), spans.end());
  std::vector<std::string> values;
  for (const Span& span : spans) values.emplace_back(text.substr(span.begin, span.size()));
  return values;
}

void expect_value(const std::vector<std::string_view>& texts) {
  for (const std::string_view text : texts) {
    EXPECT_EQ(values_asked(text), std::vector<std::string>{"q7Tz#x9Kb"}) << text;
  }
}
void expect_nothing(const std::vector<std::string_view>& texts) {
  for (const std::string_view text : texts) {
    EXPECT_EQ(values_asked(text), std::vector<std::string>{}) << text;
  }
}

TEST(GenericSentences, Names) {
  expect_value({"PSK: q7Tz#x9Kb",
                "  psk=\"q7Tz#x9Kb\"",
                "the PSK for branch 7: q7Tz#x9Kb",
                "ldap_default_authtok = q7Tz#x9Kb",
                "routing_key: q7Tz#x9Kb",
                "fernet_key = q7Tz#x9Kb",
                "Benutzer: kiosk, Kw.: q7Tz#x9Kb, nur werktags",
                "Kennw.: q7Tz#x9Kb",
                "Pasword: q7Tz#x9Kb",
                "das Paswort ist q7Tz#x9Kb",
                "CLE_SECRETE=q7Tz#x9Kb",
                "wifi_key: q7Tz#x9Kb",
                "cl\u00E9 wifi : q7Tz#x9Kb",
                "cl\u00E9 pr\u00E9-partag\u00E9e du tunnel : q7Tz#x9Kb",
                "Chave pr\u00E9-compartilhada: q7Tz#x9Kb",
                "cl\u00E9 JWT : q7Tz#x9Kb",
                "chave hmac: q7Tz#x9Kb",
                "criptografia.chave=q7Tz#x9Kb",
                "WPA2 key: q7Tz#x9Kb",
                "config.token = \"q7Tz#x9Kb\"",
                "settings['hash_salt'] = 'q7Tz#x9Kb';",
                "<machineKey validationKey=\"q7Tz#x9Kb\" />",
                "SSID: Foyer\nKey: q7Tz#x9Kb\n",
                "SSID: Foyer\r\nKey: q7Tz#x9Kb\r\n",
                "clave precompartida = q7Tz#x9Kb",
                "Netzwerkschl\u00FCssel: q7Tz#x9Kb",
                "wlanschluessel = q7Tz#x9Kb",
                "cookie_salt = 'q7Tz#x9Kb'",
                "X-Cle-Api: q7Tz#x9Kb",
                "CHAVE_ASSINATURA=q7Tz#x9Kb",
                "<contrasenia>q7Tz#x9Kb</contrasenia>",
                "la contra es q7Tz#x9Kb",
                "phrase de passe du coffre = q7Tz#x9Kb",
                "frase-passe: q7Tz#x9Kb",
                "code d'acc\u00E8s : q7Tz#x9Kb",
                "El c\u00F3digo de acceso es q7Tz#x9Kb",
                "c\u00F3digo de acesso: q7Tz#x9Kb",
                "Zugangscode: q7Tz#x9Kb",
                "cl\u00E9 de signature : q7Tz#x9Kb",
                "a nova chave: q7Tz#x9Kb"});
  expect_nothing({"en contra es q7Tz#x9Kb", "clave primaria: q7Tz#x9Kb", "clave_cache = q7Tz#x9Kb",
                  "article_id = q7Tz#x9Kb", "KW: q7Tz#x9Kb", "wpa_key_mgmt=WPA-PSK",
                  "the source code d'accord: q7Tz#x9Kb", "cl\u00E9 (voir plan) : q7Tz#x9Kb",
                  "PIN: gibt es am Tresen", "Foyer\nKey: q7Tz#x9Kb\n",
                  "CACHE_FALLBACK_KEY: q7Tz#x9Kb", "parser.token = \"q7Tz#x9Kb\"",
                  "cacheKey=tokens:user:q7Tz#x9Kb", "secret ID (q7Tz#x9Kb)",
                  "https://a.example/login\nIdentifiant : q7Tz9Kb\n",
                  "clave=0b9f3b6e-1c1d-4d5e-8f70-5a1b2c3d4e5f"});
}

TEST(GenericSentences, BetweenNameAndColon) {
  expect_value({"Contrase\u00F1a...: q7Tz#x9Kb", "Password ......... : q7Tz#x9Kb",
                "Senha.: q7Tz#x9Kb", "Schl\u00FCssel (WPA2): q7Tz#x9Kb",
                "Rotate the deploy api key (currently q7Tz#x9Kb) soon",
                "root password on srv-3 (`q7Tz#x9Kb` since last year)",
                "das Passwort am Drucker (derzeit: q7Tz#x9Kb) bleibt"});
  expect_nothing({"the password is checked... later", "token of the service (OAuth2) is gone",
                  "the password for the list (see wiki2page) is gone",
                  "the signing key of the app (HS256) was lost"});
}

TEST(GenericSentences, LongClauses) {
  expect_value(
      {"initial password of the local account \"root\" on all of the new switches is now q7Tz#x9Kb",
       "la clave del usuario \"caja\" en el equipo de la sala de ventas es q7Tz#x9Kb",
       "Das Kennwort f\u00FCr den Zugang der Kollegen aus dem Lager in Ulm lautet q7Tz#x9Kb"});
  expect_nothing(
      {"the password of the old account was never changed by the people in the team who "
       "should have known that it is q7Tz#x9Kb"});
}

TEST(GenericSentences, Answers) {
  expect_value({"Kennwort zur\u00FCckgesetzt, es lautet jetzt q7Tz#x9Kb",
                "Reset the password of kiosk2. It is now q7Tz#x9Kb",
                "what's the root password? It's q7Tz#x9Kb",
                "J'ai chang\u00E9 le MDP de martin_p, c'est maintenant q7Tz#x9Kb.",
                "cambio de clave del usuario ROJASM. Hecho. Qued\u00F3 como q7Tz#x9Kb. Gracias",
                "Passwort wurde ge\u00E4ndert, neues: q7Tz#x9Kb",
                "la senha foi trocada, a nova \u00E9 q7Tz#x9Kb", "a senha ficou q7Tz#x9Kb",
                "le jeton du robot, je te le mets ici : q7Tz#x9Kb",
                "o token do servidor \u00E9 este aqui: q7Tz#x9Kb",
                "la clave de acceso c'est q7Tz#x9Kb",
                "the badge password was changed by the porter, it is now q7Tz#x9Kb",
                "the password of the till is for all of us q7Tz#x9Kb",
                "das Passwort lautet f\u00FCr alle im Lager q7Tz#x9Kb",
                "das Kennwort der Kasse lautet ab 1. April: q7Tz#x9Kb",
                "It still has the old psk. New one (since 1 April) is q7Tz#x9Kb.",
                "The client secret expires on 1 July. The new one: q7Tz#x9Kb",
                "la contrase\u00F1a de la clave privada, que es q7Tz#x9Kb. Huella",
                "the password, which is q7Tz#x9Kb, works"});
  expect_nothing({"Reset your password. It is required", "wrong password, it is broken",
                  "the token expired. The server is down and srv01a9 is up",
                  "password reset. See the page about x77abcd2",
                  "the password is for all of us the same",
                  "the password is not what we had on the old server srv01a9x before"});
}

TEST(GenericSentences, ChangesAndArrows) {
  expect_value({"Passwort von der Anlage wurde gestern gewechselt -> q7Tz#x9Kb",
                "secreto compartido del router nuevo \u2192 q7Tz#x9Kb",
                "token of the gateway => q7Tz#x9Kb", "Masterpasswort auf q7Tz#x9Kb ge\u00E4ndert",
                "mot de passe d'usine remplac\u00E9 par q7Tz#x9Kb",
                "senha do painel alterada para q7Tz#x9Kb", "encryption key set to q7Tz#x9Kb",
                "the root password was reset to q7Tz#x9Kb",
                "I changed the password of the box to q7Tz#x9Kb",
                "das Passwort der Kasse steht jetzt auf q7Tz#x9Kb",
                "la contrase\u00F1a del panel fue puesta como q7Tz#x9Kb",
                "o token do rob\u00F4 passou a ser q7Tz#x9Kb",
                "le mot de passe du coffre est soit q7Tz#x9Kb",
                "the pre-shared key should be q7Tz#x9Kb on both ends",
                "la senha padr\u00E3o seria q7Tz#x9Kb mas",
                "das Passwort vom Bind-User (cn=svc,ou=services,dc=corp) ist q7Tz#x9Kb.",
                "Le nouveau secret partag\u00E9 RADIUS pour les bornes de l'entrep\u00F4t du nord "
                "est q7Tz#x9Kb."});
  expect_nothing({"password page -> Settings -> Security",
                  "token from the app -> the server -> done",
                  "das Passwort auf srv01x9 wurde vergessen", "password set to expire",
                  "the password is ignored since build 42813030. Image: q7Tz#x9Kb",
                  "the token type is q7Tz#x9Kb"});
}

TEST(GenericSentences, ValuesBeforeTheWord) {
  expect_value({"Le puse q7Tz#x9Kb de clave al equipo", "coloquei q7Tz#x9Kb como senha de tudo",
                "the laptop is unlocked with q7Tz#x9Kb, the rest is open",
                "mit q7Tz#x9Kb als Passwort", "l\u00E4sst sich mit q7Tz#x9Kb entsperren"});
  expect_nothing({"cambio de clave", "unlocked with the card", "ISO27001x de login",
                  "l\u00E4sst sich mit dem Chip entsperren"});
}

TEST(GenericSentences, PlainValuesAtTheEnd) {
  const auto one = [](std::string_view text, const std::string& value) {
    EXPECT_EQ(values_asked(text), std::vector<std::string>{value}) << text;
  };
  one("- Client Secret vom Portal Zr7Kq2Lm9Xv4Bt8N", "Zr7Kq2Lm9Xv4Bt8N");
  one("root password for the NAS Xk7!mmQ2\nrest", "Xk7!mmQ2");
  one("passphrase type Xk7!mmQ2", "Xk7!mmQ2");
  one("The password of the server is now tHWnsCGRlrwZbqcabUGJ", "tHWnsCGRlrwZbqcabUGJ");
  one("Le mot de passe du compte admin est lHlsZfYcM.", "lHlsZfYcM");
  one("A senha do banco de dados \u00E9 lHlsZfYcM, ok?", "lHlsZfYcM");
  expect_nothing({"the password of the server is in UserDetailsService",
                  "the password of the view is now DataSourceProvider"});
  expect_nothing({"token for build2024runner\n", "password of user4711abc\n",
                  "token for 0123456789abcdef0123456789abcdef01234567\n", "token type Bearer2x"});
}

TEST(GenericSentences, PairsOfUserAndValue) {
  expect_value({"Zugangsdaten Laden: kiosk01 / q7Tz#x9Kb",
                "Credenciales para el sitio: ventas@tienda.example / q7Tz#x9Kb",
                "Acceso: guardia / q7Tz#x9Kb", "Zugang: kiosk / q7Tz#x9Kb",
                "what was the login for the trial tenant?\n\nkiosk@t.example / q7Tz#x9Kb\n",
                "here are the credentials\nkiosk / q7Tz#x9Kb",
                "login for the trial tenant: kiosk@t.example / q7Tz#x9Kb",
                "einfach mit kiosk und q7Tz#x9Kb anmelden, dann geht es",
                "se connecter avec kiosk et q7Tz#x9Kb", "entrar con kiosk y q7Tz#x9Kb"});
  EXPECT_EQ(values_asked("a senha do portal \u00E9 q7Tz#x9Kb e a do backup \u00E9 m3Wy!p8Rc."),
            (std::vector<std::string>{"q7Tz#x9Kb", "m3Wy!p8Rc"}));
  EXPECT_EQ(values_asked("the password is q7Tz#x9Kb and the host is srv01a9x"),
            std::vector<std::string>{"q7Tz#x9Kb"});
  expect_nothing({"Acceso: lectura / escritura", "mit Namen und Karte anmelden",
                  "entrar con usuario y clave", "Zugang: Halle 3 / Tor 2",
                  "the login page\nread / write", "what about the login?\nyes / no",
                  "these are the credentials\nkiosk / q7Tz#x9Kb in the old system"});
}

// Accounts that no word names, but marks do.
TEST(GenericSentences, PairsBetweenMarks) {
  expect_value({"| till 3 | {{kiosk}} / {{q7Tz#x9Kb}} |", "use `kiosk` / `q7Tz#x9Kb` for it"});
  expect_nothing({"`node18` / `node20`", "{{read}} / {{write}}", "`kiosk` / `q7Tz x9Kb`",
                  "kiosk` / `q7Tz#x9Kb", "`kiosk` / `q7Tz#x9Kb", "{{kiosk}} / {{q7Tz#x9Kb",
                  "}} / {{", "` / `"});
}

// Every text ends somewhere, and no reader may look behind its end.
TEST(GenericSentences, TextsMayEndAnywhere) {
  for (const std::string_view text :
       {"the API key", "cl\u00E9 wifi", "what was the login?\n\nkiosk / q7Tz#x9Kb",
        "Kw.:", "Kennwort ge\u00E4ndert, es lautet q7Tz#x9Kb", "token of it -> q7Tz#x9Kb",
        "c\u00F3digo de acceso: q7Tz#x9Kb", "password (currently q7Tz#x9Kb)", "PIN: 4711",
        "la senha \u00E9 q7Tz#x9Kb e a do backup \u00E9 m3Wy!p8Rc", "unlocked with q7Tz#x9Kb",
        "mit kiosk und q7Tz#x9Kb anmelden", "Passwort auf q7Tz#x9Kb ge\u00E4ndert",
        "Schl\u00FCssel (WPA2): q7Tz#x9Kb", "Acceso: kiosk / q7Tz#x9Kb", "Senha ....: x",
        "the password is for all of us q7Tz#x9Kb", "`kiosk` / `q7Tz#x9Kb`"}) {
    for (size_t size = 0; size <= text.size(); ++size) {
      const std::string part(text.substr(0, size));
      EXPECT_LE(values_asked(part).size(), 2U) << part;
    }
  }
}

TEST(GenericSentences, AloneOnTheNextLine) {
  expect_value(
      {"I tried it with my own name (kiosk) as always, and with this password:\nq7Tz#x9Kb\n"
       "but no"});
  expect_nothing(
      {"I tried it with my own name (kiosk) as always, and with this password:\nnothing\n"
       "but no",
       "Enter the name of the work space and make the mark to create credentials:\n\n"
       "![](https://pages.example/9jD2x.jpeg)"});
}

}  // namespace
}  // namespace spillguard::detect::generic
