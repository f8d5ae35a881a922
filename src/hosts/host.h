// A Jira or Confluence as the crawler and the API see it. One interface for Data Center now and
// Cloud later: cursors are opaque strings, totals are optional.
//
// Thread-safe. Errors: kUnavailable/kTimeout/kRateLimited may be retried; kUnauthenticated means
// that OUR credential is not (or no longer) what it was: stop the run and keep its checkpoint;
// kNotFound means absent or not visible.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/secret.h"
#include "base/threads.h"
#include "base/time.h"
#include "hosts/site_share.h"
#include "text/text.h"

namespace spillguard::hosts {

enum class Product { kJira, kConfluence };

// How the crawler logs in. Exactly one of the two forms.
struct Credential {
  std::string user;  // with password: Basic
  Secret password;
  Secret token;  // personal access token: Bearer
};

// How often a question that may be asked twice (GET, search) is asked when the host fails, limits
// us or is cut off, and how long we wait between: full jitter under a doubling bound, or what the
// host's Retry-After says if that is more.
struct RetryOptions {
  int max_attempts = 6;
  int64_t first_delay_ms = 500;
  int64_t max_delay_ms = 60'000;
  int64_t max_total_ms = 10 * 60'000;  // of waiting, for one question
};

struct HostOptions {
  std::string name;  // the site's, for logs
  Product product = Product::kJira;
  std::string base_url;  // with context path, without a trailing slash
  Credential credential;
  std::string proxy;
  std::string ca_file;
  bool verify_tls = true;
  int64_t timeout_ms = 60'000;
  int page_size = 1000;     // asked for; the host's echo is what counts
  int max_concurrency = 4;  // requests of ours at a time
  RetryOptions retry;
  // After a refused credential nothing is asked for so long, doubled each time up to ten minutes:
  // hosts lock accounts that keep trying.
  int64_t refused_pause_ms = 30'000;
  uint64_t max_answer_bytes = 256ULL << 20;  // of one JSON answer, after decompression
  // Jira: texts that no search gives, a question for each issue that is read.
  bool issue_properties = true;
  bool remote_links = true;
  bool drafts = true;             // Confluence: drafts that the account may see
  bool trash = false;             // Confluence: what is in the trash of a space
  int64_t page_bytes = 16 << 20;  // pages with bodies are sized to come near this
  StopFlag* stop = nullptr;       // when set, waiting ends with kCancelled; outlives the host
  SiteShare* share = nullptr;     // of several nodes: what they leave us; outlives the host
};

struct Identity {
  std::string name;
  std::string key;
  std::string display_name;
  std::string time_zone;
};

struct HostScope {
  std::string id;
  std::string key;
  std::string name;
  bool personal = false;
  bool archived = false;
};

enum class ItemKind { kIssue, kPage, kBlogPost };

// What a listing says of an item; enough to decide whether to read it.
struct ItemRef {
  std::string id;
  std::string key;  // Confluence: the id
  ItemKind kind = ItemKind::kIssue;
  std::string scope_id;
  std::string scope_key;
  std::string title;
  std::string link;  // path on the host
  TimeMs created = 0;
  TimeMs updated = 0;
  int64_t version = 0;    // 0 where items have no versions
  std::string status;     // Confluence: "draft", "trashed"; "" = current
  bool is_scope = false;  // stands for the texts of the scope itself; no item to people
};

// One text to scan, or one that could not be had. Kinds are the ledger's (see ARCHITECTURE.md,
// "Parts").
struct Part {
  std::string kind;          // ledger: "description", "history", "comment", "page" …
  std::string content_kind;  // where a finding in it belongs: "description" also for its history
  std::string content_id;    // "description", comment id, "customfield_10200", page id
  int64_t version = 1;       // of that content; Jira's texts count their changes: 1 = first value
  text::Markup markup = text::Markup::kPlain;
  std::string text;  // never empty for a readable part
  std::string author;
  TimeMs created = 0;  // when this version was made
  // Set when there is no text: the part is skipped, failed or not visible; or it is a file, whose
  // bytes stream_attachment(content_id) gives.
  enum class State { kText, kSkipped, kFailed, kNotVisible, kFile } state = State::kText;
  std::string file_name = {};  // of a file
  std::string file_link = {};  // where the listing says that its bytes are
  std::string reason;          // fixed word: "http_500", "too_large" …
  std::string detail;
  int64_t bytes = 0;  // size as the host tells it, when there is no text
};

// All versions of a content that exist on the host now.
struct ContentState {
  std::string content_kind;
  std::string content_id;
  int64_t newest = 0;
  bool complete =
      false;  // every version came as a part in this reading (or failed, said by a part)
};

// Takes what reading gives, in this order: begin_item, then parts and contents in any order,
// end_item. An error from any call stops the reading with that error.
class ItemSink {
 public:
  virtual ~ItemSink() = default;
  virtual Status begin_item(const ItemRef& item) = 0;
  virtual Status on_part(Part&& part) = 0;
  virtual Status on_content(const ContentState& content) = 0;
  // Every part of this kind that the item has comes in this reading, which may be partial
  // otherwise. For kinds without versions to go by.
  virtual Status on_kind(std::string_view kind) {
    static_cast<void>(kind);
    return {};
  }
  // `failed`: the item could not be read to its end; its parts so far stand, and why.
  virtual Status end_item(const std::optional<Error>& failed) = 0;
  // An item of the listing that is up to date, as far as the listing tells.
  virtual Status on_unchanged(const ItemRef& item) = 0;
  // A content that a listing of contents named at a version that is known. Between items only.
  virtual Status on_seen(const std::string& item_id, std::string_view content_kind,
                         const std::string& content_id) {
    static_cast<void>(item_id);
    static_cast<void>(content_kind);
    static_cast<void>(content_id);
    return {};
  }
};

// What is known of an item already. Asked for a whole page of the listing at once.
struct Known {
  bool up_to_date_rules = false;  // scanned with the rules of now
  TimeMs updated = 0;             // 0 as `version` when the item failed or is known to be stale
  int64_t version = 0;
  // Highest version scanned of a content ("page/123"), 0 = none.
  std::function<int64_t(const std::string& content)> highest;
};
using KnownLookup =
    std::function<Result<std::vector<std::optional<Known>>>(const std::vector<ItemRef>&)>;

struct PageRequest {
  HostScope scope;
  std::string cursor;       // "" = from the start; else what the last page gave
  bool everything = false;  // read all items whole, whatever is known (force, first scan)
  KnownLookup known;        // not called when `everything`
  // Not 0: only what changed since then on the host's clock, in the order of change; the host takes
  // an overlap of its own, because its stamps are not exact. `everything` is false then.
  TimeMs since = 0;
  TimeMs until = 0;  // changes after it belong to the next look; 0 = no end
};

struct PageResult {
  std::string next;              // "" = that was the last page
  std::optional<int64_t> total;  // items of the scope, where the host tells
  int64_t listed = 0;            // items on this page
  TimeMs newest = 0;  // of `since`: the latest change on this page, 0 = the host has none
  // The listing goes through comments and attachments by themselves (ItemSink::on_seen): what it
  // does not name is not there any more.
  bool lists_contents = false;
};

// What a host says of an attachment; `bytes` are those that came.
struct AttachmentInfo {
  std::string id;
  std::string name;
  std::string media_type;
  int64_t bytes = 0;
  std::string link = {};  // where a listing says that the bytes are
};
// Takes bytes piece by piece; an error stops the transfer with that error.
using BytesSink = std::function<Status(std::string_view)>;

// The Authorization header and cookies of somebody who called our API.
struct CallerCredential {
  Secret authorization;
  Secret cookies;  // only names on the allow-list, "a=b; c=d"
  [[nodiscard]] bool empty() const { return authorization.empty() && cookies.empty(); }
};

// Of a Cookie header only what identifies a session to a host, its single sign-on or its load
// balancer. Other applications' cookies are none of the host's business.
Secret allowed_cookies(std::string_view cookie_header);

// Requests made and bytes received since the start, for the demo and the metrics.
struct HostCounters {
  int64_t requests = 0;
  int64_t bytes = 0;
  int64_t retries = 0;
};

// Where a host shall send its webhooks, and the secret that it signs them with.
struct WebhookSpec {
  std::string url;
  Secret secret;
};
struct WebhookState {
  bool is_new = false;     // registered just now; else it was there
  bool is_signed = false;  // the host signs what it sends
};

class Host {
 public:
  virtual ~Host() = default;
  [[nodiscard]] virtual Product product() const = 0;
  [[nodiscard]] virtual const HostOptions& options() const = 0;
  [[nodiscard]] virtual HostCounters counters() const = 0;

