// Fills an empty store and measures it through the repositories that the server uses:
//   store_load sqlite:PATH|postgresql://… ITEMS FINDINGS REVIEWS SCOPES
// Prints "name<TAB>number<TAB>unit" lines; bench/store_bench.py runs it for two sizes and compares.
// Besides, for several processes at one queue:
//   store_load ADDRESS enqueue JOBS
//   store_load ADDRESS work NODE     claims and completes until there is none; prints how many
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "base/strings.h"
#include "base/time.h"
#include "jobs/queue.h"
#include "store/move_store.h"
#include "store/reviews.h"
#include "store/sql.h"
#include "store_fill.h"

namespace spillguard::bench {
namespace {

constexpr int kCalls = 300;
constexpr int64_t kBatch = 200;  // items a commit, as pages of a host are
constexpr int64_t kCommits = 25;

void print(std::string_view name, double value, std::string_view unit) {
  fmt::print("{}\t{:.3f}\t{}\n", name, value, unit);
  std::fflush(stdout);
}

int64_t monotonic_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

double seconds_since(int64_t start_ns) {
  return static_cast<double>(monotonic_ns() - start_ns) / 1e9;
}

// Numbers that jump over [0, below) the same way in every run.
class Spread {
 public:
  int64_t next(int64_t below) {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return static_cast<int64_t>((state_ >> 33) %
                                static_cast<uint64_t>(std::max<int64_t>(1, below)));
  }

 private:
  uint64_t state_ = 42;
};

class Load {
 public:
  Load(db::Database& database, Filled filled, const Sizes& sizes)
      : database_(database), store_(database), filled_(std::move(filled)), sizes_(sizes) {}

  Status run() {
    SG_TRY(lists());
    SG_TRY(counts());
    SG_TRY(lookups());
    SG_TRY(reviews());
    SG_TRY(commits("commit items, no findings", 0, 1));
    SG_TRY(commits("commit findings", 5, 1));
    SG_TRY(commits("commit findings, 4 writers", 5, 4));
    SG_TRY(commits_again());
    return queue();
  }

 private:
  [[nodiscard]] const FilledScope& big() const { return filled_.scopes.front(); }
  const FilledScope& some_scope() {
    return filled_
        .scopes[static_cast<size_t>(spread_.next(static_cast<int64_t>(filled_.scopes.size())))];
  }

  // Median and 99th percentile of one call, milliseconds.
  Status time(std::string_view name, int calls, const std::function<Status()>& call) {
    std::vector<double> took;
    for (int i = 0; i < calls; ++i) {
      const int64_t start = monotonic_ns();
      if (auto status = call(); !status) return fail(std::move(status).error().context(name));
      took.push_back(seconds_since(start) * 1000);
    }
    std::sort(took.begin(), took.end());
    print(name, took[took.size() / 2], "ms");
    print(fmt::format("{} (p99)", name), took[took.size() * 99 / 100], "ms");
    return {};
  }

  Status page(const store::FindingQuery& query) {
    SG_ASSIGN(const auto page, store_.findings(query));
    return page.findings.empty() && query.offset == 0 ? fail(Code::kInternal, "an empty page")
                                                      : Status();
  }

  Status lists() {
    const int64_t in_big = sizes_.findings / 10;
    SG_TRY(time("list first page", kCalls, [&] { return page({.scope_id = some_scope().id}); }));
    SG_TRY(time("list page anywhere", kCalls,
                [&] { return page({.scope_id = big().id, .offset = spread_.next(in_big - 50)}); }));
    SG_TRY(time("list page anywhere, one rule, not reviewed", kCalls, [&] {
      return page({.scope_id = big().id,
                   .reviewed = false,
                   .rule_ids = {static_cast<int32_t>(1'000'000 + spread_.next(19))},
                   .offset = spread_.next(in_big / 30)});
    }));
    return time("list next page", kCalls, [&] {
      return page({.scope_id = big().id, .reviewed = false, .after_id = spread_.next(in_big / 2)});
    });
  }

