#include "store/audit.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/strings.h"
#include "store/sql.h"

namespace spillguard::store {
namespace audit_detail {
namespace {

struct KindName {
  AuditKind kind;
  std::string_view name;
  std::string_view title;
};

constexpr std::array kKinds = {
    KindName{AuditKind::kRuleToggled, "RULE_TOGGLED", "Scanning rule toggled"},
    KindName{AuditKind::kSettingChanged, "SETTING_CHANGED", "Global setting changed"},
    KindName{AuditKind::kPermissionsChanged, "PERMISSIONS_CHANGED",
             "App administrator setting changed"},
    KindName{AuditKind::kCustomRuleCreated, "CUSTOM_RULE_CREATED", "Custom scanning rule created"},
    KindName{AuditKind::kCustomRuleUpdated, "CUSTOM_RULE_UPDATED", "Custom scanning rule updated"},
    KindName{AuditKind::kCustomRuleDeleted, "CUSTOM_RULE_DELETED", "Custom scanning rule deleted"},
    KindName{AuditKind::kFindingReviewed, "FINDING_REVIEWED", "Scan finding reviewed"},
    KindName{AuditKind::kFindingUnreviewed, "FINDING_UNREVIEWED", "Scan finding un-reviewed"},
    KindName{AuditKind::kAllFindingsUnreviewed, "ALL_FINDINGS_UNREVIEWED",
             "All scan findings un-reviewed"},
    KindName{AuditKind::kGlobalReviewedAdded, "GLOBAL_REVIEWED_ADDED",
             "Globally reviewed false positives added"},
    KindName{AuditKind::kGlobalReviewedDeleted, "GLOBAL_REVIEWED_DELETED",
             "Globally reviewed false positives deleted"},
    KindName{AuditKind::kAllGlobalReviewedDeleted, "ALL_GLOBAL_REVIEWED_DELETED",
             "All globally reviewed false positives deleted"},
    KindName{AuditKind::kItemScanTriggered, "ITEM_SCAN_TRIGGERED", "Item scan triggered"},
    KindName{AuditKind::kVersionScanTriggered, "VERSION_SCAN_TRIGGERED", "Version scan triggered"},
    KindName{AuditKind::kScopeScanTriggered, "SCOPE_SCAN_TRIGGERED", "Scope scan triggered"},
    KindName{AuditKind::kSiteScanTriggered, "SITE_SCAN_TRIGGERED", "Whole instance scan triggered"},
    KindName{AuditKind::kScansCancelled, "SCANS_CANCELLED", "Scheduled scans canceled"},
    KindName{AuditKind::kScopeScanFinished, "SCOPE_SCAN_FINISHED", "Scope scan finished"},
    KindName{AuditKind::kScopeScanFailed, "SCOPE_SCAN_FAILED", "Scope scan failed"},
    KindName{AuditKind::kSensitiveContentIntroduced, "SENSITIVE_CONTENT_INTRODUCED",
             "User edit introduced potentially sensitive content"},
    KindName{AuditKind::kFindingsExported, "FINDINGS_EXPORTED", "Findings exported"},
    KindName{AuditKind::kAllFindingsExported, "ALL_FINDINGS_EXPORTED", "All findings exported"},
    KindName{AuditKind::kReviewedExported, "REVIEWED_EXPORTED", "False positives exported"},
    KindName{AuditKind::kAllReviewedExported, "ALL_REVIEWED_EXPORTED",
             "All false positives exported"},
    KindName{AuditKind::kAttachmentsExported, "ATTACHMENTS_EXPORTED",
             "Attachment scan information exported"},
    KindName{AuditKind::kAllAttachmentsExported, "ALL_ATTACHMENTS_EXPORTED",
             "All attachment scan information exported"},
    KindName{AuditKind::kOverviewExported, "OVERVIEW_EXPORTED", "Dashboard overview exported"},
    KindName{AuditKind::kAuditExported, "AUDIT_EXPORTED", "Audit log exported"},
    KindName{AuditKind::kEvidenceRevealed, "EVIDENCE_REVEALED", "Evidence revealed"},
    KindName{AuditKind::kKeyRotated, "KEY_ROTATED", "Encryption key rotated"},
    KindName{AuditKind::kLoggedIn, "LOGGED_IN", "Logged in"},
    KindName{AuditKind::kLoggedOut, "LOGGED_OUT", "Logged out"},
};

const KindName& named(AuditKind kind) { return kKinds.at(static_cast<size_t>(kind)); }

// " AND kind IN (…)" where kinds are asked for.
std::string kinds_of(const AuditQuery& query) {
  std::string kinds;
  for (const AuditKind kind : query.kinds) {
    kinds += fmt::format("{}'{}'", kinds.empty() ? "" : ",", audit_kind_name(kind));
  }
  return kinds.empty() ? "" : fmt::format(" AND kind IN ({})", kinds);
}

// The condition, with $1 … $7 for bind() below. A condition that does not apply binds its default.
std::string condition(const AuditQuery& query) {
  // One of two texts, for the planner sees through no OR.
  return std::string(query.site_id ? "site_id IN (0, $1)" : "$1 < 0") +
         " AND ($2 = '' OR instr(lower(actor), $2) > 0) AND "
         "($3 = '' OR instr(lower(entity), $3) > 0) AND ($4 = '' OR instr(lower(details), $4) > 0) "
         "AND at >= $5 AND ($6 = 0 OR at < $6) AND ($7 = 0 OR id < $7)" +
         kinds_of(query);
}

constexpr int64_t kDayMs = 86'400'000;
constexpr int64_t kEndOfTime = INT64_MAX / kDayMs * kDayMs;

// Without words to look for: whole days by their sums, what is left of the first and the last by
// the index.
Result<int64_t> count_by_sums(db::Connection& connection, const AuditQuery& query) {
  const std::string filter = (query.site_id ? "site_id IN (0, $1)" : "$1 < 0") + kinds_of(query);
  const int64_t site = query.site_id.value_or(-1);
  if (query.from <= 0 && query.until <= 0) {
    return number_or(connection, 0,
                     fmt::format("SELECT coalesce(sum(events), 0) FROM audit_sums WHERE day = -1 "
                                 "AND {}",
                                 filter),
                     site);
  }
  const int64_t from = std::clamp<int64_t>(query.from, 0, kEndOfTime);
  const int64_t until = query.until <= 0 ? kEndOfTime : std::clamp(query.until, from, kEndOfTime);
  const auto count_between = [&](int64_t begin, int64_t end) {
    return number_or(
        connection, 0,
        fmt::format("SELECT count(*) FROM audit WHERE at >= $2 AND at < $3 AND {}", filter), site,
        begin, end);
  };
  const int64_t first_day = (from + kDayMs - 1) / kDayMs;
  const int64_t end_day = until / kDayMs;
  if (first_day >= end_day) return count_between(from, until);
  SG_ASSIGN(const int64_t days,
            number_or(connection, 0,
                      fmt::format("SELECT coalesce(sum(events), 0) FROM audit_sums WHERE "
                                  "day >= $2 AND day < $3 AND {}",
                                  filter),
                      site, first_day, end_day));
  SG_ASSIGN(const int64_t before, count_between(from, first_day * kDayMs));
  SG_ASSIGN(const int64_t behind, count_between(end_day * kDayMs, until));
  return days + before + behind;
}

// A span of time with few events is read by its index and sorted; else the newest come first by
// themselves.
constexpr int64_t kFewEvents = 20'000;

Result<std::string_view> order_of(db::Connection& connection, const AuditQuery& query) {
  constexpr std::string_view kById = "id";
  if (query.from <= 0 && query.until <= 0) return kById;
  SG_ASSIGN(const int64_t events, count_by_sums(connection, query));
  return events <= kFewEvents ? std::string_view("+id") : kById;
}

struct Words {
  std::string actor;
  std::string entity;
  std::string details;
};

Words lower_words(const AuditQuery& query) {
  return {to_lower(query.actor), to_lower(query.entity), to_lower(query.details)};
}

AuditEvent read_event(const db::Statement& row) {
  AuditEvent event;
  event.id = row.integer(0);
  event.at = row.integer(1);
  event.site_id = row.integer(2);
  event.actor = row.text(3);
  event.address = row.text(4);
  event.kind = parse_audit_kind(row.text(5)).value_or(AuditKind::kSettingChanged);
  event.entity = row.text(6);
  event.details = row.text(7);
  return event;
}

}  // namespace
}  // namespace audit_detail

std::string_view audit_kind_name(AuditKind kind) { return audit_detail::named(kind).name; }
std::string_view audit_kind_title(AuditKind kind) { return audit_detail::named(kind).title; }

std::optional<AuditKind> parse_audit_kind(std::string_view name) {
  const auto* const found =
      std::find_if(audit_detail::kKinds.begin(), audit_detail::kKinds.end(),
                   [&](const auto& kind) { return equals_ignore_case(kind.name, name); });
  if (found == audit_detail::kKinds.end()) return std::nullopt;
  return found->kind;
}

const std::vector<AuditKind>& all_audit_kinds() {
  static const std::vector<AuditKind> kinds = [] {
    std::vector<AuditKind> all;
    for (const auto& kind : audit_detail::kKinds) all.push_back(kind.kind);
    return all;
  }();
  return kinds;
}

Status append_audit(db::Connection& connection, const AuditEvent& event) {
  return run(connection,
             "INSERT INTO audit (at, site_id, actor, address, kind, entity, details) "
             "VALUES ($1, $2, $3, $4, $5, $6, $7)",
             event.at == 0 ? now_ms() : event.at, event.site_id, event.actor, event.address,
             audit_kind_name(event.kind), event.entity, event.details);
}

Status AuditLog::append(const AuditEvent& event) {
  return database_.write(
      [&](db::Connection& connection) { return append_audit(connection, event); });
}

Result<std::vector<AuditEvent>> AuditLog::query(const AuditQuery& query) {
  const auto words = audit_detail::lower_words(query);
  std::vector<AuditEvent> events;
  SG_TRY(database_.read([&](db::Connection& connection) -> Status {
    events.clear();
    SG_ASSIGN(const std::string_view order, audit_detail::order_of(connection, query));
    SG_ASSIGN(auto rows,
              bound(connection,
                    fmt::format("SELECT id, at, site_id, actor, address, kind, entity, details "
                                "FROM audit WHERE {} ORDER BY {} DESC LIMIT $8",
                                audit_detail::condition(query), order),
                    query.site_id.value_or(-1), words.actor, words.entity, words.details,
                    query.from, query.until, query.before_id, query.limit));
    while (true) {
      SG_ASSIGN(const bool more, rows->step());
      if (!more) return {};
      events.push_back(audit_detail::read_event(*rows));
    }
  }));
  return events;
}

Result<int64_t> AuditLog::count(const AuditQuery& query) {
  const auto words = audit_detail::lower_words(query);
  const bool by_words = !words.actor.empty() || !words.entity.empty() || !words.details.empty();
  int64_t total = 0;
  SG_TRY(database_.read([&](db::Connection& connection) -> Status {
    if (!by_words) {
      SG_ASSIGN(total, audit_detail::count_by_sums(connection, query));
      return {};
    }
    SG_ASSIGN(total, number_or(connection, 0,
                               fmt::format("SELECT count(*) FROM audit WHERE {}",
                                           audit_detail::condition(query)),
                               query.site_id.value_or(-1), words.actor, words.entity, words.details,
                               query.from, query.until, int64_t{0}));
    return {};
  }));
  return total;
}

}  // namespace spillguard::store
