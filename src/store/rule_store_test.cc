#include "store/rule_store.h"

#include "store/sealed_text.h"
#include "store/store_test_util.h"

namespace spillguard::store {
namespace {

using test::finding_in;
using test::must;

class RuleStoreTest : public test::StoreTest {
 protected:
  MasterKey key_ = MasterKey::generate();
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
    SG_ASSIGN(first, insert_custom_rule(connection, rule, key_));
    SG_TRY(delete_custom_rule(connection, first, now_));
    SG_ASSIGN(second, insert_custom_rule(connection, rule, key_));
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
    return update_custom_rule(connection, rule, key_);
  });
  const auto changes = must(load_rule_changes(*database_, key_));
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

TEST_F(RuleStoreTest, ARuleThatIsOnAgainIsNewsOnlyToWhatWasReadMeanwhile) {
  auto with = page("1");
  with.findings = {finding_in("page", "1", 1, {1}, 2)};
  commit({with, page("2"), page("3")}, "all");
  note("all", {{1, "a"}, {2, "b"}});
  note("one", {{1, "a"}});
  const auto off = must(carry_over_rules(*database_, scope_.id, "one"));
  EXPECT_EQ(off.current, 2);
  EXPECT_EQ(off.stale, 1);  // the one with findings of rule 2
  commit({page("1"), page("3", 2)}, "one");
  EXPECT_FALSE(must(covers_rules(*database_, "one", "all")));
  const auto on = must(carry_over_rules(*database_, scope_.id, "all"));
  EXPECT_EQ(item("2").rules_version, "all");  // nobody read it since
  EXPECT_EQ(item("1").rules_version, "one");
  EXPECT_EQ(item("3").rules_version, "one");
  EXPECT_EQ(on.current, 1);
  EXPECT_EQ(on.stale, 2);
}

TEST_F(RuleStoreTest, PatternsAreSealedAndThoseOfOlderProgramsToo) {
  const CustomRule rule{
      .name = "Ticket", .regexp = "T-[0-9]+", .description = "our tickets", .created_by = "ada"};
  write([&](db::Connection& connection) -> Status {
    SG_TRY(insert_custom_rule(connection, rule, key_));
    return connection.execute(
        "INSERT INTO custom_rules (name, regexp, description, flags, category, severity, enabled, "
        "created_at, created_by, changed_at, changed_by) VALUES ('Old', 'O-[0-9]+', '', 'm', "
        "'custom', 1, 1, 1, 'ada', 1, 'ada')");
  });
  const auto stored = [&] {
    std::string all;
    must(database_->read([&](db::Connection& connection) -> Status {
      SG_ASSIGN(auto rows, connection.prepare("SELECT regexp, description FROM custom_rules"));
      while (*rows->step()) all += std::string(rows->text(0)) + std::string(rows->text(1)) + "\n";
      return {};
    }));
    return all;
  };
  EXPECT_NE(stored().find("O-[0-9]+"), std::string::npos);
  must(seal_clear_texts(*database_, key_));
  EXPECT_EQ(stored().find("-["), std::string::npos);
  EXPECT_EQ(stored().find("tickets"), std::string::npos);
  const auto changes = must(load_rule_changes(*database_, key_));
  ASSERT_EQ(changes.custom.size(), 2U);
  EXPECT_EQ(changes.custom[0].regexp, "T-[0-9]+");
  EXPECT_EQ(changes.custom[0].description, "our tickets");
  EXPECT_EQ(changes.custom[1].regexp, "O-[0-9]+");
  EXPECT_FALSE(load_rule_changes(*database_, MasterKey::generate()));
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
