// Findings as a download: CSV, JSON Lines, SARIF. Batches are read one after the other, and several
// threads make rows of them.
#include <algorithm>
#include <array>
#include <atomic>
#include <memory>
#include <optional>

#include "api/export.h"
#include "api/export_sarif.h"
#include "api/finding_text.h"
#include "api/handlers.h"
#include "api/visible.h"
#include "base/crypto.h"
#include "base/memory.h"
#include "base/ordered_pieces.h"
#include "base/strings.h"
#include "base/threads.h"
#include "store/evidence.h"
#include "store/finding_walk.h"
#include "store/reviews.h"

namespace spillguard::api {
namespace export_findings_detail {
namespace {

constexpr int64_t kBatch = 1'000;
// Of one download. Reading takes a third of the time, so that more would wait for it.
constexpr size_t kMostThreads = 3;

// What the threads of a download share: the findings of all scopes that are asked for.
class Source {
 public:
  Source(const ApiContext& context, const ExportRequest& wanted)
      : context_(context), wanted_(wanted), disabled_(disabled_rules(*context.rules.rules())) {}

  // The next batch, of one scope; false at the end. For one thread at a time.
  Result<bool> next(std::vector<store::Finding>& batch, const store::Scope*& scope) {
    for (; at_ < wanted_.scopes.size(); ++at_) {
      if (!walk_) {
        store::FindingQuery query;
        query.scope_id = wanted_.scopes[at_].id;
        query.reviewed = wanted_.reviewed;
        query.rule_ids = wanted_.rule_ids;
        query.disabled_rules = disabled_;
        query.limit = kBatch;
        walk_.emplace(context_.store.database(), query);
      }
      SG_ASSIGN(const bool more, walk_->next(batch));
      scope = &wanted_.scopes[at_];
      if (more) return true;
      walk_.reset();
    }
    return false;
  }

  // In items that the caller can not see.
  void add_hidden(int64_t count) { hidden_ += count; }
  [[nodiscard]] int64_t hidden() const { return hidden_; }

 private:
  const ApiContext& context_;
  const ExportRequest& wanted_;
  const std::vector<int32_t> disabled_;
  size_t at_ = 0;  // the scope
  std::optional<store::FindingWalk> walk_;
  std::atomic<int64_t> hidden_ = 0;
};

constexpr size_t kColumnCount = 27;
using Columns = std::array<std::string_view, kColumnCount>;

Columns columns_of(const ApiContext& context, bool plaintext) {
  const bool jira = context.is_jira();
  return {jira ? "projectKey" : "spaceKey", jira ? "projectName" : "spaceName",
          jira ? "issueKey" : "contentId", "title", "contentType", "location", "contentRef",
          "place", "firstVersion", "lastVersion", "versions", "createdWhen", "author", "ruleId",
          "ruleName", "severity",
          // Two names, so that nobody takes a mask for a text.
          plaintext ? "matchText" : "maskedText", "fingerprint", "link", "historical", "reviewed",
          "reviewedGlobally", "reviewedBy", "reviewedWhen", "reviewReason", "firstSeen",
          "lastSeen"};
}

// Rows of batches, those that the caller may see. A finding in several versions comes once, or
// without deduplication once for each version.
class RowsMaker final : public PieceMaker {
 public:
  RowsMaker(const ApiContext& context, const ExportRequest& wanted, Source& source,
            const Columns& columns)
      : context_(context), wanted_(wanted), source_(source), titles_(context, wanted.plaintext) {
    if (wanted.format == ExportFormat::kCsv) rows_ = make_csv_rows(body_, columns);
    if (wanted.format == ExportFormat::kJsonLines) rows_ = make_json_rows(body_, columns);
  }
  RowsMaker(const RowsMaker&) = delete;
  RowsMaker& operator=(const RowsMaker&) = delete;
  ~RowsMaker() override {
    clear_.resize(clear_.capacity());
    wipe(clear_.data(), clear_.size());
  }

  Result<bool> read() override { return source_.next(batch_, shown_.scope); }

  Status make(std::string& piece) override {
    SG_ASSIGN(const int64_t hidden, remove_invisible(context_, wanted_.caller, batch_));
    source_.add_hidden(hidden);
    body_.buffer().swap(piece);
    Status done;
    for (size_t i = 0; i < batch_.size() && done; ++i) done = show(batch_[i]);
    body_.buffer().swap(piece);
    return done;
  }