  Status counts() {
    SG_TRY(time("count findings by rule", kCalls, [&]() -> Status {
      SG_TRY(store_.finding_counts(big().id, {}, {}));
      return {};
    }));
    SG_TRY(time("count findings of all scopes", 50, [&]() -> Status {
      SG_TRY(store_.finding_totals(filled_.site_id, {}));
      return {};
    }));
    SG_TRY(time("count items", kCalls, [&]() -> Status {
      SG_TRY(store_.count_items(big().id));
      return {};
    }));
    SG_TRY(time("coverage", kCalls, [&]() -> Status {
      SG_TRY(store_.coverage(big().id));
      return {};
    }));
    return time("list scopes", 50, [&]() -> Status {
      SG_TRY(store_.scopes(filled_.site_id));
      return {};
    });
  }

  Status lookups() {
    SG_TRY(time("item by key", kCalls, [&]() -> Status {
      const int64_t number = big().first + spread_.next(big().last - big().first);
      SG_TRY(store_.item_by_key(filled_.site_id, fmt::format("B{}-{}", big().id, number)));
      return {};
    }));
    SG_TRY(time("known items, 200", 100, [&]() -> Status {
      std::vector<std::string> ids;
      for (int i = 0; i < kBatch; ++i)
        ids.push_back(std::to_string(1 + spread_.next(sizes_.items)));
      SG_ASSIGN(const auto known, store_.known_items(filled_.site_id, ids));
      return known.empty() ? fail(Code::kInternal, "no item is known") : Status();
    }));
    return time("unseen items, 100", 100, [&]() -> Status {
      SG_TRY(store_.unseen_items(some_scope().id, 2, 0, 100));
      return {};
    });
  }

  Status reviews() {
    SG_TRY(time("review and take back", 200, [&]() -> Status {
      const int64_t now = now_ms();
      store::Review review;
      review.site_id = filled_.site_id;
      review.scope_id = big().id;
      review.fingerprint = fingerprint_of(1 + 4 * spread_.next(sizes_.findings / 40));
      review.rule_name = "BENCH_RULE";
      review.reviewer = "somebody";
      review.reviewed_at = now;
      return database_.write([&](db::Connection& connection) -> Status {
        SG_TRY(store::put_review(connection, review));
        SG_TRY(store::revoke_review(connection, review, "somebody", now));
        return {};
      });
    }));
    return time("list reviews, 500", 100, [&]() -> Status {
      SG_TRY(store::Reviews(database_).list(
          {.site_id = filled_.site_id, .scope_id = some_scope().id, .limit = 500}));
      return {};
    });
  }

