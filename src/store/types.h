// What the store keeps, as plain data. Words as in ARCHITECTURE.md. Times are milliseconds UTC, 0 =
// never.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/crypto.h"
#include "base/time.h"

namespace spillguard::store {

enum class Product { kJira, kConfluence };
std::string_view product_name(Product product);  // "jira", "confluence"

// One configured host.
struct Site {
  int64_t id = 0;
  std::string name;  // from the configuration; its identity
  Product product = Product::kJira;
  std::string base_url;
};

enum class ScanState { kUnscanned, kScheduled, kScanning, kScanned, kError };
std::string_view scan_state_name(ScanState state);  // "UNSCANNED" … as the API spells it

// A project or a space, and how its scan stands.
struct Scope {
  int64_t id = 0;
  int64_t site_id = 0;
  std::string host_id;  // the host's immutable id: identity
  std::string key;      // may change
  std::string name;
  bool personal = false;
  ScanState state = ScanState::kUnscanned;
  bool content_stale = false;  // changed since its scan, as far as we know
  std::string rules_version;   // of the last completed scan; "" = never completed
  TimeMs scheduled_at = 0;
  TimeMs started_at = 0;
  TimeMs completed_at = 0;  // of the last completed scan
  int64_t items_total = 0;  // of the running or last scan, as the host counts; 0 = not known yet
  int64_t items_done = 0;
  std::string checkpoint;   // where a scan that was interrupted goes on; "" = from the start
  int64_t scan_serial = 0;  // grows with every full scan: separates what this scan saw from earlier
  std::string error;        // why state is kError
  TimeMs watermark = 0;     // changes up to here are read, by the host's clock; 0 = none yet
  TimeMs checked_at = 0;    // last look for changes
  TimeMs reconciled_at = 0;  // last complete listing
  std::string extraction;    // how the last completed scan read attachments
};

enum class ItemKind { kIssue, kPage, kBlogPost };
std::string_view item_kind_name(ItemKind kind);  // "issue", "page", "blogpost"

struct Item {
  int64_t id = 0;
  int64_t scope_id = 0;
  std::string host_id;
  std::string key;  // FOO-1; for Confluence the host_id again
  ItemKind kind = ItemKind::kIssue;
  std::string title;  // sealed, see store/evidence.h
  std::string link;   // path on the host, for people
  TimeMs created = 0;
  TimeMs updated = 0;   // the host's stamp that was scanned
  int64_t version = 0;  // newest version that was scanned (Confluence)
  ScanState state = ScanState::kUnscanned;
  bool content_stale = false;
  std::string rules_version;  // that it was scanned with
  TimeMs scanned_at = 0;
  std::string error;
  bool is_scope = false;  // the texts of the scope itself, such as a space's description
};

enum class PartStatus { kScanned, kSkipped, kFailed, kNotVisible };
std::string_view part_status_name(
    PartStatus status);  // "scanned", "skipped", "failed", "not_visible"

// One cell of the coverage ledger: how many parts of a kind ended in this way.
struct CoverageCell {
  std::string kind;  // "description", "comment", "history", "page" …
  PartStatus status = PartStatus::kScanned;
  std::string reason;  // for skipped, failed, not visible: a fixed word such as "too_large"
  int64_t parts = 0;
  int64_t bytes = 0;
  friend bool operator==(const CoverageCell&, const CoverageCell&) = default;
};

// A part that was not scanned, one by one, so that somebody can look into it.
struct PartProblem {
  std::string kind;
  std::string content_id;
  int64_t version = 0;
  PartStatus status = PartStatus::kFailed;
  std::string reason;  // the fixed word
  std::string detail;  // a sentence without secrets
  int64_t bytes = 0;
  std::string item_key = {};  // filled by Store::problems()
};

// A set of version numbers, kept as ranges: "1-3,7".
class VersionSet {
 public:
  static VersionSet parse(std::string_view text);  // what is not a range is dropped
  void add(int64_t version);
  void merge(const VersionSet& other);
  [[nodiscard]] bool contains(int64_t version) const;
  [[nodiscard]] bool empty() const { return ranges_.empty(); }
  [[nodiscard]] int64_t first() const;  // 0 when empty
  [[nodiscard]] int64_t last() const;
  [[nodiscard]] std::string to_string() const;  // parse() gives the same set again
  friend bool operator==(const VersionSet&, const VersionSet&) = default;

