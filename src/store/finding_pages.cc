#include "store/finding_pages.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "store/sql.h"

namespace spillguard::store {
namespace {

// As in the triggers of the migration.
constexpr int kWideShift = 16;
constexpr int kNarrowShift = 10;

// Steps through the findings of a scope in the order of their ids, from block to block.
class ScopeWalk {
 public:
  ScopeWalk(db::Connection& connection, const FindingQuery& query)
      : connection_(connection),
        query_(query),
        filter_(finding_filter(query)),
        from_(query.after_id > 0 ? query.after_id + 1 : 0),
        skip_(query.offset) {}

  // `total`: of the whole list.
  Result<IdPage> run(int64_t total) {
    if (from_ == 0 && skip_ >= total) return std::move(page_);
    const int64_t behind = from_ == 0 ? total : 0;  // not known from the middle on
    SG_TRY(blocks(
        1, from_ >> kWideShift, kMaxBlock, behind, [&](int64_t block, int64_t inside) -> Status {
          const int64_t first = block << (kWideShift - kNarrowShift);
          const int64_t last = first + (1 << (kWideShift - kNarrowShift)) - 1;
          // Of a block that the list begins within only a part counts.
          const int64_t all = block << kWideShift >= from_ ? inside : 0;
          return blocks(2, std::max(first, from_ >> kNarrowShift), last, all,
                        [&](int64_t narrow, int64_t in_narrow) { return rows(narrow, in_narrow); });
        }));
    return std::move(page_);
  }

 private:
  static constexpr int64_t kMaxBlock = INT64_MAX >> kWideShift;

  // What blocks from `first` to `last` have, those that have something.
  Result<StatementPtr> sums_of(int level, int64_t first, int64_t last, bool from_behind) {
    // The level in the text: the statements of both are in use at once, and each is kept.
    return bound(connection_,
                 fmt::format("SELECT block, sum(findings) FROM finding_sums WHERE "
                             "scope_id = $1 AND level = {} AND block BETWEEN $2 AND $3{} "
                             "GROUP BY block HAVING sum(findings) > 0 ORDER BY block{}",
                             level, filter_, from_behind ? " DESC" : ""),
                 query_.scope_id, first, last);
  }

  // The block in which the page begins, where that is nearer to the end of the `inside` findings
  // that all the blocks have (0: not known); what stands in front of it is skipped then. Else the
  // first one.
  Result<int64_t> begin_of(int level, int64_t first, int64_t last, int64_t inside) {
    if (skip_ >= inside || skip_ <= inside / 2) return first;
    int64_t rest = inside - skip_;  // from the page's first finding to the end
    SG_ASSIGN(auto sums, sums_of(level, first, last, true));
    while (true) {
      SG_ASSIGN(const bool more, sums->step());
      if (!more) return first;
      const int64_t here = sums->integer(1);
      if (here >= rest) {
        skip_ = here - rest;
        return sums->integer(0);
      }
      rest -= here;
    }
  }

  // Calls `enter` for each block that has something for the page, with how much the sums say that
  // it has; whole blocks in front of it are left out by their sums.
  template <typename Enter>
  Status blocks(int level, int64_t first, int64_t last, int64_t all, const Enter& enter) {
    const int shift = level == 1 ? kWideShift : kNarrowShift;
    if (first << shift >= from_) {
      SG_ASSIGN(first, begin_of(level, first, last, all));
    }
    SG_ASSIGN(auto sums, sums_of(level, first, last, false));
    while (!page_.more) {
      SG_ASSIGN(const bool more, sums->step());
      if (!more) return {};
      const int64_t block = sums->integer(0);
      const int64_t inside = sums->integer(1);
      if (block << shift >= from_ && skip_ >= inside) {
        skip_ -= inside;
        continue;
      }
      SG_TRY(enter(block, inside));
    }
    return {};
  }

  Status rows(int64_t block, int64_t inside) {
    const int64_t first = block << kNarrowShift;
    // What the page leaves out stands in this block when all of it counts, for the sums said so:
    // then SQL passes over it, which costs far less than handing it out.
    const bool whole = first >= from_;
    const int64_t pass = whole ? skip_ : 0;
    // One more tells that others follow. Behind the last one that the block has SQL would go on to
    // its end: of a few rules that would be most of it.
    int64_t wanted = query_.limit - static_cast<int64_t>(page_.ids.size()) + skip_ - pass + 1;
    if (whole) wanted = std::min(wanted, inside - pass);
    SG_ASSIGN(auto rows, bound(connection_,
                               fmt::format("SELECT id FROM findings WHERE resolved_at = 0 AND "
                                           "scope_id = $1 AND id BETWEEN $2 AND $3{} ORDER BY id "
                                           "LIMIT $4 OFFSET $5",
                                           filter_),
                               query_.scope_id, std::max(from_, first),
                               ((block + 1) << kNarrowShift) - 1, wanted, pass));
    skip_ -= pass;
    while (true) {
      SG_ASSIGN(const bool found, rows->step());
      if (!found) return {};
      if (skip_ > 0) {
        --skip_;
        continue;
      }
      if (static_cast<int64_t>(page_.ids.size()) >= query_.limit) {
        page_.more = true;
        return {};
      }
      page_.ids.push_back(rows->integer(0));
    }
  }

