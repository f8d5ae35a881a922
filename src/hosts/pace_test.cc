// The pace against a host that keeps a token bucket, gets slow, or goes away; all in made-up time.
#include "hosts/pace.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace spillguard::hosts {
namespace {

RateSigns answer(int status, int64_t latency = 10) {
  RateSigns signs;
  signs.status = status;
  signs.latency_ms = latency;
  return signs;
}

// A bucket as the hosts keep it: whole tokens, filled once an interval.
struct Bucket {
  int64_t limit = 70;
  int64_t fill = 5;
  int64_t interval = 1000;
  int64_t tokens = 70;
  int64_t filled_at = 0;
  int64_t refused = 0;

  RateSigns take(int64_t now) {
    const int64_t intervals = (now - filled_at) / interval;
    tokens = std::min(limit, tokens + intervals * fill);
    filled_at += intervals * interval;
    const bool ok = tokens > 0;
    if (ok) --tokens;
    if (!ok) ++refused;
    RateSigns signs = answer(ok ? 200 : 429);
    signs.limit = limit;
    signs.remaining = tokens;
    signs.fill_rate = fill;
    signs.interval_ms = interval;
    signs.retry_after_ms = ok ? 0 : interval;
    return signs;
  }
};

// Workers without thought of their own, requests of `latency`, for `duration`; how many were made.
int64_t press(Pace& pace, std::vector<Bucket>& nodes, int64_t duration, int64_t latency) {
  struct Running {
    int64_t ends;
    RateSigns signs;
  };
  std::vector<Running> running;
  int64_t made = 0;
  for (int64_t now = 0; now < duration; ++now) {
    for (size_t i = 0; i < running.size();) {
      if (running[i].ends > now) {
        ++i;
        continue;
      }
      const RateSigns signs = running[i].signs;
      running.erase(running.begin() + static_cast<std::ptrdiff_t>(i));
      pace.report(now, signs, static_cast<int>(running.size()));
    }
    while (pace.wait_ms(now, static_cast<int>(running.size())) == 0) {
      pace.started(now);
      auto& node = nodes[static_cast<size_t>(made) % nodes.size()];
      running.push_back({now + latency, node.take(now)});
      ++made;
    }
  }
  return made;
}

TEST(PaceTest, AHostWithABucketIsNeverPushedOverItAndItsRateIsUsed) {
  for (const int64_t latency : {1, 7, 40, 333}) {
    Pace pace({.max_concurrency = 8});
    std::vector<Bucket> host(1);
    const int64_t made = press(pace, host, 120'000, latency);
    EXPECT_EQ(host[0].refused, 0) << "latency " << latency;
    // 70 at once and 5 a second; the reserve and the first look cost a little.
    EXPECT_GT(made, 70 + 5 * 120 - 60) << "latency " << latency;
  }
}

TEST(PaceTest, WhenTheHostFillsItsBucketDoesNotMatter) {
  for (const int64_t phase : {1, 250, 500, 750, 999}) {
    for (const int64_t latency : {2, 90, 700}) {
      for (const int64_t fill : {1, 20, 200}) {
        Pace pace({.max_concurrency = 8});
        std::vector<Bucket> host(1);
        host[0] = {.limit = 40, .fill = fill, .interval = 1000, .tokens = 40, .filled_at = -phase};
        press(pace, host, 60'000, latency);
        EXPECT_EQ(host[0].refused, 0) << phase << " " << latency << " " << fill;
      }
    }
  }
}

TEST(PaceTest, ASmallBucketAndABucketThatOthersUse) {
  Pace pace({.max_concurrency = 4});
  std::vector<Bucket> host(1);
  host[0] = {.limit = 10, .fill = 1, .interval = 1000, .tokens = 3};
  press(pace, host, 60'000, 20);
  EXPECT_EQ(host[0].refused, 0);
}

TEST(PaceTest, NodesWithABucketEachAreHeldByTheEmptiest) {
  Pace pace({.max_concurrency = 4});
  std::vector<Bucket> host(2);
  host[1].tokens = 10;
  press(pace, host, 120'000, 15);
  EXPECT_EQ(host[0].refused + host[1].refused, 0);
}

// Several of our nodes at one bucket, each with workers without thought; how many requests were
// made. `join`: the node of this number begins at its time, and the others hear of it `late` ms
// after that.
int64_t press_together(std::vector<Pace>& paces, Bucket& host, int64_t join, int64_t late,
                       int64_t latency) {
  struct Running {
    int64_t ends;
    RateSigns signs;
  };
  std::vector<std::vector<Running>> running(paces.size());
  int64_t made = 0;
  for (int64_t now = 0; now < 60'000; ++now) {
    const auto asking = static_cast<int64_t>(paces.size());
    for (int64_t i = 0; i < asking; ++i) {
      Pace& pace = paces[static_cast<size_t>(i)];
      auto& mine = running[static_cast<size_t>(i)];
      const int64_t began = std::min(asking, 1 + now / join);  // who asks already
      const int64_t heard = std::min(asking, 1 + std::max<int64_t>(0, now - late) / join);
      if (i >= began) continue;
      pace.share(now, static_cast<int>(std::max(heard, i + 1)));
      for (size_t r = 0; r < mine.size();) {
        if (mine[r].ends > now) {
          ++r;
          continue;
        }
        const RateSigns signs = mine[r].signs;
        mine.erase(mine.begin() + static_cast<std::ptrdiff_t>(r));
        pace.report(now, signs, static_cast<int>(mine.size()));
      }
      while (pace.wait_ms(now, static_cast<int>(mine.size())) == 0) {
        pace.started(now);
        mine.push_back({now + latency + i, host.take(now)});
        ++made;
      }
    }
  }
  return made;
}

TEST(PaceTest, NodesOfOursKeepToOneBucketTogether) {
  for (const size_t nodes : {2U, 3U}) {
    for (const int64_t latency : {1, 7, 40, 333}) {
      for (const int64_t join : {1, 1'500, 9'000}) {
        std::vector<Pace> paces(nodes, Pace({.max_concurrency = 8}));
        Bucket host = {
            .limit = 150, .fill = 20, .interval = 1000, .tokens = 150, .filled_at = -300};
        const int64_t made = press_together(paces, host, join, 20, latency);
        // Before they know of each other a few may be too many: no more than are on their way.
        EXPECT_LE(host.refused, join < 20 ? 8 : 0)
            << nodes << " nodes, latency " << latency << ", join " << join;
        EXPECT_GT(made, 150 + 20 * 60 * 7 / 10) << nodes << " nodes, latency " << latency;
      }
    }
  }
}

TEST(PaceTest, WhoIsLeftAloneHasTheWholeRateAgain) {
  Pace pace({.max_concurrency = 6});
  RateSigns signs = answer(200);
  signs.limit = 60;
  signs.remaining = 60;
  signs.fill_rate = 60;
  signs.interval_ms = 1000;
  pace.share(0, 3);
  pace.report(0, signs, 0);
  EXPECT_EQ(pace.limit(0), 2);
  pace.share(10, 1);
  EXPECT_EQ(pace.limit(10), 6);
  int asked = 0;
  for (; pace.wait_ms(20, 0) == 0; ++asked) pace.started(20);
  EXPECT_LE(asked, 20) << "what the others did not use is not known";
  for (asked = 0; pace.wait_ms(10'000, 0) == 0; ++asked) pace.started(10'000);
  EXPECT_GT(asked, 50);
}

TEST(PaceTest, WithoutHeadersOnlyConcurrencyHolds) {
  Pace pace({.max_concurrency = 3});
  EXPECT_EQ(pace.wait_ms(0, 0), 0);
  EXPECT_GT(pace.wait_ms(0, 1), 0) << "until the first answer says how hard it may be pressed";
  pace.report(0, answer(200), 0);
  EXPECT_EQ(pace.wait_ms(0, 2), 0);
  EXPECT_GT(pace.wait_ms(0, 3), 0);
}

TEST(PaceTest, RefusalsPauseEverybodyAndLongerEachTime) {
  Pace pace({.max_concurrency = 4});
  RateSigns refused = answer(429);
  refused.retry_after_ms = 7'000;
  pace.report(100, refused, 0);
  EXPECT_EQ(pace.wait_ms(100, 0), 7'000);
  EXPECT_EQ(pace.wait_ms(7'100, 0), 0);
  refused.retry_after_ms = -1;
  int64_t now = 10'000;
  std::vector<int64_t> waits;
  for (int i = 0; i < 3; ++i) {
    pace.report(now, refused, 0);
    waits.push_back(pace.wait_ms(now, 0));
    now += waits.back();
  }
  EXPECT_EQ(waits, (std::vector<int64_t>{2'000, 4'000, 8'000}));
  pace.report(now, answer(200), 0);
  pace.report(now, refused, 0);
  EXPECT_EQ(pace.wait_ms(now, 0), 1'000);
}

TEST(PaceTest, SlowAnswersMeanFewerAtATimeUntilTheHostIsWell) {
  Pace pace({.max_concurrency = 8});
  for (int i = 0; i < 50; ++i) pace.report(i, answer(200, 100), 0);
  EXPECT_EQ(pace.limit(100), 8);
  for (int i = 0; i < 15; ++i) pace.report(100 + i, answer(200, 4'000), 0);
  EXPECT_LE(pace.limit(200), 2);
  EXPECT_GE(pace.limit(200), 1);
  for (int i = 0; i < 300; ++i) pace.report(300 + i, answer(200, 100), 0);
  EXPECT_EQ(pace.limit(700), 8);
}

TEST(PaceTest, AHostThatIsAwayIsLeftAloneAndTriedByOne) {
  Pace pace({.max_concurrency = 4, .first_break_ms = 1'000});
  for (int i = 0; i < 4; ++i) pace.report(i, answer(0), 0);
  EXPECT_EQ(pace.wait_ms(4, 0), 0) << "four failures are no pattern";
  pace.report(5, answer(503), 0);
  EXPECT_EQ(pace.wait_ms(5, 0), 1'000);
  EXPECT_EQ(pace.wait_ms(1'005, 0), 0);
  EXPECT_GT(pace.wait_ms(1'005, 1), 0) << "one at a time";
  pace.report(1'010, answer(504), 0);
  EXPECT_EQ(pace.wait_ms(1'010, 0), 2'000) << "and longer";
  pace.report(3'010, answer(200), 0);
  EXPECT_EQ(pace.wait_ms(3'010, 0), 0);
  for (int i = 0; i < 100; ++i) pace.report(3'020 + i, answer(200), 0);
  EXPECT_EQ(pace.limit(4'000), 4);
}

TEST(PaceTest, FailuresOfSingleQuestionsAreNotTheHosts) {
  Pace pace({.max_concurrency = 4});
  for (int i = 0; i < 50; ++i) pace.report(i, answer(i % 2 == 0 ? 500 : 404), 0);
  EXPECT_EQ(pace.wait_ms(50, 0), 0);
}

}  // namespace
}  // namespace spillguard::hosts
