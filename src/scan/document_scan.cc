#include "scan/document_scan.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "scan/part_scanner.h"
#include "text/text.h"

namespace spillguard::scan {
namespace document_scan {
namespace {

using extract::Reason;

store::PartStatus status_of(Reason reason) {
  switch (reason) {
    case Reason::kRead:
    case Reason::kEmpty:
      return store::PartStatus::kScanned;
    case Reason::kMedia:
    case Reason::kNotWanted:
    case Reason::kTooLarge:
      return store::PartStatus::kSkipped;
    default:
      return store::PartStatus::kFailed;
  }
}

// Whether the bytes alone decided: not the machine, its load or what is installed on it.
bool depends_on_bytes(Reason reason) {
  switch (reason) {
    case Reason::kTime:
    case Reason::kMemory:
    case Reason::kToolMissing:
    case Reason::kToolFailed:
    case Reason::kHelperDied:
    case Reason::kNoSandbox:
    case Reason::kHostFailed:
      return false;
    default:
      return true;
  }
}

// Whether it is worth reading the same bytes again before anything changes.
bool worth_again(Reason reason) {
  return reason == Reason::kHelperDied || reason == Reason::kNoSandbox ||
         reason == Reason::kHostFailed || reason == Reason::kToolMissing;
}

}  // namespace
}  // namespace document_scan

void DocumentScan::part(const extract::Part& part) {
  const text::Markup markup =
      part.is_source ? text::guess_markup(part.name, part.text) : text::Markup::kPlain;
  const text::Extracted extracted = text::extract(markup, part.text);
  engine_.scan(extracted.text.view(), scratch_, matches_);
  ++result_.parts;
  over_limit_ = over_limit_ || !matches_.limits.empty();
  for (const detect::Match& match : matches_.matches) note(part, extracted, match);
}

void DocumentScan::note(const extract::Part& part, const text::Extracted& extracted,
                        const detect::Match& match) {
  const size_t source = extracted.map.to_source(match.match.begin);
  if (source < part.decide_from || source >= part.decide_to) return;
  const detect::Rule& rule = engine_.rules()[match.rule];
  const std::string_view text = extracted.text.text();
  const Fingerprint fingerprint = key_.fingerprint(match.match_text(text));
  const auto key = std::pair(rule.id, fingerprint);
  if (places_.contains(key)) return;
  if (result_.findings.size() >= kMostFindings) {
    too_many_ = true;
    return;
  }
  places_.emplace(key, result_.findings.size());
  store::DocumentFinding finding{.rule_id = rule.id,
                                 .rule_name = rule.name,
                                 .severity = static_cast<int>(rule.severity),
                                 .fingerprint = fingerprint,
                                 .evidence = evidence_of(text, match)};
  finding.evidence.place = extract::location_at(part, source);
  result_.findings.push_back(std::move(finding));
}

void DocumentScan::within(const extract::Outcome& outcome) {
  if (outcome.location.empty()) return;  // the document's own: finish() gets it
  ++result_.files;
  ++reasons_.at(static_cast<size_t>(outcome.reason));
}

std::string DocumentScan::detail(const extract::Outcome& own) const {
  std::string text = own.type;
  if (result_.files > 0) text += fmt::format(", {} files within", result_.files);
  for (size_t i = 0; i < reasons_.size(); ++i) {
    const auto reason = static_cast<extract::Reason>(i);
    if (reasons_.at(i) > 0 && extract::is_failure(reason)) {
      text += fmt::format(", {} {}", reasons_.at(i), extract::reason_name(reason));
    }
  }
  if (over_limit_) text += ", a rule gave up";
  return text;
}

store::DocumentResult DocumentScan::finish(const extract::Outcome& own) {
  namespace rules = document_scan;
  result_.type = own.type;
  result_.bytes = static_cast<int64_t>(own.bytes);
  result_.status = rules::status_of(own.reason);
  if (own.reason != extract::Reason::kRead && own.reason != extract::Reason::kEmpty) {
    result_.reason = extract::reason_name(own.reason);
  }
  result_.detail = detail(own);
  result_.is_final = rules::depends_on_bytes(own.reason) && !over_limit_;
  result_.is_kept = !rules::worth_again(own.reason);
  // Of the files within that were not read, the reason that most of them have.
  int64_t most = 0;
  extract::Reason worst = extract::Reason::kRead;
  for (size_t i = 0; i < reasons_.size(); ++i) {
    const auto reason = static_cast<extract::Reason>(i);
    if (reasons_.at(i) == 0 || !extract::is_failure(reason)) continue;
    result_.is_final = result_.is_final && rules::depends_on_bytes(reason);
    result_.is_kept = result_.is_kept && !rules::worth_again(reason);
    if (reasons_.at(i) > most) {
      most = reasons_.at(i);
      worst = reason;
    }
  }
  if (result_.status == store::PartStatus::kScanned) {
    if (most > 0) {
      result_.status = store::PartStatus::kFailed;
      result_.reason = extract::reason_name(worst);
    } else if (over_limit_) {
      result_.status = store::PartStatus::kFailed;
      result_.reason = "rule_over_limit";
    } else if (too_many_) {
      result_.status = store::PartStatus::kFailed;
      result_.reason = "too_many_findings";
    }
  }
  return std::move(result_);
}

store::DocumentResult not_read(store::PartStatus status, std::string reason, std::string detail) {
  store::DocumentResult result;
  result.status = status;
  result.reason = std::move(reason);
  result.detail = std::move(detail);
  return result;
}

}  // namespace spillguard::scan
