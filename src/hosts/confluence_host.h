// Confluence Data Center behind the Host interface. Thread-safe.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "hosts/confluence_content.h"
#include "hosts/host.h"
#include "hosts/json.h"
#include "hosts/transport.h"

namespace spillguard::hosts {

// Which parts of a page or blog post are to be looked at.
struct ContentParts {
  bool versions = true;
  bool comments = true;
  bool attachments = true;
};

class ConfluenceHost : public Host {
 public:
  explicit ConfluenceHost(HostOptions options) : transport_(std::move(options)) {}

  [[nodiscard]] Product product() const override { return Product::kConfluence; }
  [[nodiscard]] const HostOptions& options() const override { return transport_.options(); }
  [[nodiscard]] HostCounters counters() const override { return transport_.counters(); }

  Result<Identity> identify() override;
  Status confirm_identity(int64_t max_age_ms) override;
  Result<TimeMs> host_time() override;
  Result<std::vector<HostScope>> list_scopes() override;
  Result<HostScope> find_scope(const std::string& key) override;
  Result<PageResult> read_page(const PageRequest& request, ItemSink& sink) override;
  Result<ItemRef> find_item(const std::string& key_or_id) override;
  Result<ItemRef> find_owner(const std::string& id) override;
  Status read_item(const ItemRef& item, ItemSink& sink) override;
  Status read_version(const ItemRef& item, TimeMs created_when, ItemSink& sink) override;
  Result<int64_t> find_version(const ItemRef& item, TimeMs created_when) override;

  Result<std::vector<int64_t>> version_numbers(const std::string& item_id) override;

  Result<AttachmentInfo> stream_listed(const AttachmentInfo& listed, uint64_t max_bytes,
                                       const BytesSink& sink) override;
  Result<AttachmentInfo> stream_attachment(const std::string& id, uint64_t max_bytes,
                                           const BytesSink& sink) override;

  Result<WebhookState> ensure_webhook(const WebhookSpec& spec) override;

  Result<Identity> caller_identity(const CallerCredential& caller) override;
  Result<bool> is_product_admin(const CallerCredential& caller) override;
  Result<bool> is_scope_admin(const CallerCredential& caller,
                              const std::string& scope_key) override;
  Result<bool> can_view_scope(const CallerCredential& caller,
                              const std::string& scope_key) override;
  Result<bool> can_view_item(const CallerCredential& caller, const std::string& item_id) override;
  // confluence_callers.cc
  Result<bool> can_edit_scope(const CallerCredential& caller,
                              const std::string& scope_key) override;
  Result<std::vector<std::string>> caller_groups(const CallerCredential& caller) override;
  Result<std::vector<std::string>> visible_scopes(const CallerCredential& caller) override;
  Result<std::vector<std::string>> visible_items(const CallerCredential& caller,
                                                 const std::vector<std::string>& item_ids) override;

 private:
  friend class ContentReader;

  // Walks a list with the caller's credential, at most `most` records of it; what the host refuses
  // is an empty list.
  Status each_result_as(const CallerCredential& caller, Question question, int64_t most,
                        const std::function<void(JsonView)>& each);

  // confluence_host.cc
  Status ensure_identity();
  // Calls `each` for every record of a list by offset, with smaller pages where the host fails.
  // `failure` is filled on errors of the host.
  Status each_result(Question question, int64_t limit, Failure* failure,
                     const std::function<Status(JsonView)>& each);
  Result<Answer> ask_content(const ItemRef& item, bool body, Failure* failure);
  // The space's own texts; kNotFound when it is not visible.
  Status read_space(const PageRequest& request, ItemSink& sink);
  // The versions that the host lists, newest or oldest first as it likes; kNotFound when it has no
  // such list.
  Result<std::vector<ContentVersion>> list_versions(const std::string& id, Failure* failure);

  // confluence_crawl.cc: all of a space.
  struct Cursor;
  Result<Answer> ask_listing(const PageRequest& request, const Cursor& cursor, int64_t limit,
                             bool body, Failure* failure);
  // The answer for the cursor's place, by the best listing that the host has; moves the cursor to
  // another one where it must.
  Result<Answer> list_page(const PageRequest& request, Cursor& cursor, bool& body);
  Result<int64_t> count_items(const std::string& space_key);
  Status read_listed(const PageRequest& request, const Cursor& cursor,
                     const std::vector<JsonView>& contents, bool body, ItemSink& sink);

  // confluence_changes.cc: what changed, and comments and attachments listed by themselves.
  Result<PageResult> read_changes(const PageRequest& request, ItemSink& sink);
  // Of records of any type, reads what is newer than what is known. `seen`: says so of the rest.
  Status read_newer(const PageRequest& request, const std::vector<JsonView>& records, bool seen,
                    ItemSink& sink);

  // Reads one item by itself; what can not be read is said to the sink, not returned.
  Status read_or_report(const ItemRef& item, const Known* known, ItemSink& sink,
                        ContentParts parts = {});

  Transport transport_;
};

}  // namespace spillguard::hosts
