// Reviews and the sums of findings, through everything that changes findings.
#include "store/reviews.h"

#include <gtest/gtest.h>

#include <random>

#include "store/store_test_util.h"

namespace spillguard::store::test {
namespace {

class ReviewsTest : public StoreTest {
 protected:
  ReviewChange put(int64_t scope_id, int number, TimeMs expires_at = 0, std::string reason = {}) {
    ReviewChange change;
    must(database_->write([&](db::Connection& connection) -> Status {
      SG_ASSIGN(change, put_review(connection, {.site_id = site_.id,
                                                .scope_id = scope_id,
                                                .fingerprint = fingerprint_of(number),
                                                .evidence = "sealed text",
                                                .rule_name = "RULE_1",
                                                .reviewer = "ada",
                                                .reviewed_at = now_,
                                                .reason = std::move(reason),
                                                .expires_at = expires_at}));
      return {};
    }));
    return change;
  }
  ReviewChange revoke(int64_t scope_id, int number) {
    ReviewChange change;
    must(database_->write([&](db::Connection& connection) -> Status {
      SG_ASSIGN(change, revoke_review(connection,
                                      {.site_id = site_.id,
                                       .scope_id = scope_id,
                                       .fingerprint = fingerprint_of(number)},
                                      "bob", now_));
      return {};
    }));
    return change;
  }
  int64_t revoke_all(int64_t scope_id) {
    int64_t ended = 0;
    must(database_->write([&](db::Connection& connection) -> Status {
      SG_ASSIGN(ended, revoke_reviews(connection, site_.id, scope_id, "bob", now_));
      return {};
    }));
    return ended;
  }
  std::vector<bool> reviewed_flags(int64_t scope_id) {
    std::vector<bool> flags;
    for (const auto& finding :
         must(store_->findings({.scope_id = scope_id, .limit = 1000})).findings) {
      flags.push_back(finding.reviewed);
    }
    return flags;
  }
  // The sums of every level against a count of the rows; the number of differences.
  int64_t wrong_sums() {
    int64_t wrong = 0;
    for (const auto& [level, block] : {std::pair{0, "0"}, {1, "id >> 16"}, {2, "id >> 10"}}) {
      const std::string l = std::to_string(level);
      const std::string counted = std::string("SELECT scope_id, ") + block +
                                  " AS block, rule_id, CASE WHEN reviewed <> 0 THEN 1 ELSE 0 END "
                                  "AS done, count(*) AS n FROM "
                                  "findings WHERE resolved_at = 0 GROUP BY 1, 2, 3, 4";
      const std::string kept =
          "SELECT scope_id, block, rule_id, reviewed, findings FROM "
          "finding_sums WHERE findings <> 0 AND level = " +
          l;
      wrong += number("SELECT count(*) FROM (SELECT * FROM (" + counted +
                      ") a EXCEPT SELECT * FROM (" + kept + ") b) c");
      wrong += number("SELECT count(*) FROM (SELECT * FROM (" + kept +
                      ") a EXCEPT SELECT * FROM (" + counted + ") b) c");
    }
    wrong += number(
        "SELECT count(*) FROM scopes s WHERE coalesce((SELECT items FROM scope_items WHERE "
        "scope_id = s.id), 0) <> (SELECT count(*) FROM items WHERE scope_id = s.id AND "
        "gone_at = 0 AND is_scope = 0)");
    return wrong;
  }
};

TEST_F(ReviewsTest, HoldForNowAndLaterAndComeBackWithTheText) {
  ItemResult first = page("1");
  first.findings = {finding_in("page", "1", 1, {1}), finding_in("page", "1", 2, {1})};
  commit({first});
  const auto change = put(scope_.id, 1);
  EXPECT_TRUE(change.changed);
  EXPECT_EQ(change.findings, 1);
  EXPECT_EQ(reviewed_flags(scope_.id), (std::vector<bool>{true, false}));
  // A later finding of the same text, and the same page read again.
  ItemResult second = page("2");
  second.findings = {finding_in("page", "2", 1, {1})};
  commit({first, second});
  EXPECT_EQ(reviewed_flags(scope_.id), (std::vector<bool>{true, false, true}));
  EXPECT_TRUE(revoke(scope_.id, 1).changed);
  EXPECT_FALSE(revoke(scope_.id, 1).changed);
  EXPECT_EQ(reviewed_flags(scope_.id), (std::vector<bool>{false, false, false}));
  // Reviewed while the finding was resolved: it comes back reviewed.
  first.findings = {finding_in("page", "1", 2, {1})};
  commit({first}, "r2");
  ASSERT_EQ(reviewed_flags(scope_.id).size(), 2U);
  put(scope_.id, 1);
  first.findings = {finding_in("page", "1", 1, {1}), finding_in("page", "1", 2, {1})};
  commit({first}, "r3");
  EXPECT_EQ(reviewed_flags(scope_.id), (std::vector<bool>{true, false, true}));
  EXPECT_EQ(wrong_sums(), 0);
}

TEST_F(ReviewsTest, KeepWhoWasFirstAndTakeTheNewExpiry) {
  ItemResult result = page("1");
  result.findings = {finding_in("page", "1", 1, {1})};
  commit({result});
  put(scope_.id, 1, 50'000, "test data");
  now_ = 20'000;
  EXPECT_FALSE(put(scope_.id, 1, 60'000).changed);
  const auto listed = must(Reviews(*database_, [this] {
                             return now_;
                           }).list({.site_id = site_.id, .scope_id = scope_.id}));
  ASSERT_EQ(listed.size(), 1U);
  EXPECT_EQ(listed[0].reviewed_at, 10'000);
  EXPECT_EQ(listed[0].reason, "test data");
  EXPECT_EQ(listed[0].expires_at, 60'000);
  EXPECT_EQ(listed[0].evidence, "sealed text");
  const auto finding = findings().at(0);
  EXPECT_EQ(finding.reviewer, "ada");
  EXPECT_EQ(finding.review_reason, "test data");
  EXPECT_EQ(finding.review_expires_at, 60'000);
  now_ = 60'000;
  EXPECT_EQ(reviewed_flags(scope_.id), std::vector<bool>{false});
  EXPECT_EQ(must(Reviews(*database_, [this] { return now_; }).count(site_.id, scope_.id)), 0);
  put(scope_.id, 1, 61'000);
  now_ = 61'000;
  EXPECT_FALSE(revoke(scope_.id, 1).changed) << "it ran out before";
  EXPECT_TRUE(put(scope_.id, 1).changed);
  EXPECT_EQ(wrong_sums(), 0);
}

TEST_F(ReviewsTest, OfOneSiteSayNothingAboutAnother) {
  const Site other = must(store_->ensure_site("jira", Product::kJira, "https://jira.example"));
  Scope from_host;
  from_host.host_id = "1";
  from_host.key = "OPS";
  const Scope ops = must(store_->upsert_scope(other.id, from_host));
  ItemResult here = page("1");
  here.findings = {finding_in("page", "1", 1, {1})};
  ItemResult there = page("1");
  there.findings = here.findings;
  commit({here});
  commit({there}, "r1", ops.id);
  put(kWholeSite, 1);
  EXPECT_EQ(reviewed_flags(scope_.id), std::vector<bool>{true});
  EXPECT_EQ(reviewed_flags(ops.id), std::vector<bool>{false});
  EXPECT_EQ(revoke_all(scope_.id), 0);
  EXPECT_EQ(revoke_all(kWholeSite), 1);
  EXPECT_EQ(reviewed_flags(scope_.id), std::vector<bool>{false});
}

TEST_F(ReviewsTest, OfAScopeDoNotMoveWithAnItem) {
  const Scope other = make_scope("20", "OPS");
  ItemResult result = page("1");
  result.findings = {finding_in("page", "1", 1, {1}), finding_in("page", "1", 2, {1}),
                     finding_in("page", "1", 3, {1})};
  commit({result});
  put(scope_.id, 1);
  put(kWholeSite, 2);
  put(other.id, 3);
  EXPECT_EQ(reviewed_flags(scope_.id), (std::vector<bool>{true, true, false}));
  commit({result}, "r1", other.id);
  EXPECT_EQ(reviewed_flags(other.id), (std::vector<bool>{false, true, true}));
  EXPECT_EQ(wrong_sums(), 0);
  must(store_->mark_gone(item("1").id));
  EXPECT_EQ(wrong_sums(), 0);
}

TEST_F(ReviewsTest, SumsAndPagesAgreeWithTheRowsWhateverHappens) {
  std::mt19937 random(7);
  const auto pick = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  const Scope other = make_scope("20", "OPS");
  // Enough ids for several blocks of each width.
  const bool sqlite = database_->dialect() == db::Dialect::kSqlite;
  const std::string sealed_text =
      sqlite ? "CAST(substr('00000000000000000000000000000000' || (i % 40), -32) AS BLOB)"
             : "convert_to(lpad((i % 40)::text, 32, '0'), 'UTF8')";
  const std::string number = "CAST(content_id AS INTEGER)";
  must(database_->write([&](db::Connection& connection) {
    return connection.execute(
        "INSERT INTO items (id, site_id, scope_id, host_id, key, kind, title, link, created, "
        "state) "
        "SELECT 1, s.site_id, s.id, 'h', 'h', 1, '', '', 1, 3 FROM scopes s WHERE s.key = 'DOC'; "
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) "
        "INSERT INTO findings (id, scope_id, item_id, content_kind, content_id, rule_id, severity, "
        "fingerprint, versions, historical, evidence, author, created_when, first_seen, last_seen) "
        "SELECT i * 31, (SELECT scope_id FROM items WHERE id = 1), 1, 'page', CAST(i AS TEXT), "
        "i * 7919 % 5, 1, " +
        sealed_text + ", '1', 0, " + sealed_text +
        ", "
        "'ada', 1, 1, 1 FROM n");
  }));
  EXPECT_EQ(wrong_sums(), 0);
  const auto check_pages = [&] {
    for (const auto& query : {FindingQuery{.scope_id = scope_.id},
                              {.scope_id = scope_.id, .reviewed = false},
                              {.scope_id = scope_.id, .reviewed = true, .rule_ids = {1, 3}},
                              {.scope_id = scope_.id, .disabled_rules = {0, 2}}}) {
      FindingQuery all = query;
      all.limit = 100'000;
      const auto list = must(store_->findings(all)).findings;
      for (int i = 0; i < 6; ++i) {
        FindingQuery one = query;
        one.offset = pick(static_cast<int>(list.size()) + 20);
        one.limit = 1 + pick(70);
        const auto page = must(store_->findings(one));
        const size_t first = std::min(list.size(), static_cast<size_t>(one.offset));
        const size_t count = std::min(list.size() - first, static_cast<size_t>(one.limit));
        EXPECT_EQ(page.total, static_cast<int64_t>(list.size()));
        ASSERT_EQ(page.findings.size(), count) << one.offset << " " << one.limit;
        EXPECT_EQ(page.more, first + count < list.size());
        if (count == 0) continue;
        EXPECT_EQ(page.findings.front().id, list[first].id);
        EXPECT_EQ(page.findings.back().id, list[first + count - 1].id);
      }
    }
  };
  check_pages();
  const auto text = [](int i) {
    std::string digits = std::to_string(i);
    return Fingerprint::parse(std::string(32 - digits.size(), '0') + digits).value();
  };
  for (int step = 0; step < 40; ++step) {
    must(database_->write([&](db::Connection& connection) -> Status {
      const int64_t where = pick(3) == 0 ? kWholeSite : scope_.id;
      Review review{.site_id = site_.id, .scope_id = where, .fingerprint = text(pick(40))};
      review.reviewed_at = now_;
      switch (pick(6)) {
        case 0:
        case 1:
          SG_TRY(put_review(connection, review));
          break;
        case 2:
          SG_TRY(revoke_review(connection, review, "bob", now_));
          break;
        case 3:
          return connection.execute(
              "UPDATE findings SET resolved_at = 5 - resolved_at WHERE id % 31 = 0 AND rule_id = " +
              std::to_string(pick(5)) + " AND " + number + " % 11 = 3");
        case 4:
          return connection.execute("DELETE FROM findings WHERE " + number +
                                    " % 97 = " + std::to_string(pick(97)));
        default:
          return connection.execute("UPDATE findings SET scope_id = " + std::to_string(other.id) +
                                    " WHERE " + number + " % 89 = " + std::to_string(pick(89)));
      }
      return {};
    }));
    ASSERT_EQ(wrong_sums(), 0) << step;
  }
  check_pages();
}

}  // namespace
}  // namespace spillguard::store::test
