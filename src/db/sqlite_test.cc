#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/file.h"
#include "db/database.h"
#include "db/db_test_util.h"

namespace spillguard::db {
namespace {

using namespace std::string_literals;

class SqliteTest : public ::testing::Test {
 protected:
  void SetUp() override {
    database_ = test::open_or_die({.path = ":memory:"});
    must(test::execute(*database_,
                       "CREATE TABLE t (id INTEGER PRIMARY KEY, i INTEGER, d REAL, s TEXT, b BLOB) "
                       "STRICT; CREATE TABLE child (t INTEGER NOT NULL REFERENCES t (id)) STRICT"));
  }
  static void must(const Status& status) { ASSERT_TRUE(status) << status.error().message; }
  Status insert(int64_t id, std::string_view text = "") {
    return database_->write([&](Connection& c) -> Status {
      SG_ASSIGN(auto s, c.prepare("INSERT INTO t (id, s) VALUES ($1, $2)"));
      return s->bind(1, id).bind(2, text).run();
    });
  }
  int64_t count() { return test::integer(*database_, "SELECT count(*) FROM t"); }

  std::unique_ptr<Database> database_;
};

TEST_F(SqliteTest, KeepsEveryValueAsItWas) {
  const std::string all_bytes = [] {
    std::string out;
    for (int i = 0; i < 256; ++i) out += static_cast<char>(i);
    return out;
  }();
  struct Row {
    std::optional<int64_t> i;
    std::optional<double> d;
    std::optional<std::string> s;
    std::optional<std::string> b;
  };
  const std::vector<Row> rows = {
      {0, 0.0, "", ""},
      {std::numeric_limits<int64_t>::max(), 0.1, "caf\xC3\xA9", "x"},
      {std::numeric_limits<int64_t>::min(), -1e300, "a\0b\0"s, "\0"s},
      {-1, 5e-324, "it's; DROP TABLE t --", all_bytes},
      {{}, {}, {}, {}},
  };
  must(database_->write([&](Connection& c) -> Status {
    // Out of order and used twice: numbers are ours, not the order of appearance.
    SG_ASSIGN(auto s, c.prepare("INSERT INTO t (b, s, d, i) SELECT $4, $3, $2, $1 WHERE $1 IS $1"));
    for (const auto& row : rows) {
      s->bind(1, row.i).bind(2, row.d).bind(3, row.s);
      row.b ? s->bind_blob(4, *row.b) : s->bind_null(4);
      SG_TRY(s->run());
      EXPECT_EQ(c.changes(), 1);
    }
    return {};
  }));
  must(database_->read([&](Connection& c) -> Status {
    SG_ASSIGN(auto s, c.prepare("SELECT i, d, s, b FROM t ORDER BY id"));
    for (const auto& row : rows) {
      SG_ASSIGN(const bool more, s->step());
      EXPECT_TRUE(more);
      EXPECT_EQ(s->is_null(0), !row.i);
      EXPECT_EQ(s->is_null(2), !row.s);
      EXPECT_EQ(s->is_null(3), !row.b);
      EXPECT_EQ(s->integer(0), row.i.value_or(0));
      EXPECT_EQ(s->number(1), row.d.value_or(0));
      EXPECT_EQ(s->text(2), row.s.value_or(""));
      EXPECT_EQ(s->blob(3), row.b.value_or(""));
    }
    SG_ASSIGN(const bool more, s->step());
    EXPECT_FALSE(more);
    SG_ASSIGN(const bool still, s->step());
    EXPECT_FALSE(still) << "a finished statement starts again only when it is asked to";
    return {};
  }));
}

TEST_F(SqliteTest, AnEmptyViewWithoutMemoryIsTextNotNull) {
  must(insert(1, std::string_view{}));
  EXPECT_EQ(test::integer(*database_, "SELECT count(*) FROM t WHERE s = ''"), 1);
}

TEST_F(SqliteTest, RollsBackWhenWorkFails) {
  const auto status = database_->write([&](Connection& c) -> Status {
    SG_TRY(c.execute("INSERT INTO t (id) VALUES (1); INSERT INTO t (id) VALUES (2)"));
    return fail(Code::kCancelled, "enough");
  });
  EXPECT_EQ(status.error().message, "enough");
  EXPECT_EQ(count(), 0);
  EXPECT_THROW((void)database_->write([&](Connection& c) -> Status {
    SG_TRY(c.execute("INSERT INTO t (id) VALUES (1)"));
    throw std::bad_alloc();
  }),
               std::bad_alloc);
  must(insert(3));
  EXPECT_EQ(count(), 1);
}

TEST_F(SqliteTest, ReadsSeeOneSnapshotWhileOthersWrite) {
  must(insert(1));
  must(database_->read([&](Connection& c) -> Status {
    SG_ASSIGN(auto s, c.prepare("SELECT count(*) FROM t"));
    for (int64_t i = 0; i < 3; ++i) {
      SG_ASSIGN(const bool row, s->step());
      EXPECT_TRUE(row && s->integer(0) == 1);
      s->reset();
      SG_TRY(insert(10 + i));
      EXPECT_EQ(count(), 2 + i) << "a later snapshot sees it";
    }
    return {};
  }));
  must(database_->write([&](Connection& c) -> Status {
    SG_TRY(c.execute("DELETE FROM t"));
    EXPECT_EQ(count(), 4) << "nobody sees what is not committed";
    return {};
  }));
}

TEST_F(SqliteTest, ManyWritersLoseNothing) {
  must(insert(0));
  must(test::execute(*database_, "UPDATE t SET i = 0"));
  constexpr int kThreads = 8;
  constexpr int kRounds = 50;
  std::atomic<int> failures = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (int round = 0; round < kRounds; ++round) {
        const auto status = database_->write([&](Connection& c) -> Status {
          int64_t value = 0;
          {
            SG_ASSIGN(auto read, c.prepare("SELECT i FROM t WHERE id = 0"));
            SG_TRY(read->step());
            value = read->integer(0);
          }
          SG_ASSIGN(auto write, c.prepare("UPDATE t SET i = $1 WHERE id = 0"));
          return write->bind(1, value + 1).run();
        });
        if (!status) ++failures;
        if (test::integer(*database_, "SELECT i FROM t") < 1) ++failures;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(test::integer(*database_, "SELECT i FROM t WHERE id = 0"), kThreads * kRounds);
}

TEST_F(SqliteTest, TheSameStatementMayBeUsedTwiceAtOnce) {
  must(insert(1));
  must(insert(2));
  must(database_->read([&](Connection& c) -> Status {
    SG_ASSIGN(auto outer, c.prepare("SELECT id FROM t ORDER BY id"));
    int64_t sum = 0;
    while (*outer->step()) {
      SG_ASSIGN(auto inner, c.prepare("SELECT id FROM t ORDER BY id"));
      while (*inner->step()) sum += outer->integer(0) * inner->integer(0);
    }
    EXPECT_EQ(sum, 9);
    return {};
  }));
}

TEST_F(SqliteTest, CachedStatementsComeWithoutOldValues) {
  must(insert(1, "old"));
  const auto status = database_->write([](Connection& c) -> Status {
    SG_ASSIGN(auto s, c.prepare("INSERT INTO t (id, s) VALUES ($1, $2)"));
    return s->bind(1, 2).run();
  });
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, Code::kInternal);
  EXPECT_NE(status.error().message.find("$2 was not bound"), std::string::npos);
}

TEST_F(SqliteTest, StatementsComeAgainHoweverManyThereAre) {
  must(insert(1));
  must(database_->read([&](Connection& c) -> Status {
    // Held through all that follows, which is more than is kept.
    SG_ASSIGN(auto held, c.prepare("SELECT id FROM t WHERE id = $1"));
    held->bind(1, 1);
    for (int round = 0; round < 2; ++round) {
      for (int i = 0; i < 600; ++i) {
        const std::string sql = "SELECT id + " + std::to_string(i) + " FROM t WHERE id = $1";
        SG_ASSIGN(auto once, c.prepare(sql));
        SG_ASSIGN(auto again, c.prepare(sql));
        EXPECT_TRUE(*once->bind(1, 1).step());
        EXPECT_TRUE(*again->bind(1, 1).step());
        EXPECT_EQ(once->integer(0), i + 1);
        EXPECT_EQ(again->integer(0), i + 1);
      }
    }
    EXPECT_TRUE(*held->step());
    EXPECT_EQ(held->integer(0), 1);
    return {};
  }));
}

TEST_F(SqliteTest, WrongParametersAreSaidEachTime) {
  for (int round = 0; round < 2; ++round) {
    const auto status = database_->read([](Connection& c) -> Status {
      SG_ASSIGN(auto s, c.prepare("SELECT id FROM t WHERE id = :name"));
      return s->run();
    });
    ASSERT_FALSE(status);
    EXPECT_NE(status.error().message.find("$1, $2"), std::string::npos);
  }
}

TEST_F(SqliteTest, ErrorsNameTheThingAndNeverAValue) {
  const std::string value = "hunter" + std::to_string(2);
  must(insert(1));
  struct Case {
    const char* sql;
    Code code;
    const char* says;
  };
  const std::vector<Case> cases = {
      {"INSERT INTO t (id, s) VALUES (1, $1)", Code::kConflict, "t.id"},
      {"INSERT INTO t (i) VALUES ($1)", Code::kInternal, "t.i"},
      {"INSERT INTO child (t) SELECT 77 WHERE $1 = $1", Code::kConflict, "FOREIGN KEY"},
      {"INSERT INTO child (t) SELECT NULL WHERE $1 = $1", Code::kInternal, "child.t"},
      {"SELECT json_extract('{}', $1)", Code::kInternal, "json_extract"},
      {"SELECT absent FROM t WHERE s = $1", Code::kInternal, "no such column: absent"},
      {"SELEC 1", Code::kInternal, "syntax error"},
      {"SELECT 1; SELECT 2", Code::kInternal, "one statement"},
      {"  ", Code::kInternal, "without words"},
      {"SELECT ?1", Code::kInternal, "$1"},
      {"SELECT 1", Code::kInternal, "no parameter $1"},
  };
  for (const auto& test : cases) {
    const auto status = database_->write([&](Connection& c) -> Status {
      SG_ASSIGN(auto s, c.prepare(test.sql));
      return s->bind(1, value).run();
    });
    ASSERT_FALSE(status) << test.sql;
    EXPECT_EQ(status.error().code, test.code) << test.sql << ": " << status.error().message;
    EXPECT_NE(status.error().message.find(test.says), std::string::npos) << status.error().message;
    EXPECT_EQ(status.error().message.find(value), std::string::npos) << status.error().message;
  }
}

TEST_F(SqliteTest, MisuseIsRefusedNotHung) {
  auto status = database_->write([&](Connection&) { return insert(1); });
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, Code::kInternal);

