// Lists of findings, counts and reviews.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "store/reviews.h"
#include "store/store_test_util.h"

namespace spillguard::store::test {
namespace {

class ListsTest : public StoreTest {
 protected:
  // Pages 1..4, each with secret 1 (rule 1) and one of its own (rule 2).
  void SetUp() override {
    std::vector<ItemResult> items;
    for (int i = 1; i <= 4; ++i) {
      const std::string id = std::to_string(i);
      ItemResult result = page(id, 3);
      result.findings = {finding_in("page", id, 1, {1, 2, 3}, 1),
                         finding_in("page", id, 100 + i, {3}, 2),
                         finding_in("comment", "c" + id, 200 + i, {1}, 2)};
      result.contents.push_back({"comment", "c" + id, 1, 1, true});
      items.push_back(std::move(result));
    }
    commit(items);
  }

  // Without a scope: in the whole site.
  ReviewChange review(std::optional<int64_t> scope_id, int number, const std::string& rule,
                      const std::string& reviewer, TimeMs expires_at = 0) {
    ReviewChange change;
    must(database_->write([&](db::Connection& connection) -> Status {
      SG_ASSIGN(change, put_review(connection, {.site_id = site_.id,
                                                .scope_id = scope_id.value_or(kWholeSite),
                                                .fingerprint = fingerprint_of(number),
                                                .rule_name = rule,
                                                .reviewer = reviewer,
                                                .reviewed_at = now_,
                                                .reason = {},
                                                .expires_at = expires_at}));
      return {};
    }));
    return change;
  }
  bool unreview(std::optional<int64_t> scope_id, int number) {
    ReviewChange change;
    must(database_->write([&](db::Connection& connection) -> Status {
      SG_ASSIGN(change, revoke_review(connection,
                                      {.site_id = site_.id,
                                       .scope_id = scope_id.value_or(kWholeSite),
                                       .fingerprint = fingerprint_of(number)},
                                      "bob", now_));
      return {};
    }));
    return change.changed;
  }

