// What PostgreSQL must do as SQLite does, and what it alone does. Skipped where no server is named.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <future>
#include <limits>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "db/db_test_util.h"
#include "db/postgres_address.h"
#include "db/postgres_database.h"
#include "db/postgres_link.h"
#include "db/postgres_value.h"
#include "db/test_database.h"

namespace spillguard::db {
namespace {

using namespace std::string_literals;

void expect_fine(const Status& status) { ASSERT_TRUE(status) << status.error().message; }

class PostgresTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (test_postgres() == nullptr) {
      GTEST_SKIP() << "SPILLGUARD_TEST_POSTGRES is not set: the tests on PostgreSQL are SKIPPED";
    }
    auto words = new_test_schema();
    ASSERT_TRUE(words) << words.error().message;
    options_.url = *words;
    auto opened = open_postgres_unmigrated(options_);
    ASSERT_TRUE(opened) << opened.error().message;
    database_ = std::move(*opened);
    expect_fine(execute(
        "CREATE TABLE t (id BIGINT PRIMARY KEY, i BIGINT, d FLOAT8, s TEXT COLLATE \"C\", b BYTEA);"
        "CREATE TABLE child (t BIGINT NOT NULL REFERENCES t (id))"));
  }
  Status execute(std::string_view sql) { return test::execute(*database_, sql); }
  Status insert(int64_t id, std::string_view text = "") {
    return database_->write([&](Connection& c) -> Status {
      SG_ASSIGN(auto s, c.prepare("INSERT INTO t (id, s) VALUES ($1, $2)"));
      return s->bind(1, id).bind(2, text).run();
    });
  }
  int64_t count() { return test::integer(*database_, "SELECT count(*) FROM t"); }
  PostgresOptions options_;
  std::unique_ptr<Database> database_;
};

TEST_F(PostgresTest, KeepsEveryValueAsItWas) {
  std::string all_bytes;
  for (int i = 0; i < 256; ++i) all_bytes += static_cast<char>(i);
  struct Row {
    std::optional<int64_t> i;
    std::optional<double> d;
    std::optional<std::string> s;
    std::optional<std::string> b;
  };
  const std::vector<Row> rows = {
      {0, 0.0, "", ""},
      {std::numeric_limits<int64_t>::max(), 0.1, "caf\xC3\xA9", "x"},
      {std::numeric_limits<int64_t>::min(), -1e300, "it's; DROP TABLE t --", "\0"s},
      {-1, 5e-324, "\\x41", all_bytes},
      {{}, {}, {}, {}},
  };
  expect_fine(database_->write([&](Connection& c) -> Status {
    SG_ASSIGN(auto s, c.prepare("INSERT INTO t (id, b, s, d, i) SELECT $5, $4, $3, $2, $1 WHERE $5 "
                                "= $5"));
    int64_t id = 0;
    for (const auto& row : rows) {
      s->bind(1, row.i).bind(2, row.d).bind(3, row.s).bind(5, ++id);
      row.b ? s->bind_blob(4, *row.b) : s->bind_null(4);
      SG_TRY(s->run());
      EXPECT_EQ(c.changes(), 1);
    }
    return {};
  }));
  expect_fine(database_->read([&](Connection& c) -> Status {
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
    return {};
  }));
}

TEST_F(PostgresTest, TextThatItCanNotKeepIsReplacedNotRefused) {
  expect_fine(insert(1, "a\0b\xFF"s));
  EXPECT_EQ(test::integer(*database_,
                          "SELECT count(*) FROM t WHERE s = 'a\xEF\xBF\xBD"
                          "b\xEF\xBF\xBD'"),
            1);
}

TEST_F(PostgresTest, CopyKeepsEveryValueAsItWas) {
  std::string all_bytes;
  for (int i = 0; i < 256; ++i) all_bytes += static_cast<char>(i);
  const std::vector<std::string> texts = {
      "", "\\N", "\\.", "a\tb\nc\rd\\e\bf", "caf\xC3\xA9", "a\0b\xFF"s, "\\x41"};
  CopyRows rows;
  int64_t id = 0;
  for (const std::string& text : texts) rows.add(++id).add(text).add_blob(all_bytes).end_row();
  expect_fine(database_->write([&](Connection& c) { return c.copy("t (id, s, b)", rows); }));
  expect_fine(database_->read([&](Connection& c) -> Status {
    SG_ASSIGN(auto s, c.prepare("SELECT s, b FROM t ORDER BY id"));
    for (const std::string& text : texts) {
      SG_ASSIGN(const bool more, s->step());
      EXPECT_TRUE(more);
      EXPECT_EQ(s->text(0), encode_text(text));
      EXPECT_EQ(s->blob(1), all_bytes);
    }
    return {};
  }));
  // What can not be kept undoes the write, and the connection goes on.
  CopyRows twice;
  twice.add(int64_t{100}).add("x").add_blob("").end_row();
  twice.add(int64_t{100}).add("y").add_blob("").end_row();
  const auto refused =
      database_->write([&](Connection& c) { return c.copy("t (id, s, b)", twice); });
  EXPECT_FALSE(refused);
  EXPECT_FALSE(database_->write([&](Connection& c) { return c.copy("nowhere (id)", twice); }));
  EXPECT_EQ(count(), static_cast<int64_t>(texts.size()));
  expect_fine(insert(200));
}

