// Walking all findings of a scope for exports: batches by id, each a short snapshot, so that a
// long download neither holds the write-ahead log open nor counts anything.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "store/types.h"

#include "db/database.h"

namespace spillguard::store {

class FindingWalk {
 public:
  // Of `query` these count: scope_id, reviewed, rule_ids, disabled_rules, limit (of a batch).
  FindingWalk(db::Database& database, FindingQuery query)
      : database_(database), query_(std::move(query)) {}

  // The next batch into `out`, whose memory is used again; false at the end.
  Result<bool> next(std::vector<Finding>& out);

 private:
  db::Database& database_;
  FindingQuery query_;
  std::unordered_map<int32_t, std::string> names_;  // of rules
};

// An attachment that was listed in a scope, and what became of it.
struct AttachmentRow {
  int64_t item_id = 0;
  std::string item_host_id;
  std::string item_key;
  ItemKind item_kind = ItemKind::kIssue;
  std::string item_title;  // sealed
  std::string item_link;
  AttachmentRecord attachment;
};

// The same for attachments: all that were listed, with what became of them.
class AttachmentWalk {
 public:
  AttachmentWalk(db::Database& database, int64_t scope_id, int64_t limit)
      : database_(database), scope_id_(scope_id), limit_(limit) {}
  Status next(std::vector<AttachmentRow>& out);

 private:
  db::Database& database_;
  int64_t scope_id_;
  int64_t limit_;
  int64_t after_item_ = 0;
  std::string after_content_;
  int64_t after_version_ = 0;
};

}  // namespace spillguard::store