  // Who we are to the host; kUnauthenticated when anonymous. Later answers under another name fail.
  virtual Result<Identity> identify() = 0;
  // The same, without a question when an answer named us within `max_age_ms`.
  virtual Status confirm_identity(int64_t max_age_ms) = 0;
  // The host's clock, which its stamps go by.
  virtual Result<TimeMs> host_time() = 0;

  virtual Result<std::vector<HostScope>> list_scopes() = 0;
  virtual Result<HostScope> find_scope(const std::string& key) = 0;
  // One page of a scope's items, in an order that does not change while items are edited.
  virtual Result<PageResult> read_page(const PageRequest& request, ItemSink& sink) = 0;
  // One item by key or id, whole.
  virtual Result<ItemRef> find_item(const std::string& key_or_id) = 0;
  // The item that a content belongs to by its id: itself, or what a comment or attachment hangs on.
  virtual Result<ItemRef> find_owner(const std::string& id) { return find_item(id); }
  virtual Status read_item(const ItemRef& item, ItemSink& sink) = 0;
  // One version of a page or blog post, by when it was made (Confluence); kUnsupported on Jira.
  virtual Status read_version(const ItemRef& item, TimeMs created_when, ItemSink& sink) = 0;
  // The number of that version, for filtering results.
  virtual Result<int64_t> find_version(const ItemRef& item, TimeMs created_when) = 0;

