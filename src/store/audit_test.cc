#include "store/audit.h"

#include <set>

#include "store/permissions.h"
#include "store/store_test_util.h"

namespace spillguard::store {
namespace {

using test::must;

class AuditTest : public test::StoreTest {
 protected:
  void add(AuditKind kind, std::string actor, TimeMs at, std::string entity = "project/FOO",
           std::string details = R"({"rule":"AWS_CLIENT_ID"})", int64_t site_id = 1) {
    must(log_.append({.at = at,
                      .site_id = site_id,
                      .actor = std::move(actor),
                      .address = "10.0.0.1",
                      .kind = kind,
                      .entity = std::move(entity),
                      .details = std::move(details)}));
  }
  std::vector<TimeMs> times(const AuditQuery& query) {
    std::vector<TimeMs> out;
    for (const auto& event : must(log_.query(query))) out.push_back(event.at);
    return out;
  }
  AuditLog log_{*database_};
};

using Times = std::vector<TimeMs>;

TEST_F(AuditTest, NamesAreUniqueAndReadBack) {
  std::set<std::string_view> names;
  for (const AuditKind kind : all_audit_kinds()) {
    EXPECT_TRUE(names.insert(audit_kind_name(kind)).second);
    EXPECT_EQ(parse_audit_kind(audit_kind_name(kind)), kind);
    EXPECT_FALSE(audit_kind_title(kind).empty());
  }
  EXPECT_EQ(parse_audit_kind("rule_toggled"), AuditKind::kRuleToggled);
  EXPECT_FALSE(parse_audit_kind("nothing"));
}

TEST_F(AuditTest, NewestFirstInPages) {
  for (int i = 1; i <= 5; ++i) add(AuditKind::kRuleToggled, "ada", i);
  const auto first = must(log_.query({.limit = 2}));
  ASSERT_EQ(first.size(), 2U);
  EXPECT_EQ(first[0].at, 5);
  EXPECT_EQ(first[0].actor, "ada");
  EXPECT_EQ(first[0].address, "10.0.0.1");
  EXPECT_EQ(first[0].entity, "project/FOO");
  EXPECT_EQ(first[0].details, R"({"rule":"AWS_CLIENT_ID"})");
  // Events that come between two pages do not move the second.
  add(AuditKind::kRuleToggled, "bob", 6);
  EXPECT_EQ(times({.before_id = first[1].id, .limit = 2}), (Times{3, 2}));
}

TEST_F(AuditTest, FiltersHoldTogether) {
  add(AuditKind::kRuleToggled, "ada", 1);
  add(AuditKind::kSettingChanged, "Adam", 2, "settings", R"({"name":"autoScan"})");
  add(AuditKind::kFindingsExported, "bob", 3, "project/BAR", R"({"rows":7})");
  add(AuditKind::kKeyRotated, "", 4, "installation", "{}", 0);
  add(AuditKind::kRuleToggled, "eve", 5, "project/FOO", "{}", 2);
  EXPECT_EQ(times({.actor = "ADA"}), (Times{2, 1}));
  EXPECT_EQ(times({.kinds = {AuditKind::kRuleToggled, AuditKind::kKeyRotated}}), (Times{5, 4, 1}));
  EXPECT_EQ(times({.entity = "bar"}), (Times{3}));
  EXPECT_EQ(times({.details = "autoscan"}), (Times{2}));
  EXPECT_EQ(times({.from = 2, .until = 4}), (Times{3, 2}));
  // Another site's events are not shown; those of the installation are.
  EXPECT_EQ(times({.site_id = 1}), (Times{4, 3, 2, 1}));
  EXPECT_EQ(must(log_.count({.site_id = 1, .before_id = 2, .limit = 1})), 4);
}

TEST_F(AuditTest, AnEventGoesWithItsTransaction) {
  const auto status = database_->write([](db::Connection& connection) -> Status {
    SG_TRY(append_audit(connection, {.actor = "ada"}));
    return fail(Code::kConflict, "undone");
  });
  EXPECT_FALSE(status);
  EXPECT_EQ(must(log_.count({})), 0);
}

TEST_F(AuditTest, PermissionsAreReplacedAsAWhole) {
  using Type = EntityPermission::Type;
  Permissions permissions(*database_);
  const auto replace = [&](std::vector<EntityPermission> entries, int64_t scope_id = 0) {
    must(database_->write([&](db::Connection& connection) {
      return replace_permissions(connection, site_.id, scope_id, entries);
    }));
  };
  replace({{Type::kGroup, "security"}, {Type::kUser, "bob"}, {Type::kUser, "bob"}});
  EXPECT_EQ(must(permissions.list(site_.id)),
            (std::vector<EntityPermission>{{Type::kUser, "bob"}, {Type::kGroup, "security"}}));
  replace({{Type::kUser, "eve"}}, scope_.id);
  replace({{Type::kUser, "ada"}});
  EXPECT_EQ(must(permissions.list(site_.id)),
            (std::vector<EntityPermission>{{Type::kUser, "ada"}}));
  EXPECT_EQ(must(permissions.list(site_.id, scope_.id)),
            (std::vector<EntityPermission>{{Type::kUser, "eve"}}));
  replace({});
  EXPECT_TRUE(must(permissions.list(site_.id)).empty());
}

TEST_F(AuditTest, CountsAreThoseOfTheList) {
  constexpr TimeMs kDay = 86'400'000;
  constexpr TimeMs kHour = 3'600'000;
  const std::vector<AuditKind> kinds = {AuditKind::kRuleToggled, AuditKind::kKeyRotated};
  for (TimeMs at = 5; at < 6 * kDay; at += 7 * kHour) {
    add(kinds[static_cast<size_t>(at / kHour % 2)], "ada", at, "x", "{}", at / kDay % 3);
  }
  for (const TimeMs from : {TimeMs{0}, TimeMs{5}, kDay, kDay + 1, 3 * kDay - 1, 9 * kDay}) {
    for (const TimeMs until : {TimeMs{0}, TimeMs{6}, kDay, 2 * kDay, 4 * kDay + kHour}) {
      for (const auto& site : {std::optional<int64_t>(), std::optional<int64_t>(1)}) {
        for (const bool one : {false, true}) {
          AuditQuery query{.from = from, .until = until, .limit = 1000};
          query.site_id = site;
          if (one) query.kinds = {AuditKind::kKeyRotated};
          EXPECT_EQ(must(log_.count(query)), static_cast<int64_t>(times(query).size()))
              << from << " to " << until << ", " << site.value_or(-1);
        }
      }
    }
  }
}

}  // namespace
}  // namespace spillguard::store
