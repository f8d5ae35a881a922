// After a complete listing: what it did not name is asked for by itself, and versions that were
// removed are missed.
#include <algorithm>

#include "base/log.h"
#include "scan/host_rows.h"
#include "scan/runner.h"

namespace spillguard::scan {
namespace {

constexpr int64_t kUnseenPage = 200;
// Below so many, or below this part of what is known, vanished items are a matter of single
// answers; above, of a permission that was lost or an index that is being built.
constexpr int64_t kFewVanished = 20;
constexpr int64_t kMostVanishedPercent = 50;

// A listing names the newest version of a page only: that an older one was removed tells the list
// of its versions alone, a question for each page that has some. So many are asked at once; of more
// a seventh at each listing, which is once a week where a site is listed once a day.
constexpr int64_t kVersionChecks = 200;
constexpr int64_t kListingsToCheckAll = 7;

}  // namespace

Status Runner::reconcile(const ScanSite& site, const store::Scope& scope, bool force,
                         bool lists_contents, BatchSink& sink) {
  SG_ASSIGN(const int64_t unseen, context_.store.count_unseen(scope.id, scope.scan_serial));
  if (unseen > 0) {
    // A 404 proves something only to an account that still sees the scope.
    SG_TRY(site.host->identify());
    SG_TRY(site.host->find_scope(scope.key));
    SG_ASSIGN(const int64_t items, context_.store.count_items(scope.id));
    if (!force && unseen > kFewVanished && unseen * 100 > items * kMostVanishedPercent) {
      return fail(Code::kPermissionDenied,
                  std::to_string(unseen) + " of " + std::to_string(items) +
                      " items that were known are not listed any more. Did the account that scans "
                      "lose a permission? Nothing is concluded from it; if they were deleted, scan "
                      "again with force=true");
    }
    int64_t after = 0;
    while (true) {
      SG_ASSIGN(const auto page,
                context_.store.unseen_items(scope.id, scope.scan_serial, after, kUnseenPage));
      if (page.empty()) break;
      for (const store::UnseenItem& item : page) {
        after = item.id;
        SG_TRY(look_for(site, scope, item, sink));
      }
      SG_TRY(sink.flush());
    }
  }
  if (!lists_contents) return {};
  SG_ASSIGN(const auto incomplete,
            context_.store.items_with_lost_contents(scope.id, scope.scan_serial, kUnseenPage));
  for (const std::string& id : incomplete) {
    SG_TRY(read_again(site, scope, id, sink));
  }
  return sink.flush();
}

Status Runner::look_for(const ScanSite& site, const store::Scope& scope,
                        const store::UnseenItem& item, BatchSink& sink) {
  auto ref = site.host->find_item(item.host_id);
  if (!ref) {
    switch (ref.error().code) {
      case Code::kNotFound:
        break;
      case Code::kPermissionDenied:
        return {};  // not visible, and not gone
      default:
        return fail(std::move(ref).error());
    }
    if (item.missing_since == 0) {
      log::info("{}: {} is neither listed nor to be had: it may be gone", scope.key, item.key);
      return context_.store.mark_missing(item.id);
    }
    log::info("{}: {} is gone", scope.key, item.key);
    return context_.store.mark_gone(item.id);
  }
  if (ref->scope_id == scope.host_id) return site.host->read_item(*ref, sink);
  // Moved: its new scope gets it by a scan of its own, which moves its row.
  jobs::ScanRequest moved;
  moved.kind = jobs::ScanKind::kItem;
  moved.site_id = site.site.id;
  moved.scope_id = scope.id;
  moved.item = ref->id;
  moved.requested_by = jobs::kByItself;
  SG_TRY(context_.queue.enqueue(jobs::to_job(moved)));
  return {};
}

Status Runner::read_again(const ScanSite& site, const store::Scope& scope, const std::string& id,
                          BatchSink& sink) {
  auto ref = site.host->find_item(id);
  if (!ref && ref.error().code == Code::kNotFound) return {};  // the next listing misses it
  if (!ref) return fail(std::move(ref).error());
  if (ref->scope_id != scope.host_id) return {};
  return site.host->read_item(*ref, sink);
}

Status Runner::check_versions(const ScanSite& site, const store::Scope& scope, BatchSink& sink) {
  SG_ASSIGN(const int64_t pages, context_.store.count_versioned_items(scope.id));
  const int64_t turns = pages > kVersionChecks ? kListingsToCheckAll : 1;
  int64_t after = 0;
  while (true) {
    SG_ASSIGN(const auto items,
              context_.store.versioned_items(
                  scope.id, {.after_id = after, .turns = turns, .turn = scope.scan_serial % turns},
                  kUnseenPage));
    if (items.empty()) return {};
    for (const store::VersionedItem& item : items) {
      after = item.id;
      auto numbers = site.host->version_numbers(item.host_id);
      if (!numbers) {
        // No such list on this host; or the item is not what it was, and the next look sees that.
        if (numbers.error().code == Code::kUnsupported) return {};
        if (numbers.error().code == Code::kNotFound) continue;
        return fail(std::move(numbers).error());
      }
      // Whether the newest one is in the list, hosts are not of one mind.
      if (std::find(numbers->begin(), numbers->end(), item.newest) == numbers->end()) {
        numbers->push_back(item.newest);
      }
      if (static_cast<int64_t>(numbers->size()) == item.versions_in_ledger) continue;
      log::info("{}: {} has {} versions, {} are known: it is read again", scope.key, item.host_id,
                numbers->size(), item.versions_in_ledger);
      SG_TRY(read_again(site, scope, item.host_id, sink));
    }
    SG_TRY(sink.flush());
  }
}

}  // namespace spillguard::scan