  // The bytes of an attachment in pieces, in its newest version. They count only when this
  // succeeds: a transfer may break, or be found to be something else, at its end. kTooLarge above
  // `max_bytes` (before anything came where the host tells the size), kPermissionDenied where the
  // host wants another login for it. Asked again only while nothing came.
  virtual Result<AttachmentInfo> stream_attachment(const std::string& id, uint64_t max_bytes,
                                                   const BytesSink& sink) {
    static_cast<void>(max_bytes);
    static_cast<void>(sink);
    return fail(Code::kUnsupported, id + ": this host gives no attachments");
  }
  // The same for one that a listing described: no question but that for the bytes.
  virtual Result<AttachmentInfo> stream_listed(const AttachmentInfo& listed, uint64_t max_bytes,
                                               const BytesSink& sink) {
    return stream_attachment(listed.id, max_bytes, sink);
  }
  // The numbers of the versions that an item has now, in any order, with or without its newest one;
  // kUnsupported where items have no versions or the host no list of them.
  virtual Result<std::vector<int64_t>> version_numbers(const std::string& item_id) {
    return fail(Code::kUnsupported, item_id + ": this host lists no versions");
  }

  // Registers our webhook unless it is there. kPermissionDenied when the account may not.
  virtual Result<WebhookState> ensure_webhook(const WebhookSpec& spec) {
    static_cast<void>(spec);
    return fail(Code::kUnsupported, "this host has no webhooks");
  }

  // The same questions asked with a caller's own credential. Never retried, never cached here.
  virtual Result<Identity> caller_identity(const CallerCredential& caller) = 0;
  virtual Result<bool> is_product_admin(const CallerCredential& caller) = 0;
  // kNotFound when the caller can not see the scope.
  virtual Result<bool> is_scope_admin(const CallerCredential& caller,
                                      const std::string& scope_key) = 0;
  virtual Result<bool> can_view_scope(const CallerCredential& caller,
                                      const std::string& scope_key) = 0;
  virtual Result<bool> can_view_item(const CallerCredential& caller,
                                     const std::string& item_id) = 0;
  // Whether the caller may edit content in the scope; false where nobody can tell.
  virtual Result<bool> can_edit_scope(const CallerCredential& caller,
                                      const std::string& scope_key) {
    static_cast<void>(caller);
    static_cast<void>(scope_key);
    return false;
  }
  // False when the caller administers no scope at all: one question in place of one a scope.
  virtual Result<bool> may_administer_any(const CallerCredential& caller) {
    static_cast<void>(caller);
    return true;
  }
  // The names of the groups that the caller is in.
  virtual Result<std::vector<std::string>> caller_groups(const CallerCredential& caller) {
    static_cast<void>(caller);
    return std::vector<std::string>{};
  }
  // The keys of all scopes that the caller can see.
  virtual Result<std::vector<std::string>> visible_scopes(const CallerCredential& caller) {
    static_cast<void>(caller);
    return fail(Code::kUnsupported, "this host does not list scopes for a caller");
  }
  // Those of the items that the caller can see, by as few questions as can be. An item that is
  // missing from the answer may still be visible: the host's index may not know it yet.
  virtual Result<std::vector<std::string>> visible_items(const CallerCredential& caller,
                                                         const std::vector<std::string>& item_ids) {
    static_cast<void>(caller);
    static_cast<void>(item_ids);
    return std::vector<std::string>{};
  }
};

Result<std::unique_ptr<Host>> make_host(HostOptions options);

}  // namespace spillguard::hosts
