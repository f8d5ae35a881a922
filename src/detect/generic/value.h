// Where a value ends. All functions look at a bounded stretch of the text.
#pragma once

#include <optional>
#include <string_view>

#include "base/span.h"

namespace spillguard::detect::generic {

// Lengths of values that are looked at, in bytes.
inline constexpr size_t kMinValue = 4;
inline constexpr size_t kMaxValue = 512;

struct Value {
  Span span;
  char quote = '\0';  // '"', '\'', '`' around it, else 0
  size_t end = 0;     // behind the closing quote
};

// The value between quotes at `from`: " ' ` """ typographic quotes, {{…}}, and quotes that are
// escaped ("\"v\"") because the whole stands in a text of a program. It may hold blanks, but no
// line end. Empty ones give nothing.
std::optional<Value> quoted_value(std::string_view text, size_t from);
// Whether a quoted value begins here, empty or not.
bool opens_quote(std::string_view text, size_t from);
// The value without quotes: up to white space, comma, semicolon, quote, '<', or where a query goes
// on; without what closes the sentence or the bracket around it. Calls and what is plainly code
// around a name give nothing.
std::optional<Value> bare_value(std::string_view text, size_t from);
// One of both. A short prefix of a literal (b"…", L"…", @"…") is passed over.
std::optional<Value> value_at(std::string_view text, size_t from);

}  // namespace spillguard::detect::generic