  status = database_->read([](Connection& c) { return c.execute("DELETE FROM t"); });
  ASSERT_FALSE(status) << "read() may not write";

  status = database_->write([](Connection& c) { return c.execute("COMMIT"); });
  ASSERT_FALSE(status);
  EXPECT_NE(status.error().message.find("ended by the work"), std::string::npos);

  std::shared_ptr<Statement> kept;
  status = database_->write([&](Connection& c) -> Status {
    SG_ASSIGN(kept, c.prepare("SELECT 1"));
    return {};
  });
  ASSERT_FALSE(status);
  EXPECT_NE(status.error().message.find("outlived"), std::string::npos);
}

TEST_F(SqliteTest, ActionsRunAfterTheCommitOnly) {
  int64_t seen = -1;
  must(database_->write([&](Connection& c) -> Status {
    c.after_commit([&] {
      seen = count();
      EXPECT_TRUE(insert(100)) << "the lock is free again";
    });
    return c.execute("INSERT INTO t (id) VALUES (1)");
  }));
  EXPECT_EQ(seen, 1);
  EXPECT_EQ(count(), 2);
  (void)database_->write([&](Connection& c) -> Status {
    c.after_commit([&] { seen = -2; });
    return fail(Code::kCancelled, "");
  });
  must(insert(101));
  EXPECT_EQ(seen, 1) << "a rolled back transaction leaves no action behind";
}

TEST(SqliteFile, IsPrivateAndKeepsItsRows) {
  const test::TempFolder folder;
  const std::string path = folder.path() + "/x.db";
  {
    auto database = test::open_or_die({.path = path});
    ASSERT_TRUE(test::execute(*database,
                              "CREATE TABLE schema_migrations (x) ; CREATE TABLE t (x); "
                              "INSERT INTO t VALUES (7)"));
    for (const char* suffix : {"", "-wal", "-shm"}) {
      struct stat info{};
      ASSERT_EQ(::stat((path + suffix).c_str(), &info), 0) << suffix;
      EXPECT_EQ(info.st_mode & 0777U, 0600U) << suffix;
    }
  }
  auto again = test::open_or_die({.path = path});
  EXPECT_EQ(test::integer(*again, "SELECT x FROM t"), 7);
  auto beside = test::open_or_die({.path = path});
  EXPECT_TRUE(test::execute(*beside, "UPDATE t SET x = 8"));
  EXPECT_EQ(test::integer(*again, "SELECT x FROM t"), 8) << "two processes may share it";
}

TEST(SqliteFile, WaitsForAnotherWriterAndThenSaysWho) {
  const test::TempFolder folder;
  const std::string path = folder.path() + "/x.db";
  auto mine = test::open_or_die({.path = path});
  auto theirs = test::open_or_die({.path = path, .busy_timeout_ms = 20});
  Status status;
  ASSERT_TRUE(mine->write([&](Connection& c) -> Status {
    SG_TRY(c.execute("CREATE TABLE t (x)"));
    status = test::execute(*theirs, "CREATE TABLE u (x)");
    return {};
  }));
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, Code::kUnavailable);
  EXPECT_NE(status.error().message.find(path), std::string::npos);
  EXPECT_TRUE(test::execute(*theirs, "CREATE TABLE u (x)"));
}

