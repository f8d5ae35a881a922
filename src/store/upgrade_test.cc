// A node of the release before goes on working while another brings the schema up to date. Skipped
// where no PostgreSQL is named: a SQLite store has one process.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "base/embedded.h"
#include "db/migrations.h"
#include "db/postgres_database.h"
#include "store/move_store.h"
#include "store/store_test_util.h"

namespace spillguard::store {
namespace {

using test::finding_in;
using test::must;

// Steps that this program's own statements do without: it stands for one that does not know them.
bool is_unknown(const db::Migration& step) { return step.version == 40 || step.version == 41; }

std::vector<ItemResult> some_items(int64_t first) {
  std::vector<ItemResult> items;
  for (int64_t i = first; i < first + 20; ++i) {
    ItemResult& result = items.emplace_back();
    result.item.host_id = std::to_string(i);
    result.item.key = "UP-" + std::to_string(i);
    result.item.state = ScanState::kScanned;
    result.coverage = {{"comment", PartStatus::kScanned, "", 2, 10}};
    result.findings = {finding_in("comment", "1", static_cast<int>(i), {1})};
  }
  return items;
}

TEST(UpgradeTest, ANodeOfTheReleaseBeforeWorksOnWhileTheSchemaChanges) {
  if (db::test_postgres() == nullptr) {
    GTEST_SKIP() << "SPILLGUARD_TEST_POSTGRES is not set: the tests on PostgreSQL are SKIPPED";
  }
  db::PostgresOptions options;
  options.url = must(db::new_test_schema());
  const auto old_node = must(db::open_postgres_unmigrated(options));
  const auto all = must(db::list_migrations(embedded::postgres_migrations()));
  std::vector<db::Migration> known = all;
  std::erase_if(known, is_unknown);
  ASSERT_LT(known.size(), all.size());
  must(db::apply_migrations(*old_node, known));

  Store store(*old_node);
  const Site site = must(store.ensure_site("s", Product::kJira, "https://jira.example.com"));
  Scope scope;
  scope.host_id = "1";
  scope.key = "UP";
  scope = must(store.upsert_scope(site.id, scope));
  std::atomic<int64_t> committed = 0;
  std::atomic<bool> stop = false;
  std::thread worker([&] {
    while (!stop || committed < 10) {
      const auto items = some_items(committed * 20);
      ScanCommit commit;
      commit.scope_id = scope.id;
      commit.rules_version = "r";
      commit.items = items;
      must(store.commit(commit));
      ++committed;
    }
  });
  while (committed < 3) std::this_thread::yield();
  const auto new_node = must(db::Database::open_postgres(options));
  const int64_t during = committed;
  while (committed < during + 3) std::this_thread::yield();
  stop = true;
  worker.join();
  EXPECT_EQ(must(store.count_items(scope.id)), committed * 20);
  EXPECT_EQ(must(store.findings({.scope_id = scope.id})).total, committed * 20);
  EXPECT_EQ(must(check_store(*new_node)), std::vector<std::string>{});
}

}  // namespace
}  // namespace spillguard::store
