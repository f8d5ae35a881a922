#include "scan/part_scanner.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>
#include <string>

#include "detect/engine.h"
#include "scan/scan_test_util.h"

namespace spillguard::scan {
namespace {

using testing_util::comment;
using testing_util::token;

hosts::ItemRef item(const std::string& id) {
  hosts::ItemRef ref;
  ref.id = id;
  ref.key = "A-" + id;
  return ref;
}

// Short texts wait for one another, long ones do not: which finding is whose, and what is counted,
// does not tell.
TEST(PartScanner, FindingsBelongToTheirPartsHoweverTheseAreScanned) {
  const MasterKey key = MasterKey::generate();
  const auto engine = detect::Engine::build(testing_util::test_rules()).value();
  PartScanner scanner(engine, key);
  std::mt19937 random(9);
  for (int round = 0; round < 20; ++round) {
    scanner.begin(item("1"));
    std::map<std::string, std::set<std::string>> expected;  // fingerprints, by content
    int64_t bytes = 0;
    const size_t parts = random() % 400;
    const int64_t before = scanner.parts();
    for (size_t i = 0; i < parts; ++i) {
      const std::string content = std::to_string(i);
      const std::string words(random() % (i % 40 == 0 ? 20'000 : 300), 'w');
      std::string text = "x";
      if (random() % 3 == 0) {
        const char fill = static_cast<char>('a' + random() % 26);
        text = words + " " + token(fill) + " " + words;
        expected[content].insert(key.fingerprint(token(fill)).hex());
      } else {
        text += words;
      }
      bytes += static_cast<int64_t>(text.size());
      scanner.add(comment(content, text));
    }
    EXPECT_EQ(scanner.parts() - before, static_cast<int64_t>(parts)) << "counted when they come";
    const store::ItemResult result = scanner.finish(true);
    std::map<std::string, std::set<std::string>> found;
    for (const store::NewFinding& finding : result.findings) {
      EXPECT_TRUE(found[finding.content_id].insert(finding.fingerprint.hex()).second);
    }
    EXPECT_EQ(found, expected);
    if (parts == 0) continue;
    ASSERT_EQ(result.coverage.size(), 1U);
    EXPECT_EQ(result.coverage[0].parts, static_cast<int64_t>(parts));
    EXPECT_EQ(result.coverage[0].bytes, bytes);
  }
}

// What waited of an item that was given up is not scanned with the next.
TEST(PartScanner, BeginForgetsWhatWaited) {
  const MasterKey key = MasterKey::generate();
  const auto engine = detect::Engine::build(testing_util::test_rules()).value();
  PartScanner scanner(engine, key);
  scanner.begin(item("1"));
  scanner.add(comment("1", token('a')));
  scanner.begin(item("2"));
  EXPECT_TRUE(scanner.finish(true).findings.empty());
}

}  // namespace
}  // namespace spillguard::scan