  FindingPage list(FindingQuery query) {
    query.scope_id = scope_.id;
    return must(store_->findings(query));
  }
};

TEST_F(ListsTest, PagesByOffsetAndByKey) {
  const auto all = list({});
  EXPECT_EQ(all.total, 12);
  ASSERT_EQ(all.findings.size(), 12U);
  for (int64_t offset = 0; offset < 14; offset += 5) {
    const auto page = list({.offset = offset, .limit = 5});
    EXPECT_EQ(page.total, 12);
    for (size_t i = 0; i < page.findings.size(); ++i) {
      EXPECT_EQ(page.findings[i].id, all.findings[static_cast<size_t>(offset) + i].id);
    }
    EXPECT_EQ(page.findings.size(), offset == 10 ? 2U : 5U);
  }
  std::vector<int64_t> walked;
  while (true) {
    const auto page = list({.limit = 5, .after_id = walked.empty() ? 0 : walked.back()});
    if (page.findings.empty()) break;
    for (const Finding& finding : page.findings) walked.push_back(finding.id);
  }
  EXPECT_EQ(walked.size(), 12U);
  EXPECT_TRUE(std::is_sorted(walked.begin(), walked.end()));
}

TEST_F(ListsTest, FiltersByItemRuleAndVersion) {
  const int64_t item_id = item("2").id;
  EXPECT_EQ(list({.item_id = item_id}).total, 3);
  EXPECT_EQ(list({.rule_ids = {2}}).total, 8);
  EXPECT_EQ(list({.rule_ids = {2, 9}, .disabled_rules = {1}}).total, 8);
  EXPECT_EQ(list({.disabled_rules = {2, 1}}).total, 0);
  // Of the page's own content: not the comment, whose versions are numbers of its own.
  EXPECT_EQ(list({.item_id = item_id, .version = 1}).total, 1);
  const auto third = list({.item_id = item_id, .version = 3, .offset = 1, .limit = 1});
  EXPECT_EQ(third.total, 2);
  ASSERT_EQ(third.findings.size(), 1U);
  EXPECT_EQ(third.findings[0].rule_id, 2);
  EXPECT_EQ(list({.item_id = item_id, .version = 4}).total, 0);
  EXPECT_EQ(store_->findings({.scope_id = scope_.id, .version = 1}).error().code,
            Code::kInvalidArgument);
  EXPECT_EQ(list({.item_id = item_id, .author = "ada"}).findings.size(), 3U);
  EXPECT_EQ(list({.item_id = item_id, .author = "ada' OR '1' = '1"}).total, 0);
  EXPECT_EQ(must(store_->finding_counts(scope_.id, item_id, {}, "bob")).size(), 0U);
  EXPECT_EQ(store_->findings({.scope_id = scope_.id, .author = "ada"}).error().code,
            Code::kInvalidArgument);
  const Scope other = make_scope("20", "OPS");
  EXPECT_EQ(must(store_->findings({.scope_id = other.id, .item_id = item_id})).total, 0);
}

TEST_F(ListsTest, ReviewsCountInTheirScopeOrEverywhere) {
  const Scope other = make_scope("20", "OPS");
  ItemResult elsewhere = page("50");
  elsewhere.findings = {finding_in("page", "50", 1, {1}), finding_in("page", "50", 101, {1})};
  commit({elsewhere}, "r1", other.id);
  const auto reviewed = [&](int64_t scope_id, bool wanted) {
    return must(store_->findings({.scope_id = scope_id, .reviewed = wanted})).total;
  };
  review(scope_.id, 1, "RULE_1", "ada");
  EXPECT_EQ(reviewed(scope_.id, true), 4);
  EXPECT_EQ(reviewed(scope_.id, false), 8);
  EXPECT_EQ(reviewed(other.id, true), 0);
  review({}, 101, "RULE_2", "bob");
  review({}, 1, "RULE_1", "bob");
  EXPECT_EQ(reviewed(scope_.id, true), 5);  // one under two reviews is one
  EXPECT_EQ(reviewed(other.id, true), 2);
  EXPECT_EQ(list({.item_id = item("1").id, .reviewed = true}).total, 2);
  EXPECT_EQ(list({.item_id = item("1").id, .reviewed = false}).total, 1);
  EXPECT_EQ(list({.item_id = item("1").id, .version = 1, .reviewed = false}).total, 0);
  for (const Finding& finding : list({.reviewed = true}).findings) {
    EXPECT_TRUE(finding.reviewed);
    EXPECT_TRUE(finding.reviewed_globally);
  }
  EXPECT_TRUE(unreview({}, 1));
  EXPECT_FALSE(unreview({}, 1));
  EXPECT_EQ(reviewed(scope_.id, true), 5);  // still by the scope's own
  EXPECT_FALSE(list({.item_id = item("3").id, .reviewed = true}).findings.at(0).reviewed_globally);
  EXPECT_EQ(reviewed(other.id, true), 1);
  EXPECT_TRUE(unreview(scope_.id, 1));
  EXPECT_EQ(reviewed(scope_.id, true), 1);
  // Taken back and given again by somebody else.
  review(scope_.id, 1, "RULE_1", "eve");
  EXPECT_EQ(reviewed(scope_.id, true), 5);
  EXPECT_EQ(number("SELECT count(*) FROM reviews WHERE reviewer = 'eve'"), 1);
}

TEST_F(ListsTest, ReviewsOutliveFindingsAndRunOut) {
  review(scope_.id, 777, "RULE_1", "ada", 20'000);
  ItemResult late = page("60");
  late.findings = {finding_in("page", "60", 777, {1})};
  commit({late});
  EXPECT_EQ(list({.reviewed = true}).total, 1);
  now_ = 20'000;
  EXPECT_EQ(list({.reviewed = true}).total, 0);
  EXPECT_FALSE(list({.item_id = item("60").id}).findings.at(0).reviewed);
}

TEST_F(ListsTest, CountsByRule) {
  review({}, 1, "RULE_1", "ada");
  review(scope_.id, 201, "RULE_2", "ada");
  auto counts = must(store_->finding_counts(scope_.id, {}, {}));
  ASSERT_EQ(counts.size(), 2U);
  EXPECT_EQ(counts[0].rule_name, "RULE_1");
  EXPECT_EQ(counts[0].findings, 4);
  EXPECT_EQ(counts[0].reviewed, 4);
  EXPECT_EQ(counts[1].findings, 8);
  EXPECT_EQ(counts[1].reviewed, 1);
  counts = must(store_->finding_counts(scope_.id, item("2").id, {1}));
  ASSERT_EQ(counts.size(), 1U);
  EXPECT_EQ(counts[0].rule_id, 2);
  EXPECT_EQ(counts[0].findings, 2);
  EXPECT_EQ(counts[0].reviewed, 0);
}

TEST_F(ListsTest, AViewTellsWhatListAndCountsTell) {
  review({}, 1, "RULE_1", "ada");
  const int64_t item = list({}).findings.front().item_id;
  for (const auto& item_id : {std::optional<int64_t>(), std::optional<int64_t>(item)}) {
    for (const auto& rules : {std::vector<int32_t>{}, std::vector<int32_t>{1, 2, 99}}) {
      for (const auto& off : {std::vector<int32_t>{}, std::vector<int32_t>{2, 77}}) {
        for (const auto& reviewed :
             {std::optional<bool>(), std::optional<bool>(true), std::optional<bool>(false)}) {
          const FindingQuery query{.scope_id = scope_.id,
                                   .item_id = item_id,
                                   .reviewed = reviewed,
                                   .rule_ids = rules,
                                   .disabled_rules = off,
                                   .offset = 1,
                                   .limit = 3};
          const auto view = must(store_->findings_view(query));
          const auto page = list(query);
          EXPECT_EQ(view.page.total, page.total);
          EXPECT_EQ(view.page.more, page.more);
          ASSERT_EQ(view.page.findings.size(), page.findings.size());
          for (size_t i = 0; i < page.findings.size(); ++i) {
            EXPECT_EQ(view.page.findings[i].id, page.findings[i].id);
            EXPECT_EQ(view.page.findings[i].rule_name, page.findings[i].rule_name);
            EXPECT_EQ(view.page.findings[i].reviewer, page.findings[i].reviewer);
          }
          const auto counts = must(store_->finding_counts(scope_.id, item_id, off));
          ASSERT_EQ(view.counts.size(), counts.size());
          for (size_t i = 0; i < counts.size(); ++i) {
            EXPECT_EQ(view.counts[i].rule_id, counts[i].rule_id);
            EXPECT_EQ(view.counts[i].rule_name, counts[i].rule_name);
            EXPECT_EQ(view.counts[i].findings, counts[i].findings);
            EXPECT_EQ(view.counts[i].reviewed, counts[i].reviewed);
          }
        }
      }
    }
  }
}

TEST_F(ListsTest, ARuleMayGetAnotherName) {
  ItemResult result = page("70");
  result.findings = {finding_in("page", "70", 5, {1}, 2)};
  result.findings[0].rule_name = "NEW_NAME";
  commit({result});
  EXPECT_EQ(list({.rule_ids = {2}}).findings.at(0).rule_name, "NEW_NAME");
}

TEST_F(ListsTest, ListsAndTotalsAreServedByIndexes) {
  if (database_->dialect() != db::Dialect::kSqlite) return;
  // What the planner does with the texts that findings.cc makes.
  const auto plan = [&](const std::string& sql) {
    std::string out;
    must(database_->read([&](db::Connection& connection) -> Status {
      SG_ASSIGN(auto rows, connection.prepare("EXPLAIN QUERY PLAN " + sql));
      while (true) {
        SG_ASSIGN(const bool more, rows->step());
        if (!more) return {};
        out += std::string(rows->text(3)) + "\n";
      }
    }));
    return out;
  };
  const std::string in_scope = plan(
      "SELECT id FROM findings WHERE resolved_at = 0 AND scope_id = 1 AND id BETWEEN 1024 AND 2047 "
      "AND rule_id NOT IN (3) AND reviewed = 0 ORDER BY id");
  EXPECT_NE(in_scope.find("COVERING INDEX findings_in_scope"), std::string::npos) << in_scope;
  EXPECT_EQ(in_scope.find("TEMP B-TREE"), std::string::npos) << in_scope;
  const std::string sums = plan(
      "SELECT block, sum(findings) FROM finding_sums WHERE scope_id = 1 AND level = 2 AND "
      "block BETWEEN 3 AND 9 AND rule_id IN (4) GROUP BY block HAVING sum(findings) > 0 "
      "ORDER BY block");
  EXPECT_EQ(sums.find("TEMP B-TREE"), std::string::npos) << sums;
  EXPECT_NE(sums.find("SEARCH"), std::string::npos) << sums;
  const std::string from_behind = plan(
      "SELECT block, sum(findings) FROM finding_sums WHERE scope_id = 1 AND level = 1 AND "
      "block BETWEEN 3 AND 9 GROUP BY block HAVING sum(findings) > 0 ORDER BY block DESC");
  EXPECT_EQ(from_behind.find("TEMP B-TREE"), std::string::npos) << from_behind;
  const std::string covered = plan(
      "UPDATE findings SET reviewed = reviewed | 1 WHERE reviewed & 1 = 0 AND fingerprint = x'00' "
      "AND scope_id IN (SELECT id FROM scopes WHERE site_id = 1 AND (2 = 0 OR id = 2))");
  EXPECT_NE(covered.find("findings_by_text"), std::string::npos) << covered;
  const std::string in_item = plan(
      "SELECT id FROM findings WHERE resolved_at = 0 AND item_id = 4 AND +scope_id = 1 AND id > 0 "
      "AND rule_id NOT IN (3) ORDER BY id");
  EXPECT_NE(in_item.find("findings_in_item"), std::string::npos) << in_item;
  const std::string by_key = plan(
      "SELECT * FROM items i WHERE i.site_id = 1 AND upper(i.key) = 'A-1' AND i.key <> i.host_id");
  EXPECT_NE(by_key.find("items_by_key"), std::string::npos) << by_key;
}

TEST_F(ListsTest, PagesAndCountsOfALongListAgree) {
  const bool sqlite = database_->dialect() == db::Dialect::kSqlite;
  const auto bytes = [&](int size) {
    return sqlite ? fmt::format("randomblob({})", size)
                  : fmt::format("decode(rpad(md5(i::text), {}, md5(i::text)), 'hex')", 2 * size);
  };
  must(database_->write([&](db::Connection& connection) {
    return connection.execute(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) "
        "INSERT INTO findings (scope_id, item_id, content_kind, content_id, rule_id, severity, "
        "fingerprint, versions, historical, evidence, author, created_when, first_seen, last_seen) "
        "SELECT (SELECT scope_id FROM items LIMIT 1), (SELECT id FROM items LIMIT 1), "
        "'attachment', 'a', i % 50, 1, " +
        bytes(32) + ", '1', 0, " + bytes(200) + ", 'ada', 1, 1, 1 FROM n");
  }));
  for (int i = 0; i < 200; ++i) {
    review({}, i, "RULE_1", "ada");
  }
  EXPECT_EQ(list({}).total, 5'012);
  EXPECT_EQ(list({}).findings.size(), 50U);
  EXPECT_EQ(list({.offset = 4'990}).findings.size(), 22U);
  EXPECT_EQ(list({.reviewed = false, .offset = 4'500}).total, 5'004);
  EXPECT_EQ(list({.reviewed = true}).findings.size(), 8U);
  EXPECT_EQ(list({.reviewed = true}).total, 8);
  EXPECT_GE(must(store_->finding_counts(scope_.id, {}, {7})).size(), 49U);
}

// Ids that lie far apart, as where several scopes are scanned at once: many blocks, few in each.
TEST_F(ListsTest, PagesOfThinBlocksAreWhole) {
  const bool sqlite = database_->dialect() == db::Dialect::kSqlite;
  const std::string fingerprint =
      sqlite ? "randomblob(32)" : "decode(md5(i::text) || md5(i::text), 'hex')";
  must(database_->write([&](db::Connection& connection) {
    return connection.execute(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) "
        "INSERT INTO findings (id, scope_id, item_id, content_kind, content_id, rule_id, severity, "
        "fingerprint, versions, historical, evidence, author, created_when, first_seen, last_seen) "
        "SELECT 1000 + i * 67, (SELECT scope_id FROM items LIMIT 1), (SELECT id FROM items LIMIT "
        "1), "
        "'attachment', 'a', 100 + i % 25, 1, " +
        fingerprint + ", '1', 0, " + fingerprint + ", 'ada', 1, 1, 1 FROM n");
  }));
  const auto check = [&](const FindingQuery& query, const std::vector<int64_t>& ids, bool more,
                         const std::string& what) {
    const auto page = list(query);
    std::vector<int64_t> shown;
    for (const Finding& finding : page.findings) shown.push_back(finding.id);
    EXPECT_EQ(shown, ids) << what;
    EXPECT_EQ(page.more, more) << what;
  };
  for (const auto& rules : {std::vector<int32_t>{}, std::vector<int32_t>{107, 123}}) {
    std::vector<int64_t> all;  // in order, without sums
    const std::string filter =
        rules.empty() ? "" : fmt::format(" AND rule_id IN ({})", fmt::join(rules, ","));
    must(database_->read([&](db::Connection& connection) -> Status {
      SG_ASSIGN(auto rows, connection.prepare("SELECT id FROM findings WHERE resolved_at = 0" +
                                              filter + " ORDER BY id"));
      while (true) {
        SG_ASSIGN(const bool more, rows->step());
        if (!more) return {};
        all.push_back(rows->integer(0));
      }
    }));
    ASSERT_EQ(list({.rule_ids = rules}).total, static_cast<int64_t>(all.size()));
    for (const int64_t after : {0, 1'500, 2'047, 70'000, 150'001, 300'000}) {
      std::vector<int64_t> behind(std::upper_bound(all.begin(), all.end(), after), all.end());
      for (const double part : {0.0, 0.01, 0.3, 0.49, 0.51, 0.7, 0.95, 0.99, 1.0}) {
        const auto offset = static_cast<int64_t>(part * static_cast<double>(behind.size()));
        const auto begin = behind.begin() + offset;
        const auto end = begin + std::min<int64_t>(50, behind.end() - begin);
        check({.rule_ids = rules, .offset = offset, .after_id = after},
              std::vector<int64_t>(begin, end), end != behind.end(),
              fmt::format("{} rules, after {}, offset {}", rules.size(), after, offset));
      }
    }
  }
}

}  // namespace
}  // namespace spillguard::store::test
