#include "detect/generic/value_forms.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <iterator>

#include "detect/generic/characters.h"
#include "detect/generic/nats_key.h"
#include "detect/generic/word_set.h"

namespace spillguard::detect::generic {

using std::string_view_literals::operator""sv;
namespace {

// The end of the run of characters from begin on that a test holds for.
template <typename Test>
size_t run_end(std::string_view text, size_t begin, Test test) {
  while (begin < text.size() && test(text[begin])) ++begin;
  return begin;
}

size_t count_of(std::string_view text, char c) {
  return static_cast<size_t>(std::count(text.begin(), text.end(), c));
}

}  // namespace

bool is_number(std::string_view value) {
  if (!value.empty() && (value.front() == '-' || value.front() == '+')) value.remove_prefix(1);
  if (value.size() > 2 && value[0] == '0' && lower(value[1]) == 'x' && value.size() <= 10) {
    return all_of_text(value.substr(2), is_hex);
  }
  size_t digits = 0;
  for (const char c : value) {
    if (is_digit(c)) {
      ++digits;
    } else if (c != '.' && c != ',' && c != '%') {
      return false;
    }
  }
  return digits > 0;
}

bool is_version(std::string_view value) {
  if (!value.empty() && lower(value.front()) == 'v') value.remove_prefix(1);
  size_t parts = 0;
  size_t at = 0;
  while (at < value.size()) {
    const size_t end = run_end(value, at, is_digit);
    if (end == at || end - at > 8) return false;
    ++parts;
    at = end;
    if (at == value.size()) break;
    if (value[at] != '.') break;
    ++at;
    if (at < value.size() && !is_digit(value[at])) break;
  }
  if (parts < 2) return false;
  // A qualifier: -SNAPSHOT, .GA, rc1, +build5, .v2015
  const std::string_view rest = value.substr(at);
  return parts >= 3 ? rest.size() <= 24 && all_of_text(rest,
                                                       [](char c) {
                                                         return is_alnum(c) || c == '.' ||
                                                                c == '-' || c == '_' || c == '+';
                                                       })
                    : rest.empty() || rest.front() == '-' || rest.front() == '.';
}

namespace {

// A duration of ISO 8601: PT30M, P1DT12H.
bool is_duration(std::string_view value) {
  if (value.size() < 3 || value.size() > 16 || value.front() != 'P') return false;
  bool digit = false;  // before
  for (const char c : value.substr(1)) {
    const bool unit = std::string_view("YMWDHS").find(c) != std::string_view::npos;
    if (!is_digit(c) && c != '.' && c != 'T' && !(unit && digit)) return false;
    digit = is_digit(c) || c == '.';
  }
  return !digit;
}

}  // namespace

bool is_date(std::string_view value) {
  if (is_duration(value)) return true;
  if (value.size() < 8 || !is_digit(value.front())) return false;
  size_t digits = 0;
  size_t parts = 0;
  for (const char c : value) {
    if (is_digit(c)) {
      ++digits;
    } else if (c == '-' || c == '/' || c == ':' || c == '.') {
      ++parts;
    } else if (c != 'T' && c != 'Z' && c != ' ' && c != '+' && c != ',') {
      return false;
    }
  }
  const char fifth = value[4];
  const char third = value[2];
  const auto part = [](char c) { return c == '-' || c == '/' || c == '.' || c == ':'; };
  return parts >= 2 && digits >= 6 && (part(fifth) || part(third));
}

bool is_uuid(std::string_view value) {
  constexpr std::array<size_t, 5> kGroups = {8, 4, 4, 4, 12};
  if (value.size() != 36) return false;
  size_t at = 0;
  for (const size_t group : kGroups) {
    if (!all_of_text(value.substr(at, group), is_hex)) return false;
    at += group;
    if (at < value.size() && value[at] != '-') return false;
    ++at;
  }
  return true;
}

bool is_url(std::string_view value) {
  const size_t scheme = value.find("://");
  if (scheme != std::string_view::npos && scheme >= 2 && scheme <= 12) {
    return all_of_text(value.substr(0, scheme),
                       [](char c) { return is_alnum(c) || c == '+' || c == ':' || c == '.'; });
  }
  return value.starts_with("www.") || value.starts_with("jdbc:") || value.starts_with("mailto:");
}

bool is_email(std::string_view value) {
  const size_t at = value.find('@');
  if (at == std::string_view::npos || at < 2 || value.find('@', at + 1) != std::string_view::npos) {
    return false;
  }
  const std::string_view host = value.substr(at + 1);
  const size_t dot = host.rfind('.');
  if (dot == std::string_view::npos || dot < 2) return false;
  const std::string_view top = host.substr(dot + 1);
  return top.size() >= 2 && top.size() <= 6 && all_of_text(top, is_letter) &&
         all_of_text(host, [](char c) { return is_alnum(c) || c == '.' || c == '-'; });
}

namespace {

// "….pk": a dot and a few letters at the end, which base64 has not.
bool ends_as_file(std::string_view value) {
  constexpr size_t kLongestEnding = 5;
  const size_t dot = value.rfind('.');
  if (dot == std::string_view::npos) return false;
  const std::string_view ending = value.substr(dot + 1);
  return !ending.empty() && ending.size() <= kLongestEnding && all_of_text(ending, is_letter);
}

}  // namespace

bool is_path(std::string_view value) {
  const bool drive = value.size() >= 3 && is_letter(value[0]) && value[1] == ':' &&
                     (value[2] == '\\' || value[2] == '/');
  if (drive || value.starts_with("\\\\") || value.starts_with("./") || value.starts_with("../") ||
      value.starts_with("~/") || value.starts_with("file:") || value.starts_with("classpath:") ||
      value.starts_with("//")) {
    return true;
  }
  const size_t slashes = count_of(value, '/') + count_of(value, '\\');
  if (slashes == 0) return false;
  // Base64 has slashes too: a path is made of lower-case names, or of many parts.
  if (value.find_first_of("+=$!@#") != std::string_view::npos) return false;
  size_t upper = 0;
  size_t digits = 0;
  for (const char c : value) {
    upper += is_upper(c) ? 1 : 0;
    digits += is_digit(c) ? 1 : 0;
  }
  const bool rooted = value.front() == '/';
  if (rooted && slashes >= 2 && ends_as_file(value)) return true;
  const bool named = upper * 6 <= value.size() && digits * 5 <= value.size();
  return named &&
         (rooted || slashes >= 2 || value.find('.') != std::string_view::npos || value.size() < 16);
}

bool is_file_name(std::string_view value) {
  static constexpr std::array<std::string_view, 58> kFileEndings = {
      "pem",  "key",   "crt",  "cer", "der",  "p12", "pfx",        "jks",  "keystore", "bks",
      "txt",  "xml",   "json", "yml", "yaml", "csv", "properties", "conf", "cfg",      "ini",
      "java", "js",    "ts",   "py",  "rb",   "go",  "cs",         "cpp",  "h",        "sh",
      "bat",  "class", "jar",  "war", "ear",  "zip", "gz",         "tar",  "log",      "sql",
      "html", "htm",   "jsp",  "php", "css",  "png", "jpg",        "gif",  "pdf",      "doc",
      "docx", "xls",   "xlsx", "gpg", "asc",  "pub", "creds",      "nk"};
  const size_t dot = value.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return false;
  const std::string_view ending = value.substr(dot + 1);
  if (!all_of_text(value.substr(0, dot), [](char c) {
        return is_word(c) || c == '-' || c == '.' || c == '/' || c == '\\' || c == '*' || c == ' ';
      })) {
    return false;
  }
  return std::any_of(kFileEndings.begin(), kFileEndings.end(),
                     [&](std::string_view known) { return same_word(ending, known); });
}

bool is_dotted_name(std::string_view value) {
  size_t joints = 0;
  size_t digits = 0;
  size_t at = 0;
  while (true) {
    if (at < value.size() && (value[at] == '_' || value[at] == '$')) ++at;
    const size_t end = run_end(value, at, is_word);
    if (end == at || is_digit(value[at])) return false;
    for (size_t i = at; i < end; ++i) digits += is_digit(value[i]) ? 1 : 0;
    at = end;
    if (at == value.size()) break;
    if (value[at] == '.') {
      at += 1;
    } else if (value.substr(at, 2) == "->" || value.substr(at, 2) == "::") {
      at += 2;
    } else if (value.substr(at, 2) == "?.") {
      at += 2;
    } else {
      return false;
    }
    ++joints;
  }
  // Three parts of base64url joined by dots are a token, and digits are rare in names.
  return joints > 0 && digits * 6 <= value.size() && value.size() <= 24 * (joints + 1);
}

bool is_digest(std::string_view value) {
  static constexpr std::string_view kList[] = {"sha1",   "sha224", "sha256", "sha384",
                                               "sha512", "md5",    "crc32",  "sha"};
  static constexpr WordBegins kNames(kList);
  if (!kNames.begin(value)) return false;
  return std::any_of(std::begin(kList), std::end(kList), [&](std::string_view name) {
    if (value.size() <= name.size() + 1 || !same_word(value.substr(0, name.size()), name)) {
      return false;
    }
    const char next = value[name.size()];
    return next == ':' || next == '(' || next == '-' || next == '=';
  });
}

bool is_issue_key(std::string_view value) {
  const size_t dash = value.find('-');
  return dash != std::string_view::npos && dash >= 2 && dash <= 10 &&
         all_of_text(value.substr(0, dash), is_upper) && value.size() > dash + 1 &&
         value.size() <= dash + 9 && all_of_text(value.substr(dash + 1), is_digit);
}

bool is_byte_row(std::string_view value) {
  // An address in memory.
  if (value.starts_with("0x") && value.size() <= 18) return all_of_text(value.substr(2), is_hex);
  size_t groups = 1;
  size_t length = 0;
  for (size_t i = 0; i < value.size(); ++i) {
    if (value[i] == ':' || value[i] == '-') {
      if (length != 2) return false;
      length = 0;
      ++groups;
    } else if (is_hex(value[i])) {
      ++length;
    } else {
      return false;
    }
  }
  return groups >= 4 && length == 2;
}

bool is_encrypted(std::string_view value) {
  static constexpr std::string_view kList[] = {
      "ENC(",       "ENC[",   "{cipher}",       "{AES}",     "{AES256}", "{3DES}",
      "{xor}",      "AES:",   "$ANSIBLE_VAULT", "!vault",    "OBF:",     "CRYPT:",
      "{encrypted", "vault:", "VAULT::",        "Encrypted:"};
  static constexpr WordBegins kBegins(kList);
  return kBegins.begin(value);
}

bool is_password_hash(std::string_view value) {
  static constexpr std::string_view kList[] = {
      "{bcrypt}", "{noop}",  "{pbkdf2", "{scrypt}", "{sha",    "{ssha",   "{smd5}",
      "{md5}",    "{crypt}", "$argon2", "pbkdf2_",  "$pbkdf2", "scrypt:", "$apr1$"};
  static constexpr WordBegins kBegins(kList);
  // With something behind it.
  if (!value.empty() && kBegins.begin(value.substr(0, value.size() - 1))) return true;
  // $1$, $2a$, $5$, $6$, $y$ … and two more parts
  if (value.size() < 12 || value.front() != '$') return false;
  const size_t second = value.find('$', 1);
  return second != std::string_view::npos && second >= 2 && second <= 4 &&
         value.find('$', second + 1) != std::string_view::npos;
}

bool is_public_key(std::string_view value) {
  const char first = value.empty() ? '\0' : value.front();
  if (first == 's' || first == 'e' || first == 'A') {
    for (const std::string_view begin : {"ssh-rsa"sv, "ssh-ed25519"sv, "ssh-dss"sv, "ecdsa-sha2"sv,
                                         "AAAAB3NzaC1"sv, "AAAAC3NzaC1"sv}) {
      if (value.starts_with(begin)) return true;
    }
  }
  if (is_nats_public_key(value)) return true;
  const size_t begin = value.find("BEGIN ");
  if (begin == std::string_view::npos) return false;
  return value.find("BEGIN PUBLIC", begin) != std::string_view::npos ||
         value.find("BEGIN CERTIFICATE", begin) != std::string_view::npos ||
         value.find("BEGIN RSA PUBLIC", begin) != std::string_view::npos;
}

}  // namespace spillguard::detect::generic
