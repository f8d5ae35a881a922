#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "store/store_test_util.h"

namespace spillguard::store::test {
namespace {

class CommitTest : public StoreTest {};

ItemResult with_finding(ItemResult result, int number, std::initializer_list<int64_t> in) {
  result.findings.push_back(finding_in("page", result.item.host_id, number, in));
  return result;
}

PartProblem failed_part(const std::string& content_id, int64_t version, int64_t bytes) {
  return {.kind = "attachment",
          .content_id = content_id,
          .version = version,
          .status = PartStatus::kFailed,
          .reason = "http_500",
          .detail = "the host answered 500",
          .bytes = bytes};
}

TEST_F(CommitTest, KeepsWhatItIsGiven) {
  ItemResult result = with_finding(page("7", 3), 1, {2, 3});
  result.problems = {failed_part("att1", 1, 55)};
  result.coverage.push_back({"attachment", PartStatus::kFailed, "http_500", 1, 55});
  commit({result});

  const Item row = item("7");
  EXPECT_EQ(row.state, ScanState::kScanned);
  EXPECT_EQ(row.updated, 1003);
  EXPECT_EQ(row.version, 3);
  EXPECT_EQ(row.rules_version, "r1");
  EXPECT_EQ(row.scanned_at, now_);
  EXPECT_EQ(row.scope_id, scope_.id);
  const auto found = findings();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].item_host_id, "7");
  EXPECT_EQ(found[0].item_title, "Page 7");
  EXPECT_EQ(found[0].rule_name, "RULE_1");
  EXPECT_EQ(found[0].fingerprint, fingerprint_of(1));
  EXPECT_EQ(found[0].versions, versions({2, 3}));
  EXPECT_EQ(found[0].evidence, "sealed 1");
  EXPECT_EQ(found[0].author, "ada");
  EXPECT_EQ(found[0].first_seen, now_);
  EXPECT_FALSE(found[0].historical);
  const auto problems = must(store_->problems(scope_.id, 10));
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0].item_key, "7");
  EXPECT_EQ(problems[0].reason, "http_500");
  EXPECT_EQ(problems[0].bytes, 55);
  const std::vector<CoverageCell> cells = {{"attachment", PartStatus::kFailed, "http_500", 1, 55},
                                           {"page", PartStatus::kScanned, "", 3, 300}};
  EXPECT_EQ(must(store_->coverage(scope_.id)), cells);
  EXPECT_EQ(must(store_->item_coverage(row.id)), cells);
  EXPECT_EQ(must(store_->count_items(scope_.id)), 1);
}

TEST_F(CommitTest, TheSameBatchAgainChangesNothing) {
  std::vector<ItemResult> batch;
  for (int i = 0; i < 20; ++i) {
    ItemResult result = page(std::to_string(i), 1 + i % 4);
    if (i % 3 == 0) result = with_finding(std::move(result), i, {1});
    if (i % 5 == 0) {
      result.problems = {failed_part("att" + std::to_string(i), 1, i)};
      result.coverage.push_back({"attachment", PartStatus::kFailed, "http_500", 1, i});
    }
    if (i % 7 == 0) result.item.state = ScanState::kError;
    batch.push_back(std::move(result));
  }
  commit(batch);
  const std::string once = dump();
  commit(batch);
  EXPECT_EQ(dump(), once);
  // New versions only, then the same again as after a crash before the job was done.
  for (ItemResult& result : batch) {
    result.whole = false;
    result.item.version += 2;
    result.item.updated += 2;
    ContentRead& read = result.contents[0];
    read.newest += 2;
    read.highest_read += 2;
    read.complete = false;
    result.coverage = {{"page", PartStatus::kScanned, "", 2, 20}};
  }
  commit(batch);
  const std::string twice = dump();
  EXPECT_NE(twice, once);
  commit(batch);
  EXPECT_EQ(dump(), twice);
  EXPECT_EQ(must(store_->coverage(scope_.id)), recount(scope_.id));
}