 private:
  Status show(const store::Finding& finding) {
    shown_.finding = &finding;
    SG_ASSIGN(const std::string_view match,
              store::open_match(context_.key, finding.fingerprint, finding.evidence, clear_));
    if (!wanted_.plaintext) mask_ = mask(match);
    shown_.text = wanted_.plaintext ? match : mask_;
    shown_.place.clear();
    if (const auto place = store::place_of(clear_); !place.empty()) {
      shown_.place = titles_.shown(std::string(place));
    }
    SG_ASSIGN(shown_.title, titles_.read(finding.item_host_id, finding.item_title));
    shown_.link = context_.public_url;
    shown_.link += finding.item_link;
    shown_.first_version = finding.versions.first();
    shown_.last_version = finding.versions.last();
    shown_.versions = finding.versions.to_string();
    if (wanted_.deduplicate || shown_.first_version == shown_.last_version) return row();
    const int64_t first = shown_.first_version;
    const int64_t last = shown_.last_version;
    for (int64_t version = first; version <= last; ++version) {
      if (!finding.versions.contains(version)) continue;
      shown_.first_version = version;
      shown_.last_version = version;
      shown_.versions = std::to_string(version);
      SG_TRY(row());
    }
    return {};
  }

  Status row() {
    if (rows_) return rows_->row(cells());
    body_.buffer() += ",\n";
    append_sarif_result(body_.buffer(), shown_);
    return {};
  }

  // Views, until the next call.
  std::array<Cell, kColumnCount> cells() {
    const store::Finding& finding = *shown_.finding;
    fingerprint_.clear();
    finding.fingerprint.append_hex(fingerprint_);
    return {Cell::of(shown_.scope->key),
            Cell::of(shown_.scope->name),
            Cell::of(finding.item_key),
            Cell::of(shown_.title),
            Cell::of_word(store::item_kind_name(finding.item_kind)),
            Cell::of_word(location_name(finding.content_kind)),
            Cell::of(finding.content_id),
            Cell::of(shown_.place),
            Cell::of_number(shown_.first_version),
            Cell::of_number(shown_.last_version),
            Cell::of(shown_.versions),
            Cell::of_time(finding.created_when),
            Cell::of(finding.author),
            Cell::of_number(finding.rule_id),
            Cell::of(finding.rule_name),
            Cell::of_word(detect::severity_name(static_cast<detect::Severity>(finding.severity))),
            Cell::of(shown_.text),
            Cell::of_word(fingerprint_),
            Cell::of(shown_.link),
            Cell::of_flag(finding.historical),
            Cell::of_flag(finding.reviewed),
            Cell::of_flag(finding.reviewed_globally),
            Cell::of(finding.reviewer),
            Cell::of_time(finding.reviewed_at),
            Cell::of(finding.review_reason),
            Cell::of_time(finding.first_seen),
            Cell::of_time(finding.last_seen)};
  }

  const ApiContext& context_;
  const ExportRequest& wanted_;
  Source& source_;
  TitleReader titles_;
  BufferedBody body_;                // of the piece
  std::unique_ptr<RowWriter> rows_;  // none: SARIF
  std::vector<store::Finding> batch_;
  ExportedFinding shown_;
  std::string clear_;  // evidence of one finding after the other
  std::string mask_;
  std::string fingerprint_;
};

Status write_findings(const ApiContext& context, const ExportRequest& wanted, BufferedBody& body) {
  const Columns columns = columns_of(context, wanted.plaintext);
  const bool sarif = wanted.format == ExportFormat::kSarif;
  if (sarif) append_sarif_head(body.buffer(), *context.rules.rules());
  if (wanted.format == ExportFormat::kCsv) SG_TRY(make_csv_rows(body, columns)->begin());
  Source source(context, wanted);
  std::vector<std::unique_ptr<PieceMaker>> makers(std::min(kMostThreads, usable_processors()));
  for (auto& maker : makers) {
    maker = std::make_unique<RowsMaker>(context, wanted, source, columns);
  }
  bool comma = !sarif;  // what comes next may begin with one
  const auto made = make_in_order(makers, [&](std::string_view piece) -> Status {
    if (!comma && !piece.empty()) {
      piece.remove_prefix(1);
      comma = true;
    }
    return body.send(piece);
  });
  // Each download has threads of its own, and would leave its share to the next ones otherwise.
  makers.clear();
  give_back_memory();
  SG_TRY(made);
  if (sarif) append_sarif_tail(body.buffer(), source.hidden());
  return {};
}

}  // namespace
}  // namespace export_findings_detail

Result<http::Response> export_findings(const ApiContext& context, const http::Request& request) {
  namespace own = export_findings_detail;
  SG_ASSIGN(auto wanted, read_export_request(context, request, true));
  SG_TRY(store::settle_reviews(context.store.database(), now_ms()));
  const auto kind = wanted.scope_key.empty() ? store::AuditKind::kAllFindingsExported
                                             : store::AuditKind::kFindingsExported;
  const auto shared = std::make_shared<const ExportRequest>(std::move(wanted));  // with the stream
  return export_response(context, request, *shared, kind, "findings",
                         [&context, shared](BufferedBody& body) {
                           return own::write_findings(context, *shared, body);
                         });
}

}  // namespace spillguard::api
