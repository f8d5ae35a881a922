#include "detect/generic/stand_in_words.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

#include "detect/generic/characters.h"
#include "detect/generic/kinds.h"
#include "detect/generic/word_set.h"

namespace spillguard::detect::generic {
namespace {

// Longest match wins nothing here: all ways to cover the value are tried.
constexpr std::array kStandIns = std::to_array<std::string_view>({"abc",
                                                                  "access",
                                                                  "account",
                                                                  "admin",
                                                                  "administrator",
                                                                  "api",
                                                                  "apikey",
                                                                  "app",
                                                                  "application",
                                                                  "auth",
                                                                  "authorization",
                                                                  "aws",
                                                                  "bad",
                                                                  "bar",
                                                                  "basic",
                                                                  "baz",
                                                                  "bearer",
                                                                  "bogus",
                                                                  "cert",
                                                                  "certificate",
                                                                  "change",
                                                                  "changeit",
                                                                  "client",
                                                                  "clave",
                                                                  "code",
                                                                  "company",
                                                                  "config",
                                                                  "confirm",
                                                                  "contrasena",
                                                                  "correct",
                                                                  "cred",
                                                                  "credential",
                                                                  "credentials",
                                                                  "creds",
                                                                  "customer",
                                                                  "data",
                                                                  "database",
                                                                  "db",
                                                                  "default",
                                                                  "demo",
                                                                  "dev",
                                                                  "dummy",
                                                                  "email",
                                                                  "encoded",
                                                                  "encrypted",
                                                                  "encryption",
                                                                  "env",
                                                                  "example",
                                                                  "expected",
                                                                  "expired",
                                                                  "fake",
                                                                  "field",
                                                                  "file",
                                                                  "foo",
                                                                  "foobar",
                                                                  "garbage",
                                                                  "generated",
                                                                  "good",
                                                                  "guest",
                                                                  "hash",
                                                                  "hello",
                                                                  "here",
                                                                  "hidden",
                                                                  "host",
                                                                  "http",
                                                                  "id",
                                                                  "in",
                                                                  "incorrect",
                                                                  "input",
                                                                  "invalid",
                                                                  "is",
                                                                  "jdbc",
                                                                  "jwt",
                                                                  "kennwort",
                                                                  "key",
                                                                  "keystore",
                                                                  "label",
                                                                  "ldap",
                                                                  "letmein",
                                                                  "local",
                                                                  "localhost",
                                                                  "login",
                                                                  "mail",
                                                                  "master",
                                                                  "me",
                                                                  "mot",
                                                                  "motdepasse",
                                                                  "my",
                                                                  "mysql",
                                                                  "name",
                                                                  "new",
                                                                  "no",
                                                                  "none",
                                                                  "number",
                                                                  "oauth",
                                                                  "of",
                                                                  "old",
                                                                  "one",
                                                                  "oracle",
                                                                  "pass",
                                                                  "passe",
                                                                  "passphrase",
                                                                  "passwd",
                                                                  "passwor",
                                                                  "password",
                                                                  "passwords",
                                                                  "passwort",
                                                                  "path",
                                                                  "placeholder",
                                                                  "postgres",
                                                                  "private",
                                                                  "prod",
                                                                  "production",
                                                                  "project",
                                                                  "provider",
                                                                  "proxy",
                                                                  "pswd",
                                                                  "public",
                                                                  "pw",
                                                                  "pwd",
                                                                  "random",
                                                                  "real",
                                                                  "refresh",
                                                                  "root",
                                                                  "sa",
                                                                  "sample",
                                                                  "scott",
                                                                  "secret",
                                                                  "secrets",
                                                                  "security",
                                                                  "senha",
                                                                  "server",
                                                                  "service",
                                                                  "session",
                                                                  "shared",
                                                                  "signing",
                                                                  "simple",
                                                                  "some",
                                                                  "something",
                                                                  "ssh",
                                                                  "ssl",
                                                                  "stage",
                                                                  "staging",
                                                                  "store",
                                                                  "string",
                                                                  "sub",
                                                                  "super",
                                                                  "svc",
                                                                  "system",
                                                                  "temp",
                                                                  "test",
                                                                  "tester",
                                                                  "testing",
                                                                  "text",
                                                                  "the",
                                                                  "this",
                                                                  "tiger",
                                                                  "tmp",
                                                                  "to",
                                                                  "token",
                                                                  "truststore",
                                                                  "two",
                                                                  "type",
                                                                  "uri",
                                                                  "url",
                                                                  "use",
                                                                  "user",
                                                                  "username",
                                                                  "val",
                                                                  "valid",
                                                                  "value",
                                                                  "var",
                                                                  "web",
                                                                  "webhook",
                                                                  "welcome",
                                                                  "with",
                                                                  "world",
                                                                  "wrong",
                                                                  "xxx",
                                                                  "xyz",
                                                                  "your",
                                                                  "bla",
                                                                  "blah",
                                                                  "qux",
                                                                  "spam",
                                                                  "aaa",
                                                                  "bbb",
                                                                  "ccc",
                                                                  "three",
                                                                  "put",
                                                                  "insert",
                                                                  "enter",
                                                                  "set",
                                                                  "get",
                                                                  "last",
                                                                  "first",
                                                                  "a",
                                                                  "an",
                                                                  "and",
                                                                  "or",
                                                                  "for",
                                                                  "from",
                                                                  "on",
                                                                  "not",
                                                                  "that",
                                                                  "must",
                                                                  "be",
                                                                  "super",
                                                                  "very",
                                                                  "top",
                                                                  "long",
                                                                  "strong",
                                                                  "secure",
                                                                  "weak",
                                                                  "same",
                                                                  "another",
                                                                  "other",
                                                                  "any",
                                                                  "existing",
                                                                  "current",
                                                                  "previous",
                                                                  "header",
                                                                  "parameter",
                                                                  "param",
                                                                  "property",
                                                                  "prefix",
                                                                  "suffix",
                                                                  "optional",
                                                                  "required",
                                                                  "object",
                                                                  "json",
                                                                  "xml",
                                                                  "yaml"});

constexpr std::array kStating =
    std::to_array<std::string_view>({"true",       "false",      "null",
                                     "nil",        "none",       "undefined",
                                     "yes",        "no",         "on",
                                     "off",        "empty",      "blank",
                                     "n/a",        "na",         "tbd",
                                     "todo",       "unset",      "default",
                                     "string",     "integer",    "int",
                                     "boolean",    "bool",       "object",
                                     "char",       "varchar",    "varchar2",
                                     "text",       "unknown",    "required",
                                     "optional",   "enabled",    "disabled",
                                     "hidden",     "valid",      "invalid",
                                     "expired",    "missing",    "incorrect",
                                     "correct",    "wrong",      "mandatory",
                                     "anonymous",  "bytes",      "byte",
                                     "array",      "list",       "map",
                                     "void",       "function",   "const",
                                     "static",     "final",      "public",
                                     "private",    "protected",  "self",
                                     "this",       "super",      "new",
                                     "return",     "plain",      "plaintext",
                                     "cleartext",  "basic",      "bearer",
                                     "digest",     "negotiate",  "kerberos",
                                     "ntlm",       "oauth",      "oauth2",
                                     "saml",       "ldap",       "jwt",
                                     "rsa",        "aes",        "des",
                                     "hmac",       "password",   "secret",
                                     "token",      "username",   "user",
                                     "admin",      "root",       "guest",
                                     "success",    "failed",     "failure",
                                     "error",      "ok",         "done",
                                     "always",     "never",      "protected",
                                     "encrypted",  "generated",  "removed",
                                     "redacted",   "changed",    "accepted",
                                     "denied",     "granted",    "used",
                                     "set",        "found",      "given",
                                     "provided",   "sent",       "received",
                                     "stored",     "needed",     "ignored",
                                     "allowed",    "correctly",  "primary",
                                     "unique",     "index",      "foreign",
                                     "auto",       "automatic",  "manual",
                                     "internal",   "external",   "global",
                                     "local",      "remote",     "above",
                                     "below",      "here",       "there",
                                     "following",  "etc",        "and",
                                     "or",         "not",        "the",
                                     "a",          "an",         "is",
                                     "was",        "are",        "be",
                                     "to",         "of",         "in",
                                     "for",        "with",       "from",
                                     "by",         "as",         "if",
                                     "when",       "which",      "that",
                                     "it",         "field",      "value",
                                     "file",       "input",      "stdin",
                                     "prompt",     "ask",        "nothing",
                                     "whatever",   "something",  "vide",
                                     "leer",       "vacio",      "vacia",
                                     "vazio",      "vazia",      "falsch",
                                     "richtig",    "korrekt",    "ung\xC3\xBCltig",
                                     "incorrecta", "incorrecto", "incorrect",
                                     "incorrecte", "errado",     "errada",
                                     "oublie",     "olvidada",   "vergessen",
                                     "nein",       "ja",         "oui",
                                     "non",        "si",         "nao"});

// Letters that digits and signs stand for: p4$$w0rd.
constexpr char plain_letter(char c) {
  switch (c) {
    case '0':
      return 'o';
    case '1':
    case '!':
      return 'i';
    case '3':
      return 'e';
    case '4':
    case '@':
      return 'a';
    case '5':
    case '$':
      return 's';
    case '7':
      return 't';
    default:
      return lower(c);
  }
}

constexpr std::array<char, 256> kPlain = [] {
  std::array<char, 256> table{};
  for (size_t i = 0; i < table.size(); ++i) table.at(i) = plain_letter(static_cast<char>(i));
  return table;
}();

constexpr size_t kShortWord = 3;

// The words by their first two letters, those of a pair in a row: most words can not stand at a
// place.
struct StandIn {
  uint64_t mask = 0;  // the first 8 bytes, as far as the word has them
  uint64_t want = 0;
  uint8_t size = 0;
  uint16_t number = 0;  // in kStandIns
};
struct StandIns {
  static constexpr size_t kLetters = 27;  // and none
  // Of the words of a bucket; its end is where the next one begins.
  std::array<uint16_t, kLetters * kLetters + 1> first{};
  std::array<StandIn, kStandIns.size()> words{};
  // By first letter, a bit for each second one of some word, or for 0 if there is a word of it
  // alone.
  std::array<uint32_t, kLetters> seconds{};
  // From 1 on; 0 for what is no letter in lower case.
  static constexpr size_t letter(char c) {
    return is_lower(c) ? static_cast<size_t>(c - 'a') + 1 : 0;
  }
  // The second is 0 in words of one letter.
  static constexpr size_t bucket(size_t a, size_t b) { return a * kLetters + b; }
  [[nodiscard]] constexpr bool begins_word(size_t a, size_t b) const {
    return (seconds.data()[a] & (1U | 1U << b)) != 0;
  }
  static constexpr size_t bucket_of(std::string_view word) {
    return bucket(letter(word[0]), word.size() > 1 ? letter(word[1]) : 0);
  }
};

static_assert(std::endian::native == std::endian::little, "words are compared as numbers");

constexpr StandIns kTable = [] {
  StandIns table;
  for (const std::string_view word : kStandIns) ++table.first.at(StandIns::bucket_of(word) + 1);
  for (size_t i = 1; i < table.first.size(); ++i) table.first.at(i) += table.first.at(i - 1);
  std::array<uint16_t, StandIns::kLetters * StandIns::kLetters + 1> next = table.first;
  for (size_t i = 0; i < kStandIns.size(); ++i) {
    const std::string_view word = kStandIns.at(i);
    const size_t second = word.size() > 1 ? StandIns::letter(word[1]) : 0;
    table.seconds.at(StandIns::letter(word[0])) |= uint32_t{1} << second;
    StandIn& entry = table.words.at(next.at(StandIns::bucket_of(word))++);
    entry.size = static_cast<uint8_t>(word.size());
    entry.number = static_cast<uint16_t>(i);
    for (size_t k = 0; k < std::min<size_t>(word.size(), sizeof entry.want); ++k) {
      entry.mask |= uint64_t{0xFF} << (8 * k);
      entry.want |= uint64_t{static_cast<unsigned char>(word[k])} << (8 * k);
    }
  }
  return table;
}();
static_assert(std::all_of(kStandIns.begin(), kStandIns.end(),
                          [](std::string_view word) { return all_of_text(word, is_lower); }));

// Characters that words of a value may be made of.
constexpr bool is_counted(char c) { return is_alnum(c) || c == '$' || c == '@'; }

constexpr auto kStatingSet = word_set(kStating);

constexpr size_t kLongestValue = 96;

// The length of "123", "1", "0001", "321" at a place: digits that people append.
size_t appended_digits(std::string_view value, size_t at) {
  static constexpr std::string_view kUp = "01234567890";
  static constexpr std::string_view kDown = "9876543210";
  if (at > 0 && is_digit(value[at - 1])) return 0;
  size_t end = at;
  while (end < value.size() && is_digit(value[end])) ++end;
  const std::string_view digits = value.substr(at, end - at);
  if (digits.empty()) return 0;
  const bool counted = digits.size() == 1 || kUp.find(digits) != std::string_view::npos ||
                       kDown.find(digits) != std::string_view::npos;
  const bool same =
      std::all_of(digits.begin(), digits.end(), [&](char c) { return c == digits.front(); });
  return counted || same ? digits.size() : 0;
}

}  // namespace

int stand_in_share(std::string_view value) {
  if (value.empty() || value.size() > kLongestValue) return 0;
  // The value as words are written, and how many real letters stand before each place.
  std::array<char, kLongestValue + sizeof(uint64_t)> plain{};
  std::array<uint8_t, kLongestValue + 1> letters;
  letters[0] = 0;
  for (size_t i = 0; i < value.size(); ++i) {
    const auto byte = static_cast<unsigned char>(value.data()[i]);
    plain.data()[i] = kPlain.data()[byte];
    const unsigned letter = (kByteKinds.data()[byte] & kLetterKind) != 0 ? 1 : 0;
    letters.data()[i + 1] = static_cast<uint8_t>(letters.data()[i] + letter);
  }
  // covered[i]: the most characters that words cover up to i.
  std::array<uint8_t, kLongestValue + 1> covered{};
  size_t counted = 0;
  const auto reach = [&](size_t from, size_t length) {
    uint8_t& most = covered.data()[from + length];
    most = std::max(most, static_cast<uint8_t>(covered.data()[from] + length));
  };
  const auto take = [&](size_t i, size_t bucket, bool begins) {
    uint64_t here = 0;
    std::memcpy(&here, plain.data() + i, sizeof here);
    const size_t end = kTable.first.data()[bucket + 1];
    for (size_t w = kTable.first.data()[bucket]; w != end; ++w) {
      const StandIn& word = kTable.words.data()[w];
      if ((here & word.mask) != word.want) continue;
      const size_t size = word.size;
      if (size > value.size() - i || (!begins && size <= kShortWord)) continue;
      // "101" is no word, however one reads it.
      const auto real = static_cast<size_t>(letters[i + size] - letters[i]);
      if (real * 2 < size) continue;
      if (size > sizeof here &&
          std::string_view(plain.data() + i, size) != kStandIns[word.number]) {
        continue;
      }
      reach(i, size);
    }
  };
  for (size_t i = 0; i < value.size(); ++i) {
    const char c = value.data()[i];
    const bool counts = is_counted(c);
    const size_t before = counted;
    counted += counts ? 1 : 0;
    covered.data()[i + 1] = std::max(covered.data()[i + 1], covered.data()[i]);
    // Most places begin nothing.
    const size_t first = StandIns::letter(plain.data()[i]);
    const bool has_words = kTable.begins_word(first, StandIns::letter(plain.data()[i + 1]));
    const bool digit = is_digit(c);
    if (!counts || (!has_words && !digit)) continue;
    if (has_words) {
      // Short words are in every random text: they count where a word can begin.
      const bool begins = covered[i] >= before || i == 0 || !is_letter(value[i - 1]) ||
                          (is_lower(value[i - 1]) && is_upper(c));
      const size_t second = StandIns::letter(plain[i + 1]);
      if (begins) take(i, StandIns::bucket(first, 0), begins);
      if (second != 0) take(i, StandIns::bucket(first, second), begins);
    }
    if (digit) {
      if (const size_t digits = appended_digits(value, i); digits > 0) reach(i, digits);
    }
  }
  return counted == 0 ? 0 : static_cast<int>(covered[value.size()] * size_t{1024} / counted);
}

std::span<const std::string_view> stand_in_words() { return kStandIns; }

bool is_stating_word(std::string_view value) {
  while (!value.empty() && (value.back() == '.' || value.back() == ',' || value.back() == ';' ||
                            value.back() == '!' || value.back() == '?')) {
    value.remove_suffix(1);
  }
  return kStatingSet.holds(value);
}

}  // namespace spillguard::detect::generic
