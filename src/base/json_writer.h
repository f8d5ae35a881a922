// Writes JSON into a string as one goes: no tree, no allocation but the string's. Invalid UTF-8 in
// text becomes U+FFFD, so that the output is always valid JSON. Reading is Boost.JSON's job.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/time.h"

namespace spillguard {

class JsonWriter {
 public:
  // Appends to out, which must outlive the writer.
  explicit JsonWriter(std::string& out) : out_(out) {}

  void begin_object() { open('{'); }
  void end_object() { close('}'); }
  void begin_array() { open('['); }
  void end_array() { close(']'); }

  // The name of the next value in an object.
  void key(std::string_view name);

  void value(std::string_view text);
  void value(const char* text) { value(std::string_view(text)); }
  void value(const std::string& text) { value(std::string_view(text)); }
  void value(bool flag);
  void value(int64_t number);
  void value(uint64_t number);
  void value(int number) { value(static_cast<int64_t>(number)); }
  void value(unsigned number) { value(static_cast<uint64_t>(number)); }
  void value(double number);  // not a number and infinities become null
  void null();
  // Text that is JSON already.
  void raw(std::string_view json);
  // A text without anything to escape, such as a name of ours or hex digits.
  void word(std::string_view text);
  // "2024-05-01T12:34:56.000Z"
  void time(TimeMs time);

  template <typename T>
  void field(std::string_view name, const T& v) {
    key(name);
    value(v);
  }
  void word_field(std::string_view name, std::string_view text) {
    key(name);
    word(text);
  }
  void null_field(std::string_view name) {
    key(name);
    null();
  }

 private:
  void open(char c);
  void close(char c);
  void separate();
  std::string& out_;
  bool need_comma_ = false;
};

// Appends text as a JSON string with its quotes.
void append_json_string(std::string& out, std::string_view text);

}  // namespace spillguard
