#include "cli/documents.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "cli/finding_maker.h"
#include "extract/type.h"
#include "text/text.h"

namespace spillguard::cli {
namespace documents {
namespace {

// Scans the parts of one document.
class PartScan {
 public:
  PartScan(const FileScanOptions& options, detect::Engine::Scratch& scratch, FileReport& report)
      : options_(options), scratch_(scratch), report_(report) {}

  void scan(const extract::Part& part) {
    const text::Markup markup =
        part.is_source ? options_.markup.value_or(text::guess_markup(part.name, part.text))
                       : text::Markup::kPlain;
    const text::Extracted extracted = text::extract(markup, part.text);
    detect::ScanResult result;
    options_.engine->scan(extracted.text.view(), scratch_, result);
    report_.limits.insert(report_.limits.end(), result.limits.begin(), result.limits.end());
    if (result.matches.empty()) {
      return;
    }
    FindingMaker maker(options_, part.text, extracted, result.matches);
    for (const detect::Match& match : result.matches) {
      auto finding = maker.make(match);
      if (!finding) {
        ++report_.allowed;
        continue;
      }
      finding->location = extract::location_at(part, extracted.map.to_source(match.secret.begin));
      report_.findings.push_back(std::move(*finding));
    }
  }

 private:
  const FileScanOptions& options_;
  detect::Engine::Scratch& scratch_;
  FileReport& report_;
};

}  // namespace
}  // namespace documents

bool Documents::is_document(std::string_view head, const std::string& name) {
  return extract::needs_extraction(head, name);
}

extract::Extractor* Documents::extractor() {
  const std::lock_guard lock(mutex_);
  if (!started_) {
    started_ = true;
    auto started = extract::Extractor::start(options_.extractor);
    if (started) {
      extractor_ = std::move(*started);
    } else {
      trouble_ = started.error().message;
    }
  }
  return extractor_.get();
}

std::string Documents::trouble() {
  const std::lock_guard lock(mutex_);
  return trouble_;
}

FileReport Documents::scan(const FileScanOptions& options, detect::Engine::Scratch& scratch,
                           const std::string& name, const std::string& head, ByteSource& rest) {
  FileReport report;
  extract::Extractor* helper = extractor();
  if (helper == nullptr) {
    report.left_out = LeftOut{.path = name, .reason = "binary", .failure = false};
    return report;
  }
  size_t taken = 0;
  const auto source = [&](std::span<char> block) -> Result<size_t> {
    if (taken < head.size()) {
      const size_t count = std::min(block.size(), head.size() - taken);
      std::memcpy(block.data(), std::string_view(head).substr(taken).data(), count);
      taken += count;
      report.bytes += count;
      return count;
    }
    auto count = rest.read(block);
    report.bytes += count.value_or(0);
    return count;
  };
  documents::PartScan parts(options, scratch, report);
  const extract::Sink sink{
      .part = [&](const extract::Part& part) { parts.scan(part); },
      .outcome = [&](extract::Outcome outcome) { report.outcomes.push_back(std::move(outcome)); }};
  const extract::Outcome own = helper->extract(name, source, options_.limits, sink);
  if (own.reason == extract::Reason::kHostFailed) {
    report.left_out = LeftOut{.path = name, .reason = own.detail, .failure = true};
  }
  return report;
}

}  // namespace spillguard::cli
