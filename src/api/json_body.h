// The JSON body of a request as plain values. Bodies are JSON whatever their content type says:
// documented calls come without one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "http/message.h"

namespace spillguard::api {

struct JsonMember;

struct JsonValue {
  enum class Kind { kNull, kBool, kInteger, kDouble, kString, kArray, kObject };
  Kind kind = Kind::kNull;
  bool flag = false;
  int64_t integer = 0;
  std::string text;
  std::vector<JsonValue> items;
  std::vector<JsonMember> members;

  // A member of an object, nothing when it has none of that name.
  [[nodiscard]] const JsonValue* find(std::string_view name) const;
  [[nodiscard]] bool is(Kind wanted) const { return kind == wanted; }
};

struct JsonMember {
  std::string name;
  JsonValue value;
};

// kInvalidArgument when the body is no JSON, with the place.
Result<JsonValue> json_body(const http::Request& request);
Result<JsonValue> parse_json(std::string_view text);

}  // namespace spillguard::api
