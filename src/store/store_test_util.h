// Helpers of this module's tests: a store in memory with one site and short ways to make results.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <initializer_list>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "db/test_database.h"
#include "store/store.h"

namespace spillguard::store::test {

template <typename T>
T must(Result<T> result) {
  if (!result) ADD_FAILURE() << result.error().message;
  SG_CHECK(result.has_value());
  return *std::move(result);
}

inline void must(const Status& status) {
  if (!status) ADD_FAILURE() << status.error().message;
  SG_CHECK(status.has_value());
}

inline VersionSet versions(std::initializer_list<int64_t> list) {
  VersionSet set;
  for (const int64_t version : list) set.add(version);
  return set;
}

inline Fingerprint fingerprint_of(int number) {
  Fingerprint out;
  for (size_t i = 0; i < 4; ++i) out.bytes[i] = static_cast<uint8_t>(number >> (8 * i));
  return out;
}

inline NewFinding finding_in(std::string kind, std::string content_id, int number,
                             std::initializer_list<int64_t> in_versions, int32_t rule_id = 1) {
  NewFinding finding;
  finding.content_kind = std::move(kind);
  finding.content_id = std::move(content_id);
  finding.rule_id = rule_id;
  finding.rule_name = "RULE_" + std::to_string(rule_id);
  finding.severity = 2;
  finding.fingerprint = fingerprint_of(number);
  finding.versions = versions(in_versions);
  finding.evidence = "sealed " + std::to_string(number);
  finding.author = "ada";
  finding.created_when = 1000;
  return finding;
}

class StoreTest : public ::testing::Test {
 protected:
  StoreTest() {
    database_ = must(db::open_test_database());
    store_ = std::make_unique<Store>(*database_, [this] { return now_; });
    site_ = must(store_->ensure_site("wiki", Product::kConfluence, "https://wiki.example"));
    scope_ = make_scope("10", "DOC");
  }

  Scope make_scope(std::string host_id, std::string key) {
    Scope scope;
    scope.host_id = std::move(host_id);
    scope.key = std::move(key);
    scope.name = "Scope " + scope.key;
    return must(store_->upsert_scope(site_.id, scope));
  }

  static ItemResult page(const std::string& host_id, int64_t version = 1) {
    ItemResult result;
    result.item.host_id = host_id;
    result.item.key = host_id;
    result.item.kind = ItemKind::kPage;
    result.item.title = "Page " + host_id;
    result.item.link = "/pages/" + host_id;
    result.item.created = 500;
    result.item.updated = 1000 + version;
    result.item.version = version;
    result.coverage = {{"page", PartStatus::kScanned, "", version, 100 * version}};
    result.contents = {{"page", host_id, version, version, true}};
    return result;
  }

  Status try_commit(const std::vector<ItemResult>& items, const std::string& rules = "r1",
                    int64_t scope_id = 0) {
    ScanCommit batch;
    batch.scope_id = scope_id == 0 ? scope_.id : scope_id;
    batch.rules_version = rules;
    batch.items = items;
    return store_->commit(batch);
  }
  void commit(const std::vector<ItemResult>& items, const std::string& rules = "r1",
              int64_t scope_id = 0) {
    must(try_commit(items, rules, scope_id));
  }

  Item item(const std::string& host_id) { return must(store_->item_by_host_id(site_.id, host_id)); }
  std::vector<Finding> findings() {
    return must(store_->findings({.scope_id = scope_.id, .limit = 1000})).findings;
  }

  int64_t number(std::string_view sql) {
    int64_t out = -1;
    must(database_->read([&](db::Connection& connection) -> Status {
      SG_ASSIGN(auto row, connection.prepare(sql));
      SG_ASSIGN(const bool found, row->step());
      if (found) out = row->integer(0);
      return {};
    }));
    return out;
  }

  // All rows of the tables that a commit writes, as text.
  std::string dump() {
    std::string out;
    for (const char* table : {"items", "contents", "findings", "part_problems", "attachments",
                              "scope_coverage", "coverage_kinds", "rule_names", "rules_versions"}) {
      out += std::string("== ") + table + "\n";
      must(database_->read([&](db::Connection& connection) -> Status {
        std::string columns;
        if (connection.dialect() == db::Dialect::kPostgres) {
          columns = std::string(table) + "::text";
        } else {
          SG_ASSIGN(auto names, connection.prepare("SELECT name FROM pragma_table_info($1)"));
          names->bind(1, table);
          while (true) {
            SG_ASSIGN(const bool more, names->step());
            if (!more) break;
            if (!columns.empty()) columns += " || '|' || ";
            columns += "quote(" + std::string(names->text(0)) + ")";
          }
        }
        SG_ASSIGN(auto rows,
                  connection.prepare("SELECT " + columns + " FROM " + table + " ORDER BY 1"));
        while (true) {
          SG_ASSIGN(const bool more, rows->step());
          if (!more) return {};
          out += std::string(rows->text(0)) + "\n";
        }
      }));
    }
    return out;
  }

  // The scope's sums from the items' own cells.
  std::vector<CoverageCell> recount(int64_t scope_id);

  TimeMs now_ = 10'000;
  std::unique_ptr<db::Database> database_;
  std::unique_ptr<Store> store_;
  Site site_;
  Scope scope_;
};

inline std::vector<CoverageCell> StoreTest::recount(int64_t scope_id) {
  std::vector<int64_t> ids;
  must(database_->read([&](db::Connection& connection) -> Status {
    SG_ASSIGN(auto rows, connection.prepare("SELECT id FROM items WHERE scope_id = $1"));
    rows->bind(1, scope_id);
    while (true) {
      SG_ASSIGN(const bool more, rows->step());
      if (!more) return {};
      ids.push_back(rows->integer(0));
    }
  }));
  std::vector<CoverageCell> sums;
  for (const int64_t id : ids) {
    for (const CoverageCell& cell : must(store_->item_coverage(id))) {
      const auto same = [&](const CoverageCell& other) {
        return other.kind == cell.kind && other.status == cell.status &&
               other.reason == cell.reason;
      };
      const auto at = std::find_if(sums.begin(), sums.end(), same);
      if (at == sums.end()) {
        sums.push_back(cell);
      } else {
        at->parts += cell.parts;
        at->bytes += cell.bytes;
      }
    }
  }
  std::sort(sums.begin(), sums.end(), [](const CoverageCell& a, const CoverageCell& b) {
    return std::tie(a.kind, a.status, a.reason) < std::tie(b.kind, b.status, b.reason);
  });
  return sums;
}

}  // namespace spillguard::store::test