TEST_F(PostgresTest, SumsAreWholeNumbers) {
  expect_fine(
      execute("INSERT INTO t (id, i) VALUES (1, 9223372036854775806), (2, 1), (3, -20000)"));
  EXPECT_EQ(test::integer(*database_, "SELECT sum(i) FROM t WHERE id < 3"),
            std::numeric_limits<int64_t>::max());
  EXPECT_EQ(test::integer(*database_, "SELECT sum(i) FROM t WHERE id = 3"), -20000);
  EXPECT_EQ(test::integer(*database_, "SELECT sum(i) FROM t WHERE id = 2"), 1);
  EXPECT_EQ(test::integer(*database_, "SELECT sum(i) * 0 FROM t"), 0);
  EXPECT_EQ(test::integer(*database_, "SELECT 3.99::numeric"), 3);
}

TEST_F(PostgresTest, RollsBackWhenWorkFails) {
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
  expect_fine(insert(3));
  EXPECT_EQ(count(), 1);
}

TEST_F(PostgresTest, ReadsSeeOneSnapshotWhileOthersWrite) {
  expect_fine(insert(1));
  expect_fine(database_->read([&](Connection& c) -> Status {
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
}

// The rows that each reads and changes are others' too: only runs that are serial add up.
TEST_F(PostgresTest, ManyWritersLoseNothing) {
  expect_fine(execute("INSERT INTO t (id, i) VALUES (0, 0), (1, 0)"));
  constexpr int kThreads = 6;
  constexpr int kRounds = 25;
  std::atomic<int> failures = 0;
  auto second = open_postgres_unmigrated(options_);
  ASSERT_TRUE(second);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      Database& database = t % 2 == 0 ? *database_ : **second;
      for (int round = 0; round < kRounds; ++round) {
        const auto status = database.write([&](Connection& c) -> Status {
          int64_t value = 0;
          {
            SG_ASSIGN(auto read, c.prepare("SELECT sum(i) FROM t"));
            SG_TRY(read->step());
            value = read->integer(0);
          }
          SG_ASSIGN(auto write, c.prepare("UPDATE t SET i = $1 - (SELECT i FROM t WHERE id = $3) "
                                          "WHERE id = $2"));
          return write->bind(1, value + 1).bind(2, t % 2).bind(3, 1 - t % 2).run();
        });
        if (!status) ++failures;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(test::integer(*database_, "SELECT sum(i) FROM t"), kThreads * kRounds);
}

TEST_F(PostgresTest, ErrorsNameTheThingAndNeverAValue) {
  const std::string value = "hunter" + std::to_string(2);
  expect_fine(insert(1));
  struct Case {
    const char* sql;
    Code code;
    const char* says;
  };
  const std::vector<Case> cases = {
      {"INSERT INTO t (id, s) VALUES (1, $1)", Code::kConflict, "t.t_pkey"},
      {"INSERT INTO t (i) SELECT length($1)", Code::kInternal, "t.id"},
      {"INSERT INTO child (t) SELECT 77 WHERE $1 = $1", Code::kConflict, "FOREIGN KEY"},
      {"SELECT CAST($1 AS BIGINT)", Code::kInternal, "does not fit"},
      {"SELECT absent FROM t WHERE s = $1", Code::kInternal, "\"absent\" does not exist"},
      {"SELEC 1", Code::kInternal, "$1"},
      {"SELECT 1 WHERE $1 = $1; SELECT 2", Code::kInternal, "multiple commands"},
      {"SELECT 1", Code::kInternal, "no parameter $1"},
      {"SELECT $2 || $1", Code::kInternal, "$2 was not bound"},
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

TEST_F(PostgresTest, MisuseIsRefusedNotHung) {
  auto status = database_->write([&](Connection&) { return insert(1); });
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, Code::kInternal);
  status = database_->read([](Connection& c) { return c.execute("DELETE FROM t"); });
  ASSERT_FALSE(status) << "read() may not write";
  status = database_->write([](Connection& c) { return c.execute("COMMIT"); });
  ASSERT_FALSE(status);
  EXPECT_NE(status.error().message.find("ended by the work"), std::string::npos);
  {
    std::shared_ptr<Statement> kept;
    status = database_->write([&](Connection& c) -> Status {
      SG_ASSIGN(kept, c.prepare("SELECT 1"));
      return {};
    });
    ASSERT_FALSE(status);
    EXPECT_NE(status.error().message.find("outlived"), std::string::npos);
  }
  // A failure that the work keeps to itself does not pass for a commit.
  status = database_->write([](Connection& c) -> Status {
    SG_TRY(c.execute("INSERT INTO t (id) VALUES (5)"));
    (void)c.execute("SELECT absent");
    return {};
  });
  ASSERT_FALSE(status);
  EXPECT_EQ(count(), 0);
}

TEST_F(PostgresTest, ActionsRunAfterTheCommitOnly) {
  int64_t seen = -1;
  expect_fine(database_->write([&](Connection& c) -> Status {
    c.after_commit([&] {
      seen = count();
      EXPECT_TRUE(insert(100)) << "the connection is free again";
    });
    return c.execute("INSERT INTO t (id) VALUES (1)");
  }));
  EXPECT_EQ(seen, 1);
  (void)database_->write([&](Connection& c) -> Status {
    c.after_commit([&] { seen = -2; });
    return fail(Code::kCancelled, "");
  });
  expect_fine(insert(101));
  EXPECT_EQ(seen, 1) << "a rolled back transaction leaves no action behind";
}

TEST_F(PostgresTest, ConnectionsThatBrokeAreMadeAnew) {
  expect_fine(insert(1));
  int runs = 0;
  expect_fine(database_->write([&](Connection& c) -> Status {
    SG_TRY(c.execute("INSERT INTO t (id) VALUES (2)"));
    if (++runs == 1) {
      SG_ASSIGN(auto s, c.prepare("SELECT pg_terminate_backend(pg_backend_pid())"));
      return s->run();
    }
    return {};
  }));
  EXPECT_EQ(runs, 2) << "what was rolled back with its connection is run again";
  EXPECT_EQ(count(), 2);
}

TEST_F(PostgresTest, ProcessesHearOfEachOther) {
  auto other = open_postgres_unmigrated(options_);
  ASSERT_TRUE(other) << other.error().message;
  std::mutex mutex;
  std::condition_variable change;
  int heard = 0;
  const auto ear = (*other)->listen("jobs", [&] {
    const std::lock_guard guard(mutex);
    ++heard;
    change.notify_all();
  });
  const auto wait_for = [&](int number) {
    std::unique_lock lock(mutex);
    return change.wait_for(lock, std::chrono::seconds(60), [&] { return heard >= number; });
  };
  ASSERT_TRUE(wait_for(1)) << "once it listens: what came before may have been missed";
  int before = 0;
  {
    const std::lock_guard guard(mutex);
    before = heard;
  }
  expect_fine(database_->write([](Connection& c) -> Status {
    c.notify("jobs");
    return c.execute("INSERT INTO t (id) VALUES (1)");
  }));
  EXPECT_TRUE(wait_for(before + 1));
}

// What a transaction that is open may see can not be thrown away meanwhile: neither for one that
// reads the table, nor, since snapshots begin with it, for one that writes in another database.
TEST_F(PostgresTest, CompactingWaitsForThoseWhoMaySeeWhatWasReplaced) {
  const std::string other_database = "test_" + random_hex(8);
  const auto link = PostgresLink::open(*parse_postgres_address(options_));
  ASSERT_TRUE(link && (*link)->execute("CREATE DATABASE " + other_database));
  PostgresOptions elsewhere_options = options_;
  elsewhere_options.url = std::string(test_postgres()) + " dbname=" + other_database;
  const auto elsewhere = open_postgres_unmigrated(elsewhere_options);
  ASSERT_TRUE(elsewhere) << elsewhere.error().message;
  options_.compact_wait_ms = 0;
  const auto impatient = open_postgres_unmigrated(options_);
  ASSERT_TRUE(impatient) << impatient.error().message;
  const auto size = [&] { return test::integer(*database_, "SELECT pg_relation_size('t')"); };
  for (const bool writes_elsewhere : {false, true}) {
    expect_fine(
        execute("DELETE FROM t; INSERT INTO t (id, s) SELECT n, repeat('x', 500) FROM "
                "generate_series(1, 500) AS n"));
    expect_fine(database_->compact());
    const int64_t once = size();
    std::promise<void> open;
    std::promise<void> enough;
    std::thread other([&] {
      const auto stay = [&](Connection& c) -> Status {
        SG_TRY(c.execute(writes_elsewhere ? "SELECT pg_current_xact_id()" : "SELECT 1"));
        open.set_value();
        enough.get_future().wait();
        return {};
      };
      expect_fine(writes_elsewhere ? (*elsewhere)->write(stay) : database_->read(stay));
    });
    open.get_future().wait();
    expect_fine(execute("UPDATE t SET s = repeat('y', 500)"));
    const auto refused = (*impatient)->compact();
    auto waiting = std::async(std::launch::async, [&] { return database_->compact(); });
    EXPECT_EQ(waiting.wait_for(std::chrono::milliseconds(300)), std::future_status::timeout);
    enough.set_value();
    other.join();
    expect_fine(waiting.get());
    EXPECT_EQ(size(), once);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::kUnavailable);
    const std::string_view said = refused.error().message;
    EXPECT_NE(said.find("process "), std::string::npos) << said;
    EXPECT_TRUE(!writes_elsewhere ||
                said.find(" of database " + other_database) != std::string::npos)
        << said;
  }
}

TEST_F(PostgresTest, CompactingLeavesNoOldValueInStatistics) {
  const std::string old = "what was there before";
  expect_fine(insert(1, old));
  expect_fine(insert(2, old));
  const auto sampled = [&] {
    return test::integer(*database_,
                         "SELECT count(*) FROM pg_stats WHERE tablename = 't' AND "
                         "schemaname = current_schema() AND most_common_vals::text "
                         "LIKE '%what was%'");
  };
  expect_fine(execute("ANALYZE t"));
  ASSERT_EQ(sampled(), 1);
  expect_fine(execute("UPDATE t SET s = 'new'"));
  expect_fine(database_->compact());
  EXPECT_EQ(sampled(), 0);
}

TEST_F(PostgresTest, NodesThatStartTogetherMigrateOnce) {
  auto words = new_test_schema();
  ASSERT_TRUE(words);
  PostgresOptions options;
  options.url = *words;
  std::atomic<int> failures = 0;
  std::vector<std::thread> nodes;
  for (int i = 0; i < 4; ++i) {
    nodes.emplace_back([&] {
      const auto opened = Database::open_postgres(options);
      if (!opened) {
        ADD_FAILURE() << opened.error().message;
        ++failures;
      }
    });
  }
  for (auto& node : nodes) node.join();
  EXPECT_EQ(failures, 0);
}

TEST_F(PostgresTest, RefusesWhatIsNotOurs) {
  auto words = new_test_schema();
  ASSERT_TRUE(words);
  PostgresOptions options;
  options.url = *words;
  const auto link = PostgresLink::open(*parse_postgres_address(options));
  ASSERT_TRUE(link && (*link)->execute("CREATE TABLE cookies (x BIGINT)"));
  const auto opened = Database::open_postgres(options);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Code::kInvalidArgument);
}

TEST(PostgresAddress, NeverTellsThePassword) {
  const std::string password = "correct" + std::to_string(42);
  PostgresOptions options;
  options.url = "postgresql://ada:" + password + "@db.example:5433/guard?sslmode=bogus:" + password;
  auto address = parse_postgres_address(options);
  ASSERT_FALSE(address);
  EXPECT_EQ(address.error().message.find(password), std::string::npos);

  options.url = "postgresql://ada@[" + password;
  address = parse_postgres_address(options);
  ASSERT_FALSE(address);
  EXPECT_EQ(address.error().message.find(password), std::string::npos);

  options.url = "postgresql://ada@db.example:5433/guard";
  options.password = Secret(password);
  address = parse_postgres_address(options);
  ASSERT_TRUE(address) << address.error().message;
  EXPECT_EQ(address->name, "postgresql://db.example:5433/guard");
  bool encrypted = false;
  for (const auto& [key, value] : address->words) {
    encrypted = encrypted || (key == "sslmode" && value == "require");
    EXPECT_NE(value, password);
  }
  EXPECT_TRUE(encrypted) << "to another machine only under TLS";
}

TEST(PostgresAddress, AServerThatIsNotThereIsUnavailable) {
  PostgresOptions options;
  options.url = "host=/nonexistent dbname=x";
  options.patience_ms = 30;
  const auto opened = Database::open_postgres(options);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Code::kUnavailable);
  EXPECT_NE(opened.error().message.find("check that the server runs"), std::string::npos);
}

}  // namespace
}  // namespace spillguard::db
