#include "db/sqlite_database.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/threads.h"
#include "base/time.h"
#include "db/sqlite_connection.h"

namespace spillguard::db {
namespace {

constexpr int kTries = 5;  // of one transaction that others are in the way of

// A lock that serves in the order of asking: many small writers do not starve one. (A std::mutex
// may be won again and again by the thread that just gave it up.)
class FairLock {
 public:
  void lock() {
    std::unique_lock guard(mutex_);
    const uint64_t ticket = next_++;
    turn_.wait(guard, [&] { return serving_ == ticket; });
    owner_ = std::this_thread::get_id();
  }
  void unlock() {
    {
      const std::lock_guard guard(mutex_);
      owner_ = {};
      ++serving_;
    }
    turn_.notify_all();
  }
  bool is_mine() {
    const std::lock_guard guard(mutex_);
    return owner_ == std::this_thread::get_id();
  }

 private:
  std::mutex mutex_;
  std::condition_variable turn_;
  uint64_t next_ = 0;
  uint64_t serving_ = 0;
  std::thread::id owner_;
};

// Runs the transaction again while other connections are in the way.
Status transact(SqliteConnection& connection, std::string_view begin, const Work& work,
                int64_t patience_ms, std::vector<std::function<void()>>& actions) {
  const int64_t give_up = monotonic_ms() + patience_ms;
  for (int tried = 1;; ++tried) {
    auto status = connection.transaction(begin, work, actions);
    if (status || !connection.busy_seen() || tried == kTries || monotonic_ms() >= give_up) {
      return status;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5 << tried));
  }
}

// Folds the write-ahead log back beside the writers: that waits for the disk, which takes a tenth
// of a second where the disk is busy.
class LogFolder {
 public:
  explicit LogFolder(std::unique_ptr<SqliteConnection> connection)
      : connection_(std::move(connection)), thread_([this] { run(); }) {}
  LogFolder(const LogFolder&) = delete;
  LogFolder& operator=(const LogFolder&) = delete;
  ~LogFolder() {
    {
      const std::lock_guard guard(mutex_);
      stop_ = true;
    }
    change_.notify_one();
    thread_.join();
  }
  void told(int pages) {
    constexpr int kPagesToFold = 1000;
    if (pages < kPagesToFold) return;
    {
      const std::lock_guard guard(mutex_);
      wanted_ = true;
    }
    change_.notify_one();
  }

 private:
  void run() {
    set_thread_name("db-log");
    std::unique_lock guard(mutex_);
    while (true) {
      change_.wait(guard, [&] { return wanted_ || stop_; });
      if (stop_) return;
      wanted_ = false;
      guard.unlock();
      connection_->fold_log_back();
      guard.lock();
    }
  }

  std::unique_ptr<SqliteConnection> connection_;
  std::mutex mutex_;
  std::condition_variable change_;
  bool wanted_ = false;
  bool stop_ = false;
  std::thread thread_;  // last: it uses the rest
};

class SqliteDatabase final : public Database {
 public:
  static Result<std::unique_ptr<Database>> open(const SqliteOptions& options,
                                                const std::string& file, const std::string& name) {
    using Role = SqliteConnection::Role;
    std::unique_ptr<SqliteDatabase> database(new SqliteDatabase(options));
    SG_ASSIGN(database->writer_, SqliteConnection::open(options, file, name, Role::kWriter));
    for (size_t i = 0; i < std::max<size_t>(1, options.readers); ++i) {
      SG_ASSIGN(auto reader, SqliteConnection::open(options, file, name, Role::kReader));
      database->readers_.push_back(std::move(reader));
    }
    SG_ASSIGN(auto folder, SqliteConnection::open(options, file, name, Role::kWriter));
    database->folder_ = std::make_unique<LogFolder>(std::move(folder));
    database->writer_->watch_log(
        [folder = database->folder_.get()](int pages) { folder->told(pages); });
    return database;
  }

  [[nodiscard]] Dialect dialect() const override { return Dialect::kSqlite; }

  Status write(const Work& work) override {
    if (writing_.is_mine()) {
      return fail(Code::kInternal, "a write() was called inside another write()");
    }
    std::vector<std::function<void()>> actions;
    {
      const std::lock_guard guard(writing_);
      SG_TRY(transact(*writer_, "BEGIN IMMEDIATE", work, patience_ms_, actions));
    }
    for (const auto& action : actions) action();
    return {};
  }

