// Collects the text that a reader of markup gives, in lines, rows and cells, and the map of it.
// Used by one thread; the source outlives it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/span.h"
#include "text/text.h"

namespace spillguard::text {

class TextBuilder {
 public:
  // Puts a range of the source into the text, decoding what its place in the markup asks for.
  using Decoder = void (*)(TextBuilder& builder, Span source);

  // Something read on a line of its own after the line in which it stands: "name: value", or only
  // the value when the name is empty.
  struct Aside {
    Span name;
    Span value;
    Decoder decode = nullptr;
  };

  explicit TextBuilder(std::string_view source);

  [[nodiscard]] std::string_view source() const { return source_; }
  [[nodiscard]] std::string_view source(Span part) const {
    return source_.substr(part.begin, part.size());
  }

  // Text as it stands in the source, but for characters that nobody sees or that only look like a
  // blank: zero-width ones and soft hyphens are dropped, no-break spaces become blanks, CRLF a LF.
  void text(Span part);
  // White space that counts only between two texts of a line; `fold` makes one blank of one that
  // has a line break.
  void space(Span part, bool fold);
  // A character that the source writes in another way (an entity, an escape).
  void code_point(char32_t character, Span part);
  // Characters that the source does not have, for the reader's eye: ": " after a name.
  void inserted(std::string_view characters);

  void line();  // what follows starts a new line
  void newline(
      Span part);  // a line break of the source's own, kept even when it makes an empty line
  void row();      // a row of a table begins or ends
  void cell();     // a cell of the row begins
  void aside(const Aside& aside) { asides_.push_back(aside); }
  [[nodiscard]] bool has_asides() const { return !asides_.empty(); }

  // Ends the last line. Falls back to the source itself when there is no text.
  Extracted finish() &&;

 private:
  void settle();
  void end_line();
  void flush_asides();
  void break_line();
  void copy(size_t begin, size_t end);
  void put(std::string_view characters, Span part);

  std::string_view source_;
  std::string out_;
  SourceMap map_;
  std::vector<Aside> asides_;
  Span held_;  // white space that waits for the text after it
  bool fold_held_ = false;
  bool line_pending_ = true;
  bool row_pending_ = false;
  bool first_cell_ = true;
  size_t tabs_ = 0;         // that wait for the text after them
  size_t last_source_ = 0;  // of the byte put last
};

// The whole source as the text.
Extracted as_it_stands(std::string_view source, bool raw);

}  // namespace spillguard::text
