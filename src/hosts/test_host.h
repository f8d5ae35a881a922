// What the tests of this module share: a stub of a host on a real socket, and a sink that remembers
// what reading gave.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "hosts/host.h"
#include "http/server.h"

namespace spillguard::hosts::test {

// Answers by a function; keeps all requests. Answers carry X-AUSERNAME `user` unless they set it.
class StubHost {
 public:
  using Answer = std::function<http::Response(const http::Request&)>;

  explicit StubHost(Answer answer, std::string user = "scanner")
      : answer_(std::move(answer)), user_(std::move(user)) {
    http::ServerOptions options;
    options.handler_threads = 4;
    auto server = http::Server::start(options, [this](const http::Request& request) {
      {
        const std::lock_guard lock(mutex_);
        requests_.push_back(request);
      }
      http::Response response = answer_(request);
      if (!response.headers.has("X-AUSERNAME")) response.headers.add("X-AUSERNAME", user_);
      return response;
    });
    EXPECT_TRUE(server) << server.error().message;
    if (server) server_ = std::move(*server);
  }

  [[nodiscard]] HostOptions options(Product product) const {
    HostOptions options;
    options.name = "stub";
    options.product = product;
    options.base_url = "http://127.0.0.1:" + std::to_string(server_->port()) + "/context";
    options.credential.token = Secret("stub-token");
    options.timeout_ms = 5'000;
    options.refused_pause_ms = 0;
    options.retry = {
        .max_attempts = 4, .first_delay_ms = 1, .max_delay_ms = 2, .max_total_ms = 60'000};
    return options;
  }

  [[nodiscard]] std::unique_ptr<Host> host(Product product) const {
    auto host = make_host(options(product));
    EXPECT_TRUE(host) << host.error().message;
    return std::move(*host);
  }

  std::vector<http::Request> requests() {
    const std::lock_guard lock(mutex_);
    return requests_;
  }
  // How many requests had this path.
  int64_t count(std::string_view path) {
    const auto all = requests();
    return std::count_if(all.begin(), all.end(), [&](const auto& r) { return r.path == path; });
  }

 private:
  Answer answer_;
  std::string user_;
  std::mutex mutex_;
  std::vector<http::Request> requests_;
  std::unique_ptr<http::Server> server_;
};

inline constexpr const char* kMyself =
    R"({"name":"scanner","key":"JIRAUSER1","displayName":"Scanner","timeZone":"Europe/Berlin"})";

inline http::Response json_response(std::string body) {
  return http::Response::json(200, std::move(body));
}
inline http::Response not_found() {
  return http::Response::json(404, R"({"errorMessages":["Issue Does Not Exist"],"errors":{}})");
}

struct ReadItem {
  ItemRef ref;
  std::vector<Part> parts;
  std::vector<ContentState> contents;
  std::optional<Error> failed;

  // "kind content_id version text" of each part, in order; "!reason" in place of a missing text.
  [[nodiscard]] std::vector<std::string> lines() const {
    std::vector<std::string> out;
    for (const Part& part : parts) {
      out.push_back(part.kind + " " + part.content_kind + "/" + part.content_id + " v" +
                    std::to_string(part.version) + " " +
                    (part.state == Part::State::kText   ? part.text
                     : part.state == Part::State::kFile ? "@" + part.file_name
                                                        : "!" + part.reason));
    }
    return out;
  }
  [[nodiscard]] const ContentState* content(const std::string& kind, const std::string& id) const {
    for (const auto& state : contents) {
      if (state.content_kind == kind && state.content_id == id) return &state;
    }
    return nullptr;
  }
};

class RecordingSink : public ItemSink {
 public:
  Status begin_item(const ItemRef& item) override {
    EXPECT_FALSE(open_);
    open_ = true;
    in_scope_ = item.is_scope;
    (in_scope_ ? scopes : items)
        .push_back({.ref = item, .parts = {}, .contents = {}, .failed = {}});
    return {};
  }
  Status on_part(Part&& part) override {
    EXPECT_TRUE(open_);
    EXPECT_TRUE(part.state != Part::State::kText || !part.text.empty());
    current().parts.push_back(std::move(part));
    return {};
  }
  Status on_content(const ContentState& content) override {
    EXPECT_TRUE(open_);
    current().contents.push_back(content);
    return {};
  }
  Status on_kind(std::string_view kind) override {
    EXPECT_TRUE(open_);
    whole_kinds.emplace_back(kind);
    return {};
  }
  Status end_item(const std::optional<Error>& failed) override {
    EXPECT_TRUE(open_);
    open_ = false;
    current().failed = failed;
    return {};
  }
  Status on_unchanged(const ItemRef& item) override {
    EXPECT_FALSE(open_);
    if (!item.is_scope) unchanged.push_back(item.id);
    return {};
  }
  Status on_seen(const std::string& item_id, std::string_view kind,
                 const std::string& content_id) override {
    EXPECT_FALSE(open_);
    seen.push_back(item_id + " " + std::string(kind) + "/" + content_id);
    return {};
  }
  [[nodiscard]] std::vector<std::string> ids() const {
    std::vector<std::string> out;
    for (const auto& item : items) out.push_back(item.ref.id);
    return out;
  }

  std::vector<ReadItem> items;
  std::vector<ReadItem> scopes;  // the texts of projects and spaces themselves
  std::vector<std::string> unchanged;
  std::vector<std::string> seen;
  std::vector<std::string> whole_kinds;

 private:
  ReadItem& current() { return in_scope_ ? scopes.back() : items.back(); }
  bool open_ = false;
  bool in_scope_ = false;
};

// Reads a scope from its start to its end, page by page.
inline Result<std::vector<PageResult>> read_all(Host& host, PageRequest request, ItemSink& sink) {
  std::vector<PageResult> pages;
  while (true) {
    SG_ASSIGN(PageResult page, host.read_page(request, sink));
    pages.push_back(page);
    EXPECT_LT(pages.size(), 1000U) << "the crawl does not end";
    if (page.next.empty() || pages.size() >= 1000) return pages;
    request.cursor = page.next;
  }
}

}  // namespace spillguard::hosts::test