 private:
  struct Range {
    int64_t first;
    int64_t last;
    friend bool operator==(const Range&, const Range&) = default;
  };
  std::vector<Range> ranges_;  // ascending, not touching
};

// A finding as a scan reports it. Identity: item, content kind, content id, rule, fingerprint.
struct NewFinding {
  std::string content_kind;  // "description", "comment", "page" … where it stands
  std::string content_id;
  int32_t rule_id = 0;
  std::string rule_name;
  int severity = 0;
  Fingerprint fingerprint;  // of the match text, exactly
  VersionSet versions;      // those of this scan in which it stands
  std::string evidence;     // sealed: match text and its surroundings (see store/evidence.h)
  std::string author;       // of the first version that has it
  TimeMs created_when = 0;  // of that version
};

// A content of which this scan read versions. Findings of it that do not stand in `newest` become
// historical.
struct ContentRead {
  std::string content_kind;
  std::string content_id;
  int64_t newest = 0;        // newest version that the host has
  int64_t highest_read = 0;  // all versions up to here are scanned now or were before
  bool complete = false;     // every version that the host still has was read by this scan
  VersionSet scanned = {};   // the versions that all rules looked at in this scan
};

// What became of an attachment at the version that the host has now.
struct AttachmentRecord {
  std::string content_id;
  int64_t version = 0;
  std::string name;  // sealed, see seal_title; bound to content_id
  PartStatus status = PartStatus::kSkipped;
  std::string reason;
  std::string detail;  // a sentence without secrets
  int64_t bytes = 0;
  int64_t parts = 0;                    // texts that were scanned
  int64_t files = 0;                    // files within it
  std::optional<Fingerprint> document;  // its bytes, when they may be had from the store again
};

// What the bytes of a document gave under some rules. See store/documents.h.
struct DocumentRow {
  Fingerprint key;
  std::string rules;
  std::string result;  // sealed
};

// Everything that scanning one item gave, committed at once.
//
// The item's state becomes kScanned, or kError with item.error when item.state says so. Of a failed
// reading the findings stand and the problems are recorded, once; nothing is concluded from what is
// missing, and stamps, marks and the count of scanned parts stay as they were: all is read again.
struct ItemResult {
  Item item;  // id and scope_id are filled by the store
  // All contents of the item were read: the coverage cells and problems replace the item's, and
  // contents that did not come are gone. Else they are added.
  bool whole = true;
  // Of a result that is not whole: kinds of parts of which all came. They replace the item's.
  std::vector<std::string> whole_kinds;
  // False when only a part of the item was looked at on request (one old version): `updated`,
  // `version` and the rules of the row stay as they were. A partial result never changes the rules
  // of the row, and leaves all stamps alone when it has no contents or the item was never scanned
  // whole.
  bool up_to_date = true;
  std::vector<CoverageCell> coverage;
  std::vector<PartProblem> problems;
  std::vector<ContentRead> contents;
  std::vector<NewFinding> findings;
  std::vector<AttachmentRecord> attachments = {};  // of a whole result: all that there are
};

// A finding as lists show it.
struct Finding {
  int64_t id = 0;
  int64_t scope_id = 0;
  int64_t item_id = 0;
  std::string item_host_id;
  std::string item_key;
  ItemKind item_kind = ItemKind::kIssue;
  std::string item_title;  // sealed
  std::string item_link;
  std::string content_kind;
  std::string content_id;
  int32_t rule_id = 0;
  std::string rule_name;
  int severity = 0;
  Fingerprint fingerprint;
  VersionSet versions;
  bool historical = false;
  std::string evidence;  // sealed
  std::string author;
  TimeMs created_when = 0;
  TimeMs first_seen = 0;
  TimeMs last_seen = 0;
  bool item_is_scope = false;  // stands in the texts of the scope itself
  bool item_is_gone = false;   // the host has the item no more
  bool reviewed = false;       // in its scope or globally
  bool reviewed_globally = false;
  std::string reviewer;  // these four when it is reviewed
  TimeMs reviewed_at = 0;
  std::string review_reason;
  TimeMs review_expires_at = 0;
};

struct FindingQuery {
  int64_t scope_id = 0;
  std::optional<int64_t> item_id = {};
  std::optional<int64_t> version =
      {};  // only findings that stand in this version of the item's own content
  std::optional<bool> reviewed = {};
  std::optional<std::string> author = {};    // only what this user wrote; with an item only
  std::vector<int32_t> rule_ids = {};        // empty = all
  std::vector<int32_t> disabled_rules = {};  // findings of these are not shown
  int64_t offset = 0;
  int64_t limit = 50;
  int64_t after_id = 0;  // only findings with a higher id: for walking all of them without offset
};

struct FindingPage {
  int64_t total = 0;              // paging left aside
  std::vector<Finding> findings;  // by id
  bool more = false;              // others follow
};

// How the scan of a scope or a whole item is to be reported.
struct FindingCount {
  int32_t rule_id = 0;
  std::string rule_name;
  int64_t findings = 0;
  int64_t reviewed = 0;
};

// A page of a scope's or an item's findings with what is told about them all.
struct FindingsView {
  FindingPage page;
  std::vector<FindingCount> counts;    // by rule
  std::vector<CoverageCell> coverage;  // of the scope or the item
  int64_t items = 0;                   // of a scope
};

}  // namespace spillguard::store
