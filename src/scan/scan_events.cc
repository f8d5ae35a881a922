#include "scan/scan_events.h"

#include <fmt/format.h>

#include <map>
#include <set>
#include <string>
#include <utility>

#include "base/json_writer.h"
#include "store/audit.h"
#include "store/sql.h"

namespace spillguard::scan {
namespace scan_events_detail {
namespace {

struct Introduced {
  int64_t findings = 0;
  std::set<std::string> rules;
};

std::string entity(const store::Site& site, bool item, std::string_view key) {
  const bool jira = site.product == store::Product::kJira;
  const std::string_view word = item ? (jira ? "issue" : "content") : (jira ? "project" : "space");
  return fmt::format("{}/{}", word, key);
}

std::string details(const Introduced& introduced) {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.field("findings", introduced.findings);
  json.key("rules");
  json.begin_array();
  for (const std::string& rule : introduced.rules) json.value(rule);
  json.end_array();
  json.end_object();
  return text;
}

}  // namespace
}  // namespace scan_events_detail

Result<int64_t> newest_finding(db::Database& database) {
  int64_t newest = 0;
  SG_TRY(database.read([&](db::Connection& connection) -> Status {
    SG_ASSIGN(newest, store::number_or(connection, 0, "SELECT coalesce(max(id), 0) FROM findings"));
    return {};
  }));
  return newest;
}

Status audit_introduced(db::Connection& connection, const store::Site& site, int64_t scope_id,
                        int64_t after) {
  namespace own = scan_events_detail;
  std::map<std::pair<std::string, std::string>, own::Introduced> by_item;  // key, author
  SG_ASSIGN(auto rows,
            store::bound(connection,
                         "SELECT i.key, f.author, coalesce(n.name, '') FROM findings f JOIN items "
                         "i ON i.id = f.item_id LEFT JOIN rule_names n ON n.rule_id = f.rule_id "
                         "WHERE f.scope_id = $1 AND f.id > $2 AND f.resolved_at = 0 AND "
                         "f.reviewed = 0 AND f.historical = 0",
                         scope_id, after));
  while (true) {
    SG_ASSIGN(const bool more, rows->step());
    if (!more) break;
    own::Introduced& entry = by_item[{std::string(rows->text(0)), std::string(rows->text(1))}];
    ++entry.findings;
    entry.rules.emplace(rows->text(2));
  }
  for (const auto& [item, introduced] : by_item) {
    store::AuditEvent event;
    event.site_id = site.id;
    event.actor = item.second;
    event.kind = store::AuditKind::kSensitiveContentIntroduced;
    event.entity = own::entity(site, true, item.first);
    event.details = own::details(introduced);
    SG_TRY(store::append_audit(connection, event));
  }
  return {};
}

Status audit_scope_scan(db::Connection& connection, const store::Site& site, int64_t scope_id,
                        std::string_view error) {
  namespace own = scan_events_detail;
  SG_ASSIGN(auto row,
            store::bound(connection,
                         "SELECT key, (SELECT coalesce(sum(findings), 0) FROM finding_sums WHERE "
                         "scope_id = scopes.id AND level = 0) FROM scopes WHERE id = $1",
                         scope_id));
  SG_ASSIGN(const bool found, row->step());
  if (!found) return {};
  store::AuditEvent event;
  event.site_id = site.id;
  event.kind =
      error.empty() ? store::AuditKind::kScopeScanFinished : store::AuditKind::kScopeScanFailed;
  event.entity = own::entity(site, false, row->text(0));
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.field("findings", row->integer(1));
  if (!error.empty()) json.field("errorMessage", error);
  json.end_object();
  event.details = std::move(text);
  return store::append_audit(connection, event);
}

}  // namespace spillguard::scan
