// A host made of data and a store in memory, for the tests of this module.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "db/test_database.h"
#include "detect/rule.h"
#include "hosts/host.h"
#include "scan/context.h"

namespace spillguard::scan::testing_util {

// "tok_" and 16 lower-case letters; never a real service's format.
inline std::string token(char fill) { return "tok" + std::string("_") + std::string(16, fill); }

inline detect::RuleSet test_rules(const std::string& pattern = "tok_[a-z]{16}") {
  detect::RuleSet rules;
  const auto added = rules.add_file("test.toml", R"(
provider = "Test"
source = "made for the test"
[[rule]]
id = 1
name = "TEST_TOKEN"
title = "test token"
category = "token"
severity = "high"
pattern = ''')" + pattern + R"('''
anchors = ["tok_"]
before = 0
after = 20
examples = ["tok_{{lower:16}}"]
counter_examples = ["tok_1"]
)");
  EXPECT_TRUE(added) << (added ? "" : added.error().message);
  return rules;
}

inline hosts::Part comment(const std::string& id, const std::string& text, int64_t version = 1) {
  hosts::Part part;
  part.kind = part.content_kind = "comment";
  part.content_id = id;
  part.version = version;
  part.text = text;
  return part;
}

inline hosts::Part file(const std::string& id, const std::string& name, int64_t bytes) {
  hosts::Part part;
  part.kind = part.content_kind = "attachment";
  part.content_id = id;
  part.state = hosts::Part::State::kFile;
  part.file_name = name;
  part.bytes = bytes;
  return part;
}

struct FakeItem {
  hosts::ItemRef ref;
  std::vector<hosts::Part> parts;
  std::vector<hosts::ContentState> contents;
};

// Items in one scope, two on a page; the cursor is the index of the next item.
class FakeHost : public hosts::Host {
 public:
  std::vector<FakeItem> items;
  std::map<std::string, int> reads;  // of items, by id
  int pages = 0;
  TimeMs clock = 1'000'000;
  int fail_after_pages = -1;          // then every page is kUnavailable
  std::optional<Error> item_failure;  // given to end_item of the last item
  std::optional<Error> page_failure;  // given by every page
  std::set<std::string> unlisted;     // ids that listings leave out
  std::vector<hosts::HostScope> more_scopes;

  void add(const std::string& id, std::vector<hosts::Part> parts, TimeMs updated = 100) {
    FakeItem item;
    item.ref.id = id;
    item.ref.key = "T-" + id;
    item.ref.scope_id = "s1";
    item.ref.scope_key = "T";
    item.ref.updated = updated;
    for (const auto& part : parts) {
      item.contents.push_back({part.content_kind, part.content_id, part.version, true});
    }
    item.parts = std::move(parts);
    items.push_back(std::move(item));
  }

  [[nodiscard]] hosts::Product product() const override { return hosts::Product::kJira; }
  [[nodiscard]] const hosts::HostOptions& options() const override { return options_; }
  [[nodiscard]] hosts::HostCounters counters() const override { return {}; }
  Result<hosts::Identity> identify() override {
    return hosts::Identity{"scanner", "scanner", "Scanner", "UTC"};
  }
  Status confirm_identity(int64_t) override { return {}; }
  Result<TimeMs> host_time() override { return clock; }
  Result<std::vector<hosts::HostScope>> list_scopes() override {
    std::vector<hosts::HostScope> scopes = more_scopes;
    scopes.push_back(scope_);
    return scopes;
  }
  Result<hosts::HostScope> find_scope(const std::string&) override { return scope_; }

