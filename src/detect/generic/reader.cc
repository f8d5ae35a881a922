#include "detect/generic/reader.h"

#include "detect/generic/name_phrases.h"
#include "detect/generic/reader_parts.h"
#include "detect/generic/value_forms.h"

namespace spillguard::detect::generic {

using std::string_view_literals::operator""sv;
namespace {

// DOMAIN\user: credentials are made with it and a password.
bool is_account_of_domain(std::string_view value) {
  const size_t slash = value.find('\\');
  if (slash == 0 || slash == std::string_view::npos || slash + 1 == value.size()) return false;
  for (size_t p = 0; p < value.size(); ++p) {
    if (p != slash && !is_word(value[p]) && !is_kind(value[p], kJoinKind)) return false;
  }
  return is_letter(value.front()) && is_letter(value[slash + 1]);
}

bool names_credentials(std::string_view text, Span keyword) {
  return goes_on_with(text, keyword.begin, "cred");
}

// Words that name something else when the value is none for them.
bool is_other_thing(std::string_view text, Span keyword, std::string_view value) {
  constexpr size_t kPin = 3;
  constexpr size_t kClave = 5;
  if (keyword.size() == kPin && goes_on_with(text, keyword.begin, "pin")) {
    // "PIN: bekommst du am Empfang"
    return value.find_first_of("0123456789") == std::string_view::npos;
  }
  // -newkey rsa:2048
  if (value.starts_with("rsa:") || value.starts_with("ec:")) return true;
  if (is_account_of_domain(value) && names_credentials(text, keyword)) return true;
  // The key of a row in a database
  return keyword.size() == kClave && goes_on_with(text, keyword.begin, "clave") && is_uuid(value);
}

}  // namespace

void Place::offer(const Value& value, Setting setting) const { offer(value, setting, name.noun); }

void Place::offer(const Value& found, Setting setting, Noun noun) const {
  Value value = found;
  // How Apache's HttpClient logs the end of a header's line.
  constexpr std::string_view kLineEnd = "[\\r][\\n]";
  const std::string_view bytes = text.substr(value.span.begin, value.span.size());
  if (bytes.ends_with(kLineEnd)) {
    value.span.end -= kLineEnd.size();
  } else if (bytes.ends_with('[') && text.substr(value.span.end - 1).starts_with(kLineEnd)) {
    --value.span.end;
  }
  if (value.span.size() < kMinValue || value.span.overlaps(name.keyword)) return;
  if (is_other_thing(text, name.keyword, text.substr(value.span.begin, value.span.size()))) return;
  const size_t distance = value.span.begin >= name.key.end   ? value.span.begin - name.key.end
                          : name.key.begin >= value.span.end ? name.key.begin - value.span.end
                                                             : 0;
  out.push_back({.keyword = name.keyword,
                 .key = name.key,
                 .value = value.span,
                 .line = line_around(text, value.span.begin),
                 .noun = noun,
                 .setting = setting,
                 .quote = value.quote,
                 .distance = static_cast<uint32_t>(distance)});
}

void Place::offer_placed(const Value& value, Setting setting, Noun noun, bool account) const {
  const size_t before = out.size();
  const bool password = noun == Noun::kPassword || noun == Noun::kPassphrase;
  const bool sure =
      account && password && unlike_words(text.substr(value.span.begin, value.span.size()));
  offer(value, sure ? Setting::kColon : setting, noun);
  if (out.size() > before && password) out.back().distance = 0;
}

Closers skip_closers(std::string_view text, size_t from) {
  Closers closers{.end = from};
  for (size_t i = 0; i < 8; ++i) {
    const char c = at(text, closers.end);
    if (!is_kind(c, kCloserKind)) break;
    if (c == '"' || c == '\'' || c == '`') {
      closers.quote = true;
    } else if (c == '\\' &&
               (at(text, closers.end + 1) == '"' || at(text, closers.end + 1) == '\'' ||
                at(text, closers.end + 1) == '\\')) {
      closers.quote = true;
    } else if (c == ']') {
      closers.bracket = true;
    } else if (c == ')') {
      closers.paren = true;
    } else if (c != '*' && c != '}') {
      if (text.substr(closers.end, 3) == "\u201D" || text.substr(closers.end, 3) == "\u201C") {
        closers.end += 2;
      } else if (text.substr(closers.end, 2) == "\u00BB") {
        closers.end += 1;
      } else if (text.substr(closers.end, 6) == "&quot;") {
        closers.end += 5;
      } else {
        break;
      }
      closers.quote = true;
    }
    ++closers.end;
  }
  return closers;
}

namespace {

// "key": without a word before it, which says nothing; the most frequent hit in data.
bool is_bare_key(std::string_view text, Span hit) {
  if (hit.size() != 3 || lower(text[hit.begin]) != 'k') return false;
  const char before = hit.begin == 0 ? '\n' : text[hit.begin - 1];
  if (is_name_byte(text, hit.begin - 1) && hit.begin != 0) return false;
  return before != ' ' && before != '-' && before != '.';
}

// 'encryption' => ['key' => 'v', {"hmac": {"key": "v"}: the object's name says what the key is for.
bool is_key_of_object(std::string_view text, Span hit) {
  constexpr size_t kMaxBlanks = 40;
  if (hit.begin < 2) return false;
  const char quote = text[hit.begin - 1];
  if ((quote != '"' && quote != '\'') || at(text, hit.end) != quote) return false;
  const auto skip_back = [&](size_t p) {
    const size_t first = p - std::min(p, kMaxBlanks);
    while (p > first && is_gap(text[p - 1])) --p;
    return p;
  };
  size_t p = skip_back(hit.begin - 1);
  if (p < 2 || (text[p - 1] != '[' && text[p - 1] != '{')) return false;
  p = skip_back(p - 1);
  if (p > 1 && text[p - 1] == '>' && text[p - 2] == '=') {
    p = skip_back(p - 2);
  } else if (p > 0 && text[p - 1] == ':') {
    p = skip_back(p - 1);
  } else {
    return false;
  }
  if (p == 0 || text[p - 1] != quote) return false;
  const size_t end = p - 1;
  size_t begin = end;
  while (begin > 0 && end - begin < kMaxTitle && is_name_byte(text, begin - 1)) --begin;
  const std::string_view owner = text.substr(begin, end - begin);
  for (const std::string_view word : {"crypt"sv, "encryption"sv, "hmac"sv, "signing"sv, "jwt"sv}) {
    if (same_word(owner, word)) return true;
  }
  return false;
}

// The same for settings of wireless networks: "SSID: Foyer", and "Key: v" on the next line.
bool is_key_below_ssid(std::string_view text, Span hit) {
  if (at(text, skip_blanks(text, hit.end, 8)) != ':') return false;
  const Span line = line_around(text, hit.begin);
  if (line.begin < 6 || !is_line_end(text[line.begin - 1])) return false;
  const Span above = line_above(text, line.begin);
  const size_t name = skip_blanks(text, above.begin);
  return goes_on_with(text, name, "ssid") || goes_on_with(text, name, "wifi") ||
         goes_on_with(text, name, "wlan") || goes_on_with(text, name, "wi-fi");
}

void read_bare_key(std::string_view text, Span hit, Noun noun, std::vector<Candidate>& out) {
  const Place place{
      .text = text, .name = {.key = hit, .keyword = hit, .noun = noun, .plain = true}, .out = out};
  read_assignment(place, skip_closers(text, hit.end));
}

// "$TOKEN", "Bearer $TOKEN": the value is in a variable, and what follows is another setting.
bool is_variable_use(std::string_view text, const Name& name) {
  if (name.key.begin > 0 && text[name.key.begin - 1] == '$') return true;
  return at(text, name.key.end) == ' ' && at(text, name.key.end + 1) == '$' &&
         lower(text[name.keyword.begin]) == 'b';
}

// Whether the anchor is one of read_phrase(): by its first letter and its length, for no other
// anchor shares both.
bool begins_phrase(std::string_view text, Span hit) {
  constexpr size_t kSecureString = 12;
  const size_t size = hit.size();
  switch (lower(text[hit.begin])) {
    case 'l':  // log in, login, logar com
    case 'u':  // unlocked with
    case 'e':  // einloggen, entrar con, entsperr
      return true;
    case 'a': {  // anmelden, acceder con, acceso:
      constexpr size_t kAnmeldedaten = 12;
      return size > 4 && size != kAnmeldedaten;
    }
    case 'c':  // connecter avec
      return goes_on_with(text, hit.begin, "connecter ");
    case 'i':
      return size > kSecureString;
    case 's':  // sesi\u00F3n con
      return size >= 10 && size <= kSecureString;
    case 't':  // tez-vous avec
      return size > kSecureString;
    case 'z':  // zugang:
      return size == 7;
    case '}':  // }} / {{
    case '`':
      return true;
    default:
      return false;
  }
}

}  // namespace

void read_hit(std::string_view text, Span hit, bool tool, NameCache& names,
              std::vector<Candidate>& out) {
  if (tool) {
    if (read_stream(text, hit, out)) return;
    if (text[hit.end - 1] == '(') {
      read_login_call(text, hit, out);
    } else {
      read_tool(text, hit, out);
    }
    return;
  }
  if (is_bare_key(text, hit)) {
    if (is_key_of_object(text, hit)) {
      read_bare_key(text, hit, Noun::kKey, out);
    } else if (is_key_below_ssid(text, hit)) {
      read_bare_key(text, hit, Noun::kPassword, out);
    }
    return;
  }
  if (begins_phrase(text, hit) && read_phrase(text, hit, out)) return;
  const auto name = name_at(text, hit, names);
  if (!name) return;
  // https://shop.example/login: the next line is of something else.
  if (name->noun == Noun::kCredential && name->key.begin > 0 && text[name->key.begin - 1] == '/') {
    return;
  }
  const Place place{.text = text, .name = *name, .out = out};
  if (in_sentence(text, name->key)) {
    read_before(place);
    if (!read_prose(place, {.end = name->key.end}) && !read_aside(place)) read_talk(place);
    return;
  }
  Closers closers = skip_closers(text, name->key.end);
  closers.end = skip_leaders(text, closers.end);
  if (read_xml(place, closers) || read_named_value(place, closers) ||
      read_assignment(place, closers) || read_sql_rows(place, closers) ||
      read_csv(place, closers) || read_header(place) || read_call(place, closers) ||
      read_label(place, closers)) {
    return;
  }
  if (is_variable_use(text, *name)) return;
  const bool table = read_table(place);
  read_before(place);
  if (table || read_prose(place, closers)) return;
  const size_t rest = skip_blanks(text, closers.end);
  const bool ends = is_line_end(at(text, rest)) && rest < text.size();
  if (ends ? read_next_line(place, rest, false) : read_aside(place)) return;
  read_talk(place);
}

void read_hit(std::string_view text, Span hit, bool tool, std::vector<Candidate>& out) {
  NameCache names;
  read_hit(text, hit, tool, names, out);
}

}  // namespace spillguard::detect::generic