TEST(SqliteFile, TheLogIsFoldedBackBesideTheWriters) {
  const test::TempFolder folder;
  const std::string path = folder.path() + "/x.db";
  auto database = test::open_or_die({.path = path});
  ASSERT_TRUE(test::execute(*database, "CREATE TABLE t (x)"));
  constexpr uint64_t kMegabytes = 12;
  for (uint64_t i = 0; i < kMegabytes; ++i) {
    ASSERT_TRUE(test::execute(*database, "INSERT INTO t VALUES (randomblob(1048576))"));
  }
  // Nobody writes any more, and it comes to the file all the same.
  while (std::filesystem::file_size(path) < (kMegabytes / 2) << 20U) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  EXPECT_EQ(test::integer(*database, "SELECT count(*) FROM t"), static_cast<int64_t>(kMegabytes));
}

std::string must_read(const std::string& path) {
  constexpr size_t kMost = 1 << 24;
  auto text = read_file(path, kMost);
  EXPECT_TRUE(text) << path;
  return std::move(text).value_or("");
}

TEST(SqliteFile, CompactingLeavesNothingOfWhatWasThere) {
  const test::TempFolder folder;
  const std::string path = folder.path() + "/x.db";
  auto database = test::open_or_die({.path = path});
  const std::string old = "what was there before";
  ASSERT_TRUE(test::execute(*database, "CREATE TABLE t (id INTEGER PRIMARY KEY, x)"));
  ASSERT_TRUE(test::execute(*database, "INSERT INTO t VALUES (1, '" + old + "'), (2, 'kept')"));
  ASSERT_TRUE(test::execute(*database, "UPDATE t SET x = 'new' WHERE id = 1"));
  EXPECT_NE(must_read(path + "-wal").find(old), std::string::npos) << "the test sees it";
  ASSERT_TRUE(database->compact());
  for (const char* suffix : {"", "-wal"}) {
    EXPECT_EQ(must_read(path + suffix).find(old), std::string::npos) << suffix;
  }
  EXPECT_EQ(test::integer(*database, "SELECT count(*) FROM t WHERE x IN ('new', 'kept')"), 2);
}

