// From markup to the text that is scanned, with a map back to the source. Inline runs are joined
// without blanks (a token may be split by <strong>), blocks and table cells are separated by line
// breaks or tabs, entities are decoded once; CDATA, macro parameters, link targets, attributes and
// comments are read. Pure functions, thread-safe, linear in the source.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/padded_text.h"
#include "base/span.h"

namespace spillguard::text {

enum class Markup {
  kPlain,    // taken as it is
  kWiki,     // Jira wiki markup
  kStorage,  // Confluence storage format
  kAdf,      // Atlassian Document Format (JSON)
  kHtml,
};

std::optional<Markup> parse_markup(std::string_view name);  // plain, wiki, storage, adf, html
std::string_view markup_name(Markup markup);
// By the file's name and its first few kilobytes; kPlain when nothing speaks for another.
Markup guess_markup(std::string_view file_name, std::string_view source);

// Which byte of the source a byte of the text came from. Text that no source byte stands for
// (inserted line breaks) belongs to the byte before it. Source offsets ascend with the text but for
// one case: what stands aside of a line (attributes of inline elements, targets of links, comments)
// is read on lines of its own after it, so that it does not tear the line's text apart.
class SourceMap {
 public:
  // The text from text_offset on came from source_offset on, byte for byte when `linear`, else all
  // of it from the source_length bytes there (a decoded entity). Text offsets must not decrease;
  // equal runs merge.
  void add(size_t text_offset, size_t source_offset, bool linear = true, size_t source_length = 1);
  [[nodiscard]] size_t to_source(size_t text_offset) const;
  // The source range of a text range; never empty for a non-empty one.
  [[nodiscard]] Span to_source(Span text_span) const;
  [[nodiscard]] size_t runs() const { return runs_; }
  // What the runs take, of the heap.
  [[nodiscard]] size_t bytes() const;

 private:
  struct Run {
    size_t text = 0;
    size_t source = 0;
    size_t length = 0;  // of the source; 0: linear
  };
  // Hostile markup makes a run of each byte, so they are kept small: the first of a block whole,
  // the others in a byte or some, by what they differ in from the run before. The last of all,
  // which may still be replaced, is in no block.
  struct Block {
    Run first;
    size_t begin = 0;  // of the others, in packed_
  };
  void pack(const Run& run);
  // The run at this place of packed_, which moves behind it.
  [[nodiscard]] Run unpack(size_t& at, const Run& before) const;
  [[nodiscard]] std::optional<Run> find(size_t text_offset) const;
  std::vector<Block> blocks_;
  std::string packed_;
  Run packed_last_;  // the last one in the blocks
  Run last_;
  size_t runs_ = 0;
};

struct Extracted {
  PaddedText text;
  SourceMap map;
  // The markup could not be read (broken ADF) or gave nothing: text is the source itself, so that
  // nothing goes unscanned. A non-empty source therefore never gives an empty text.
  bool raw = false;
};

Extracted extract(Markup markup, std::string_view source);

}  // namespace spillguard::text
