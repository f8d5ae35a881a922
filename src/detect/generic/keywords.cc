#include "detect/generic/keywords.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <initializer_list>
#include <iterator>

#include "detect/generic/kinds.h"
#include "detect/generic/word_set.h"

namespace spillguard::detect::generic {
namespace {

constexpr Anchor kAnchors[] = {
    {"pass"},
    {"pwd"},
    {"psw"},
    {"pword"},
    {"psswd"},
    {"pssword"},
    {"pasw"},
    {"psk"},
    {"pw "},
    {"pw:"},
    {"pw="},
    {"pw\""},
    {"pw'"},
    {"pw/"},
    {"pw)"},
    {"pw\t"},
    {"pw\n"},
    {"pw*"},
    {"pw_"},
    {"pw`"},
    {"pw]"},
    {"pw|"},
    {"pw<"},
    {"pw>"},
    {"pw?"},
    {"pin:"},
    {"pin is"},
    {"pin="},
    {"pin ="},
    {"secret"},
    {"geheim"},
    {"segredo"},
    {"token"},
    {"jeton"},
    {"bearer"},
    {"key"},
    {"chl\u00FCssel"},
    {"chlu\u0308ssel"},
    {"chluessel"},
    {"cl\u00E9 "},
    {"cle\u0301 "},
    {"cl\u00E9_"},
    {"cle_api"},
    {"cle-api"},
    {"cle_secr"},
    {"cle_priv"},
    {"cle_chif"},
    {"cle_sign"},
    {"cle api"},
    {"cle d'api"},
    {"cle secr"},
    {"code d'acc"},
    {"code d\u2019acc"},
    {"digo de acce"},
    {"digo de aces"},
    {"cess code"},
    {"zugangscode"},
    {"contra es "},
    {"contra:"},
    {"clave"},
    {"chave"},
    {"senha"},
    {"contrase"},
    {"kennw"},
    {"kw.:"},
    {"mdp"},
    {"cred"},
    {"auth"},
    {"login"},
    {"log in"},
    {"logged in"},
    {"zugangsdaten"},
    {"anmeldedaten"},
    {"identifiant"},
    {"salt"},
    {"seed"},
    {"nonce"},
    {"identified by"},
    {"identified with"},
    {"unlocked with"},
    {"unlock with"},
    {"unlocks with"},
    {"entsperr"},
    {"anmelden"},
    {"einloggen"},
    {"connecter avec"},
    {"tez-vous avec"},
    {"sesi\u00F3n con"},
    {"sesion con"},
    {"entrar con"},
    {"entrar com"},
    {"acceder con"},
    {"acessar com"},
    {"logar com"},
    {"acceso:"},
    {"acesso:"},
    {"acc\u00E8s :"},
    {"acc\u00E8s:"},
    {"zugang:"},
    {"securestring"},
    {"}} / {{"},
    {"` / `"},
    {"mysql", true},
    {"mariadb", true},
    {"mongo", true},
    {"sshpass", true},
    {"docker login", true},
    {"podman login", true},
    {"oc login", true},
    {"az login", true},
    {"cf login", true},
    {"registry login", true},
    {"ldapsearch", true},
    {"ldapmodify", true},
    {"ldapadd", true},
    {"ldapdelete", true},
    {"ldapwhoami", true},
    {"ldappasswd", true},
    {"curl", true},
    {"sqlplus", true},
    {"sqlcmd", true},
    {"redis-cli", true},
    {"mosquitto_", true},
    {"smbclient", true},
    {"rpcclient", true},
    {"xfreerdp", true},
    {"rdesktop", true},
    {"ipmitool", true},
    {"snmpwalk", true},
    {"snmpget", true},
    {"rabbitmqctl", true},
    {"net use", true},
    {"htpasswd", true},
    {"zip -p", true},
    {"7z a", true},
    {"7z x", true},
    {"lftp", true},
    {"schtasks", true},
    {"openssl enc", true},
    {"openssl aes", true},
    {"psexec", true},
    {"net user", true},
    {"http -a", true},
    {"https -a", true},
    {"rar a", true},
    {"rar x", true},
    {"cqlsh", true},
    {"cypher-shell", true},
    {"nsupdate", true},
    {"vault login", true},
    {"mc alias set", true},
    {"mc config host add", true},
    {"certutil", true},
    {"signtool", true},
    {"winexe", true},
    {"winrs", true},
    {"isql", true},
    {"tsql", true},
    {"bcp", true},
    {"impdp", true},
    {"expdp", true},
    {"sqlldr", true},
    {"rman target", true},
    {"db2 connect", true},
    {"wpa_passphrase", true},
    {"evil-winrm", true},
    {"hdbsql", true},
    {"beeline", true},
    {"ncftp", true},
    {"radtest", true},
    {"snmpset", true},
    {"snmpbulkwalk", true},
    // Functions that take a secret among their arguments.
    {"getconnection(", true},
    {"dbi->connect(", true},
    {"mysqli_connect(", true},
    {"mysqli(", true},
    {"mysqli_real_connect(", true},
    {"mysql_connect(", true},
    {"mysql_real_connect(", true},
    {"new pdo(", true},
    {"pdo->__construct(", true},
    {"oauth2::client.new(", true},
    {"odbc_connect(", true},
    {"oci_connect(", true},
    {"oracle.connect(", true},
    {"oracledb.connect(", true},
    {"mysql.connect(", true},
    {"mysqldb.connect(", true},
    {"imap_open(", true},
    {"ldap_bind(", true},
    {"bind_s(", true},
    {"sequelize(", true},
    {".basic(", true},
    {"credentials.new(", true},
    {"credentials::new(", true},
    {"passwordauthentication(", true},
    {"basicauthenticator(", true},
    {"sftpclient(", true},
    {"secretkeyspec(", true},
    {"hmacshakeyfor(", true},
    {"fernet(", true},
    {"hmac256(", true},
    {"hmac512(", true},
    {"hmac.new(", true},
    {"createhmac(", true},
    {"hash_hmac(", true},
    {"createcipheriv(", true},
    {"createdecipheriv(", true},
    {"openssl_encrypt(", true},
    {"openssl_decrypt(", true},
    {"aes.encrypt(", true},
    {"aes.decrypt(", true},
    {"jwt.sign(", true},
    {"jwt.verify(", true},
    {"jwt.encode(", true},
    {"jwt.decode(", true},
    // What a secret is sent to.
    {"sudo -s", true},
    {"chpasswd", true},
    {"cryptsetup", true},
    {"--stdin", true},
    {"vncpasswd", true},
    {"kinit", true},
    {"send \"", true},
    {"send -- \"", true},
    {"sendline(", true},
    {"send(\"", true},
    {"send('", true},
    {"\nuser ", true},
    {"echo user ", true},
};

struct Word {
  std::string_view text;
  Noun noun;
};

// Whole parts of names.
constexpr Word kKeywordTable[] = {
    {"password", Noun::kPassword},
    {"passwords", Noun::kPassword},
    {"passwort", Noun::kPassword},
    {"passw\u00F6rter", Noun::kPassword},
    {"passwd", Noun::kPassword},
    {"passwrd", Noun::kPassword},
    {"passwrt", Noun::kPassword},
    {"passw", Noun::kPassword},
    {"psswd", Noun::kPassword},
    {"pssword", Noun::kPassword},
    {"pasword", Noun::kPassword},
    {"paswort", Noun::kPassword},
    {"passwor", Noun::kPassword},
    {"passwod", Noun::kPassword},
    {"passowrd", Noun::kPassword},
    {"passwrod", Noun::kPassword},
    {"passord", Noun::kPassword},
    {"pass", Noun::kPassword},
    {"pwd", Noun::kPassword},
    {"pwds", Noun::kPassword},
    {"pw", Noun::kPassword},
    {"psw", Noun::kPassword},
    {"pswd", Noun::kPassword},
    {"pword", Noun::kPassword},
    {"kennwort", Noun::kPassword},
    {"kennw", Noun::kPassword},
    {"kw", Noun::kPassword},
    {"authtok", Noun::kPassword},
    {"mdp", Noun::kPassword},
    {"motdepasse", Noun::kPassword},
    {"senha", Noun::kPassword},
    {"senhas", Noun::kPassword},
    {"clave", Noun::kPassword},
    {"claves", Noun::kPassword},
    {"contrase\u00F1a", Noun::kPassword},
    {"contrasen\u0303a", Noun::kPassword},
    {"contrasena", Noun::kPassword},
    {"contrasenya", Noun::kPassword},
    {"contrase\u00F1as", Noun::kPassword},
    {"contrasenas", Noun::kPassword},
    {"contrasenia", Noun::kPassword},
    {"contrasenias", Noun::kPassword},
    {"contra", Noun::kPassword},
    {"passphrase", Noun::kPassphrase},
    {"passcode", Noun::kPassphrase},
    {"passkey", Noun::kPassphrase},
    {"pin", Noun::kPassphrase},
    {"psk", Noun::kPassword},
    {"zugangscode", Noun::kPassphrase},
    {"secret", Noun::kSecret},
    {"secrets", Noun::kSecret},
    {"secreto", Noun::kSecret},
    {"segredo", Noun::kSecret},
    {"geheimnis", Noun::kSecret},
    {"salt", Noun::kSecret},
    {"seed", Noun::kSecret},
    {"nonce", Noun::kSecret},
    {"token", Noun::kToken},
    {"tokens", Noun::kToken},
    {"bearer", Noun::kToken},
    {"jeton", Noun::kToken},
    {"key", Noun::kKey},
    {"keys", Noun::kKey},
    {"netzwerkschl\u00FCssel", Noun::kPassword},
    {"netzwerkschluessel", Noun::kPassword},
    {"wlanschl\u00FCssel", Noun::kPassword},
    {"wlanschluessel", Noun::kPassword},
    {"schl\u00FCssel", Noun::kKey},
    {"schlu\u0308ssel", Noun::kKey},
    {"schluessel", Noun::kKey},
    {"cl\u00E9", Noun::kKey},
    {"cle\u0301", Noun::kKey},
    {"cle", Noun::kKey},
    {"chave", Noun::kKey},
    {"auth", Noun::kCredential},
    {"authorization", Noun::kCredential},
    {"cred", Noun::kCredential},
    {"creds", Noun::kCredential},
    {"credential", Noun::kCredential},
    {"credentials", Noun::kCredential},
    {"login", Noun::kCredential},
    {"logins", Noun::kCredential},
    {"zugangsdaten", Noun::kCredential},
    {"anmeldedaten", Noun::kCredential},
    {"logindaten", Noun::kCredential},
    {"identifiants", Noun::kCredential},
    {"identifiant", Noun::kCredential},
    {"credenciales", Noun::kCredential},
    {"credenciais", Noun::kCredential},
};

// Ends of parts that are written as one word: dbpassword, rootpw, apikey.
constexpr Word kEndings[] = {
    {"password", Noun::kPassword},  {"passwort", Noun::kPassword},
    {"kennwort", Noun::kPassword},  {"passwd", Noun::kPassword},
    {"pwd", Noun::kPassword},       {"pass", Noun::kPassword},
    {"pw", Noun::kPassword},        {"passphrase", Noun::kPassphrase},
    {"secret", Noun::kSecret},      {"token", Noun::kToken},
    {"apikey", Noun::kKey},         {"key", Noun::kKey},
    {"schl\u00FCssel", Noun::kKey}, {"schlu\u0308ssel", Noun::kKey},
    {"schluessel", Noun::kKey},     {"auth", Noun::kCredential},
    {"salt", Noun::kSecret},
};

// How the words of both lists go on in small letters behind an anchor: "word", "phrase" and nothing
// behind "pass". Up to eight letters of each, as they stand in memory; the first is the lowest
// byte.
struct Tails {
  uint16_t begin = 0;
  uint16_t end = 0;  // of what is listed; the same as begin where anything may follow
};
constexpr size_t kMaxTails = 128;
struct AllTails {
  std::array<Tails, std::size(kAnchors)> of_anchor{};
  std::array<uint64_t, kMaxTails> letters{};
};

constexpr uint64_t small_letters(std::string_view text) {
  uint64_t letters = 0;
  for (size_t i = 0; i < std::min<size_t>(text.size(), 8) && is_lower(text[i]); ++i) {
    letters |= static_cast<uint64_t>(text[i]) << (8 * i);
  }
  return letters;
}

// Whether an anchor is a part of a name: others are phrases, and end where a word ends.
constexpr bool is_stem(const Anchor& anchor) {
  return !anchor.tool && is_lower(anchor.text.back()) && anchor.text != "securestring" &&
         anchor.text.find(' ') == std::string_view::npos;
}

constexpr bool is_one_of(std::string_view text, std::initializer_list<std::string_view> list) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

constexpr std::array<Stem, std::size(kAnchors)> kStems = [] {
  std::array<Stem, std::size(kAnchors)> stems{};
  for (size_t i = 0; i < stems.size(); ++i) {
    const std::string_view text = kAnchors[i].text;
    if (text == "login") {
      stems[i] = Stem::kLogin;
    } else if (text == "log in" || text == "logged in") {
      stems[i] = Stem::kPhrase;
    } else if (!is_stem(kAnchors[i]) ||
               is_one_of(text, {"clave", "chave", "anmelden", "einloggen", "entsperr"}) ||
               text.ends_with("ssel")) {
      stems[i] = Stem::kNone;
    } else if (text == "key") {
      stems[i] = Stem::kKey;
    } else {
      const bool pairs =
          is_one_of(text, {"auth", "cred", "zugangsdaten", "anmeldedaten", "identifiant"});
      stems[i] = pairs ? Stem::kPairs : Stem::kWord;
    }
  }
  return stems;
}();

constexpr AllTails kAllTails = [] {
  AllTails all;
  uint16_t count = 0;
  for (size_t i = 0; i < std::size(kAnchors); ++i) {
    const std::string_view anchor = kAnchors[i].text;
    Tails& tails = all.of_anchor[i];
    tails.begin = tails.end = count;
    if (!is_stem(kAnchors[i])) continue;
    const auto add = [&](std::string_view word) {
      for (size_t at = word.find(anchor); at != word.npos; at = word.find(anchor, at + 1)) {
        const uint64_t letters = small_letters(word.substr(at + anchor.size()));
        bool known = false;
        for (size_t k = tails.begin; k < count; ++k) known = known || all.letters[k] == letters;
        if (!known) all.letters[count++] = letters;
      }
    };
    for (const Word& word : kKeywordTable) add(word.text);
    for (const Word& word : kEndings) add(word.text);
    tails.end = count;
  }
  return all;
}();

// Words that only look so, or name something else.
constexpr std::string_view kNotThose[] = {"monkey",     "donkey",
                                          "turkey",     "hockey",
                                          "jockey",     "whiskey",
                                          "lackey",     "bypass",
                                          "compass",    "trespass",
                                          "surpass",    "overpass",
                                          "underpass",  "encompass",
                                          "hotkey",     "pubkey",
                                          "publickey",  "foreignkey",
                                          "primarykey", "sortkey",
                                          "oauth",      "subkey",
                                          "keykey",     "groupkey",
                                          "issuekey",   "userkey",
                                          "spacekey",   "projectkey",
                                          "hashkey",    "mapkey",
                                          "cachekey",   "pagekey",
                                          "rowkey",     "passpass",
                                          "unauth",     "pkey",
                                          "fkey",       "cancellationtoken",
                                          "pagetoken",  "csrftoken",
                                          "xsrftoken",  "msgkey",
                                          "messagekey", "shortkey",
                                          "indexkey",   "getkey",
                                          "keypass_"};

constexpr std::string_view kKeyQualifiers[] = {"access",
                                               "account",
                                               "activation",
                                               "admin",
                                               "aes",
                                               "api",
                                               "apis",
                                               "app",
                                               "application",
                                               "auth",
                                               "authentication",
                                               "authorization",
                                               "cipher",
                                               "client",
                                               "connection",
                                               "consumer",
                                               "crypt",
                                               "crypto",
                                               "customer",
                                               "decryption",
                                               "deploy",
                                               "deployment",
                                               "des",
                                               "developer",
                                               "encrypt",
                                               "encrypted",
                                               "encryption",
                                               "hmac",
                                               "host",
                                               "ingest",
                                               "ingestion",
                                               "instrumentation",
                                               "integration",
                                               "issuer",
                                               "jwt",
                                               "license",
                                               "licence",
                                               "login",
                                               "mac",
                                               "master",
                                               "merchant",
                                               "oauth",
                                               "n",
                                               "pairing",
                                               "preshared",
                                               "priv",
                                               "private",
                                               "product",
                                               "recovery",
                                               "rest",
                                               "root",
                                               "sas",
                                               "sec",
                                               "secret",
                                               "security",
                                               "server",
                                               "service",
                                               "shared",
                                               "sign",
                                               "signature",
                                               "signing",
                                               "site",
                                               "ssh",
                                               "storage",
                                               "subscription",
                                               "tsig",
                                               "vault",
                                               "webhook",
                                               "wep",
                                               "wifi",
                                               "wlan",
                                               "wpa",
                                               "wpa2",
                                               "wpa3",
                                               "write",
                                               "writekey",
                                               "x",
                                               "privater",
                                               "geheimer",
                                               "zugangs",
                                               "zugriffs",
                                               "d'api",
                                               "dns",
                                               "zone",
                                               "bot",
                                               "push",
                                               "partner",
                                               "provider",
                                               "test",
                                               "live",
                                               "prod",
                                               "production",
                                               "staging",
                                               "fernet",
                                               "routing",
                                               "gossip",
                                               "validation",
                                               "vpn",
                                               "ipsec",
                                               "radius",
                                               "tacacs",
                                               "rails",
                                               "symmetric",
                                               "datadog",
                                               "stripe",
                                               "mailgun",
                                               "sendgrid",
                                               "openai",
                                               "pagerduty",
                                               "opsgenie",
                                               "sentry",
                                               "newrelic",
                                               "grafana",
                                               "backup",
                                               "flask",
                                               "django"};

constexpr std::string_view kDisqualifiers[] = {
    "public",      "pub",          "primary",   "foreign",     "issue",        "project",
    "user",        "users",        "cache",     "sort",        "partition",    "object",
    "map",         "row",          "registry",  "hot",         "config",       "property",
    "search",      "index",        "unique",    "natural",     "business",     "composite",
    "header",      "shift",        "ctrl",      "arrow",       "enter",        "return",
    "escape",      "tab",          "delete",    "answer",      "home",         "space",
    "page",        "bundle",       "message",   "i18n",        "resource",     "lookup",
    "hash",        "group",        "join",      "route",       "range",        "shard",
    "metadata",    "fallback",     "attribute", "param",       "parameter",    "field",
    "column",      "csrf",         "xsrf",      "next",        "continuation", "sync",
    "cursor",      "cancellation", "cancel",    "request",     "forgery",      "verification",
    "lexer",       "parser",       "end",       "start",       "begin",        "separator",
    "delimiter",   "delim",        "any",       "every",       "random",       "whitespace",
    "current",     "previous",     "prev",      "last",        "first",        "component",
    "plugin",      "module",       "tracking",  "idempotency", "dedup",        "store",
    "translation", "label",        "name",      "sorting",     "entity",       "event",
    "log"};

constexpr std::string_view kDescriptions[] = {"length",
                                              "len",
                                              "size",
                                              "count",
                                              "policy",
                                              "policies",
                                              "type",
                                              "types",
                                              "field",
                                              "fields",
                                              "id",
                                              "ids",
                                              "name",
                                              "names",
                                              "file",
                                              "files",
                                              "filename",
                                              "path",
                                              "paths",
                                              "url",
                                              "urls",
                                              "uri",
                                              "link",
                                              "reset",
                                              "expiry",
                                              "expires",
                                              "expiration",
                                              "expire",
                                              "expired",
                                              "ttl",
                                              "age",
                                              "hint",
                                              "label",
                                              "placeholder",
                                              "regex",
                                              "regexp",
                                              "pattern",
                                              "min",
                                              "max",
                                              "format",
                                              "algorithm",
                                              "alg",
                                              "enabled",
                                              "disabled",
                                              "required",
                                              "check",
                                              "checks",
                                              "checker",
                                              "validator",
                                              "validation",
                                              "strength",
                                              "history",
                                              "rule",
                                              "rules",
                                              "manager",
                                              "provider",
                                              "service",
                                              "storage",
                                              "factory",
                                              "generator",
                                              "encoder",
                                              "encoding",
                                              "handler",
                                              "helper",
                                              "util",
                                              "utils",
                                              "class",
                                              "dialog",
                                              "form",
                                              "input",
                                              "page",
                                              "prompt",
                                              "change",
                                              "changed",
                                              "updated",
                                              "date",
                                              "timestamp",
                                              "index",
                                              "idx",
                                              "ref",
                                              "endpoint",
                                              "server",
                                              "host",
                                              "port",
                                              "username",
                                              "attempts",
                                              "attempt",
                                              "retries",
                                              "lock",
                                              "exception",
                                              "error",
                                              "errors",
                                              "message",
                                              "msg",
                                              "mode",
                                              "method",
                                              "scope",
                                              "scopes",
                                              "issuer",
                                              "audience",
                                              "status",
                                              "state",
                                              "version",
                                              "column",
                                              "template",
                                              "visible",
                                              "mismatch",
                                              "match",
                                              "matches",
                                              "fingerprint",
                                              "hash",
                                              "hashed",
                                              "digest",
                                              "salt",
                                              "secs",
                                              "seconds",
                                              "ms",
                                              "millis",
                                              "timeout",
                                              "interval",
                                              "limit",
                                              "quota",
                                              "bucket",
                                              "attr",
                                              "attribute",
                                              "param",
                                              "parameter",
                                              "header",
                                              "prefix",
                                              "suffix",
                                              "separator",
                                              "delimiter",
                                              "stream",
                                              "filter",
                                              "parser",
                                              "alias",
                                              "usage",
                                              "bits",
                                              "spec",
                                              "set",
                                              "map",
                                              "list",
                                              "cache",
                                              "ring",
                                              "vault",
                                              "board",
                                              "store",
                                              "word",
                                              "code",
                                              "press",
                                              "down",
                                              "up",
                                              "event",
                                              "event",
                                              "pair",
                                              "holder",
                                              "info",
                                              "request",
                                              "response",
                                              "model",
                                              "entity",
                                              "test",
                                              "tests",
                                              "screen",
                                              "view",
                                              "button",
                                              "icon",
                                              "reader",
                                              "writer",
                                              "locked",
                                              "recovery",
                                              "retry",
                                              "forgotten",
                                              "protected",
                                              "less",
                                              "free",
                                              "based",
                                              "authenticator",
                                              "authentication",
                                              "callback",
                                              "source",
                                              "resolver",
                                              "converter",
                                              "count",
                                              "not",
                                              "property",
                                              "properties",
                                              "setting",
                                              "settings",
                                              "option",
                                              "options",
                                              "flow",
                                              "ref",
                                              "refs",
                                              "exists",
                                              "empty",
                                              "blank",
                                              "invalid",
                                              "missing",
                                              "failed",
                                              "failure",
                                              "success",
                                              "module",
                                              "modules",
                                              "plugin",
                                              "group",
                                              "groups",
                                              "role",
                                              "primaria",
                                              "mgmt",
                                              "prim\u00E1ria",
                                              "foranea",
                                              "for\u00E1nea",
                                              "externa",
                                              "estrangeira",
                                              "publica",
                                              "p\u00FAblica",
                                              "publique",
                                              "primaire",
                                              "txt",
                                              "zip",
                                              "pdf",
                                              "csv",
                                              "docx",
                                              "xlsx"};

constexpr std::string_view kQuestions[] = {
    "no",      "has",      "is",    "forgot", "hide",    "show",     "allow", "enable",  "disable",
    "require", "requires", "min",   "max",    "num",     "validate", "check", "verify",  "hash",
    "hashed",  "count",    "total", "non",    "without", "needs",    "reset", "invalid", "missing"};

constexpr std::string_view kUserWords[] = {
    "user",    "username",     "userid",      "usr",         "login",   "name",     "id",
    "uid",     "email",        "mail",        "account",     "acct",    "benutzer", "benutzername",
    "usuario", "usu\u00E1rio", "utilisateur", "identifiant", "kennung", "nutzer",   "logon",
    "u",       "acc",          "un",          "e-mail",      "konto"};

constexpr WordSet<std::size(kKeywordTable)> kWordSet(kKeywordTable,
                                                     [](const Word& word) { return word.text; });
constexpr auto kNotThoseSet = word_set(kNotThose);
constexpr auto kKeyQualifierSet = word_set(kKeyQualifiers);
constexpr auto kDisqualifierSet = word_set(kDisqualifiers);
constexpr auto kDescriptionSet = word_set(kDescriptions);
constexpr auto kQuestionSet = word_set(kQuestions);
constexpr auto kUserWordSet = word_set(kUserWords);

// The last bytes of all endings.
constexpr std::array<char, std::size(kEndings)> kLastOfEndings = [] {
  std::array<char, std::size(kEndings)> last{};
  for (size_t i = 0; i < last.size(); ++i) last[i] = kEndings[i].text.back();
  return last;
}();

}  // namespace

std::span<const Anchor> anchors() { return kAnchors; }

Stem stem_of(uint32_t anchor) { return kStems.data()[anchor]; }

bool goes_on_otherwise(std::string_view text, uint32_t anchor, size_t end) {
  constexpr size_t kLetters = sizeof(uint64_t);
  const Tails tails = kAllTails.of_anchor.data()[anchor];
  if (tails.begin == tails.end || text.size() - end <= kLetters) return false;
  uint64_t bytes = 0;
  std::memcpy(&bytes, text.data() + end, kLetters);
  if constexpr (std::endian::native != std::endian::little) return false;
  // The highest bit of each byte that is no small letter: without it, 0x1F more reaches 0x80 from
  // 'a' on, and 5 more behind 'z'.
  constexpr uint64_t kEach = 0x0101010101010101U;
  const uint64_t low = bytes & (kEach * 0x7F);
  const uint64_t others = ~(((low + kEach * 0x1F) ^ (low + kEach * 5)) & ~bytes) & (kEach * 0x80);
  const size_t count = others == 0 ? kLetters : static_cast<size_t>(std::countr_zero(others)) / 8;
  if (count == 0) return false;
  // Beyond ASCII a word may go on.
  if (is_kind(text.data()[end + count], kWideKind)) return false;
  const uint64_t letters = count == kLetters ? bytes : bytes & ((uint64_t{1} << (8 * count)) - 1);
  for (size_t i = tails.begin; i < tails.end; ++i) {
    if (kAllTails.letters.data()[i] == letters) return false;
  }
  return true;
}

std::optional<Noun> noun_of(std::string_view part) {
  const size_t whole = kWordSet.find(part);
  if (whole != kWordSet.kNone) return kKeywordTable[whole].noun;
  if (part.size() < 3) return std::nullopt;
  for (size_t i = 0; i < std::size(kEndings); ++i) {
    if (kLastOfEndings.data()[i] != part.back()) continue;
    const Word& ending = kEndings[i];
    if (part.size() <= ending.text.size() || !part.ends_with(ending.text)) continue;
    if (kNotThoseSet.holds(part)) break;
    return ending.noun;
  }
  return std::nullopt;
}

bool qualifies_key(std::string_view part) { return kKeyQualifierSet.holds(part); }
bool disqualifies(std::string_view part) { return kDisqualifierSet.holds(part); }
bool describes(std::string_view part) { return kDescriptionSet.holds(part); }
bool asks(std::string_view part) { return kQuestionSet.holds(part); }
bool names_user(std::string_view part) { return kUserWordSet.holds(part); }

}  // namespace spillguard::detect::generic
