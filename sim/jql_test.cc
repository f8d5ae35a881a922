#include "sim/jql.h"

#include <gtest/gtest.h>

#include "sim/jql_run.h"
#include "sim/zone.h"

namespace spillguard::sim {
namespace {

struct BadQuery {
  const char* text;
  const char* message;
};

class JqlRefuses : public ::testing::TestWithParam<BadQuery> {};

TEST_P(JqlRefuses, WithTheHostsWords) {
  const auto query = parse_jql(GetParam().text);
  ASSERT_FALSE(query);
  EXPECT_EQ(query.error().code, Code::kInvalidArgument);
  EXPECT_EQ(query.error().message, GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    Table, JqlRefuses,
    ::testing::Values(
        BadQuery{"project",
                 "Error in the JQL Query: Expecting operator before the end of the query."},
        BadQuery{"project = ",
                 "Error in the JQL Query: Expecting either a value, list or function before the "
                 "end of the query."},
        BadQuery{"bogus = 1",
                 "Field 'bogus' does not exist or you do not have permission to view it."},
        BadQuery{"project = OPS key = A-1",
                 "Error in the JQL Query: Expecting either 'OR' or 'AND' but got 'key'. (line 1, "
                 "character 15)"},
        BadQuery{"project > OPS", "The operator '>' is not supported by the 'project' field."},
        BadQuery{"project = \"OPS",
                 "Error in the JQL Query: The quoted string 'OPS' has not been completed. (line 1, "
                 "character 11)"},
        BadQuery{"(project = OPS",
                 "Error in the JQL Query: Expecting ')' before the end of the query."},
        BadQuery{"project in OPS",
                 "Error in the JQL Query: Expecting '(' but got 'OPS'. (line 1, character 12)"},
        BadQuery{"order key",
                 "Error in the JQL Query: Expecting 'by' but got 'key'. (line 1, character 7)"}));

TEST(Jql, ReadsWhatACrawlerAsks) {
  const auto query = parse_jql(
      "project = 10001 AND created >= 1700000000000 and created < \"2024-05-01 12:34\" ORDER BY "
      "created ASC, key desc");
  ASSERT_TRUE(query) << query.error().message;
  ASSERT_EQ(query->where.children.size(), 3U);
  EXPECT_EQ(query->where.children[1].op, ">=");
  EXPECT_FALSE(query->where.children[1].values[0].quoted);
  EXPECT_TRUE(query->where.children[2].values[0].quoted);
  ASSERT_EQ(query->order.size(), 2U);
  EXPECT_EQ(query->order[1].field, "key");
  EXPECT_TRUE(query->order[1].descending);
}

TEST(Jql, AndBindsCloserThanOr) {
  const auto query = parse_jql("id = 1 OR id = 2 AND NOT (id in (3, 4))");
  ASSERT_TRUE(query) << query.error().message;
  EXPECT_EQ(query->where.kind, JqlNode::Kind::kOr);
  ASSERT_EQ(query->where.children.size(), 2U);
  EXPECT_EQ(query->where.children[1].kind, JqlNode::Kind::kAnd);
}

TEST(Jql, DeepNestingIsRefusedAndNotFollowed) {
  const auto query = parse_jql(std::string(100'000, '('));
  ASSERT_FALSE(query);
}

TEST(JqlTime, UsesTheCallersZone) {
  const TimeMs summer = *parse_iso8601("2024-07-01T12:00:00Z");
  EXPECT_EQ(parse_query_time("2024-07-01 14:00", true, "Europe/Berlin", 0), summer);
  EXPECT_EQ(parse_query_time("2024/07/01 08:00", true, "America/New_York", 0), summer);
  EXPECT_EQ(parse_query_time("2024-07-01 17:30", true, "Asia/Kolkata", 0), summer);
  EXPECT_EQ(parse_query_time("2024-01-01 13:00", true, "Europe/Berlin", 0),
            parse_iso8601("2024-01-01T12:00:00Z"));
  EXPECT_EQ(parse_query_time("1700000000000", false, "Europe/Berlin", 0), 1'700'000'000'000);
  EXPECT_EQ(parse_query_time("-2d", true, "", summer), summer - 2 * 86'400'000LL);
  EXPECT_EQ(parse_query_time("2024-07-01 12:00:30", true, "", 0), std::nullopt);
}

TEST(Zone, ChangesWithTheSeasons) {
  EXPECT_EQ(zone_offset_minutes("Europe/Berlin", *parse_iso8601("2024-03-31T00:59:59Z")), 60);
  EXPECT_EQ(zone_offset_minutes("Europe/Berlin", *parse_iso8601("2024-03-31T01:00:00Z")), 120);
  EXPECT_EQ(zone_offset_minutes("America/New_York", *parse_iso8601("2024-11-03T05:59:59Z")), -240);
  EXPECT_EQ(zone_offset_minutes("America/New_York", *parse_iso8601("2024-11-03T06:00:00Z")), -300);
}

}  // namespace
}  // namespace spillguard::sim
