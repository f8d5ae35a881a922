// Reading the hosts' JSON: a parsed document and cheap views into it. Missing keys and wrong types
// give empty values, because hosts leave out and re-type fields between versions (ids come as
// strings and as numbers); whoever needs a field checks for it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/time.h"

namespace spillguard::hosts {

// A value inside a Json document, or nothing. Valid while the document lives.
class JsonView {
 public:
  JsonView() = default;

  // A member of an object; nothing when this is no object or has no such member.
  JsonView operator[](std::string_view key) const;
  [[nodiscard]] bool exists() const { return value_ != nullptr; }  // null counts as existing
  [[nodiscard]] bool is_null() const;                              // absent counts as null
  [[nodiscard]] bool is_object() const;
  [[nodiscard]] bool is_array() const;
  [[nodiscard]] bool is_string() const;

  [[nodiscard]] std::string_view string() const;  // "" when it is no string
  [[nodiscard]] std::string text() const;         // a string as it is, a whole number in decimal
  [[nodiscard]] int64_t integer(int64_t fallback = 0) const;  // numbers and strings of digits
  [[nodiscard]] bool boolean(bool fallback = false) const;
  [[nodiscard]] TimeMs time() const;  // ISO 8601 text or epoch milliseconds; 0 when neither

  // Elements of an array or members of an object, in document order.
  [[nodiscard]] size_t size() const;
  [[nodiscard]] JsonView at(size_t index) const;
  [[nodiscard]] std::string_view key_at(size_t index) const;  // "" for arrays

 private:
  friend class Json;
  explicit JsonView(const void* value) : value_(value) {}
  const void* value_ = nullptr;
};

// A parsed document. Movable; views stay valid when it moves.
class Json {
 public:
  Json();
  ~Json();
  Json(Json&&) noexcept;
  Json& operator=(Json&&) noexcept;

  // kCorrupt when the text is not one JSON document (a cut body, for example).
  static Result<Json> parse(std::string_view text);

  [[nodiscard]] JsonView root() const;
  JsonView operator[](std::string_view key) const { return root()[key]; }

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace spillguard::hosts
