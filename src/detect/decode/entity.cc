#include <algorithm>
#include <array>
#include <cstdint>

#include "detect/decode/escape.h"

namespace spillguard::detect::decode {
namespace entity {
namespace {

struct Name {
  std::string_view name;
  char32_t character;
};

// Those of ASCII that are written in practice, of the table in
// https://html.spec.whatwg.org/multipage/named-characters.html. Letters above ASCII are in no
// secret that anything recognises.
constexpr std::array<Name, 21> kNames = {{
    {"amp", '&'},    {"lt", '<'},     {"gt", '>'},     {"quot", '"'},   {"apos", '\''},
    {"nbsp", ' '},   {"colon", ':'},  {"equals", '='}, {"plus", '+'},   {"sol", '/'},
    {"num", '#'},    {"commat", '@'}, {"lowbar", '_'}, {"period", '.'}, {"comma", ','},
    {"percnt", '%'}, {"dollar", '$'}, {"excl", '!'},   {"bsol", '\\'},  {"lpar", '('},
    {"rpar", ')'},
}};
constexpr size_t kLongest = 10;  // bytes of a reference, but for zeros in front of a number

// The number behind "&#", of `base`, up to its semicolon.
Escape read_number(std::string_view text, size_t at, size_t digits, size_t end, uint32_t base) {
  uint32_t number = 0;
  size_t i = digits;
  for (; i < end && i < digits + kLongest; ++i) {
    const int value = hex_value(text[i]);
    if (value < 0 || static_cast<uint32_t>(value) >= base) break;
    number = number * base + static_cast<uint32_t>(value);
    if (number > 0x10FFFF) return {};
  }
  if (i == digits || i >= end || text[i] != ';') return {};
  return for_character(i + 1 - at, number == 0xA0 ? U' ' : number);
}

}  // namespace
}  // namespace entity

Escape read_entity(std::string_view text, size_t at, size_t end) {
  if (at + 3 >= end) return {};
  if (text[at + 1] == '#') {
    const bool hex = text[at + 2] == 'x' || text[at + 2] == 'X';
    return entity::read_number(text, at, at + (hex ? 3 : 2), end, hex ? 16 : 10);
  }
  const std::string_view rest = text.substr(at + 1, std::min(end - at - 1, entity::kLongest));
  const std::string_view name = rest.substr(0, rest.find(';'));
  if (name.size() == rest.size()) return {};
  for (const entity::Name& known : entity::kNames) {
    if (known.name == name) return for_character(name.size() + 2, known.character);
  }
  return {};
}

}  // namespace spillguard::detect::decode
