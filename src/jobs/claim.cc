#include "jobs/claim.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "jobs/job_rows.h"

namespace spillguard::jobs {
namespace {

struct Group {
  int64_t priority = 0;
  std::string kind;
};

// The next pair of kind and priority behind this one: at most two index seeks.
Result<std::optional<Group>> next_group(db::Connection& connection, const Group& last) {
  {
    SG_ASSIGN(auto s, connection.prepare(kNextPriority));
    SG_ASSIGN(const bool found, s->bind(1, last.kind).bind(2, last.priority).step());
    if (found) return Group{s->integer(0), last.kind};
  }
  SG_ASSIGN(auto s, connection.prepare(kNextKind));
  SG_ASSIGN(const bool found, s->bind(1, last.kind).step());
  if (!found) return std::nullopt;
  return Group{s->integer(1), std::string(s->text(0))};
}

// Sorted by priority.
Result<std::vector<Group>> list_groups(db::Connection& connection,
                                       const std::vector<std::string>& kinds) {
  std::vector<Group> groups;
  Group last{INT64_MIN, ""};
  while (true) {
    SG_ASSIGN(auto next, next_group(connection, last));
    if (!next) break;
    last = std::move(*next);
    if (kinds.empty() || std::find(kinds.begin(), kinds.end(), last.kind) != kinds.end()) {
      groups.push_back(last);
    }
  }
  std::sort(groups.begin(), groups.end(),
            [](const Group& a, const Group& b) { return a.priority < b.priority; });
  return groups;
}

using Due = std::pair<TimeMs, int64_t>;  // not_before, id: the order within one priority

Status add_head(db::Connection& connection, const Group& group, TimeMs now, size_t limit,
                std::string_view lock, std::vector<Due>& out) {
  SG_ASSIGN(auto s, connection.prepare(std::string(kHeadOfGroup).append(lock)));
  s->bind(1, group.kind).bind(2, group.priority).bind(3, now).bind(4, static_cast<int64_t>(limit));
  while (true) {
    SG_ASSIGN(const bool more, s->step());
    if (!more) return {};
    out.emplace_back(s->integer(0), s->integer(1));
  }
}

}  // namespace

Result<std::vector<int64_t>> find_due(db::Connection& connection, size_t limit,
                                      const std::vector<std::string>& kinds, TimeMs now) {
  SG_ASSIGN(const auto groups, list_groups(connection, kinds));
  const auto lock = locking(connection, " FOR UPDATE OF waiting SKIP LOCKED");
  std::vector<int64_t> ids;
  for (size_t begin = 0; begin < groups.size() && ids.size() < limit;) {
    std::vector<Due> due;  // of one priority
    size_t end = begin;
    for (; end < groups.size() && groups[end].priority == groups[begin].priority; ++end) {
      SG_TRY(add_head(connection, groups[end], now, limit - ids.size(), lock, due));
    }
    std::sort(due.begin(), due.end());
    for (const auto& [not_before, id] : due) {
      if (ids.size() < limit) ids.push_back(id);
    }
    begin = end;
  }
  return ids;
}

Result<std::optional<TimeMs>> next_due(db::Connection& connection,
                                       const std::vector<std::string>& kinds) {
  std::optional<TimeMs> earliest;
  const auto take = [&](TimeMs time) { earliest = std::min(earliest.value_or(time), time); };
  SG_ASSIGN(const auto groups, list_groups(connection, kinds));
  for (const auto& group : groups) {
    std::vector<Due> head;
    SG_TRY(add_head(connection, group, INT64_MAX, 1, "", head));
    if (!head.empty()) take(head.front().first);
  }
  SG_ASSIGN(auto s, connection.prepare("SELECT min(lease_until) FROM jobs WHERE state = 1"));
  SG_TRY(s->step());
  if (!s->is_null(0)) take(s->integer(0));
  return earliest;
}

}  // namespace spillguard::jobs