  Status commit(int64_t scope_id, int64_t first, int64_t findings_an_item) {
    std::vector<store::ItemResult> items;
    for (int64_t i = 0; i < kBatch; ++i) {
      items.push_back(made_item(first + i, fmt::format("N-{}", first + i)));
      for (int64_t f = 0; f < findings_an_item; ++f) {
        items.back().findings.push_back(
            made_finding(1'000'000'000 + (first + i) * findings_an_item + f));
      }
    }
    store::ScanCommit commit;
    commit.scope_id = scope_id;
    commit.rules_version = "bench";
    commit.items = items;
    commit.checkpoint = fmt::format("at {}", first);
    commit.items_done_delta = kBatch;
    return store_.commit(commit);
  }

  // New items in scopes of their writer's, as workers have them.
  Status commits(std::string_view name, int64_t findings_an_item, int writers) {
    std::atomic<bool> failed = false;
    Status error;
    const int64_t first = next_;
    next_ += kBatch * kCommits * writers;
    const int64_t start = monotonic_ns();
    const auto write = [&](int writer) {
      const auto scope = static_cast<size_t>(writer + 1) % filled_.scopes.size();
      for (int64_t i = 0; i < kCommits && !failed; ++i) {
        auto status = commit(filled_.scopes[scope].id, first + (writer * kCommits + i) * kBatch,
                             findings_an_item);
        if (!status && !failed.exchange(true)) error = std::move(status);
      }
    };
    std::vector<std::thread> threads;
    for (int i = 1; i < writers; ++i) threads.emplace_back(write, i);
    write(0);
    for (auto& thread : threads) thread.join();
    if (failed) return fail(std::move(error).error().context(name));
    const double rows = static_cast<double>(kBatch * kCommits * writers);
    print(name,
          rows * static_cast<double>(std::max<int64_t>(1, findings_an_item)) / seconds_since(start),
          "rows/s");
    return {};
  }

  // What a forced scan does: everything is there already.
  Status commits_again() {
    const int64_t first = next_ - kBatch * kCommits;
    const int64_t start = monotonic_ns();
    const auto scope = static_cast<size_t>(4) % filled_.scopes.size();
    for (int64_t i = 0; i < kCommits; ++i) {
      SG_TRY(commit(filled_.scopes[scope].id, first + i * kBatch, 5));
    }
    print("commit the same findings again", kBatch * kCommits * 5 / seconds_since(start), "rows/s");
    return {};
  }

  Status queue() {
    constexpr int kJobs = 4000;
    jobs::Queue queue(database_, "bench", 600'000);
    const int64_t start = monotonic_ns();
    SG_TRY(database_.write([&](db::Connection& connection) -> Status {
      for (int i = 0; i < kJobs; ++i) {
        SG_TRY(queue.enqueue(connection, {.kind = "bench", .key = std::to_string(i)}));
      }
      return {};
    }));
    print("enqueue jobs", kJobs / seconds_since(start), "jobs/s");
    SG_TRY(claim_all("claim jobs one by one", 1, kJobs / 4));
    SG_TRY(claim_all("claim jobs by fifty", 50, kJobs / 4));
    return claim_and_complete(kJobs / 4);
  }

  Status claim_all(std::string_view name, size_t at_once, int count) {
    jobs::Queue queue(database_, "bench", 600'000);
    const int64_t start = monotonic_ns();
    int got = 0;
    while (got < count) {
      SG_ASSIGN(const auto claimed, queue.claim(at_once, {"bench"}));
      if (claimed.empty()) return fail(Code::kInternal, "the queue is empty");
      got += static_cast<int>(claimed.size());
    }
    print(name, got / seconds_since(start), "jobs/s");
    return {};
  }

  Status claim_and_complete(int count) {
    std::atomic<int> done = 0;
    std::atomic<bool> failed = false;
    const int64_t start = monotonic_ns();
    const auto work = [&](int number) {
      jobs::Queue queue(database_, fmt::format("bench{}", number), 600'000);
      while (done < count && !failed) {
        const auto claimed = queue.claim(1, {"bench"});
        if (!claimed || claimed->empty() || !queue.complete(claimed->front())) {
          failed = true;
          return;
        }
        ++done;
      }
    };
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) threads.emplace_back(work, i);
    for (auto& thread : threads) thread.join();
    if (failed) return fail(Code::kInternal, "a job could not be claimed and completed");
    print("claim and complete, 4 workers", done / seconds_since(start), "jobs/s");
    return {};
  }

  db::Database& database_;
  store::Store store_;
  Filled filled_;
  Sizes sizes_;
  Spread spread_;
  int64_t next_ = 1;
};

Result<std::unique_ptr<db::Database>> open_store(const std::string& address) {
  if (address.starts_with("sqlite:")) return db::Database::open_sqlite({.path = address.substr(7)});
  db::PostgresOptions options;
  options.url = address;
  return db::Database::open_postgres(options);
}

Status disk(db::Database& database) {
  const bool embedded = database.dialect() == db::Dialect::kSqlite;
  return database.read([&](db::Connection& connection) -> Status {
    SG_ASSIGN(const int64_t bytes,
              store::number_or(connection, 0,
                               embedded ? "SELECT page_count * page_size FROM pragma_page_count, "
                                          "pragma_page_size"
                                        : "SELECT pg_database_size(current_database())"));
    print("disk", static_cast<double>(bytes) / 1e6, "MB");
    if (embedded) return {};
    for (const char* table : {"items", "contents", "findings", "finding_sums", "reviews"}) {
      SG_ASSIGN(const int64_t size,
                store::number_or(connection, 0, "SELECT pg_total_relation_size($1::regclass)",
                                 std::string_view(table)));
      print(fmt::format("disk of {}", table), static_cast<double>(size) / 1e6, "MB");
    }
    return {};
  });
}

Status load(const std::string& address, const Sizes& sizes) {
  SG_ASSIGN(const auto database, open_store(address));
  store::Store store(*database);
  const int64_t start = monotonic_ns();
  SG_ASSIGN(auto filled, fill_store(store, sizes));
  print("filled in", seconds_since(start), "s");
  // What a store that grew by and by has from its own upkeep.
  if (database->dialect() == db::Dialect::kPostgres) {
    SG_TRY(
        database->write([](db::Connection& connection) { return connection.execute("ANALYZE"); }));
  }
  SG_TRY(disk(*database));
  SG_TRY(Load(*database, std::move(filled), sizes).run());
  // Reads everything: of a large store it would take longer than all else.
  if (sizes.items <= 200'000) {
    SG_ASSIGN(const auto wrong, store::check_store(*database));
    if (!wrong.empty()) return fail(Code::kCorrupt, "the filled store is wrong: " + wrong.front());
  }
  rusage usage{};
  (void)::getrusage(RUSAGE_SELF, &usage);
  print("memory of the program", static_cast<double>(usage.ru_maxrss) / 1e3, "MB");
  return {};
}

Status enqueue_jobs(const std::string& address, int64_t count) {
  SG_ASSIGN(const auto database, open_store(address));
  jobs::Queue queue(*database, "bench");
  return database->write([&](db::Connection& connection) -> Status {
    for (int64_t i = 0; i < count; ++i) {
      SG_TRY(queue.enqueue(connection, {.kind = "shared", .key = std::to_string(i)}));
    }
    return {};
  });
}

Status work_off(const std::string& address, const std::string& node) {
  SG_ASSIGN(const auto database, open_store(address));
  jobs::Queue queue(*database, node);
  std::atomic<int> done = 0;
  std::atomic<bool> failed = false;
  const auto work = [&] {
    while (!failed) {
      const auto claimed = queue.claim(1, {"shared"});
      if (claimed && claimed->empty()) return;
      if (!claimed || !queue.complete(claimed->front())) failed = true;
      ++done;
    }
  };
  std::thread second(work);
  work();
  second.join();
  if (failed) return fail(Code::kInternal, "a job could not be claimed and completed");
  fmt::print("{}\n", done.load());
  return {};
}

Status run(const std::vector<std::string>& arguments) {
  if (arguments.size() == 3 && arguments[1] == "enqueue") {
    return enqueue_jobs(arguments[0], parse_int(arguments[2]).value_or(0));
  }
  if (arguments.size() == 3 && arguments[1] == "work") return work_off(arguments[0], arguments[2]);
  std::vector<int64_t> numbers;
  for (size_t i = 1; i < arguments.size(); ++i) {
    numbers.push_back(parse_int(arguments[i]).value_or(0));
  }
  if (numbers.size() != 4 || *std::min_element(numbers.begin(), numbers.end()) <= 0) {
    return fail(Code::kInvalidArgument,
                "usage: store_load sqlite:PATH|URL ITEMS FINDINGS REVIEWS SCOPES");
  }
  return load(
      arguments[0],
      {.items = numbers[0], .findings = numbers[1], .reviews = numbers[2], .scopes = numbers[3]});
}

}  // namespace
}  // namespace spillguard::bench

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  const auto done = spillguard::bench::run(arguments);
  if (!done) std::fprintf(stderr, "store_load: %s\n", done.error().message.c_str());
  return done ? 0 : 1;
}