TEST(SqliteFile, RefusesWhatIsNotOurs) {
  const test::TempFolder folder;
  const std::string path = folder.path() + "/other.db";
  test::write_text(path, std::string(8192, 'x'));
  auto opened = Database::open_sqlite({.path = path});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Code::kCorrupt);

  opened = Database::open_sqlite({.path = folder.path() + "/no/such/folder/x.db"});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Code::kIo);
  EXPECT_NE(opened.error().message.find("/no/such/folder/x.db"), std::string::npos);

  const std::string foreign = folder.path() + "/foreign.db";
  ASSERT_TRUE(test::execute(*test::open_or_die({.path = foreign}), "CREATE TABLE cookies (x)"));
  opened = Database::open_sqlite({.path = foreign});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Code::kInvalidArgument);
  EXPECT_FALSE(Database::open_sqlite({.path = ""}));
}

TEST(SqliteFile, AFullDiskIsSaidAndHarmless) {
  auto database = test::open_or_die({.path = ":memory:"});
  ASSERT_TRUE(test::execute(*database, "CREATE TABLE t (x)"));
  const auto status = database->write([](Connection& c) -> Status {
    // As near to a full disk as one comes without one.
    SG_TRY(c.execute("PRAGMA max_page_count = 4"));
    SG_ASSIGN(auto s, c.prepare("INSERT INTO t VALUES (zeroblob(100000))"));
    return s->run();
  });
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, Code::kIo);
  EXPECT_NE(status.error().message.find("free space"), std::string::npos);
  ASSERT_TRUE(test::execute(*database, "PRAGMA max_page_count = 1000; INSERT INTO t VALUES (1)"));
  EXPECT_EQ(test::integer(*database, "SELECT count(*) FROM t"), 1);
}

}  // namespace
}  // namespace spillguard::db
