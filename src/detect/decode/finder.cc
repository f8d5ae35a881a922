#include "detect/decode/finder.h"

#include <algorithm>
#include <cstdint>

#include "detect/decode/escaped_run.h"
#include "detect/decode/first_look.h"
#include "detect/decode/marks_look.h"
#include "detect/decode/opaque_run.h"

namespace spillguard::detect::decode {
namespace finding {
namespace {

// Walks through ascending spans.
class Cover {
 public:
  explicit Cover(std::span<const Span> spans) : spans_(spans) {}
  // Whether one of them holds the offset; offsets ascend.
  bool holds(size_t offset) {
    while (next_ < spans_.size() && spans_[next_].end <= offset) ++next_;
    return next_ < spans_.size() && spans_[next_].begin <= offset;
  }

 private:
  std::span<const Span> spans_;
  size_t next_ = 0;
};

// The section of a level's text that an offset is in; offsets ascend.
class Bounds {
 public:
  Bounds(const Level* level, size_t size) : level_(level), whole_{.begin = 0, .end = size} {}
  const Span& at(size_t offset) {
    if (level_ == nullptr) return whole_;
    const auto& sections = level_->sections();
    while (next_ + 1 < sections.size() && sections[next_ + 1].text.begin <= offset) ++next_;
    return sections[next_].text;
  }

 private:
  const Level* level_;
  Span whole_;
  size_t next_ = 0;
};

// Takes back the section that came behind the first `sections` when no decoder changed what it was
// made of.
void drop_unchanged(const Level* above, size_t sections, Level& out) {
  if (above == nullptr || out.sections().size() == sections) return;
  if (!above->changed(out.sections().back().source)) out.undo();
}

}  // namespace
}  // namespace finding

bool is_utf16(const Section& section, std::string_view text) {
  const bool bytes = section.encoding == Encoding::kBase64 || section.encoding == Encoding::kHex;
  return bytes && looks_like_utf16(text.substr(section.text.begin, section.text.size()));
}

void Finder::look_at_row(PaddedView row) {
  row_marks_.clear();
  find_marks(row, row_marks_);
  next_run_ = next_escape_ = 0;
  find_next_in_row();
}

void Finder::find_next_in_row() {
  const auto at = [](const std::vector<size_t>& marks, size_t next) {
    return next < marks.size() ? marks[next] : SIZE_MAX;
  };
  next_mark_ = std::min(at(row_marks_.runs, next_run_), at(row_marks_.escapes, next_escape_));
}

bool Finder::look_in_row(PaddedView text, const Span& place) {
  marks_.clear();
  const std::vector<size_t>& runs = row_marks_.runs;
  for (; next_run_ < runs.size() && runs[next_run_] < place.end; ++next_run_) {
    marks_.runs.push_back(runs[next_run_] - place.begin);
  }
  const std::vector<size_t>& escapes = row_marks_.escapes;
  for (; next_escape_ < escapes.size() && escapes[next_escape_] < place.end; ++next_escape_) {
    const size_t at = escapes[next_escape_] - place.begin;
    // In the row more stood behind the text.
    if (marking::is_escape(text, at)) marks_.escapes.push_back(at);
  }
  find_next_in_row();
  return !marks_.runs.empty() || !marks_.escapes.empty();
}

void Finder::open_run(std::string_view text, size_t begin, const Span& bounds, Level& out) {
  size_t& done = done_[static_cast<size_t>(Encoding::kBase64)];
  if (begin < done || bounds.end - begin < kMinBase64) return;
  const Span run{.begin = begin, .end = bounds.end};
  size_t end = may_be_base64(text, begin) ? decode_base64(text, run, out) : 0;
  if (end == 0 && may_be_hex(text, begin)) end = decode_hex(text, run, out);
  if (end != 0) done = end;
}

void Finder::open_escape(std::string_view text, size_t at, const Span& bounds, Level& out) {
  const auto encoding = encoding_of_lead(text[at]);
  if (!encoding) return;
  size_t& done = done_[static_cast<size_t>(*encoding)];
  if (at < done) return;
  const size_t end = decode_escaped(text, at, done, bounds, *encoding, out);
  if (end != 0) done = end;
}

void Finder::find(PaddedView padded, const Level* above, std::span<const Span> opaque,
                  size_t budget, Level& out) {
  const std::string_view text = padded.text();
  done_.fill(0);
  // The sections come in no order of the text: each encoding's do.
  finding::Cover cover(opaque);
  finding::Bounds run_bounds(above, text.size());
  for (const size_t begin : marks_.runs) {
    if (out.text().size() > budget) return;
    if (cover.holds(begin)) continue;
    const size_t sections = out.sections().size();
    open_run(text, begin, run_bounds.at(begin), out);
    finding::drop_unchanged(above, sections, out);
  }
  finding::Bounds escape_bounds(above, text.size());
  for (const size_t at : marks_.escapes) {
    if (out.text().size() > budget) return;
    const size_t sections = out.sections().size();
    open_escape(text, at, escape_bounds.at(at), out);
    finding::drop_unchanged(above, sections, out);
  }
}

void Finder::run_looked(PaddedView text, std::span<const Span> opaque, size_t budget, Level& out) {
  out.clear();
  find(text, nullptr, opaque, budget, out);
}

void Finder::run_nested(const Level& above, PaddedView text, std::span<const Span> opaque,
                        size_t budget, Level& out) {
  out.clear();
  for (const Section& section : above.sections()) {
    if (is_utf16(section, text.text())) decode_utf16(text.text(), section.text, out);
  }
  if (look(text)) find(text, &above, opaque, budget, out);
}

}  // namespace spillguard::detect::decode
