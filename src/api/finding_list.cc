#include "api/finding_list.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <iterator>

#include "api/visible.h"

namespace spillguard::api {
namespace {

// How often a page is filled up: where a caller can see next to nothing, pages stay short.
constexpr int kMostRounds = 4;

std::string list_name(const Caller& caller, const store::FindingQuery& query) {
  return fmt::format("{}|{}|{}|{}|{}|{}", caller.identity.key, query.scope_id,
                     query.item_id.value_or(0), query.version.value_or(0),
                     query.reviewed ? static_cast<int>(*query.reviewed) : 2,
                     fmt::join(query.rule_ids, ","));
}

}  // namespace

Result<ShownFindings> shown_findings(const ApiContext& context, const Caller& caller,
                                     store::FindingQuery query, const Paging& paging) {
  const std::string list = list_name(caller, query);
  query.offset = paging.start;
  query.after_id = paging.after;
  if (paging.start > 0) {
    if (const auto after = context.shared->positions.find(list, paging.start)) {
      query.after_id = *after;
      query.offset = 0;
    }
  }
  ShownFindings shown;
  for (int round = 0; round < kMostRounds; ++round) {
    query.limit = paging.size - static_cast<int64_t>(shown.findings.size());
    SG_ASSIGN(auto page, context.store.findings(query));
    shown.total = page.total;
    shown.is_last = !page.more;
    if (!page.findings.empty()) {
      shown.last_id = page.findings.back().id;
      query.after_id = shown.last_id;
      query.offset = 0;
    }
    SG_ASSIGN(const int64_t hidden, remove_invisible(context, caller, page.findings));
    shown.hidden += hidden;
    std::move(page.findings.begin(), page.findings.end(), std::back_inserter(shown.findings));
    const bool full = static_cast<int64_t>(shown.findings.size()) >= paging.size;
    if (shown.is_last || full || hidden == 0) break;
  }
  if (query.after_id > 0) {
    context.shared->positions.remember(list, paging.start + paging.size, query.after_id);
  }
  return shown;
}

}  // namespace spillguard::api
