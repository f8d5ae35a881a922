// Values as arguments of functions.
#include "detect/generic/reader_parts.h"

namespace spillguard::detect::generic {
namespace {

// The last of the quoted arguments from an offset on (behind the parenthesis), at most three; all
// must be literals but the first.
std::optional<Value> last_literal(std::string_view text, size_t from, size_t& count) {
  std::optional<Value> last;
  size_t p = skip_space(text, from, 32);
  for (count = 0; count < 3; ++count) {
    if (!opens_quote(text, p)) {
      // A first argument that is a name: login(user, "v")
      if (count != 0) break;
      size_t q = p;
      while (q - p < 40 && (is_word(at(text, q)) || at(text, q) == '.')) ++q;
      if (q == p || at(text, q) != ',') return std::nullopt;
      p = skip_space(text, q + 1, 32);
      continue;
    }
    const auto value = quoted_value(text, p);
    if (!value) return last;
    last = value;
    p = skip_space(text, value->end, 16);
    if (at(text, p) != ',') {
      ++count;
      break;
    }
    p = skip_space(text, p + 1, 32);
  }
  return last;
}

}  // namespace

bool read_call(const Place& place, const Closers& closers) {
  const std::string_view text = place.text;
  const size_t key_end = place.name.key.end;
  if (at(text, key_end) == '(') {
    size_t count = 0;
    const auto value = last_literal(text, key_end + 1, count);
    // One argument is the value, of two the second; lists of options go on.
    if (value && count <= 2) place.offer(*value, Setting::kCall);
    return true;
  }
  // put("key", "v"), {:key, "v"}, ("key", "v")
  const bool symbol = place.name.key.begin > 0 && text[place.name.key.begin - 1] == ':';
  if (closers.quote || symbol) {
    size_t p = skip_blanks(text, closers.end, 8);
    if (at(text, p) == ',') {
      p = skip_blanks(text, p + 1, 16);
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
