#include "scan/part_scanner.h"

#include <fmt/format.h>

#include <algorithm>

#include "text/text.h"

namespace spillguard::scan {
namespace {

store::PartStatus status_of(hosts::Part::State state) {
  switch (state) {
    case hosts::Part::State::kText:
      return store::PartStatus::kScanned;
    case hosts::Part::State::kSkipped:
      return store::PartStatus::kSkipped;
    case hosts::Part::State::kFailed:
      return store::PartStatus::kFailed;
    case hosts::Part::State::kFile:  // nobody here opens files
      return store::PartStatus::kSkipped;
    case hosts::Part::State::kNotVisible:
      return store::PartStatus::kNotVisible;
  }
  return store::PartStatus::kFailed;
}

bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// Up to kContextBytes of text before `end`, on whole characters and on the same side of NULs.
std::string context_before(std::string_view text, size_t end) {
  size_t begin = end > store::Evidence::kContextBytes ? end - store::Evidence::kContextBytes : 0;
  while (begin < end && continues_character(text[begin])) ++begin;
  return std::string(text.substr(begin, end - begin));
}

std::string context_after(std::string_view text, size_t begin) {
  size_t end = std::min(text.size(), begin + store::Evidence::kContextBytes);
  while (end > begin && end < text.size() && continues_character(text[end])) --end;
  return std::string(text.substr(begin, end - begin));
}

}  // namespace

store::Evidence evidence_of(std::string_view text, const detect::Match& match) {
  return {.match = std::string(match.match_text(text)),
          .secret = std::string(match.secret_text(text)),
          .before = context_before(text, match.match.begin),
          .after = context_after(text, match.match.end)};
}

store::Item to_store_item(const MasterKey& key, const hosts::ItemRef& ref) {
  store::Item item;
  item.host_id = ref.id;
  item.key = ref.key;
  switch (ref.kind) {
    case hosts::ItemKind::kIssue:
      item.kind = store::ItemKind::kIssue;
      break;
    case hosts::ItemKind::kPage:
      item.kind = store::ItemKind::kPage;
      break;
    case hosts::ItemKind::kBlogPost:
      item.kind = store::ItemKind::kBlogPost;
      break;
  }
  item.title = store::seal_title(key, ref.id, ref.title);
  item.link = ref.link;
  item.created = ref.created;
  item.updated = ref.updated;
  item.version = ref.version;
  item.is_scope = ref.is_scope;
  return item;
}

PartScanner::PartScanner(std::shared_ptr<const detect::Engine> engine, const MasterKey& key)
    : engine_(std::move(engine)), key_(key), scratch_(engine_->make_scratch()) {}

void PartScanner::begin(const hosts::ItemRef& item) {
  result_ = {};
  cells_.clear();
  findings_.clear();
  lowest_failed_.clear();
  scanned_.clear();
  row_.clear();
  in_row_.clear();
  result_.item = to_store_item(key_, item);
  result_.item.rules_version = engine_->version();
}

void PartScanner::count(const std::string& kind, store::PartStatus status,
                        const std::string& reason, int64_t bytes) {
  store::CoverageCell& cell = cells_[{kind, status, reason}];
  if (cell.parts == 0) {
    cell.kind = kind;
    cell.status = status;
    cell.reason = reason;
  }
  ++cell.parts;
  cell.bytes += bytes;
  ++parts_;
  bytes_ += bytes;
}

void PartScanner::record_problem(const hosts::Part& part, store::PartStatus status) {
  const std::string reason = part.reason.empty() ? "unknown" : part.reason;
  count(part.kind, status, reason, part.bytes);
  result_.problems.push_back({.kind = part.kind,
                              .content_id = part.content_id,
                              .version = part.version,
                              .status = status,
                              .reason = reason,
                              .detail = part.detail,
                              .bytes = part.bytes});
}

void PartScanner::add(const hosts::Part& part) {
  const store::PartStatus status = status_of(part.state);
  if (status == store::PartStatus::kScanned) {
    scan_text(part);
  } else {
    record_problem(part, status);
  }
  if (status == store::PartStatus::kFailed) {
    const auto [lowest, first] =
        lowest_failed_.try_emplace({part.content_kind, part.content_id}, part.version);
    if (!first) lowest->second = std::min(lowest->second, part.version);
  }
}

void PartScanner::add(const hosts::ContentState& content) {
  result_.contents.push_back({.content_kind = content.content_kind,
                              .content_id = content.content_id,
                              .newest = content.newest,
                              .highest_read = content.newest,
                              .complete = content.complete,
                              .scanned = {}});
}

void PartScanner::scan_text(const hosts::Part& part) {
  const text::Extracted extracted = text::extract(part.markup, part.text);
  // A reader that loses all of a text would be a silent hole: said as a failure, never as success.
  if (extracted.text.empty() && !part.text.empty()) {
    hosts::Part lost = part;
    lost.text.clear();
    lost.reason = "nothing_extracted";
    lost.bytes = static_cast<int64_t>(part.text.size());
    record_problem(lost, store::PartStatus::kFailed);
    return;
  }
  Source source = {.kind = part.kind,
                   .content_kind = part.content_kind,
                   .content_id = part.content_id,
                   .version = part.version,
                   .author = part.author,
                   .created = part.created,
                   .bytes = static_cast<int64_t>(part.text.size())};
  count(source.kind, store::PartStatus::kScanned, "", source.bytes);
  const PaddedView text = extracted.text.view();
  if (text.size() > PaddedRow::kMostSmall) {
    scan_row();
    engine_->scan(text, scratch_, matches_);
    record_result(source, text.text(), matches_);
    return;
  }
  if (!row_.has_room_for(text)) scan_row();
  row_.add(text);
  in_row_.push_back(std::move(source));
}

void PartScanner::scan_row() {
  size_t next = 0;
  matches_.clear();
  const auto record_empty = [&](size_t end) {
    for (; next < end; ++next) record_result(in_row_[next], row_.text(next).text(), matches_);
  };
  engine_->scan(row_, scratch_, [&](size_t i, const detect::ScanResult& result) {
    record_empty(i);
    record_result(in_row_[next++], row_.text(i).text(), result);
  });
  record_empty(in_row_.size());
  row_.clear();
  in_row_.clear();
}

void PartScanner::record_result(const Source& source, std::string_view text,
                                const detect::ScanResult& result) {
  if (result.limits.empty()) {
    scanned_[{source.content_kind, source.content_id}].add(source.version);
  }
  for (const detect::Match& match : result.matches) record_match(source, text, match);
  for (const detect::LimitHit& hit : result.limits) {
    result_.problems.push_back({.kind = source.kind,
                                .content_id = source.content_id,
                                .version = source.version,
                                .status = store::PartStatus::kFailed,
                                .reason = "rule_over_limit",
                                .detail = fmt::format("rule {} gave up at byte {} of the text",
                                                      engine_->rules()[hit.rule].name, hit.offset),
                                .bytes = source.bytes});
  }
}

void PartScanner::record_match(const Source& source, std::string_view text,
                               const detect::Match& match) {
  const detect::Rule& rule = engine_->rules()[match.rule];
  const std::string_view matched = match.match_text(text);
  const Fingerprint fingerprint = key_.fingerprint(matched);
  Pending& pending = findings_[{source.content_kind, source.content_id, rule.id, fingerprint}];
  store::NewFinding& finding = pending.finding;
  const bool first = finding.versions.empty();
  // The earliest version that has the text tells who brought it in and when.
  if (first || source.version < pending.evidence_version) {
    finding.author = source.author;
    finding.created_when = source.created;
    pending.evidence_version = source.version;
    pending.evidence = evidence_of(text, match);
  }
  if (first) {
    finding.content_kind = source.content_kind;
    finding.content_id = source.content_id;
    finding.rule_id = rule.id;
    finding.rule_name = rule.name;
    finding.severity = static_cast<int>(rule.severity);
    finding.fingerprint = fingerprint;
  }
  finding.versions.add(source.version);
}

void PartScanner::fail_item(const Error& error) {
  hosts::Part part;
  part.kind = "item";
  part.reason = std::string(code_name(error.code));
  part.detail = error.message;
  record_problem(part, store::PartStatus::kFailed);
  result_.item.state = store::ScanState::kError;
  result_.item.error = error.message;
}

store::ItemResult PartScanner::finish(bool whole) {
  scan_row();
  result_.whole = whole;
  if (result_.item.state != store::ScanState::kError) {
    result_.item.state = store::ScanState::kScanned;
  }
  for (store::ContentRead& content : result_.contents) {
    const auto failed = lowest_failed_.find({content.content_kind, content.content_id});
    if (failed != lowest_failed_.end()) {
      content.highest_read = std::min(content.highest_read, failed->second - 1);
    }
    const auto scanned = scanned_.find({content.content_kind, content.content_id});
    if (scanned != scanned_.end()) content.scanned = scanned->second;
  }
  for (auto& [key, cell] : cells_) result_.coverage.push_back(std::move(cell));
  result_.findings.reserve(findings_.size());
  for (auto& [key, pending] : findings_) {
    pending.finding.evidence = seal_evidence(key_, pending.finding.fingerprint, pending.evidence);
    result_.findings.push_back(std::move(pending.finding));
  }
  cells_.clear();
  findings_.clear();
  return std::move(result_);
}

}  // namespace spillguard::scan
