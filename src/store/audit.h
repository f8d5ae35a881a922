// The audit log: who did what, when and from where. Events are appended in the transaction of what
// they tell, so that neither is there without the other, and never changed.
//
// An event names scopes, items, rules, numbers and fingerprints. It never holds a found text, a
// pattern, or a credential: whoever appends one sees to that.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "db/database.h"

namespace spillguard::store {

// Append only at the end of a group: names are what the API, exports and scripts go by.
enum class AuditKind {
  kRuleToggled,
  kSettingChanged,
  kPermissionsChanged,
  kCustomRuleCreated,
  kCustomRuleUpdated,
  kCustomRuleDeleted,
  kFindingReviewed,
  kFindingUnreviewed,
  kAllFindingsUnreviewed,
  kGlobalReviewedAdded,
  kGlobalReviewedDeleted,
  kAllGlobalReviewedDeleted,
  kItemScanTriggered,
  kVersionScanTriggered,
  kScopeScanTriggered,
  kSiteScanTriggered,
  kScansCancelled,
  kScopeScanFinished,
  kScopeScanFailed,
  kSensitiveContentIntroduced,
  kFindingsExported,
  kAllFindingsExported,
  kReviewedExported,
  kAllReviewedExported,
  kAttachmentsExported,
  kAllAttachmentsExported,
  kOverviewExported,
  kAuditExported,
  kEvidenceRevealed,
  kKeyRotated,
  kLoggedIn,
  kLoggedOut,
};
// "RULE_TOGGLED" … and a sentence's begin for people: "Scanning rule toggled".
std::string_view audit_kind_name(AuditKind kind);
std::string_view audit_kind_title(AuditKind kind);
std::optional<AuditKind> parse_audit_kind(std::string_view name);  // in any case
const std::vector<AuditKind>& all_audit_kinds();

struct AuditEvent {
  int64_t id = 0;  // given by the store; grows with time
  TimeMs at = 0;   // 0 = now
  int64_t site_id = 0;
  std::string actor = {};    // the user's name on the host; "" = the program itself
  std::string address = {};  // the peer's
  AuditKind kind = AuditKind::kSettingChanged;
  std::string entity = {};     // what it was done to: "project/FOO", "rule/AWS_CLIENT_ID"
  std::string details = "{}";  // a JSON object
};

struct AuditQuery {
  std::optional<int64_t> site_id = {};  // also events of the whole installation
  std::vector<AuditKind> kinds = {};    // empty = all
  std::string actor = {};               // these three: part of the text, in any case (ASCII)
  std::string entity = {};
  std::string details = {};
  TimeMs from = 0;        // inclusive
  TimeMs until = 0;       // exclusive; 0 = no end
  int64_t before_id = 0;  // key-set paging, newest first: only smaller ids; 0 = from the newest
  int64_t limit = 100;
};

// In the caller's transaction. The time is `event.at`, else the clock's.
Status append_audit(db::Connection& connection, const AuditEvent& event);

class AuditLog {
 public:
  explicit AuditLog(db::Database& database) : database_(database) {}

  // In a transaction of its own.
  Status append(const AuditEvent& event);
  // Newest first. Fewer than `limit` events mean that there are no more.
  Result<std::vector<AuditEvent>> query(const AuditQuery& query);
  Result<int64_t> count(const AuditQuery& query);  // paging left aside

 private:
  db::Database& database_;
};

}  // namespace spillguard::store