  Status compact() override {
    const std::lock_guard guard(writing_);
    return writer_->compact();
  }

  Status read(const Work& work) override {
    const Borrowed reader(*this);
    std::vector<std::function<void()>> none;
    return transact(reader.get(), "BEGIN DEFERRED", work, patience_ms_, none);
  }

  // Nobody notifies here: after_commit() reaches all who wait, for they are in this process.
  std::shared_ptr<void> listen(std::string /*topic*/, std::function<void()> /*heard*/) override {
    return nullptr;
  }

 private:
  // A reader out of the pool, for the time of one read().
  class Borrowed {
   public:
    explicit Borrowed(SqliteDatabase& database) : database_(database) {
      std::unique_lock guard(database_.pool_mutex_);
      database_.pool_change_.wait(guard, [&] { return !database_.readers_.empty(); });
      connection_ = std::move(database_.readers_.back());
      database_.readers_.pop_back();
    }
    Borrowed(const Borrowed&) = delete;
    Borrowed& operator=(const Borrowed&) = delete;
    ~Borrowed() {
      {
        const std::lock_guard guard(database_.pool_mutex_);
        database_.readers_.push_back(std::move(connection_));
      }
      database_.pool_change_.notify_one();
    }
    [[nodiscard]] SqliteConnection& get() const { return *connection_; }

   private:
    SqliteDatabase& database_;
    std::unique_ptr<SqliteConnection> connection_;
  };

  explicit SqliteDatabase(const SqliteOptions& options) : patience_ms_(options.busy_timeout_ms) {}

  int64_t patience_ms_;
  FairLock writing_;
  std::unique_ptr<LogFolder> folder_;         // outlives the writer, which tells it
  std::unique_ptr<SqliteConnection> writer_;  // guarded by writing_
  std::mutex pool_mutex_;
  std::condition_variable pool_change_;
  std::vector<std::unique_ptr<SqliteConnection>> readers_;  // the idle ones, guarded by pool_mutex_
};

// Makes the file with mode 0600 before SQLite would with the umask's; the log files beside it get
// the same mode from SQLite. An existing file is not opened here: closing any descriptor of it
// would drop the locks that this process has on it.
Status create_private_file(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor >= 0) {
    ::close(descriptor);
    return {};
  }
  if (errno == EEXIST) return {};
  const int error = errno;
  return fail(Code::kIo, fmt::format("database {}: can not be created: {}; check that its folder "
                                     "exists and belongs to the service's user",
                                     path, std::generic_category().message(error)));
}

std::string last_error_text() { return std::generic_category().message(errno); }

// A file of our own that is unlinked as soon as all connections have it open. SQLite's own memory
// databases lock whole tables or the whole database against readers; tests want the real thing.
Result<std::unique_ptr<Database>> open_temporary(const SqliteOptions& options) {
  const char* const base = std::getenv("TMPDIR");  // NOLINT(concurrency-mt-unsafe): nobody sets it
  std::string folder =
      std::string(base != nullptr && *base != '\0' ? base : "/tmp") + "/spillguard-db-XXXXXX";
  if (::mkdtemp(folder.data()) == nullptr) {
    return fail(Code::kIo, fmt::format("temporary database {}: {}", folder, last_error_text()));
  }
  const std::string file = folder + "/temporary.db";
  auto created = create_private_file(file);
  auto database = created ? SqliteDatabase::open(options, file, "(temporary)")
                          : Result<std::unique_ptr<Database>>(fail(created.error()));
  for (const char* suffix : {"", "-wal", "-shm"}) ::unlink((file + suffix).c_str());
  ::rmdir(folder.c_str());
  return database;
}

}  // namespace

Result<std::unique_ptr<Database>> open_sqlite_unmigrated(const SqliteOptions& options) {
  if (options.path.empty()) {
    return fail(Code::kInvalidArgument, "the database's path is empty; name a file");
  }
  if (options.path == ":memory:") return open_temporary(options);
  SG_TRY(create_private_file(options.path));
  return SqliteDatabase::open(options, options.path, options.path);
}

Result<std::unique_ptr<Database>> Database::open_sqlite(const SqliteOptions& options) {
  SG_ASSIGN(auto database, open_sqlite_unmigrated(options));
  SG_TRY(migrate(*database));
  return database;
}

}  // namespace spillguard::db
