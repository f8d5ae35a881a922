// Finds and decodes all encoded runs of a text.
// Thread-safety: a Finder is working memory of one thread.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include "base/padded_text.h"
#include "base/span.h"
#include "detect/decode/level.h"
#include "detect/decode/marks.h"

namespace spillguard::detect::decode {

// Whether a section of a level's text is UTF-16: run_nested() makes text of it.
bool is_utf16(const Section& section, std::string_view text);

class Finder {
 public:
  // Looks for places where encoded text may stand; false when there are none, as in most texts.
  bool look(PaddedView text) {
    begin_look();
    return look_on(text, text.size());
  }
  // The same piece by piece, see MarksSearch: whether there are some so far.
  void begin_look() {
    marks_.clear();
    search_ = {};
  }
  bool look_on(PaddedView text, size_t end) {
    search_.find(text, end, marks_);
    return !marks_.runs.empty() || !marks_.escapes.empty();
  }
  // The same for texts in a row, see PaddedRow: look_at_row(), then look_in_row() for each text in
  // order, but for those where none_in_row() says already that there is nothing.
  void look_at_row(PaddedView row);
  [[nodiscard]] bool none_in_row(const Span& place) const { return place.end <= next_mark_; }
  bool look_in_row(PaddedView text, const Span& place);
  // Fills `out` with what is encoded in the text that look() was called for last, but for runs that
  // begin inside of one of `opaque` (ascending), up to about `budget` bytes. Linear in the text.
  void run_looked(PaddedView text, std::span<const Span> opaque, size_t budget, Level& out);
  // Both.
  void run(PaddedView text, std::span<const Span> opaque, size_t budget, Level& out) {
    look(text);
    run_looked(text, opaque, budget, out);
  }
  // The same for the text of a level: runs stay in its sections, and what no decoder changed is
  // passed over, for it was seen in the text above.
  void run_nested(const Level& above, PaddedView text, std::span<const Span> opaque, size_t budget,
                  Level& out);

 private:
  void find(PaddedView text, const Level* above, std::span<const Span> opaque, size_t budget,
            Level& out);
  void find_next_in_row();
  void open_run(std::string_view text, size_t begin, const Span& bounds, Level& out);
  void open_escape(std::string_view text, size_t at, const Span& bounds, Level& out);

  Marks marks_;
  MarksSearch search_;
  Marks row_marks_;
  size_t next_run_ = 0;  // of the row's marks, the first behind the texts that were looked at
  size_t next_escape_ = 0;
  size_t next_mark_ = 0;                   // where the first of both is, or further than any text
  std::array<size_t, kEncodings> done_{};  // what is decoded already ends here, by encoding
};

}  // namespace spillguard::detect::decode
