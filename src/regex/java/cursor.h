// Walks over the characters of a Java pattern as java.util.regex does: \Q…\E is resolved first, and
// in comments mode some steps pass over white space and #comments while others do not. Which step
// does what decides what odd patterns mean, so the steps have Java's division of labour.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "regex/java/java_pattern.h"

namespace spillguard::regex::java {

class Cursor {
 public:
  // Set in a character that stood between \Q and \E: it equals nothing that has a meaning.
  static constexpr char32_t kQuoted = 0x80000000;

  // `pattern` is valid UTF-8. `literal`: no character has a meaning.
  Cursor(std::string_view pattern, bool literal);

  // The flags in force; the parser changes them at (?x) and restores them at ).
  JavaFlags flags;

  [[nodiscard]] bool at_end() const { return index_ >= length_; }
  [[nodiscard]] size_t index() const { return index_; }
  void set_index(size_t index) { index_ = index; }
  [[nodiscard]] size_t byte() const { return byte_of(index_); }
  [[nodiscard]] size_t byte_of(size_t index) const;
  // A character as it stands; 0 beyond the end. Offsets are relative to the current one.
  [[nodiscard]] char32_t raw(ptrdiff_t offset) const;

  char32_t peek();  // the current character, after white space in comments mode
  char32_t next();  // steps forward, then as peek
  char32_t next_raw();
  char32_t skip();  // the character after the current one, and steps behind it
  char32_t read();  // the current one (after white space in comments mode), and steps behind it
  void unread() { --index_; }

 private:
  [[nodiscard]] bool ends_comment(char32_t c) const;

  std::vector<char32_t> units_;
  std::vector<uint32_t> bytes_;
  size_t length_ = 0;
  size_t index_ = 0;
};

}  // namespace spillguard::regex::java
