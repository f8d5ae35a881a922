// From a file's bytes to the UTF-8 text that is scanned, and from a place in it to line and column.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spillguard::cli {

// UTF-16 with a byte order mark, or whose zero bytes show it, becomes UTF-8; a mark of UTF-8 goes;
// all else stays as it is. Nothing for a binary file: another with a NUL byte in its first 8 KB.
std::optional<std::string> to_text(std::string bytes);

// The same for bytes that come piece by piece: the texts of the pieces, joined, are what to_text
// makes of all of them.
class TextStream {
 public:
  // `head` is the first piece: at least the first 8 KB, or all there is. False for a binary.
  [[nodiscard]] bool begin(std::string_view head, std::string& text);
  // Appends to `text`.
  void add(std::string_view bytes, std::string& text);
  void finish(std::string& text);

 private:
  enum class Form { kBytes, kUtf16Little, kUtf16Big };
  Form form_ = Form::kBytes;
  std::string begun_;  // of UTF-16: what does not make a character yet
};

struct Place {
  uint64_t line = 1;
  uint64_t column = 1;  // in characters of UTF-8
};

// Finds places in one text. Fast for ascending offsets; memory is a five-hundredth of the text.
class Places {
 public:
  // `start` is the place of the text's first byte, where it is a part of a longer one.
  explicit Places(std::string_view text, Place start = {});
  Place at(size_t offset);

 private:
  std::string_view text_;
  Place start_;
  std::vector<uint64_t> lines_before_;  // by block of bytes: the line ends before it
  // Of the last answer.
  uint64_t line_ = 0;  // line ends before it
  size_t offset_ = 0;
  uint64_t column_ = 1;
};

}  // namespace spillguard::cli
