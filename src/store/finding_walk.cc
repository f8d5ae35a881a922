#include "store/finding_walk.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "store/sql.h"

namespace spillguard::store {
namespace finding_walk_detail {
namespace {

constexpr int64_t kBySite = 2;  // findings.reviewed: by a review of the site

std::string walk_sql(const FindingQuery& query) {
  std::string filter;
  if (!query.rule_ids.empty()) {
    filter += fmt::format(" AND f.rule_id IN ({})", fmt::join(query.rule_ids, ","));
  }
  if (!query.disabled_rules.empty()) {
    filter += fmt::format(" AND f.rule_id NOT IN ({})", fmt::join(query.disabled_rules, ","));
  }
  if (query.reviewed) filter += *query.reviewed ? " AND f.reviewed <> 0" : " AND f.reviewed = 0";
  return fmt::format(
      "SELECT f.id, f.item_id, f.content_kind, f.content_id, f.rule_id, f.severity, f.fingerprint, "
      "f.versions, f.historical, f.evidence, f.author, f.created_when, f.first_seen, f.last_seen, "
      "f.reviewed FROM findings f WHERE f.scope_id = $1 AND "
      "f.resolved_at = 0 AND f.id > $2{} ORDER BY f.id LIMIT $3",
      filter);
}

Status read_row(const db::Statement& row, Finding& out) {
  out.id = row.integer(0);
  out.item_id = row.integer(1);
  out.content_kind = row.text(2);
  out.content_id = row.text(3);
  out.rule_id = static_cast<int32_t>(row.integer(4));
  out.severity = static_cast<int>(row.integer(5));
  SG_ASSIGN(out.fingerprint, Fingerprint::parse(row.blob(6)));
  out.versions = VersionSet::parse(row.text(7));
  out.historical = row.integer(8) != 0;
  out.evidence = row.blob(9);
  out.author = row.text(10);
  out.created_when = row.integer(11);
  out.first_seen = row.integer(12);
  out.last_seen = row.integer(13);
  const int64_t reviewed = row.integer(14);
  out.reviewed = reviewed != 0;
  out.reviewed_globally = (reviewed & kBySite) != 0;
  return {};
}

// The item that a finding stands in: that of the one before it, mostly.
Status read_item(db::Statement& item, const Finding* before, Finding& out) {
  if (before != nullptr && before->item_id == out.item_id) {
    out.item_host_id = before->item_host_id;
    out.item_key = before->item_key;
    out.item_kind = before->item_kind;
    out.item_title = before->item_title;
    out.item_link = before->item_link;
    out.item_is_scope = before->item_is_scope;
    out.item_is_gone = before->item_is_gone;
    return {};
  }
  item.reset();
  bind_all(item, out.item_id);
  SG_ASSIGN(const bool found, item.step());
  if (!found) return fail(Code::kCorrupt, "a finding stands in an item that does not exist");
  out.item_host_id = item.text(0);
  out.item_key = item.text(1);
  out.item_kind = static_cast<ItemKind>(item.integer(2));
  out.item_title = item.text(3);
  out.item_link = item.text(4);
  out.item_is_scope = item.integer(5) != 0;
  out.item_is_gone = item.integer(6) != 0;
  return {};
}

// Who reviewed a text: in the scope, else in the site.
Status read_review(db::Statement& review, int64_t scope_id, Finding& out) {
  out.reviewer.clear();
  out.review_reason.clear();
  out.reviewed_at = 0;
  if (!out.reviewed) return {};
  review.reset();
  bind_all(review, scope_id, Blob{out.fingerprint.raw()});
  SG_ASSIGN(const bool found, review.step());
  if (!found) return {};
  out.reviewer = review.text(0);
  out.reviewed_at = review.integer(1);
  out.review_reason = review.text(2);
  return {};
}

}  // namespace
}  // namespace finding_walk_detail

Result<bool> FindingWalk::next(std::vector<Finding>& out) {
  namespace own = finding_walk_detail;
  size_t count = 0;
  SG_TRY(database_.read([&](db::Connection& connection) -> Status {
    count = 0;
    SG_ASSIGN(auto rows, bound(connection, own::walk_sql(query_), query_.scope_id, query_.after_id,
                               query_.limit));
    SG_ASSIGN(auto review,
              connection.prepare("SELECT r.reviewer, r.reviewed_at, r.reason FROM scopes s JOIN "
                                 "reviews r ON r.site_id = s.site_id AND r.scope_id IN (s.id, 0) "
                                 "WHERE s.id = $1 AND r.fingerprint = $2 AND r.revoked_at = 0 "
                                 "ORDER BY r.scope_id DESC LIMIT 1"));
    SG_ASSIGN(auto item, connection.prepare("SELECT host_id, key, kind, title, link, is_scope, "
                                            "gone_at FROM items WHERE id = $1"));
    SG_ASSIGN(auto name, connection.prepare("SELECT name FROM rule_names WHERE rule_id = $1"));
    while (true) {
      SG_ASSIGN(const bool more, rows->step());
      if (!more) return {};
      if (out.size() <= count) out.emplace_back();
      Finding& finding = out[count++];
      finding.scope_id = query_.scope_id;
      SG_TRY(own::read_row(*rows, finding));
      SG_TRY(own::read_item(*item, count > 1 ? &out[count - 2] : nullptr, finding));
      SG_TRY(own::read_review(*review, query_.scope_id, finding));
      auto known = names_.find(finding.rule_id);
      if (known == names_.end()) {
        name->reset();
        bind_all(*name, int64_t{finding.rule_id});
        SG_ASSIGN(const bool found, name->step());
        known = names_.emplace(finding.rule_id, found ? std::string(name->text(0)) : "").first;
      }
      finding.rule_name = known->second;
    }
  }));
  out.resize(count);
  if (count > 0) query_.after_id = out.back().id;
  return count > 0;
}

Status AttachmentWalk::next(std::vector<AttachmentRow>& out) {
  SG_TRY(database_.read([&](db::Connection& connection) -> Status {
    out.clear();
    SG_ASSIGN(auto rows,
              bound(connection,
                    "SELECT a.item_id, i.host_id, i.key, i.kind, i.title, i.link, a.content_id, "
                    "a.version, a.name, a.status, a.reason, a.detail, a.bytes, a.parts, a.files "
                    "FROM attachments a JOIN items i ON i.id = a.item_id WHERE a.scope_id = $1 "
                    "AND (a.item_id, a.content_id, a.version) > ($2, $3, $4) "
                    "ORDER BY a.item_id, a.content_id, a.version LIMIT $5",
                    scope_id_, after_item_, after_content_, after_version_, limit_));
    while (true) {
      SG_ASSIGN(const bool more, rows->step());
      if (!more) return {};
      out.push_back({.item_id = rows->integer(0),
                     .item_host_id = std::string(rows->text(1)),
                     .item_key = std::string(rows->text(2)),
                     .item_kind = static_cast<ItemKind>(rows->integer(3)),
                     .item_title = std::string(rows->text(4)),
                     .item_link = std::string(rows->text(5)),
                     .attachment = {.content_id = std::string(rows->text(6)),
                                    .version = rows->integer(7),
                                    .name = std::string(rows->text(8)),
                                    .status = static_cast<PartStatus>(rows->integer(9)),
                                    .reason = std::string(rows->text(10)),
                                    .detail = std::string(rows->text(11)),
                                    .bytes = rows->integer(12),
                                    .parts = rows->integer(13),
                                    .files = rows->integer(14),
                                    .document = {}}});
    }
  }));
  if (!out.empty()) {
    after_item_ = out.back().item_id;
    after_content_ = out.back().attachment.content_id;
    after_version_ = out.back().attachment.version;
  }
  return {};
}

}  // namespace spillguard::store
