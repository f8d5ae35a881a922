#include "api/params.h"

#include <gtest/gtest.h>

namespace spillguard::api {
namespace {

http::Request with(std::vector<std::pair<std::string, std::string>> query) {
  http::Request request;
  request.query = std::move(query);
  return request;
}

TEST(Params, BooleansInAnySpelling) {
  for (const char* yes : {"true", "True", "TRUE", "1", " true "}) {
    EXPECT_EQ(bool_param(with({{"reviewed", yes}}), "reviewed").value(), true) << yes;
  }
  EXPECT_EQ(bool_param(with({{"reviewed", "False"}}), "reviewed").value(), false);
  EXPECT_EQ(bool_param(with({}), "reviewed").value(), std::nullopt);
  EXPECT_EQ(bool_param(with({{"reviewed", ""}}), "reviewed").value(), std::nullopt);
  const auto bad = bool_param(with({{"reviewed", "maybe"}}), "reviewed");
  ASSERT_FALSE(bad);
  EXPECT_NE(bad.error().message.find("'maybe'"), std::string::npos);
}

TEST(Params, TimesWithForgottenEscapes) {
  const TimeMs expected = 1'629'068'076'860;
  for (const char* text : {"2021-08-15T17:54:36.860-05:00", "2021-08-15T22:54:36.860Z",
                           "2021-08-16T00:54:36.860+02:00", "2021-08-16T00:54:36.860 02:00"}) {
    EXPECT_EQ(time_param(with({{"createdWhen", text}}), "createdWhen").value(), expected) << text;
  }
  EXPECT_FALSE(time_param(with({{"createdWhen", "yesterday"}}), "createdWhen"));
}

TEST(Params, BothPagingStyles) {
  EXPECT_EQ(paging_params(with({})).value().size, 50);
  const auto page = paging_params(with({{"page", "3"}, {"size", "20"}})).value();
  EXPECT_EQ(page.start, 60);
  EXPECT_EQ(page.page(), 3);
  const auto start = paging_params(with({{"start", "45"}, {"size", "20"}})).value();
  EXPECT_EQ(start.start, 45);
  EXPECT_EQ(start.page(), 2);
  EXPECT_EQ(paging_params(with({{"size", "100000"}})).value().size, Paging::kMaxSize);
  for (const char* bad : {"-1", "x", "1.5", "99999999999999999999"}) {
    EXPECT_FALSE(paging_params(with({{"start", bad}}))) << bad;
  }
  EXPECT_FALSE(paging_params(with({{"size", "0"}})));
  EXPECT_FALSE(paging_params(with({{"start", "0"}, {"page", "0"}})));
}

TEST(Params, IdLists) {
  EXPECT_EQ(id_list_param(with({{"ruleIds", "1, 2,,3"}, {"ruleIds", "9"}}), "ruleIds").value(),
            (std::vector<int32_t>{1, 2, 3, 9}));
  EXPECT_FALSE(id_list_param(with({{"ruleIds", "1;2"}}), "ruleIds"));
}

}  // namespace
}  // namespace spillguard::api
