// Values as arguments of functions whose name, or whose other argument, names a secret.
#include "detect/generic/call_arguments.h"
#include "detect/generic/reader_parts.h"

namespace spillguard::detect::generic {

namespace {

// Functions whose names are those of secrets, and that take others behind or before it.
struct Position {
  std::string_view end;  // of the name, in lower case
  size_t place;
};
constexpr Position kPositions[] = {
    {"plainauth", 2},         {"auth_password", 2}, {"clientsecretcredential", 2},
    {"networkcredential", 1}, {"basicauth", 1},     {"basic_auth", 1},
    {"ftp_login", 2},         {"credentials", 1},
};

// How to give a text to an element that a name was the argument for.
constexpr std::string_view kInputs[] = {
    "send_keys(",   "sendkeys(",  "fill(",         "type(",     "val(",     "setvalue(",
    "set_value(",   "entertext(", "settext(",      "set_text(", "set(",     "presssequentially(",
    "replacetext(", "addvalue(",  "clearandtype(", "typetext(", "value = ", "press_sequentially("};

// fn("v"), fn(user, "v"), fn("user", "v", …)
void read_arguments(const Place& place, size_t from) {
  const std::string_view text = place.text;
  const CallArguments arguments = call_arguments(text, from);
  const auto is_text = [&](size_t i) { return i < arguments.count && arguments.list.at(i).text; };
  const Span key = place.name.key;
  size_t last = 0;  // of the literals in a row; the first argument may be a name
  if (!is_text(0) && !is_text(1)) return;
  while (is_text(last + 1)) ++last;
  if (last >= 2) {
    // Lists of options go on, but for functions that we know.
    const Position* known = nullptr;
    for (const Position& position : kPositions) {
      const size_t size = position.end.size();
      if (key.size() >= size && goes_on_with(text, key.end - size, position.end)) known = &position;
    }
    // login(page, "user", "v")
    const bool named = last == 2 && !is_text(0) && place.name.noun == Noun::kCredential;
    if (known == nullptr && !named) return;
    if (known != nullptr) last = is_text(0) || known->place == 2 ? known->place : 2;
  }
  if (last < arguments.count && arguments.list.at(last).literal) {
    place.offer(*arguments.list.at(last).literal, Setting::kCall);
  }
}

// find("#password").fill("v"), by_id("password").clear().send_keys("v"), ….value = "v"
bool read_chained(const Place& place, size_t dot) {
  const std::string_view text = place.text;
  for (size_t i = 0; i < 3 && at(text, dot) == '.'; ++i) {
    for (const std::string_view input : kInputs) {
      if (!goes_on_with(text, dot + 1, input)) continue;
      const size_t p = skip_blanks(text, dot + 1 + input.size(), 4);
      if (const auto value = quoted_value(text, p)) place.offer(*value, Setting::kCall);
      return true;
    }
    size_t p = dot + 1;
    while (p - dot < 24 && is_word(at(text, p))) ++p;
    if (at(text, p) != '(' || at(text, p + 1) != ')') return false;
    dot = p + 2;
  }
  return false;
}

// set("v", forKey: "password"), setValue:@"v" forHTTPHeaderField:@"X-Api-Key"
bool read_value_before(const Place& place) {
  const std::string_view text = place.text;
  size_t p = place.name.key.begin;
  if (p < 8 || text[p - 1] != '"') return false;
  --p;
  if (text[p - 1] == '@') --p;
  while (p > 1 && is_blank(text[p - 1])) --p;
  if (text[p - 1] != ':') return false;
  const auto step_back = [&](std::string_view word) {
    if (p < word.size() || !goes_on_with(text, p - word.size(), word)) return false;
    p -= word.size();
    return true;
  };
  if (!step_back("forhttpheaderfield:") && !step_back("forkey:")) return false;
  while (p > 1 && (is_blank(text[p - 1]) || text[p - 1] == ',')) --p;
  if (p < 2 || text[p - 1] != '"') return false;
  const size_t first = p - std::min(p, kReach);
  size_t open = p - 1;
  while (open > first && text[open - 1] != '"' && !is_line_end(text[open - 1])) --open;
  if (open == first || text[open - 1] != '"' || open >= p - 1) return false;
  place.offer({.span = {open, p - 1}, .quote = '"', .end = p}, Setting::kCall);
  return true;
}

// put(SECURITY_CREDENTIALS, "v"), setopt(h, CURLOPT_USERPWD, "user:v"): a constant as the name.
void read_constant(const Place& place, size_t comma) {
  const std::string_view text = place.text;
  const Span name = place.name.keyword;
  const char before = place.name.key.begin == 0 ? '\0' : text[place.name.key.begin - 1];
  if (!is_kind(text[name.begin], kUpperKind) || !is_kind(text[name.end - 1], kUpperKind)) return;
  if (before != '(' && before != ' ') return;
  const size_t p = skip_space(text, comma + 1, 32);
  if (!opens_quote(text, p)) return;
  auto value = quoted_value(text, p);
  if (!value || at(text, skip_blanks(text, value->end, 4)) != ')') return;
  if (goes_on_with(text, place.name.key.end - 7, "userpwd")) {
    const size_t cut = text.substr(value->span.begin, value->span.size()).find(':');
    if (cut != std::string_view::npos) value->span.begin += cut + 1;
  }
  place.offer(*value, Setting::kCall);
}

}  // namespace

bool read_call(const Place& place, const Closers& closers) {
  const std::string_view text = place.text;
  const size_t key_end = place.name.key.end;
  const char next = at(text, key_end);
  if (next == '(') {
    read_arguments(place, key_end + 1);
    return true;
  }
  const bool symbol = place.name.key.begin > 0 && text[place.name.key.begin - 1] == ':';
  if (next == ',' && !symbol) read_constant(place, key_end);
  // basic_auth 'user', 'v'
  if (next == ' ' && place.name.noun == Noun::kCredential &&
      goes_on_with(text, key_end - 4, "auth") && is_kind(at(text, key_end + 1), kQuoteKind)) {
    const CallArguments arguments = call_arguments(text, key_end + 1);
    if (arguments.count >= 2 && arguments.list.at(0).text && arguments.list.at(1).literal) {
      place.offer(*arguments.list.at(1).literal, Setting::kCall);
      return true;
    }
  }
  if (closers.quote && read_value_before(place)) return true;
  if (closers.paren && at(text, closers.end) == '.' && read_chained(place, closers.end)) {
    return true;
  }
  // put("key", "v"), {:key, "v"}, ("key", "v"), fill_in 'key', with: 'v'
  if (closers.quote || symbol) {
    size_t p = skip_blanks(text, closers.end, 8);
    if (at(text, p) == ',') {
      p = skip_blanks(text, p + 1, 16);
      if (goes_on_with(text, p, "with: ")) p += 6;
      if (opens_quote(text, p)) {
        if (const auto value = quoted_value(text, p)) place.offer(*value, Setting::kCall);
      }
      return true;
    }
    // .equals("v")
    if (goes_on_with(text, closers.end, ".equals")) {
      const size_t open = text.substr(closers.end, 24).find('(');
      if (open != std::string_view::npos) {
        const auto value = quoted_value(text, closers.end + open + 1);
        if (value) place.offer(*value, Setting::kCall);
      }
      return true;
    }
  }
  return false;
}

}  // namespace spillguard::detect::generic
