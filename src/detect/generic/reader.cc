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

void read_of_tool(std::string_view text, Span hit, std::vector<Candidate>& out) {
  if (read_stream(text, hit, out)) return;
  if (text[hit.end - 1] == '(') {
    read_login_call(text, hit, out);
  } else {
    read_tool(text, hit, out);
  }
}

}  // namespace

void HitReader::begin() {
  tools_.clear();
  phrases_.clear();
  hits_.clear();
  readings_.clear();
  left_.clear();
  sentences_.clear();
  candidates_.clear();
  numbers_.clear();
}

void HitReader::add(std::string_view text, Span at, bool tool, uint32_t number) {
  std::vector<Hit>& hits = tool ? tools_ : begins_phrase(text, at) ? phrases_ : hits_;
  hits.push_back({.text = text, .at = at, .number = number});
}

// Most hits have none.
[[gnu::always_inline]] inline void HitReader::own(uint32_t number) {
  if (numbers_.size() != candidates_.size()) numbers_.resize(candidates_.size(), number);
}

void HitReader::read() {
  for (const Hit& hit : tools_) {
    read_of_tool(hit.text, hit.at, candidates_);
    own(hit.number);
  }
  for (const Hit& hit : phrases_) {
    if (!read_phrase(hit.text, hit.at, candidates_)) hits_.push_back(hit);
    own(hit.number);
  }
  for (const Hit& hit : hits_) read_name(hit);
  read_forms();
  read_words();
}

void HitReader::read_name(const Hit& hit) {
  const std::string_view text = hit.text;
  if (is_bare_key(text, hit.at)) {
    if (is_key_of_object(text, hit.at)) {
      read_bare_key(text, hit.at, Noun::kKey, candidates_);
    } else if (is_key_below_ssid(text, hit.at)) {
      read_bare_key(text, hit.at, Noun::kPassword, candidates_);
    }
    own(hit.number);
    return;
  }
  const auto name = name_at(text, hit.at, names_);
  if (!name) return;
  // https://shop.example/login: the next line is of something else.
  if (name->noun == Noun::kCredential && name->key.begin > 0 && text[name->key.begin - 1] == '/') {
    return;
  }
  const bool sentence = in_sentence(text, name->key);
  Closers closers{.end = name->key.end};
  if (!sentence) {
    closers = skip_closers(text, name->key.end);
    closers.end = skip_leaders(text, closers.end);
  }
  (sentence ? sentences_ : left_).push_back(static_cast<uint32_t>(readings_.size()));
  readings_.push_back({.place = {.text = text, .name = *name, .out = candidates_},
                       .closers = closers,
                       .number = hit.number,
                       .sentence = sentence});
}

template <typename Form>
void HitReader::pass(Form form) {
  size_t kept = 0;
  for (const uint32_t i : left_) {
    Reading& reading = readings_[i];
    const bool taken = form(reading);
    own(reading.number);
    left_[kept] = i;
    kept += taken ? 0 : 1;
  }
  left_.resize(kept);
}

void HitReader::read_forms() {
  pass([](const Reading& r) { return read_xml(r.place, r.closers); });
  pass([](const Reading& r) { return read_named_value(r.place, r.closers); });
  pass([](const Reading& r) { return read_assignment(r.place, r.closers); });
  pass([](const Reading& r) { return read_sql_rows(r.place, r.closers); });
  pass([](const Reading& r) { return read_csv(r.place, r.closers); });
  pass([](const Reading& r) { return read_header(r.place); });
  pass([](const Reading& r) { return read_call(r.place, r.closers); });
  pass([](const Reading& r) {
    return read_label(r.place, r.closers) || is_variable_use(r.place.text, r.place.name);
  });
  pass([](Reading& r) {
    r.table = read_table(r.place);
    return false;
  });
}

// What the forms left, and names in sentences.
void HitReader::read_words() {
  left_.insert(left_.end(), sentences_.begin(), sentences_.end());
  pass([](const Reading& r) {
    read_before(r.place);
    return r.table;
  });
  pass([](const Reading& r) { return read_prose(r.place, r.closers); });
  pass([](const Reading& r) {
    const std::string_view text = r.place.text;
    const size_t rest = skip_blanks(text, r.closers.end);
    const bool ends = !r.sentence && is_line_end(at(text, rest)) && rest < text.size();
    return ends ? read_next_line(r.place, rest, false) : read_aside(r.place);
  });
  pass([](const Reading& r) { return read_talk(r.place); });
}

void read_hit(std::string_view text, Span hit, bool tool, std::vector<Candidate>& out) {
  HitReader reader;
  reader.add(text, hit, tool, 0);
  reader.read();
  const auto found = reader.candidates();
  out.insert(out.end(), found.begin(), found.end());
}

}  // namespace spillguard::detect::generic
