#include "text/entities.h"

#include <algorithm>
#include <charconv>

#include "text/readers.h"

namespace spillguard::text {
namespace {

constexpr size_t kLongestEntity = 32;

std::optional<char32_t> numeric_entity(std::string_view digits) {
  int base = 10;
  if (!digits.empty() && (digits.front() == 'x' || digits.front() == 'X')) {
    base = 16;
    digits.remove_prefix(1);
  }
  uint32_t value = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, value, base);
  if (error != std::errc() || stop != end || value > 0x10FFFF) {
    return std::nullopt;
  }
  return value;
}

}  // namespace

std::optional<Entity> parse_entity(std::string_view text) {
  const size_t semicolon = text.substr(0, kLongestEntity).find(';');
  if (semicolon == std::string_view::npos || semicolon < 2) {
    return std::nullopt;
  }
  const std::string_view name = text.substr(1, semicolon - 1);
  if (name.front() == '#') {
    const auto character = numeric_entity(name.substr(1));
    if (!character) {
      return std::nullopt;
    }
    return Entity{*character, semicolon + 1};
  }
  const auto table = named_entities();
  const auto found = std::lower_bound(
      table.begin(), table.end(), name,
      [](const NamedEntity& entity, std::string_view wanted) { return entity.name < wanted; });
  if (found == table.end() || found->name != name) {
    return std::nullopt;
  }
  return Entity{found->character, semicolon + 1};
}

void put_with_entities(TextBuilder& builder, Span part) {
  size_t done = part.begin;
  const std::string_view source = builder.source().substr(0, part.end);
  for (size_t i = source.find('&', done); i < part.end; i = source.find('&', i)) {
    const auto entity = parse_entity(source.substr(i));
    if (!entity) {
      ++i;
      continue;
    }
    builder.text({done, i});
    builder.code_point(entity->character, {i, i + entity->length});
    i += entity->length;
    done = i;
  }
  builder.text({done, part.end});
}

}  // namespace spillguard::text
