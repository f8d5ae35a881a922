// The repositories over the database: sites, scopes, items, findings, reviews, coverage, settings.
// Every method is one transaction unless it takes a connection. Thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "db/database.h"
#include "store/types.h"

namespace spillguard::store {

// What an item was scanned at, for skipping what is up to date. An item whose last reading failed,
// or that is known to be stale, has `updated` and `version` 0: it is not up to date.
struct KnownItem {
  int64_t id = 0;
  int64_t scope_id = 0;
  std::string key;
  TimeMs updated = 0;
  int64_t version = 0;
  std::string rules_version;
  // Highest version scanned by content ("page/123", "comment/456"), where content has versions: all
  // of Confluence; on Jira contents with more than one version.
  std::unordered_map<std::string, int64_t> highest;
};

// An item that was listed and is up to date, but under another key or in another scope than its row
// says: Jira renames keys and moves issues without giving them a new id.
struct RelocatedItem {
  std::string host_id;
  std::string key;
  std::string link;
};

// A content that a listing named, at a version that is scanned already.
struct SeenContent {
  int64_t item_id = 0;
  std::string content_kind;
  std::string content_id;
};

// An item that a complete listing did not name.
struct UnseenItem {
  int64_t id = 0;
  std::string host_id;
  std::string key;
  TimeMs missing_since = 0;  // 0 = not missed before
};

struct VersionedItem {
  int64_t id = 0;
  std::string host_id;
  int64_t newest = 0;              // version that the host had
  int64_t versions_in_ledger = 0;  // of its own text, scanned or with a problem
};

// What one commit of a scan writes, all or nothing.
struct ScanCommit {
  int64_t scope_id = 0;
  std::string rules_version;
  std::span<const ItemResult> items;
  // Items that were listed and are up to date: only marked as seen by this scan.
  std::span<const int64_t> unchanged;
  std::span<const RelocatedItem> relocated;  // they are among `unchanged`, too
  std::span<const SeenContent> seen_contents;
  std::span<const DocumentRow> documents;  // that the attachments of these items name
  std::optional<std::string> checkpoint;   // new value, with progress, for scope scans
  int64_t items_done_delta = 0;
  std::optional<int64_t> items_total;
  // Called inside the transaction before anything is written; an error undoes all (fencing).
  std::function<Status(db::Connection&)> guard;
};

class Store {
 public:
  explicit Store(db::Database& database, Clock clock = now_ms);

  [[nodiscard]] db::Database& database() { return database_; }

  // Sites: created or updated by name at start.
  Result<Site> ensure_site(std::string_view name, Product product, std::string_view base_url);

  // Scopes. upsert keeps identity by host_id; key and name follow the host.
  Result<Scope> upsert_scope(int64_t site_id, const Scope& from_host);
  Result<Scope> scope(int64_t scope_id);
  // Exact key; on Jira keys are compared in any case. kNotFound when unknown to us.
  Result<Scope> scope_by_key(int64_t site_id, std::string_view key);
  Result<Scope> scope_by_host_id(int64_t site_id, std::string_view host_id);
  Result<std::vector<Scope>> scopes(int64_t site_id);
  // A scope that is being scanned stays kScanning and is kScheduled again when that scan is done.
  Status mark_scheduled(db::Connection& connection, int64_t scope_id);
  // A scan of the scope waits behind the one that ends: for the guard of finish_scan.
  static Status keep_scheduled(db::Connection& connection, int64_t scope_id);
  // The same for all scopes of the site that are known: whoever asked for a scan of the site and
  // looks at a scope sees that it is to come, before the host has been asked what there is.
  Status mark_site_scheduled(db::Connection& connection, int64_t site_id);
  // Those of the site that are only scheduled are again what they were: the scan of the site did
  // not come to them. One with a job of its own is shown so until that begins.
  Status unschedule_site(db::Connection& connection, int64_t site_id);
  // A scan begins or goes on: state kScanning. `restart` drops the checkpoint, resets progress and
  // opens a new serial; so does a scan that has no checkpoint to go on from.
  Result<Scope> begin_scan(int64_t scope_id, bool restart);
  // Completed: the checkpoint is cleared, content_stale too. What this scan did not see stays as it
  // is (deletions are reconciliation's business). `watermark`: what changed before it on the host's
  // clock was read; never moves back.
  // `extraction`: how attachments were read.
  Status finish_scan(int64_t scope_id, std::string_view rules_version, TimeMs watermark,
                     const std::function<Status(db::Connection&)>& guard,
                     std::string_view extraction = {});
  // A look for changes that came to its end. A scope in error whose scan was complete once is
  // scanned again.
  Status finish_changes(int64_t scope_id, TimeMs watermark,
                        const std::function<Status(db::Connection&)>& guard);
  // A look for changes that failed: not before the next interval again.
  Status postpone_changes(int64_t scope_id, std::string_view error);
  Status fail_scan(int64_t scope_id, std::string_view error);
  // Scopes that are kScheduled or kScanning without a job (after cancelling) go back to what they
  // were; with `runs` only what waits behind a running scan is forgotten.
  Status unschedule(int64_t scope_id);
  static Status unschedule(db::Connection& connection, int64_t scope_id, bool runs);
  // The same for one item.
  static Status unschedule_item(db::Connection& connection, int64_t site_id,
                                std::string_view host_id);
  // The same for single items of a scope; how many there were.
  Result<int64_t> unschedule_items(int64_t scope_id);
  // The host says that content changed and no scan follows now. finish_scan clears the mark of a
  // scope unless it was set after the scan began; a commit clears that of its items.
  Status mark_stale(int64_t scope_id, std::optional<int64_t> item_id = std::nullopt);

