#include "store/move_store.h"

#include <gtest/gtest.h>

#include "db/test_database.h"
#include "store/reviews.h"
#include "store/store_test_util.h"

namespace spillguard::store::test {
namespace {

// A store with something in most tables; `database` is empty.
void fill(db::Database& database) {
  Store store(database, [] { return TimeMs{10'000}; });
  const Site site = must(store.ensure_site("wiki", Product::kConfluence, "https://wiki.example"));
  Scope from_host;
  from_host.host_id = "1";
  from_host.key = "DOC";
  const Scope scope = must(store.upsert_scope(site.id, from_host));
  std::vector<ItemResult> items;
  for (int i = 0; i < 250; ++i) {
    ItemResult result;
    result.item.host_id = result.item.key = std::to_string(i);
    result.item.title = "caf\xC3\xA9 'x' \\";
    result.item.version = 2;
    result.whole = i % 2 == 0;
    result.coverage = {{"page", PartStatus::kScanned, "", 2, 100 + i}};
    result.contents = {{"page", result.item.host_id, 2, 2, true}};
    result.findings = {finding_in("page", result.item.host_id, i, {1, 2}),
                       finding_in("page", result.item.host_id, i + 1000, {2}, 2)};
    items.push_back(std::move(result));
  }
  ScanCommit batch;
  batch.scope_id = scope.id;
  batch.rules_version = "r1";
  batch.items = items;
  must(store.commit(batch));
  must(database.write([&](db::Connection& connection) -> Status {
    SG_TRY(put_review(connection, {.site_id = site.id,
                                   .scope_id = kWholeSite,
                                   .fingerprint = fingerprint_of(3),
                                   .rule_name = "RULE_1",
                                   .reviewer = "ada",
                                   .reviewed_at = 9'000}));
    return connection.execute(
        "INSERT INTO jobs (kind, key, payload, priority, not_before, created, max_attempts) VALUES "
        "('k', 'x', '{}', 1, 1, 1, 5)");
  }));
}

TEST(CheckStore, SaysWhatIsWrong) {
  const auto database = must(db::open_test_database());
  fill(*database);
  EXPECT_EQ(must(check_store(*database)), std::vector<std::string>());
  must(database->write([](db::Connection& connection) {
    return connection.execute(
        "UPDATE items SET finding_rows = 7 WHERE id = 5; UPDATE scope_coverage SET bytes = 1; "
        "UPDATE finding_sums SET findings = findings + 1 WHERE level = 0;"
        "DELETE FROM reviews");
  }));
  const auto wrong = must(check_store(*database));
  ASSERT_EQ(wrong.size(), 4U);
  EXPECT_EQ(wrong[0], "1 items whose number of findings is wrong");
}

TEST(MoveStore, CopiesEveryRowAndGoesOn) {
  if (db::test_postgres() == nullptr) {
    GTEST_SKIP() << "SPILLGUARD_TEST_POSTGRES is not set: SKIPPED";
  }
  const auto from = must(db::Database::open_sqlite({.path = ":memory:"}));
  fill(*from);
  const auto to = must(db::open_test_database());
  const auto sums = must(move_store(*from, *to));
  int64_t rows = 0;
  for (const TableSum& sum : sums) rows += sum.rows;
  EXPECT_GT(rows, 1000);
  EXPECT_EQ(must(check_store(*to)), std::vector<std::string>());
  // The copy gives the same answers, and new rows get new numbers.
  Store before(*from);
  Store after(*to);
  EXPECT_EQ(must(after.findings({.scope_id = 1, .limit = 1000})).total,
            must(before.findings({.scope_id = 1, .limit = 1000})).total);
  Scope more;
  more.host_id = "2";
  more.key = "OPS";
  EXPECT_EQ(must(after.upsert_scope(1, more)).id, 2);
  const auto again = move_store(*from, *to);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Code::kConflict);
}

}  // namespace
}  // namespace spillguard::store::test
