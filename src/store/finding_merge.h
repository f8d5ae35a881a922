// What one result of scanning does to the findings of its item: decided here without a database,
// by the rules that stand at Store::commit. Internal to this module.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "store/types.h"

namespace spillguard::store {

using ContentKey = std::pair<std::string, std::string>;  // kind, id

struct FindingKey {
  std::string content_kind;
  std::string content_id;
  int32_t rule_id = 0;
  Fingerprint fingerprint;
  auto operator<=>(const FindingKey&) const = default;
};

// A row of findings, as far as merging needs it.
struct StoredFinding {
  int64_t id = 0;
  int severity = 0;
  VersionSet versions;
  bool historical = false;
  TimeMs resolved_at = 0;
  TimeMs last_seen = 0;
  std::string author;
  TimeMs created_when = 0;
  friend bool operator==(const StoredFinding&, const StoredFinding&) = default;
};
using StoredFindings = std::map<FindingKey, StoredFinding>;

struct FindingInsert {
  const NewFinding* finding = nullptr;  // points into the result
  VersionSet versions;
  bool historical = false;
};

struct FindingPlan {
  std::vector<FindingInsert> inserts;
  std::vector<StoredFinding> updates;  // rows that changed, as they are to be
};

struct MergeInput {
  const ItemResult* result = nullptr;
  const StoredFindings* stored = nullptr;
  // Marks before this result: highest version read by content.
  const std::map<ContentKey, int64_t>* highest = nullptr;
  bool same_rules = false;  // the item was scanned with these rules before
  TimeMs now = 0;
};

FindingPlan plan_findings(const MergeInput& input);

// Whether a whole result proves that this content is gone: it was read to the end and neither the
// content nor a problem with it came up.
bool is_whole_kind(const ItemResult& result, std::string_view kind);
bool content_is_gone(const ItemResult& result, const ContentKey& content);

}  // namespace spillguard::store
