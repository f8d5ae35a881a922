// A JSON text cut into values with their places: what a tree of values alone can not tell, and what
// the map back to the source needs. No recursion; strings stay encoded in the source.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/span.h"
#include "text/text_builder.h"

namespace spillguard::text {

enum class JsonKind : uint8_t { kObject, kArray, kString, kNumber, kWord };

// Small, for a hostile source has one for each of its bytes.
struct JsonToken {
  uint32_t begin = 0;
  uint32_t end = 0;
  uint32_t next = 0;  // the index behind this value and all that is in it
  JsonKind kind = JsonKind::kWord;

  // Of a string: without its quotes.
  [[nodiscard]] Span place() const { return {.begin = begin, .end = end}; }
};

// The tokens of one JSON object in source order: an object is followed by its keys and values in
// turn, an array by its values. Nothing when the text is no object, breaks the grammar (RFC 8259)
// or has 4 GiB or more.
std::optional<std::vector<JsonToken>> tokenize_json_object(std::string_view source);

// Puts the characters of a string token into the text, with its escapes decoded.
void put_json_string(TextBuilder& builder, Span place);

}  // namespace spillguard::text
