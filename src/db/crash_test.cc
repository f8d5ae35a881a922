// A process that is killed while it writes: what it was told to be committed is there afterwards,
// and nothing by half.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <string>

#include "db/db_test_util.h"

namespace spillguard::db {
namespace {

// Writes pairs of rows until it is killed, and tells each committed number through the pipe.
[[noreturn]] void write_until_killed(const std::string& path, int out) {
  auto database = open_sqlite_unmigrated({.path = path, .readers = 1});
  if (!database) ::_exit(2);
  for (int64_t n = 1;; ++n) {
    const auto status = (*database)->write([&](Connection& c) -> Status {
      SG_ASSIGN(auto s, c.prepare("INSERT INTO t (n, half) VALUES ($1, $2)"));
      SG_TRY(s->bind(1, n).bind(2, 1).run());
      return s->bind(1, n).bind(2, 2).run();
    });
    if (!status || ::write(out, &n, sizeof n) != sizeof n) ::_exit(3);
  }
}

TEST(Crash, CommittedRowsSurviveSigkill) {
  const test::TempFolder folder;
  const std::string path = folder.path() + "/x.db";
  ASSERT_TRUE(test::execute(*test::open_or_die({.path = path}),
                            "CREATE TABLE schema_migrations (x); CREATE TABLE t (n INTEGER, half "
                            "INTEGER, PRIMARY KEY (n, half)) STRICT"));
  int64_t base = 0;
  for (const int64_t commits : {1, 50, 400}) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      ::close(ends[0]);
      write_until_killed(path, ends[1]);
    }
    ::close(ends[1]);
    int64_t told = 0;
    int64_t n = 0;
    while (told < commits && ::read(ends[0], &n, sizeof n) == sizeof n) told = n;
    ASSERT_EQ(::kill(child, SIGKILL), 0);
    while (::read(ends[0], &n, sizeof n) == sizeof n) told = n;
    ::close(ends[0]);
    int state = 0;
    ASSERT_EQ(::waitpid(child, &state, 0), child);
    ASSERT_TRUE(WIFSIGNALED(state)) << "it stopped by itself, with " << WEXITSTATUS(state);
    ASSERT_GE(told, commits);

    auto database = test::open_or_die({.path = path});
    const int64_t kept = test::integer(*database, "SELECT count(DISTINCT n) FROM t");
    EXPECT_GE(kept, told) << "every commit that was reported";
    EXPECT_LE(kept, told + 1) << "at most the one whose report was cut off";
    EXPECT_EQ(test::integer(*database, "SELECT count(*) FROM t"), 2 * kept) << "and none by half";
    EXPECT_EQ(
        test::integer(*database,
                      "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'"),
        1);
    ASSERT_TRUE(test::execute(*database, "DELETE FROM t"));
    base += kept;
  }
  EXPECT_GT(base, 450);
}

}  // namespace
}  // namespace spillguard::db