TEST_F(CommitTest, AnErrorUndoesAll) {
  commit({page("1")});
  const std::string before = dump();
  ScanCommit batch;
  batch.scope_id = scope_.id;
  batch.rules_version = "r2";
  const std::vector<ItemResult> items = {page("2")};
  batch.items = items;
  batch.checkpoint = "next";
  int64_t seen_inside = -1;
  batch.guard = [&](db::Connection& connection) -> Status {
    SG_ASSIGN(auto row, connection.prepare("SELECT count(*) FROM items"));
    SG_ASSIGN(const bool found, row->step());
    seen_inside = found ? row->integer(0) : -2;
    return fail(Code::kConflict, "lease lost");
  };
  EXPECT_EQ(store_->commit(batch).error().code, Code::kConflict);
  EXPECT_EQ(seen_inside, 1);
  EXPECT_EQ(dump(), before);
  // A row that the schema refuses, after rows that it takes.
  ItemResult bad = page("3");
  bad.problems = {failed_part("x", 1, 1)};
  bad.problems[0].status = PartStatus::kScanned;
  EXPECT_FALSE(try_commit({page("2"), bad}, "r2"));
  EXPECT_EQ(dump(), before);
  EXPECT_EQ(must(store_->scope(scope_.id)).checkpoint, "");
  batch.guard = nullptr;
  batch.scope_id = 999;
  EXPECT_EQ(store_->commit(batch).error().code, Code::kNotFound);
}