  db::Connection& connection_;
  const FindingQuery& query_;
  std::string filter_;
  int64_t from_;
  int64_t skip_;
  IdPage page_;
};

// An item has few findings: its own index serves without sums.
Result<IdPage> item_page(db::Connection& connection, const FindingQuery& query) {
  IdPage page;
  int64_t skip = query.offset;
  SG_ASSIGN(auto rows, bound(connection,
                             fmt::format("SELECT id FROM findings WHERE resolved_at = 0 AND "
                                         "item_id = $1 AND +scope_id = $2 AND id > $3{} "
                                         "ORDER BY id",
                                         finding_filter(query)),
                             *query.item_id, query.scope_id, query.after_id));
  while (true) {
    SG_ASSIGN(const bool found, rows->step());
    if (!found) return page;
    if (skip-- > 0) continue;
    if (static_cast<int64_t>(page.ids.size()) >= query.limit) {
      page.more = true;
      return page;
    }
    page.ids.push_back(rows->integer(0));
  }
}

}  // namespace

std::string finding_filter(const FindingQuery& query) {
  std::string text;
  if (!query.rule_ids.empty()) {
    text += fmt::format(" AND rule_id IN ({})", fmt::join(query.rule_ids, ","));
  }
  if (!query.disabled_rules.empty()) {
    text += fmt::format(" AND rule_id NOT IN ({})", fmt::join(query.disabled_rules, ","));
  }
  if (query.reviewed) text += *query.reviewed ? " AND reviewed <> 0" : " AND reviewed = 0";
  if (query.author) {
    // A quote is doubled, and nothing else ends the text; none that is stored holds a NUL.
    std::string quoted;
    for (const char c : *query.author) quoted += c == '\'' ? "''" : std::string(1, c);
    const bool possible = quoted.find('\0') == std::string::npos;
    text += possible ? fmt::format(" AND author = '{}'", quoted) : " AND 1 = 0";
  }
  return text;
}

Result<int64_t> count_findings(db::Connection& connection, const FindingQuery& query) {
  const std::string filter = finding_filter(query);
  if (query.item_id) {
    return number_or(connection, 0,
                     fmt::format("SELECT count(*) FROM findings WHERE resolved_at = 0 AND "
                                 "item_id = $1 AND +scope_id = $2{}",
                                 filter),
                     *query.item_id, query.scope_id);
  }
  return number_or(connection, 0,
                   fmt::format("SELECT coalesce(sum(findings), 0) FROM finding_sums WHERE "
                               "scope_id = $1 AND level = 0{}",
                               filter),
                   query.scope_id);
}

Result<IdPage> page_ids(db::Connection& connection, const FindingQuery& query, int64_t total) {
  if (query.item_id) return item_page(connection, query);
  return ScopeWalk(connection, query).run(total);
}

Result<IdPage> page_ids_of_version(db::Connection& connection, const FindingQuery& query,
                                   int64_t& total) {
  // Ranges of versions are beyond SQL; an item's findings are few enough to be looked at.
  IdPage page;
  total = 0;
  int64_t skip = query.offset;
  SG_ASSIGN(auto rows, bound(connection,
                             fmt::format("SELECT f.id, f.versions FROM findings f JOIN items i ON "
                                         "i.id = f.item_id WHERE f.resolved_at = 0 AND "
                                         "f.item_id = $1 AND +f.scope_id = $2{} AND "
                                         "f.content_id = i.host_id ORDER BY f.id",
                                         finding_filter(query)),
                             *query.item_id, query.scope_id));
  while (true) {
    SG_ASSIGN(const bool found, rows->step());
    if (!found) return page;
    if (!VersionSet::parse(rows->text(1)).contains(*query.version)) continue;
    ++total;
    const int64_t id = rows->integer(0);
    if (id <= query.after_id || skip-- > 0) continue;
    if (static_cast<int64_t>(page.ids.size()) >= query.limit) {
      page.more = true;
    } else {
      page.ids.push_back(id);
    }
  }
}

}  // namespace spillguard::store
