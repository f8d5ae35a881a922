#include "api/finding_list.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>

#include "api/visible.h"

namespace spillguard::api {
namespace {

// How often a page is filled up: where a caller can see next to nothing, pages stay short.
constexpr int kMostRounds = 8;

std::string list_name(const Caller& caller, const store::FindingQuery& query) {
  return fmt::format("{}|{}|{}|{}|{}|{}|{}", caller.identity.key, query.scope_id,
                     query.item_id.value_or(0), query.version.value_or(0),
                     query.reviewed ? static_cast<int>(*query.reviewed) : 2,
                     fmt::join(query.rule_ids, ","), query.author ? "own" : "");
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
  query.limit = paging.size;
  const auto size = static_cast<size_t>(paging.size);
  ShownFindings shown;
  for (int round = 0; round < kMostRounds; ++round) {
    store::FindingPage page;
    if (round == 0) {
      SG_ASSIGN(auto view, context.store.findings_view(query));
      page = std::move(view.page);
      shown.counts = std::move(view.counts);
      shown.coverage = std::move(view.coverage);
      shown.items = view.items;
    } else {
      SG_ASSIGN(page, context.store.findings(query));
    }
    shown.total = page.total;
    shown.is_last = !page.more;
    if (page.findings.empty()) break;
    std::vector<int64_t> ids;
    for (const store::Finding& finding : page.findings) ids.push_back(finding.id);
    SG_TRY(remove_invisible(context, caller, page.findings));
    // More than there is room for: the page ends with the last one that it takes.
    const size_t room = size - shown.findings.size();
    shown.last_id = ids.back();
    if (page.findings.size() > room) {
      page.findings.resize(room);
      shown.last_id = page.findings.back().id;
      shown.is_last = false;
    }
    shown.hidden +=
        std::count_if(ids.begin(), ids.end(), [&](int64_t id) { return id <= shown.last_id; }) -
        static_cast<int64_t>(page.findings.size());
    query.after_id = shown.last_id;
    query.offset = 0;
    std::move(page.findings.begin(), page.findings.end(), std::back_inserter(shown.findings));
    if (shown.is_last || shown.findings.size() >= size) break;
  }
  if (query.after_id > 0) {
    context.shared->positions.remember(list, paging.start + paging.size, query.after_id);
  }
  return shown;
}

}  // namespace spillguard::api