  // Items.
  Result<Item> item_by_host_id(int64_t site_id, std::string_view host_id);
  Result<Item> item_by_key(int64_t site_id, std::string_view key);  // any case
  Result<std::unordered_map<std::string, KnownItem>> known_items(
      int64_t site_id, std::span<const std::string> host_ids);
  Status set_item_state(int64_t item_id, ScanState state, std::string_view error = {});
  // An item that is not in the store yet but was asked for: a row in state `state`.
  Result<Item> ensure_item(int64_t scope_id, const Item& item, ScanState state);

  // Reconciliation: items of the scope that are not gone and that the listing `serial` did not
  // name, ordered by id, and how many there are; and items that it named of which a content was
  // listed before and not this time.
  Result<std::vector<UnseenItem>> unseen_items(int64_t scope_id, int64_t serial, int64_t after_id,
                                               int64_t limit);
  Result<int64_t> count_unseen(int64_t scope_id, int64_t serial);
  Result<std::vector<std::string>> items_with_lost_contents(int64_t scope_id, int64_t serial,
                                                            int64_t limit);
  // Items of the scope whose own text had several versions, ordered by id; of `turns` parts of them
  // the one whose turn it is.
  struct VersionTurn {
    int64_t after_id = 0;
    int64_t turns = 1;
    int64_t turn = 0;
  };
  Result<std::vector<VersionedItem>> versioned_items(int64_t scope_id, const VersionTurn& turn,
                                                     int64_t limit);
  Result<int64_t> count_versioned_items(int64_t scope_id);
  // 404 for the first time; only a hint.
  Status mark_missing(int64_t item_id);
  // Gone for good: its parts leave the ledger, its findings become historical. Should it come back,
  // it is read like a new one.
  Status mark_gone(int64_t item_id);

  // Findings, coverage and checkpoint of a batch, in one transaction. The same results again change
  // nothing but stamps. What is added up (items_done_delta, the coverage of a result that is not
  // `whole`) counts once because checkpoint and content marks are written with it: who starts again
  // goes on from them; and the cells of a partial result whose marks are all known already are not
  // added. They can count a version twice only where an earlier one failed and is read again with
  // those after it; the next whole reading puts that right.
  //
  // Findings of a content that was read: reported ones are shown, historical when the newest
  // version does not have them. Ones not reported become historical when the newest version was
  // read and is not among theirs; when it is among theirs and all was read, the text is the same
  // and other rules do not find it any more: resolved (hidden, kept) -- or, under the same rules,
  // the text was changed without a new version: historical. A version with a problem proves
  // nothing. Contents that a whole result does not have any more: historical.
  Status commit(const ScanCommit& batch);

  // Resolved findings and those of disabled rules are not shown. Totals and offsets are sums that
  // are kept, whatever the scope's size; `after_id` stays right while the list changes. Reviews are
  // in store/reviews.h.
  Result<FindingPage> findings(const FindingQuery& query);
  // A page with everything that is shown around it, of one moment.
  Result<FindingsView> findings_view(const FindingQuery& query);
  Result<std::vector<FindingCount>> finding_counts(int64_t scope_id, std::optional<int64_t> item_id,
                                                   const std::vector<int32_t>& disabled_rules,
                                                   const std::optional<std::string>& author = {});
  // Over all rules, by scope; scopes without findings are left out.
  Result<std::unordered_map<int64_t, FindingCount>> finding_totals(
      int64_t site_id, const std::vector<int32_t>& disabled_rules);
  // Sums of the ledger.
  Result<std::vector<CoverageCell>> coverage(int64_t scope_id);
  Result<std::vector<CoverageCell>> item_coverage(int64_t item_id);
  Result<std::vector<PartProblem>> problems(int64_t scope_id, int64_t limit);
  Result<int64_t> count_items(int64_t scope_id);

  // Settings: names to text.
  Result<std::optional<std::string>> setting(std::string_view name);
  Status set_setting(std::string_view name, std::string_view value);

 private:
  db::Database& database_;
  Clock clock_;
};

}  // namespace spillguard::store