  Result<hosts::PageResult> read_page(const hosts::PageRequest& request,
                                      hosts::ItemSink& sink) override {
    if (fail_after_pages >= 0 && pages >= fail_after_pages)
      return fail(Code::kUnavailable, "host is down");
    if (page_failure) return fail(*page_failure);
    ++pages;
    const size_t begin = request.cursor.empty() ? 0 : std::stoul(request.cursor);
    const size_t end = std::min(begin + 2, items.size());
    std::vector<size_t> listed;
    std::vector<hosts::ItemRef> refs;
    hosts::PageResult page;
    for (size_t i = begin; i < end; ++i) {
      if (unlisted.contains(items[i].ref.id) || items[i].ref.scope_id != scope_.id ||
          items[i].ref.updated < request.since) {
        continue;
      }
      listed.push_back(i);
      refs.push_back(items[i].ref);
      if (request.since > 0) page.newest = std::max(page.newest, items[i].ref.updated);
    }
    std::vector<std::optional<hosts::Known>> known(refs.size());
    if (!request.everything) {
      SG_ASSIGN(known, request.known(refs));
    }
    for (size_t i = 0; i < listed.size(); ++i) {
      const FakeItem& item = items[listed[i]];
      if (known[i] && known[i]->up_to_date_rules && known[i]->updated == item.ref.updated) {
        SG_TRY(sink.on_unchanged(item.ref));
      } else {
        SG_TRY(give(item, sink));
      }
    }
    page.next = end < items.size() ? std::to_string(end) : "";
    page.total = static_cast<int64_t>(items.size());
    page.listed = static_cast<int64_t>(refs.size());
    return page;
  }
  Result<hosts::ItemRef> find_item(const std::string& id) override {
    for (const auto& item : items) {
      if (item.ref.id == id || item.ref.key == id) return item.ref;
    }
    return fail(Code::kNotFound, "no such issue");
  }
  Status read_item(const hosts::ItemRef& ref, hosts::ItemSink& sink) override {
    for (const auto& item : items) {
      if (item.ref.id == ref.id) return give(item, sink);
    }
    return fail(Code::kNotFound, "no such issue");
  }
  Status read_version(const hosts::ItemRef&, TimeMs, hosts::ItemSink&) override {
    return fail(Code::kUnsupported, "no versions here");
  }
  Result<int64_t> find_version(const hosts::ItemRef&, TimeMs) override {
    return fail(Code::kUnsupported, "no versions here");
  }
  std::map<std::string, std::string> files;   // bytes of attachments, by id
  std::map<std::string, Error> broken_files;  // end in this after half of their bytes
  std::map<std::string, int> downloads;       // of attachments, by id
  std::mutex downloading;
  Result<hosts::AttachmentInfo> stream_attachment(const std::string& id, uint64_t,
                                                  const hosts::BytesSink& sink) override {
    const std::lock_guard lock(downloading);
    ++downloads[id];
    const auto found = files.find(id);
    if (found == files.end()) return fail(Code::kNotFound, "no such attachment");
    const auto broken = broken_files.find(id);
    std::string_view rest = found->second;
    if (broken != broken_files.end()) rest = rest.substr(0, rest.size() / 2);
    constexpr size_t kPiece = 10'000;
    for (; !rest.empty(); rest.remove_prefix(std::min(kPiece, rest.size()))) {
      SG_TRY(sink(rest.substr(0, kPiece)));
    }
    if (broken != broken_files.end()) return fail(broken->second);
    return hosts::AttachmentInfo{.id = id,
                                 .name = {},
                                 .media_type = {},
                                 .bytes = static_cast<int64_t>(found->second.size())};
  }
  // A file with its bytes, as a part of an item.
  hosts::Part keep(const std::string& id, const std::string& name, std::string bytes) {
    auto part = file(id, name, static_cast<int64_t>(bytes.size()));
    files[id] = std::move(bytes);
    return part;
  }
  std::map<std::string, std::vector<int64_t>> versions;  // of items, as the host lists them
  Result<std::vector<int64_t>> version_numbers(const std::string& id) override {
    ++reads["versions of " + id];
    const auto found = versions.find(id);
    if (found == versions.end()) return fail(Code::kNotFound, "no such page");
    return found->second;
  }
  Result<hosts::Identity> caller_identity(const hosts::CallerCredential&) override {
    return fail(Code::kUnauthenticated, "nobody calls");
  }
  Result<bool> is_product_admin(const hosts::CallerCredential&) override { return false; }
  Result<bool> is_scope_admin(const hosts::CallerCredential&, const std::string&) override {
    return false;
  }
  Result<bool> can_view_scope(const hosts::CallerCredential&, const std::string&) override {
    return false;
  }
  Result<bool> can_view_item(const hosts::CallerCredential&, const std::string&) override {
    return false;
  }

 private:
  Status give(const FakeItem& item, hosts::ItemSink& sink) {
    ++reads[item.ref.id];
    SG_TRY(sink.begin_item(item.ref));
    for (const auto& part : item.parts) {
      hosts::Part copy = part;
      SG_TRY(sink.on_part(std::move(copy)));
    }
    for (const auto& content : item.contents) SG_TRY(sink.on_content(content));
    return sink.end_item(&item == &items.back() ? item_failure : std::nullopt);
  }

  hosts::HostOptions options_;
  hosts::HostScope scope_{
      .id = "s1", .key = "T", .name = "Test", .personal = false, .archived = false};
};

// Everything that a Runner needs.
class World {
 public:
  World() {
    auto opened = db::open_test_database();
    EXPECT_TRUE(opened) << (opened ? "" : opened.error().message);
    database = std::move(*opened);
    store = std::make_unique<store::Store>(*database);
    queue = std::make_unique<jobs::Queue>(*database, "node");
    EXPECT_TRUE(rules.set(test_rules()));
    const auto site = store->ensure_site("fake", store::Product::kJira, "http://fake");
    EXPECT_TRUE(site) << (site ? "" : site.error().message);
    context = std::make_unique<ScanContext>(ScanContext{.store = *store,
                                                        .queue = *queue,
                                                        .rules = rules,
                                                        .key = key,
                                                        .sites = {{*site, &host, {}, {}}},
                                                        .stop = stop});
    store::Scope row;
    row.host_id = "s1";
    row.key = "T";
    scope_id = store->upsert_scope(site->id, row).value().id;
    site_id = site->id;
  }

  std::vector<store::Finding> findings() const {
    store::FindingQuery query;
    query.scope_id = scope_id;
    query.limit = 1000;
    return store->findings(query).value().findings;
  }
  store::Scope scope() const { return store->scope(scope_id).value(); }

  FakeHost host;
  detect::LiveRules rules;
  MasterKey key = MasterKey::generate();
  StopFlag stop;
  std::unique_ptr<db::Database> database;
  std::unique_ptr<store::Store> store;
  std::unique_ptr<jobs::Queue> queue;
  std::unique_ptr<ScanContext> context;
  int64_t scope_id = 0;
  int64_t site_id = 0;
};

}  // namespace spillguard::scan::testing_util
