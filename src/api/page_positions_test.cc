#include "api/page_positions.h"

#include <gtest/gtest.h>

#include "api/reveal_log.h"

namespace spillguard::api {
namespace {

TEST(PagePositions, AreKeptForAWhileAndBounded) {
  TimeMs now = 1000;
  PagePositions positions([&] { return now; });
  positions.remember("ada|1", 50, 777);
  EXPECT_EQ(positions.find("ada|1", 50), 777);
  EXPECT_EQ(positions.find("ada|1", 51), std::nullopt);
  EXPECT_EQ(positions.find("bob|1", 50), std::nullopt);
  positions.remember("ada|1", 50, 778);
  EXPECT_EQ(positions.find("ada|1", 50), 778);
  for (int i = 0; i < 60'000; ++i) positions.remember("ada|2", i, i);
  EXPECT_EQ(positions.find("ada|1", 50), std::nullopt);
  EXPECT_EQ(positions.find("ada|2", 59'999), 59'999);
  now += 15 * 60 * 1000;
  EXPECT_EQ(positions.find("ada|2", 59'999), std::nullopt);
}

TEST(RevealLog, TellsAtMostOnceAMinuteAndLosesNoNumber) {
  TimeMs now = 1'000'000;
  auto database = db::Database::open_sqlite({.path = ":memory:"}).value();
  RevealLog log([&] { return now; });
  const auto show = [&](const std::string& who, int64_t findings) {
    const auto noted = log.note(*database,
                                {.id = 0,
                                 .at = 0,
                                 .site_id = 0,
                                 .actor = who,
                                 .address = "127.0.0.1",
                                 .kind = store::AuditKind::kEvidenceRevealed,
                                 .entity = "project/OPS"},
                                findings);
    EXPECT_TRUE(noted);
  };
  const auto told = [&] {
    std::vector<std::string> out;
    const auto events = store::AuditLog(*database).query({}).value();
    for (const auto& event : events) {
      out.push_back(event.actor + event.details);
    }
    return out;
  };
  show("ada", 0);
  EXPECT_TRUE(told().empty());
  show("ada", 50);
  show("ada", 50);
  show("bob", 3);
  EXPECT_EQ(told(), (std::vector<std::string>{R"(bob{"findings":3})", R"(ada{"findings":50})"}));
  now += 60'000;
  show("ada", 1);
  EXPECT_EQ(told().front(), R"(ada{"findings":51})");
}

}  // namespace
}  // namespace spillguard::api
