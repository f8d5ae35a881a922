#include "db/migrations.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "base/embedded.h"
#include "db/db_test_util.h"
#include "db/test_database.h"

namespace spillguard::db {
namespace {

const std::vector<Migration> kTwoMigrations = {
    {1, "first", "CREATE TABLE a (x INTEGER) STRICT; INSERT INTO a VALUES (1);"},
    {2, "second", "-- adds one\nINSERT INTO a VALUES (2);\n"},
};

int64_t rows_of_a(Database& database) { return test::integer(database, "SELECT count(*) FROM a"); }

TEST(Migrations, AreAppliedOnceAndInOrder) {
  auto database = test::open_or_die({.path = ":memory:"});
  ASSERT_TRUE(apply_migrations(*database, std::span(kTwoMigrations).first(1)));
  EXPECT_EQ(rows_of_a(*database), 1);
  for (int i = 0; i < 2; ++i) {
    const auto status = apply_migrations(*database, kTwoMigrations);
    ASSERT_TRUE(status) << status.error().message;
    EXPECT_EQ(rows_of_a(*database), 2);
  }
  EXPECT_EQ(test::integer(*database,
                          "SELECT count(*) FROM schema_migrations WHERE name = 'second' "
                          "AND length(checksum) = 64 AND applied_at > 1700000000000"),
            1);
}

TEST(Migrations, AreAppliedOnceWhenTwoProcessesStart) {
  const test::TempFolder folder;
  std::vector<std::thread> threads;
  std::vector<std::string> errors(4);
  for (auto& error : errors) {
    threads.emplace_back([&] {
      auto database = open_sqlite_unmigrated({.path = folder.path() + "/x.db", .readers = 1});
      if (!database) {
        error = database.error().message;
      } else if (auto status = apply_migrations(**database, kTwoMigrations); !status) {
        error = status.error().message;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  for (const auto& error : errors) EXPECT_EQ(error, "");
  EXPECT_EQ(rows_of_a(*test::open_or_die({.path = folder.path() + "/x.db"})), 2);
}

TEST(Migrations, RefuseWhatTheyDoNotKnow) {
  auto changed = kTwoMigrations;
  changed[0].sql = "CREATE TABLE a (x TEXT) STRICT";
  const std::vector<Migration> without_first = {kTwoMigrations[1]};
  struct Case {
    std::span<const Migration> ours;
    Code code;
    const char* says;
  };
  const std::vector<Case> cases = {
      {std::span(kTwoMigrations).first(1), Code::kUnsupported, "version 2 (second)"},
      {{}, Code::kUnsupported, "version 1 (first)"},
      {changed, Code::kCorrupt, "migration 1 (first)"},
      {without_first, Code::kCorrupt, "migration 1 (first)"},
  };
  auto database = test::open_or_die({.path = ":memory:"});
  ASSERT_TRUE(apply_migrations(*database, kTwoMigrations));
  for (const auto& test : cases) {
    const auto status = apply_migrations(*database, test.ours);
    ASSERT_FALSE(status) << test.says;
    EXPECT_EQ(status.error().code, test.code);
    EXPECT_NE(status.error().message.find(test.says), std::string::npos) << status.error().message;
  }
  EXPECT_EQ(rows_of_a(*database), 2);
}

TEST(Migrations, OneThatFailsLeavesNothingBehind) {
  const std::vector<Migration> broken = {
      kTwoMigrations[0],
      {2, "broken", "INSERT INTO a VALUES (2); INSERT INTO nowhere VALUES (1);"}};
  auto database = test::open_or_die({.path = ":memory:"});
  const auto status = apply_migrations(*database, broken);
  ASSERT_FALSE(status);
  EXPECT_NE(status.error().message.find("migration 2 (broken)"), std::string::npos);
  EXPECT_NE(status.error().message.find("nowhere"), std::string::npos) << status.error().message;
  EXPECT_EQ(rows_of_a(*database), 1) << "the first stays, the second is undone";
  EXPECT_TRUE(apply_migrations(*database, kTwoMigrations));
}

TEST(Migrations, FileNamesAreChecked) {
  using embedded::EmbeddedFile;
  const auto good =
      list_migrations(std::vector<EmbeddedFile>{{"0010_b_c.sql", "B"}, {"0002_a.sql", "A"}});
  ASSERT_TRUE(good);
  ASSERT_EQ(good->size(), 2U);
  EXPECT_EQ(good->at(0).version, 2);
  EXPECT_EQ(good->at(1).name, "b_c");
  EXPECT_EQ(good->at(1).sql, "B");
  for (const auto* name :
       {"1_a.sql", "0000_a.sql", "abcd_a.sql", "0001a.sql", "0001_a.txt", "-001_a.sql"}) {
    EXPECT_FALSE(list_migrations(std::vector<EmbeddedFile>{{name, ""}})) << name;
  }
  EXPECT_FALSE(list_migrations(std::vector<EmbeddedFile>{{"0001_a.sql", ""}, {"0001_b.sql", ""}}));
}

TEST(Migrations, TheProductsOwnGoOn) {
  const auto database = Database::open_sqlite({.path = ":memory:"});
  ASSERT_TRUE(database) << database.error().message;
  EXPECT_TRUE(migrate(**database));
  EXPECT_EQ(test::integer(**database, "SELECT count(*) FROM jobs"), 0);
  EXPECT_EQ(test::integer(**database, "SELECT count(*) FROM pragma_foreign_key_check"), 0);
}

// Whoever adds a step to one kind of store adds it to the other: same number, same name, same
// tables and columns (the latter is compared where there is a PostgreSQL).
TEST(Migrations, AreTheSameForBothKindsOfStore) {
  const auto sqlite = list_migrations(embedded::sqlite_migrations());
  const auto postgres = list_migrations(embedded::postgres_migrations());
  ASSERT_TRUE(sqlite && postgres);
  ASSERT_EQ(sqlite->size(), postgres->size()) << "migrations/postgres and migrations/sqlite";
  for (size_t i = 0; i < sqlite->size(); ++i) {
    EXPECT_EQ((*sqlite)[i].version, (*postgres)[i].version);
    EXPECT_EQ((*sqlite)[i].name, (*postgres)[i].name);
  }
}

TEST(Migrations, BothKindsOfStoreHaveTheSameColumns) {
  if (test_postgres() == nullptr) {
    GTEST_SKIP() << "SPILLGUARD_TEST_POSTGRES is not set: SKIPPED";
  }
  const auto columns = [](Database& database, std::string_view sql) {
    std::vector<std::string> out;
    const auto status = database.read([&](Connection& c) -> Status {
      SG_ASSIGN(auto s, c.prepare(sql));
      while (true) {
        SG_ASSIGN(const bool more, s->step());
        if (!more) return {};
        out.emplace_back(s->text(0));
      }
    });
    EXPECT_TRUE(status) << status.error().message;
    return out;
  };
  const auto sqlite = Database::open_sqlite({.path = ":memory:"});
  const auto postgres = open_test_database();
  ASSERT_TRUE(sqlite && postgres);
  const auto ours = columns(**sqlite,
                            "SELECT t.name || '.' || c.name || CASE WHEN c.\"notnull\" OR c.pk "
                            "THEN ' needed' ELSE '' END "
                            "FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = "
                            "'table' AND t.name NOT LIKE "
                            "'sqlite%' ORDER BY 1");
  const auto theirs = columns(
      **postgres,
      "SELECT (table_name || '.' || column_name || CASE is_nullable WHEN 'NO' THEN ' needed' ELSE "
      "'' END) COLLATE \"C\" FROM information_schema.columns WHERE table_schema = current_schema() "
      "AND table_name <> 'write_marks' ORDER BY 1");
  EXPECT_EQ(ours, theirs);
}

}  // namespace
}  // namespace spillguard::db
