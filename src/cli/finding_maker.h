// From an engine's match to what is reported of it: line and column, the text around it, whether a
// pragma allows it.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "cli/context.h"
#include "cli/file_scan.h"
#include "cli/pragma.h"
#include "cli/source_text.h"
#include "detect/engine.h"
#include "text/text.h"

namespace spillguard::cli {

// Of one text. Refers to what it is made of. One thread.
class FindingMaker {
 public:
  // Of text that was read out of a source.
  FindingMaker(const FileScanOptions& options, std::string_view source,
               const text::Extracted& extracted, std::span<const detect::Match> matches);
  // Of a part of a plain text: `start` is the place of its first byte.
  FindingMaker(const FileScanOptions& options, std::string_view text, Place start,
               std::span<const detect::Match> matches);

  // Nothing when a pragma allows it.
  std::optional<FileFinding> make(const detect::Match& match);

 private:
  const FileScanOptions& options_;
  std::string_view text_;
  const text::SourceMap* map_ = nullptr;  // none: the text is the source
  uint64_t lines_before_ = 0;             // the text's first line
  // Two, as each is fast for ascending offsets alone.
  Places begins_;
  Places ends_;
  AllowedLines allowed_;
  MaskedLines lines_;
};

}  // namespace spillguard::cli
