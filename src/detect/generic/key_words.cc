#include "detect/generic/key_words.h"

#include <array>

#include "detect/generic/word_set.h"

namespace spillguard::detect::generic {
namespace {

constexpr std::array kTails = std::to_array<std::string_view>(
    {"id",        "ids",        "name",        "names",      "file",           "filename",
     "path",      "dir",        "url",         "uri",        "endpoint",       "type",
     "types",     "length",     "len",         "size",       "field",          "fields",
     "label",     "policy",     "hash",        "alias",      "hint",           "format",
     "prefix",    "suffix",     "header",      "expiration", "expires",        "expiry",
     "expire",    "ttl",        "count",       "index",      "algorithm",      "algo",
     "store",     "storage",    "provider",    "manager",    "factory",        "service",
     "handler",   "listener",   "generator",   "encoder",    "decoder",        "validator",
     "util",      "utils",      "helper",      "class",      "encoding",       "timeout",
     "reset",     "required",   "enabled",     "attempts",   "history",        "strength",
     "min",       "max",        "characters",  "regex",      "pattern",        "pair",
     "ring",      "words",      "frame",       "space",      "version",        "usage",
     "source",    "server",     "host",        "user",       "username",       "email",
     "issuer",    "audience",   "scope",       "scopes",     "exception",      "error",
     "message",   "filter",     "request",     "response",   "method",         "param",
     "parameter", "parameters", "query",       "env",        "variable",       "property",
     "prop",      "ref",        "reference",   "arn",        "location",       "fingerprint",
     "digest",    "code",       "state",       "status",     "mode",           "level",
     "callback",  "dialog",     "page",        "form",       "input",          "prompt",
     "text",      "title",      "placeholder", "change",     "changed",        "rotation",
     "validity",  "lifetime",   "age",         "date",       "time",           "created",
     "updated",   "at",         "by",          "column",     "table",          "set",
     "map",       "list",       "array",       "entry",      "entries",        "event",
     "events",    "plugin",     "extension",   "spec",       "vault",          "box",
     "view",      "test",       "case",        "support",    "authentication", "authenticator",
     "based",     "grant",      "flow",        "check",      "protected",      "less",
     "free",      "stream",     "parser",      "loader",     "reader",         "writer",
     "ize",       "izer",       "ized",        "izers",      "chain",          "board",
     "note",      "stone",      "wrapper",     "keyword"});

constexpr std::array kHeads = std::to_array<std::string_view>(
    {"unexpected",   "illegal",     "invalid",    "syntax",       "parse",        "public",
     "pub",          "primary",     "foreign",    "sort",         "partition",    "cache",
     "hot",          "short",       "shortcut",   "message",      "i18n",         "map",
     "project",      "issue",       "registry",   "row",          "group",        "next",
     "continuation", "csrf",        "xsrf",       "cancellation", "cancel",       "forgot",
     "forgotten",    "reset",       "wrong",      "incorrect",    "bad",          "no",
     "without",      "missing",     "unknown",    "sequence",     "unique",       "composite",
     "candidate",    "translation", "object",     "property",     "config",       "bundle",
     "dictionary",   "hash",        "json",       "index",        "sync",         "page",
     "pagination",   "encrypted",   "hashed",     "crypted",      "masked",       "maven",
     "jira",         "current",     "first",      "last",         "string",       "end",
     "start",        "eof",         "operator",   "lexer",        "tokenizer",    "host",
     "known",        "menu",        "preference", "pref",         "localization", "locale",
     "label",        "event",       "route",      "react",        "list",         "document",
     "doc",          "column",      "field",      "lookup",       "search",       "store",
     "arrow",        "return",      "enter",      "tab",          "press",        "function",
     "device",       "push",        "volume",     "back",         "home",         "power",
     "virtual"});

constexpr std::array kStrong = std::to_array<std::string_view>(
    {"api",         "access",     "secret",   "private", "encryption",   "consumer",
     "application", "app",        "auth",     "account", "client",       "shared",
     "signing",     "signature",  "license",  "storage", "subscription", "master",
     "service",     "deploy",     "ssh",      "oauth",   "refresh",      "bearer",
     "bot",         "personal",   "admin",    "root",    "db",           "database",
     "user",        "login",      "smtp",     "mail",    "ftp",          "sftp",
     "jdbc",        "datasource", "ldap",     "proxy",   "keystore",     "truststore",
     "trust",       "store",      "ssl",      "mysql",   "postgres",     "oracle",
     "redis",       "mongo",      "rabbitmq", "jenkins", "github",       "gitlab",
     "slack",       "aws",        "azure",    "google",  "stripe",       "twilio",
     "webhook",     "session",    "id",       "cloud",   "registry",     "docker",
     "npm",         "vault",      "wifi",     "vpn",     "bind",         "security",
     "x",           "dns",        "jwt",      "hmac",    "aes",          "password",
     "connection",  "sa",         "sys",      "system",  "test",         "demo",
     "temp",        "initial",    "default",  "new"});

constexpr auto kTailSet = word_set(kTails);
constexpr auto kHeadSet = word_set(kHeads);
constexpr auto kStrongSet = word_set(kStrong);

constexpr std::string_view kNoSecretWords[] = {"nonce", "oauth_consumer_key", "publickeytoken",
                                               "devicetoken"};
constexpr WordFinder kNoSecrets(kNoSecretWords);

template <size_t kSize>
bool names_one_of(const WordSet<kSize>& words, std::string_view name) {
  bool found = false;
  for_each_word(name, [&](std::string_view word) { found = found || words.holds(word); });
  return found;
}

}  // namespace

bool turns_key_away(std::string_view tail) { return names_one_of(kTailSet, tail); }
bool disarms_key(std::string_view head) { return names_one_of(kHeadSet, head); }
// oauth_consumer_key: "an identifier" (RFC 5849, 3.1). A nonce is new with every message,
// publicKeyToken is a digest (.NET assemblies), a device token the address of a device (push
// messages). And "auth" at the end of another word is of that word: attachauth, reauth.
bool names_no_secret(std::string_view name) {
  constexpr std::string_view kAuth = "auth";
  bool glued = false;
  if (holds_word(name, kAuth)) {
    std::string_view last;
    for_each_word(name, [&](std::string_view word) { last = word; });
    glued = last.size() > kAuth.size() + 1 && last.ends_with(kAuth);
  }
  return glued || kNoSecrets.find(name, true) != 0;
}
bool strengthens_key(std::string_view head) { return names_one_of(kStrongSet, head); }

}  // namespace spillguard::detect::generic
