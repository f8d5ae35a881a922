#include "store/rule_store.h"

#include "store/store_test_util.h"

namespace spillguard::store {
namespace {

using test::finding_in;
using test::must;

class RuleStoreTest : public test::StoreTest {
 protected:
  void write(const db::Work& work) { must(database_->write(work)); }
  void note(std::string_view version, const std::vector<std::pair<int32_t, std::string>>& rules) {
    write([&](db::Connection& connection) { return record_rule_set(connection, version, rules); });
  }
};

TEST_F(RuleStoreTest, CustomRulesKeepTheirNumbers) {
  CustomRule rule{.name = "Ticket", .regexp = "T-[0-9]+", .created_at = 5, .created_by = "ada"};
  int32_t first = 0;
  int32_t second = 0;
  write([&](db::Connection& connection) -> Status {
    SG_ASSIGN(first, insert_custom_rule(connection, rule));
    SG_TRY(delete_custom_rule(connection, first, now_));
    SG_ASSIGN(second, insert_custom_rule(connection, rule));
    return {};
  });
  EXPECT_EQ(first, 1'000'000);
  EXPECT_EQ(second, 1'000'001);  // never used twice
  rule.id = second;
  rule.regexp = "T-[0-9]{3}";
  rule.enabled = false;
  rule.changed_by = "bob";
  write([&](db::Connection& connection) -> Status {
    SG_TRY(set_rule_switch(connection, 7, true, 1));
    SG_TRY(set_rule_switch(connection, 7, false, 2));
    return update_custom_rule(connection, rule);
  });
  const auto changes = must(load_rule_changes(*database_));
  ASSERT_EQ(changes.custom.size(), 1U);
  EXPECT_EQ(changes.custom[0].regexp, "T-[0-9]{3}");
  EXPECT_EQ(changes.custom[0].created_by, "ada");
  EXPECT_EQ(changes.custom[0].changed_by, "bob");
  EXPECT_FALSE(changes.custom[0].enabled);
  EXPECT_EQ(changes.switches, (std::map<int32_t, bool>{{7, false}}));
}

TEST_F(RuleStoreTest, ADeletedRulesFindingsAreHidden) {
  auto item = page("1");
  item.findings = {finding_in("page", "1", 1, {1}, 1), finding_in("page", "1", 2, {1}, 9)};
  commit({item});
  write([&](db::Connection& connection) { return delete_custom_rule(connection, 9, now_); });
  ASSERT_EQ(findings().size(), 1U);
  EXPECT_EQ(findings()[0].rule_id, 1);
}

TEST_F(RuleStoreTest, WhatFewerRulesCanNotChangeIsNotReadAgain) {
  auto with = page("1");
  with.findings = {finding_in("page", "1", 1, {1}, 2)};
  auto other = page("2");
  other.findings = {finding_in("page", "2", 1, {1}, 1)};
  commit({with, other, page("3")}, "all");
  note("all", {{1, "a"}, {2, "b"}});
  note("one", {{1, "a"}});
  EXPECT_TRUE(must(covers_rules(*database_, "all", "one")));
  must(carry_over_rules(*database_, scope_.id, "one"));
  EXPECT_EQ(item("1").rules_version, "all");  // had a finding of rule 2
  EXPECT_EQ(item("2").rules_version, "one");
  EXPECT_EQ(item("3").rules_version, "one");
}

TEST_F(RuleStoreTest, NewAndChangedAndUnknownRulesMeanReadingAgain) {
  commit({page("1")}, "old");
  note("old", {{1, "a"}});
  note("more", {{1, "a"}, {2, "b"}});
  note("changed", {{1, "a2"}});
  for (const char* version : {"more", "changed", "never noted"}) {
    EXPECT_FALSE(must(covers_rules(*database_, "old", version))) << version;
    must(carry_over_rules(*database_, scope_.id, version));
    EXPECT_EQ(item("1").rules_version, "old") << version;
  }
  EXPECT_FALSE(must(covers_rules(*database_, "never noted", "old")));
}

}  // namespace
}  // namespace spillguard::store
