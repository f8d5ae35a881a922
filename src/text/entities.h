// Character references of HTML: &name; &#10; &#x0A;
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace spillguard::text {

struct NamedEntity {
  std::string_view name;
  char32_t character;
};

// By name, for a binary search.
std::span<const NamedEntity> named_entities();

struct Entity {
  char32_t character = 0;
  size_t length = 0;  // from the '&' to the ';', both counted
};

// The reference at the begin of text, which starts with '&'. Nothing when it is none: unknown names
// and those without a semicolon stay text ("?a=1&copy=2" is a query).
std::optional<Entity> parse_entity(std::string_view text);

}  // namespace spillguard::text
