// Jira Data Center behind the Host interface, REST v2. Thread-safe.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "hosts/host.h"
#include "hosts/jira_fields.h"
#include "hosts/json.h"
#include "hosts/transport.h"

namespace spillguard::hosts {

class JiraHost : public Host {
 public:
  explicit JiraHost(HostOptions options) : transport_(std::move(options)) {}

  [[nodiscard]] Product product() const override { return Product::kJira; }
  [[nodiscard]] const HostOptions& options() const override { return transport_.options(); }
  [[nodiscard]] HostCounters counters() const override { return transport_.counters(); }

  Result<Identity> identify() override;
  Status confirm_identity(int64_t max_age_ms) override;
  Result<TimeMs> host_time() override;
  Result<std::vector<HostScope>> list_scopes() override;
  Result<HostScope> find_scope(const std::string& key) override;
  Result<PageResult> read_page(const PageRequest& request, ItemSink& sink) override;
  Result<ItemRef> find_item(const std::string& key_or_id) override;
  Status read_item(const ItemRef& item, ItemSink& sink) override;
  Status read_version(const ItemRef& item, TimeMs created_when, ItemSink& sink) override;
  Result<int64_t> find_version(const ItemRef& item, TimeMs created_when) override;

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
  // jira_callers.cc
  Result<bool> can_edit_scope(const CallerCredential& caller,
                              const std::string& scope_key) override;
  Result<bool> may_administer_any(const CallerCredential& caller) override;
  Result<std::vector<std::string>> caller_groups(const CallerCredential& caller) override;
  Result<std::vector<std::string>> visible_scopes(const CallerCredential& caller) override;
  Result<std::vector<std::string>> visible_items(const CallerCredential& caller,
                                                 const std::vector<std::string>& item_ids) override;

 private:
  // jira_host.cc
  Status ensure_identity();
  // Shared because a reading keeps the catalogue it began with while another renews it.
  Result<std::shared_ptr<const JiraFields>> fields();
  // The permissions of a caller, for a project when `project_key` is not empty.
  Result<Transport::CallerAnswer> permissions(const CallerCredential& caller,
                                              const std::string& project_key);

  // jira_read.cc: whole issues.
  Status read_whole(JsonView issue, ItemSink& sink);
  // `failed` is set when a list could not be had to its end.
  Status read_comments(JsonView issue, const std::string& id, ItemSink& sink,
                       std::optional<Error>& failed);
  Status read_worklogs(JsonView issue, const std::string& id, ItemSink& sink,
                       std::optional<Error>& failed);
  // A list that hangs on an issue; an answer without JSON when this host has no such list.
  Result<Answer> ask_of_issue(const std::string& id, const char* what, Failure* failure);
  Status read_remote_links(const std::string& id, ItemSink& sink, std::optional<Error>& failed);
  Status read_properties(const std::string& id, ItemSink& sink, std::optional<Error>& failed);
  // The entries that the issue itself did not carry.
  Status read_list(const std::string& issue_id, std::string_view kind, std::string_view list_key,
                   std::string_view body_key, std::set<std::string> seen, ItemSink& sink,
                   std::optional<Error>& failed);
  Result<Answer> ask_issue(const std::string& key_or_id, bool whole, Failure* failure);
  // Reads one issue by itself; what can not be read is said to the sink, not returned.
  Status read_or_report(const ItemRef& item, ItemSink& sink);
  Status read_many(const std::vector<ItemRef>& items, ItemSink& sink);

  // jira_crawl.cc: pages of a project.
  struct Search {
    std::string jql{};
    int64_t start = 0;
    int64_t limit = 0;
    bool whole = false;  // all fields and the changelog, else what a listing needs
  };
  Result<Answer> search(const Search& search, int attempts, Failure* failure);
  // The project's own texts.
  Status read_project(const PageRequest& request, ItemSink& sink);
  Status read_light(const PageRequest& request, const std::vector<JsonView>& issues,
                    ItemSink& sink);

  Transport transport_;
  std::mutex mutex_;
  std::shared_ptr<const JiraFields> fields_;
  int64_t fields_read_ = 0;  // monotonic
  int64_t time_offset_ = 0;  // the host's clock less our monotonic one
  int64_t time_read_ = 0;    // monotonic; 0 = never
};

}  // namespace spillguard::hosts
