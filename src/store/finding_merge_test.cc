#include "store/finding_merge.h"

#include <gtest/gtest.h>

#include <optional>

#include "store/store_test_util.h"

namespace spillguard::store {
namespace {

// One finding of content page/7, known or reported or both, and what comes of it.
struct MergeCase {
  const char* name;
  std::optional<const char*> stored = {};    // its versions
  std::optional<const char*> reported = {};  // its versions
  std::optional<ContentRead> read = {};
  bool same_rules = true;
  bool whole = true;
  bool failed = false;
  bool was_historical = false;
  std::optional<PartProblem> problem = {};
  int64_t mark = 0;
  // Expected.
  const char* versions = "";
  bool historical = false;
  bool resolved = false;
};

ContentRead page7(int64_t newest, int64_t highest, bool complete, std::string_view scanned = "") {
  return {"page", "7", newest, highest, complete, VersionSet::parse(scanned)};
}

PartProblem problem_at(std::string content_id, int64_t version) {
  PartProblem problem;
  problem.kind = "page";
  problem.content_id = std::move(content_id);
  problem.version = version;
  problem.reason = "http_500";
  return problem;
}

class MergeTest : public ::testing::TestWithParam<MergeCase> {};

TEST_P(MergeTest, Ends) {
  const MergeCase& c = GetParam();
  ItemResult result;
  result.whole = c.whole;
  if (c.failed) result.item.state = ScanState::kError;
  if (c.read) result.contents.push_back(*c.read);
  if (c.problem) result.problems.push_back(*c.problem);
  NewFinding finding = test::finding_in("page", "7", 1, {});
  if (c.reported) {
    finding.versions = VersionSet::parse(*c.reported);
    result.findings.push_back(finding);
  }
  StoredFindings stored;
  if (c.stored) {
    StoredFinding row;
    row.id = 5;
    row.versions = VersionSet::parse(*c.stored);
    row.historical = c.was_historical;
    stored.emplace(FindingKey{"page", "7", finding.rule_id, finding.fingerprint}, row);
  }
  std::map<ContentKey, int64_t> marks;
  if (c.mark > 0) marks[{"page", "7"}] = c.mark;
  const FindingPlan plan = plan_findings({.result = &result,
                                          .stored = &stored,
                                          .highest = &marks,
                                          .same_rules = c.same_rules,
                                          .now = 99});
  if (!c.stored) {
    ASSERT_EQ(plan.inserts.size(), 1U);
    EXPECT_EQ(plan.inserts[0].versions.to_string(), c.versions);
    EXPECT_EQ(plan.inserts[0].historical, c.historical);
    return;
  }
  EXPECT_TRUE(plan.inserts.empty());
  const StoredFinding& row = plan.updates.empty() ? stored.begin()->second : plan.updates.front();
  EXPECT_EQ(row.id, 5);
  EXPECT_EQ(row.versions.to_string(), c.versions);
  EXPECT_EQ(row.historical, c.historical);
  EXPECT_EQ(row.resolved_at, c.resolved ? 99 : 0);
  EXPECT_EQ(row.last_seen, c.reported ? 99 : 0);
}

INSTANTIATE_TEST_SUITE_P(
    Transitions, MergeTest,
    ::testing::Values(
        MergeCase{
            .name = "NewInNewest", .reported = "1-3", .read = page7(3, 3, true), .versions = "1-3"},
        MergeCase{.name = "OldVersionsReadAgainByOtherRules",
                  .stored = "1-2",
                  .read = page7(3, 3, true, "1-3"),
                  .same_rules = false,
                  .was_historical = true,
                  .versions = "1-2",
                  .historical = true,
                  .resolved = true},
        MergeCase{.name = "AnOldVersionThatIsNoMoreByOtherRules",
                  .stored = "1-2",
                  .read = page7(3, 3, true, "2-3"),
                  .same_rules = false,
                  .was_historical = true,
                  .versions = "1-2",
                  .historical = true},
        MergeCase{.name = "NewInOldOnly",
                  .reported = "1-2",
                  .read = page7(3, 3, true),
                  .versions = "1-2",
                  .historical = true},
        MergeCase{.name = "NewInOneOldVersionOnly",
                  .reported = "2",
                  .read = page7(3, 0, false),
                  .whole = false,
                  .versions = "2"},
        MergeCase{.name = "NewInOldVersionNewestKnown",
                  .reported = "2",
                  .read = page7(3, 0, false),
                  .whole = false,
                  .mark = 3,
                  .versions = "2",
                  .historical = true},
        MergeCase{.name = "StaysInNextVersion",
                  .stored = "1-3",
                  .reported = "4",
                  .read = page7(4, 4, false),
                  .whole = false,
                  .mark = 3,
                  .versions = "1-4"},
        MergeCase{.name = "GoesWithNextVersion",
                  .stored = "1-3",
                  .read = page7(4, 4, false),
                  .whole = false,
                  .mark = 3,
                  .versions = "1-3",
                  .historical = true},
        MergeCase{.name = "GoesWithWholeReading",
                  .stored = "1-3",
                  .reported = "1-3",
                  .read = page7(4, 4, true),
                  .versions = "1-3",
                  .historical = true},
        MergeCase{.name = "ComesBack",
                  .stored = "1-3",
                  .reported = "5",
                  .read = page7(5, 5, false),
                  .whole = false,
                  .was_historical = true,
                  .mark = 4,
                  .versions = "1-3,5"},
        MergeCase{.name = "UntouchedWhenNothingNewWasRead",
                  .stored = "1-3",
                  .read = page7(3, 3, false),
                  .whole = false,
                  .mark = 3,
                  .versions = "1-3"},
        MergeCase{.name = "OtherRulesDoNotFindIt",
                  .stored = "1-3",
                  .read = page7(3, 3, true),
                  .same_rules = false,
                  .versions = "1-3",
                  .resolved = true},
        MergeCase{.name = "OtherRulesAndOldText",
                  .stored = "1-3",
                  .read = page7(4, 4, true),
                  .same_rules = false,
                  .versions = "1-3",
                  .historical = true},
        MergeCase{.name = "EditedWithoutNewVersion",
                  .stored = "1",
                  .read = page7(1, 1, true),
                  .versions = "1",
                  .historical = true},
        MergeCase{.name = "EditedBack",
                  .stored = "1",
                  .reported = "1",
                  .read = page7(1, 1, true),
                  .was_historical = true,
                  .versions = "1"},
        MergeCase{.name = "ContentGone", .stored = "1-3", .versions = "1-3", .historical = true},
        MergeCase{
            .name = "NotGoneInPartialResult", .stored = "1-3", .whole = false, .versions = "1-3"},
        MergeCase{
            .name = "NotGoneWhenReadingFailed", .stored = "1-3", .failed = true, .versions = "1-3"},
        MergeCase{.name = "NotGoneWhenItHasAProblem",
                  .stored = "1-3",
                  .problem = problem_at("7", 0),
                  .versions = "1-3"},
        MergeCase{.name = "NotGoneWhenListingHasAProblem",
                  .stored = "1-3",
                  .problem = problem_at("", 0),
                  .versions = "1-3"},
        MergeCase{.name = "GoneDespiteProblemElsewhere",
                  .stored = "1-3",
                  .problem = problem_at("8", 0),
                  .versions = "1-3",
                  .historical = true},
        MergeCase{.name = "NewestCouldNotBeRead",
                  .stored = "1-3",
                  .read = page7(4, 4, true),
                  .problem = problem_at("7", 4),
                  .versions = "1-3"},
        MergeCase{.name = "OldOneCouldNotBeRead",
                  .stored = "1-3",
                  .read = page7(4, 4, true),
                  .problem = problem_at("7", 2),
                  .versions = "1-3",
                  .historical = true},
        MergeCase{.name = "SameVersionCouldNotBeRead",
                  .stored = "3",
                  .read = page7(3, 3, true),
                  .same_rules = false,
                  .problem = problem_at("7", 3),
                  .versions = "3"},
        MergeCase{.name = "VersionsUnknownButReported",
                  .stored = "1",
                  .reported = "1",
                  .was_historical = true,
                  .versions = "1"},
        MergeCase{.name = "FailedReadingReportsOldVersion",
                  .stored = "1-2",
                  .reported = "1",
                  .failed = true,
                  .was_historical = true,
                  .versions = "1-2",
                  .historical = true}),
    [](const auto& param_info) { return param_info.param.name; });

TEST(FindingMerge, UnresolvesAndKeepsTheFirstAuthor) {
  ItemResult result;
  result.contents = {page7(3, 3, true)};
  result.findings = {test::finding_in("page", "7", 1, {3}), test::finding_in("page", "7", 1, {1})};
  result.findings[0].author = "late";
  result.findings[1].author = "first";
  result.findings[1].created_when = 11;
  StoredFinding row;
  row.id = 5;
  row.versions = VersionSet::parse("2");
  row.resolved_at = 50;
  row.author = "second";
  const StoredFindings stored = {{FindingKey{"page", "7", 1, test::fingerprint_of(1)}, row}};
  const std::map<ContentKey, int64_t> no_marks;
  const FindingPlan plan = plan_findings(
      {.result = &result, .stored = &stored, .highest = &no_marks, .same_rules = true, .now = 99});
  ASSERT_EQ(plan.updates.size(), 1U);
  EXPECT_EQ(plan.updates[0].resolved_at, 0);
  EXPECT_EQ(plan.updates[0].author, "first");
  EXPECT_EQ(plan.updates[0].created_when, 11);
  EXPECT_EQ(plan.updates[0].versions.to_string(), "1-3");
}

}  // namespace
}  // namespace spillguard::store