TEST_F(CommitTest, FindingsGoThroughTheirStates) {
  commit({with_finding(page("7", 3), 1, {2, 3})});
  const int64_t id = findings().at(0).id;
  // A new version without it.
  now_ += 1000;
  ItemResult next = page("7", 4);
  next.whole = false;
  next.contents[0].complete = false;
  commit({next});
  EXPECT_TRUE(findings().at(0).historical);
  EXPECT_EQ(findings().at(0).last_seen, 10'000);
  // It comes back in version 5.
  next = with_finding(page("7", 5), 1, {5});
  next.whole = false;
  next.contents[0].complete = false;
  commit({next});
  Finding found = findings().at(0);
  EXPECT_FALSE(found.historical);
  EXPECT_EQ(found.versions.to_string(), "2-3,5");
  EXPECT_EQ(found.first_seen, 10'000);
  EXPECT_EQ(found.last_seen, 11'000);
  EXPECT_EQ(found.id, id);
  // Other rules do not find it: hidden, not lost.
  commit({page("7", 5)}, "r2");
  EXPECT_TRUE(findings().empty());
  EXPECT_EQ(number("SELECT count(*) FROM findings"), 1);
  EXPECT_TRUE(must(store_->finding_counts(scope_.id, {}, {})).empty());
  // The first rules again: back, the same row.
  commit({with_finding(page("7", 5), 1, {2, 3, 5})});
  EXPECT_EQ(findings().at(0).id, id);
  EXPECT_FALSE(findings().at(0).historical);
}

TEST_F(CommitTest, AContentThatIsGoneLeavesItsFindingsHistorical) {
  ItemResult result = page("7");
  result.contents.push_back({"comment", "c1", 1, 1, true});
  result.findings = {finding_in("comment", "c1", 4, {1})};
  commit({result});
  EXPECT_FALSE(findings().at(0).historical);
  EXPECT_EQ(number("SELECT count(*) FROM contents"), 2);
  commit({page("7")});
  EXPECT_TRUE(findings().at(0).historical);
  EXPECT_EQ(number("SELECT count(*) FROM contents"), 1);
}

TEST_F(CommitTest, AFailedReadingProvesNothingAndIsReadAgain) {
  commit({with_finding(page("7", 1), 1, {1})});
  ItemResult failed = page("7", 2);
  failed.item.state = ScanState::kError;
  failed.item.error = "cut off";
  failed.contents.clear();
  failed.coverage = {{"item", PartStatus::kFailed, "timeout", 1, 0}};
  failed.problems = {{.kind = "item",
                      .content_id = "",
                      .version = 1,
                      .status = PartStatus::kFailed,
                      .reason = "timeout",
                      .detail = "cut off"}};
  commit({failed}, "r2");
  commit({failed}, "r2");
  EXPECT_FALSE(findings().at(0).historical);
  const Item row = item("7");
  EXPECT_EQ(row.state, ScanState::kError);
  EXPECT_EQ(row.error, "cut off");
  EXPECT_EQ(row.rules_version, "r1");
  const std::vector<CoverageCell> cells = {{"item", PartStatus::kFailed, "timeout", 1, 0},
                                           {"page", PartStatus::kScanned, "", 1, 100}};
  EXPECT_EQ(must(store_->coverage(scope_.id)), cells);
  const auto known = must(store_->known_items(site_.id, std::vector<std::string>{"7", "8"}));
  ASSERT_EQ(known.size(), 1U);
  EXPECT_EQ(known.at("7").updated, 0);
  EXPECT_EQ(known.at("7").highest.at("page/7"), 1);
  // Only the new version is read then: what could not be read is settled.
  ItemResult next = page("7", 2);
  next.whole = false;
  next.coverage = {{"page", PartStatus::kScanned, "", 1, 200}};
  commit({next});
  const std::vector<CoverageCell> after = {{"page", PartStatus::kScanned, "", 2, 300}};
  EXPECT_EQ(must(store_->coverage(scope_.id)), after);
  EXPECT_TRUE(must(store_->problems(scope_.id, 10)).empty());
  EXPECT_EQ(item("7").error, "");
}

TEST_F(CommitTest, AVersionThatFailedAndIsReadLaterIsNotFailedAnyMore) {
  ItemResult result = page("7", 2);
  result.contents.push_back({"attachment", "a", 2, 1, true});
  result.problems = {failed_part("a", 2, 70)};
  result.coverage = {{"page", PartStatus::kScanned, "", 2, 200},
                     {"attachment", PartStatus::kScanned, "", 1, 60},
                     {"attachment", PartStatus::kFailed, "http_500", 1, 70}};
  commit({result});
  ItemResult again = page("7", 2);
  again.whole = false;
  again.contents = {{"attachment", "a", 2, 2, false}};
  again.coverage = {{"attachment", PartStatus::kScanned, "", 1, 70}};
  commit({again});
  const std::vector<CoverageCell> cells = {{"attachment", PartStatus::kScanned, "", 2, 130},
                                           {"page", PartStatus::kScanned, "", 2, 200}};
  EXPECT_EQ(must(store_->coverage(scope_.id)), cells);
  EXPECT_EQ(must(store_->coverage(scope_.id)), recount(scope_.id));
  EXPECT_TRUE(must(store_->problems(scope_.id, 10)).empty());
}

TEST_F(CommitTest, OneVersionOfAnItemNeverScannedDoesNotMakeItUpToDate) {
  const Item asked = must(store_->ensure_item(scope_.id, page("7", 5).item, ScanState::kScanning));
  EXPECT_EQ(asked.updated, 0);
  ItemResult one = with_finding(page("7", 5), 1, {2});
  one.whole = false;
  one.up_to_date = false;
  one.contents = {};
  one.coverage = {{"page", PartStatus::kScanned, "", 1, 10}};
  commit({one});
  EXPECT_EQ(item("7").state, ScanState::kScanned);
  const auto known = must(store_->known_items(site_.id, std::vector<std::string>{"7"}));
  EXPECT_EQ(known.at("7").updated, 0);
  EXPECT_EQ(known.at("7").rules_version, "");
  EXPECT_TRUE(known.at("7").highest.empty());
  EXPECT_EQ(findings().size(), 1U);
  // Nor does a mark on a content of which the other versions were not read.
  one.contents = {{"page", "7", 5, 5, false}};
  commit({one});
  EXPECT_EQ(number("SELECT count(*) FROM contents"), 0);
}

TEST_F(CommitTest, OneVersionByItselfLeavesTheStampsOfAScannedItem) {
  commit({page("7", 3)});
  ItemResult one = with_finding(page("7", 5), 1, {2});
  one.whole = false;
  one.contents.clear();
  one.coverage = {{"page", PartStatus::kScanned, "", 1, 10}};
  commit({one}, "r2");
  EXPECT_EQ(item("7").updated, 1003);
  EXPECT_EQ(item("7").version, 3);
  EXPECT_EQ(item("7").rules_version, "r1");
  // It was counted when the item was scanned whole.
  EXPECT_EQ(must(store_->coverage(scope_.id)).at(0).parts, 3);
  EXPECT_EQ(findings().size(), 1U);
}

TEST_F(CommitTest, AKindThatCameWholeReplacesItsPartsInAPartialResult) {
  ItemResult first = page("7", 3);
  first.coverage.push_back({"label", PartStatus::kScanned, "", 1, 5});
  first.coverage.push_back({"property", PartStatus::kScanned, "", 2, 50});
  first.contents.push_back({"label", "7", 1, 1, true});
  first.contents.push_back({"property", "a", 1, 1, true});
  first.contents.push_back({"property", "b", 1, 1, true});
  first.findings = {finding_in("property", "b", 1, {1}), finding_in("label", "7", 2, {1})};
  commit({first});
  // A new version of the page; the labels are others, and one property is gone.
  ItemResult next = page("7", 4);
  next.whole = false;
  next.coverage = {{"page", PartStatus::kScanned, "", 1, 400},
                   {"label", PartStatus::kScanned, "", 1, 8},
                   {"property", PartStatus::kScanned, "", 1, 30}};
  next.contents = {
      {"page", "7", 4, 4, false}, {"label", "7", 1, 1, true}, {"property", "a", 2, 2, true}};
  next.whole_kinds = {"label", "property"};
  for (int i = 0; i < 2; ++i) {  // the same again changes nothing
    commit({next});
    EXPECT_EQ(must(store_->coverage(scope_.id)),
              (std::vector<CoverageCell>{{"label", PartStatus::kScanned, "", 1, 8},
                                         {"page", PartStatus::kScanned, "", 4, 700},
                                         {"property", PartStatus::kScanned, "", 1, 30}}));
    for (const Finding& finding : findings()) EXPECT_TRUE(finding.historical);
    EXPECT_EQ(number("SELECT count(*) FROM contents"), 3);
  }
}

TEST_F(CommitTest, PagesWithVersionsAndHowManyAreInTheLedger) {
  ItemResult read = page("7", 5);
  read.coverage = {{"page", PartStatus::kScanned, "", 3, 10},
                   {"page", PartStatus::kFailed, "http_500", 1, 0},
                   {"title", PartStatus::kScanned, "", 4, 10},
                   {"comment", PartStatus::kScanned, "", 9, 10}};
  commit({read, page("8", 1)});
  EXPECT_EQ(must(store_->count_versioned_items(scope_.id)), 1);
  const auto items = must(store_->versioned_items(scope_.id, {}, 10));
  ASSERT_EQ(items.size(), 1U);
  EXPECT_EQ(items[0].host_id, "7");
  EXPECT_EQ(items[0].newest, 5);
  EXPECT_EQ(items[0].versions_in_ledger, 5);
  const int64_t turn = items[0].id % 7;
  EXPECT_EQ(must(store_->versioned_items(scope_.id, {0, 7, turn}, 10)).size(), 1U);
  EXPECT_TRUE(must(store_->versioned_items(scope_.id, {0, 7, (turn + 1) % 7}, 10)).empty());
  EXPECT_TRUE(must(store_->versioned_items(scope_.id, {.after_id = items[0].id}, 10)).empty());
}

TEST_F(CommitTest, AnItemThatMovesTakesItsRowsAlong) {
  const Scope other = make_scope("20", "OPS");
  ItemResult result = with_finding(page("7", 2), 1, {2});
  result.problems = {failed_part("a", 1, 9)};
  result.coverage.push_back({"attachment", PartStatus::kFailed, "http_500", 1, 9});
  commit({result, page("8")});
  const auto both = must(store_->coverage(scope_.id));
  commit({result}, "r1", other.id);
  EXPECT_EQ(item("7").scope_id, other.id);
  EXPECT_EQ(must(store_->findings({.scope_id = other.id})).total, 1);
  EXPECT_EQ(must(store_->findings({.scope_id = scope_.id})).total, 0);
  EXPECT_EQ(must(store_->problems(other.id, 5)).size(), 1U);
  EXPECT_EQ(must(store_->coverage(scope_.id)), recount(scope_.id));
  EXPECT_EQ(must(store_->coverage(other.id)), recount(other.id));
  EXPECT_EQ(must(store_->coverage(other.id)).size(), 2U);
  // The same by being asked for in its old scope.
  must(store_->ensure_item(scope_.id, result.item, ScanState::kScheduled));
  EXPECT_EQ(must(store_->coverage(scope_.id)), both);
  EXPECT_TRUE(must(store_->coverage(other.id)).empty());
  EXPECT_EQ(must(store_->findings({.scope_id = scope_.id})).total, 1);
}

TEST_F(CommitTest, JirasMarksAreKeptOnlyWhereThereAreVersions) {
  const Site jira = must(store_->ensure_site("jira", Product::kJira, "https://jira.example"));
  Scope from_host;
  from_host.host_id = "1";
  from_host.key = "FOO";
  const Scope foo = must(store_->upsert_scope(jira.id, from_host));
  ItemResult issue = page("900");
  issue.item.key = "FOO-1";
  issue.item.kind = ItemKind::kIssue;
  issue.contents = {{"description", "description", 4, 4, true}, {"comment", "c1", 1, 1, true}};
  commit({issue}, "r1", foo.id);
  EXPECT_EQ(number("SELECT count(*) FROM contents"), 1);
  commit({page("7", 1)});
  EXPECT_EQ(number("SELECT count(*) FROM contents"), 2);
}

TEST_F(CommitTest, WritesProgressAndStampsOfWhatIsUnchanged) {
  commit({page("1"), page("2")});
  must(store_->begin_scan(scope_.id, true));
  const std::vector<int64_t> unchanged = {item("1").id};
  ScanCommit batch;
  batch.scope_id = scope_.id;
  batch.unchanged = unchanged;
  batch.checkpoint = "page 2";
  batch.items_done_delta = 1;
  batch.items_total = 2;
  must(store_->commit(batch));
  EXPECT_EQ(number("SELECT count(*) FROM items WHERE seen_serial = 1"), 1);
  ScanCommit progress;
  progress.scope_id = scope_.id;
  progress.items_done_delta = 4;
  must(store_->commit(progress));
  const Scope scope = must(store_->scope(scope_.id));
  EXPECT_EQ(scope.checkpoint, "page 2");
  EXPECT_EQ(scope.items_done, 5);
  EXPECT_EQ(scope.items_total, 2);
}

TEST_F(CommitTest, SumsEqualARecountAfterManyChanges) {
  const Scope other = make_scope("20", "OPS");
  uint64_t random = 88172645463325252U;
  const auto next = [&](uint64_t bound) {
    random ^= random << 13;
    random ^= random >> 7;
    random ^= random << 17;
    return static_cast<int64_t>(random % bound);
  };
  for (int round = 0; round < 60; ++round) {
    std::vector<ItemResult> batch;
    for (int i = 0; i < 8; ++i) {
      ItemResult result = page(std::to_string(next(15)), 1 + next(6));
      result.whole = next(3) != 0;
      result.contents[0].complete = result.whole;
      if (next(6) == 0) result.item.state = ScanState::kError;
      if (next(2) == 0) {
        const int64_t bytes = next(1000);
        result.problems = {failed_part(result.item.host_id, 1 + next(6), bytes)};
        result.coverage.push_back({"attachment", PartStatus::kFailed, "http_500", 1, bytes});
      }
      if (next(2) == 0) result = with_finding(std::move(result), static_cast<int>(next(4)), {1});
      batch.push_back(std::move(result));
    }
    commit(batch, next(4) == 0 ? "r2" : "r1", next(3) == 0 ? other.id : scope_.id);
    ASSERT_EQ(must(store_->coverage(scope_.id)), recount(scope_.id)) << round;
    ASSERT_EQ(must(store_->coverage(other.id)), recount(other.id)) << round;
    ASSERT_EQ(number("SELECT count(*) FROM findings f JOIN items i ON i.id = f.item_id "
                     "WHERE f.scope_id <> i.scope_id"),
              0);
    for (const char* child : {"content", "finding", "problem"}) {
      const std::string table =
          std::string(child) == "problem" ? "part_problems" : std::string(child) + "s";
      ASSERT_EQ(number("SELECT count(*) FROM items i WHERE " + std::string(child) +
                       "_rows <> (SELECT count(*) FROM " + table + " c WHERE c.item_id = i.id)"),
                0)
          << child << " after round " << round;
    }
  }
}

TEST_F(CommitTest, ScopesAreCommittedFromManyThreads) {
  constexpr int kThreads = 4;
  constexpr int kBatches = 20;
  std::vector<Scope> scopes;
  for (int t = 0; t < kThreads; ++t) {
    scopes.push_back(make_scope("t" + std::to_string(t), "T" + std::to_string(t)));
  }
  std::atomic<int> failures{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int b = 0; b < kBatches; ++b) {
        const std::string id = std::to_string(t) + "." + std::to_string(b);
        const auto status = try_commit({with_finding(page(id, 1), 1, {1}), page(id + "x", 2)},
                                       "r" + std::to_string(b), scopes[static_cast<size_t>(t)].id);
        const auto read = store_->findings({.scope_id = scopes[static_cast<size_t>(t)].id});
        if (!status || !read || read->total != b + 1) ++failures;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failures, 0);
  for (const Scope& scope : scopes) {
    const std::vector<CoverageCell> cells = {
        {"page", PartStatus::kScanned, "", 3 * kBatches, 300 * kBatches}};
    EXPECT_EQ(must(store_->coverage(scope.id)), cells);
  }
  EXPECT_EQ(number("SELECT count(*) FROM rules_versions"), kBatches);
}

TEST_F(CommitTest, ManyCleanItemsAreQuick) {
  std::vector<ItemResult> batch;
  for (int i = 0; i < 1000; ++i) {
    batch.push_back(page(std::to_string(i)));
    batch.back().contents.clear();
  }
  const auto rate = [&](const char* what) {
    const int64_t start = monotonic_ms();
    commit(batch);
    const int64_t took = std::max<int64_t>(1, monotonic_ms() - start);
    printf("1,000 %s clean items: %lld ms\n", what, static_cast<long long>(took));
  };
  rate("new");
  rate("known");
  EXPECT_EQ(must(store_->count_items(scope_.id)), 1000);
  EXPECT_EQ(must(store_->coverage(scope_.id)).at(0).parts, 1000);
}

}  // namespace
}  // namespace spillguard::store::test
