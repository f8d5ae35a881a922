#include "cli/finding_maker.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace spillguard::cli {
namespace finding_maker {
namespace {

std::string_view with_pragmas(const FileScanOptions& options, std::string_view source) {
  return options.pragmas ? source : std::string_view();
}

}  // namespace
}  // namespace finding_maker

FindingMaker::FindingMaker(const FileScanOptions& options, std::string_view source,
                           const text::Extracted& extracted, std::span<const detect::Match> matches)
    : options_(options),
      text_(extracted.text.text()),
      map_(&extracted.map),
      begins_(source),
      ends_(begins_),
      allowed_(finding_maker::with_pragmas(options, source)),
      lines_(text_, matches) {}

FindingMaker::FindingMaker(const FileScanOptions& options, std::string_view text, Place start,
                           std::span<const detect::Match> matches)
    : options_(options),
      text_(text),
      lines_before_(start.line - 1),
      begins_(text, start),
      ends_(begins_),
      allowed_(finding_maker::with_pragmas(options, text)),
      lines_(text, matches) {}

std::optional<FileFinding> FindingMaker::make(const detect::Match& match) {
  const Span source = map_ == nullptr ? match.secret
                                      : Span{.begin = map_->to_source(match.secret.begin),
                                             .end = map_->to_source(match.secret).end};
  const Place begin = begins_.at(source.begin);
  // The last byte decides about the line: a secret that ends with its line ends on it.
  const Place last = ends_.at(std::max(source.end, source.begin + 1) - 1);
  if (allowed_.allow(begin.line - lines_before_, last.line - lines_before_, source)) {
    return std::nullopt;
  }
  FileFinding finding;
  finding.line = begin.line;
  finding.column = begin.column;
  finding.end_line = last.line;
  finding.end_column = last.column + 1;
  finding.rule = match.rule;
  finding.secret = match.secret_text(text_);
  finding.match = match.match_text(text_);
  finding.fingerprint = options_.key.fingerprint(finding.secret);
  finding.before = lines_.before(match.secret);
  finding.masked = shown_secret(finding.secret);
  finding.after = lines_.after(match.secret);
  if (match.decoded != nullptr) {
    finding.decoded = match.decoded->path;
  }
  if (options_.explain) {
    finding.explanation = std::make_shared<const detect::Explanation>(
        detect::explain(*options_.engine, text_, match));
  }
  return finding;
}

}  // namespace spillguard::cli
