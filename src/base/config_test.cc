#include "base/config.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

namespace spillguard {
namespace {

ConfigTable parse_or_die(std::string_view text) {
  auto table = ConfigTable::parse(text, "x.toml");
  if (!table) ADD_FAILURE() << table.error().message;
  return table ? std::move(*table) : ConfigTable();
}

TEST(Config, ReadsValuesAndFallsBack) {
  auto root = parse_or_die(R"(
name = "n"
count = 3
share = 0.5
whole = 2
on = true
words = ["a", "b"]
[sub]
key = "v"
[[site]]
id = "one"
[[site]]
id = "two"
)");
  EXPECT_EQ(root.required_string("name"), "n");
  EXPECT_EQ(root.string("missing", "f"), "f");
  EXPECT_EQ(root.string("missing"), std::nullopt);
  EXPECT_EQ(root.integer("count", 0, 1, 3), 3);
  EXPECT_EQ(root.integer("missing", 7, 0, 9), 7);
  EXPECT_EQ(root.number("share", 0, 0, 1), 0.5);
  EXPECT_EQ(root.number("whole", 0, 0, 2), 2.0) << "a whole number is a number";
  EXPECT_TRUE(root.boolean("on", false));
  EXPECT_EQ(root.strings("words"), std::vector<std::string>({"a", "b"}));
  EXPECT_TRUE(root.strings("missing").empty());
  auto sub = root.table("sub");
  EXPECT_EQ(sub.string("key", ""), "v");
  auto sites = root.tables("site");
  ASSERT_EQ(sites.size(), 2U);
  EXPECT_EQ(sites[0].required_string("id"), "one");
  EXPECT_EQ(sites[1].required_string("id"), "two");
  EXPECT_EQ(sites[1].where("id"), "x.toml:13");
  EXPECT_TRUE(root.has("sub"));
  EXPECT_FALSE(root.has("missing"));
  EXPECT_EQ(sub.keys(), std::vector<std::string>({"key"}));
  const auto status = root.finish();
  EXPECT_TRUE(status) << status.error().message;
}

TEST(Config, ErrorsNameFileLineAndKey) {
  struct Case {
    const char* text;
    std::function<void(ConfigTable&)> read;
    const char* error;
  };
  const auto nothing = [](ConfigTable&) {};
  const std::vector<Case> cases = {
      {"\nkeyy = 1", nothing, "x.toml:2: keyy: unknown key"},
      {"a = 1", [](ConfigTable& t) { t.string("a"); }, "x.toml:1: a: must be a string"},
      {"a = 1", [](ConfigTable& t) { t.required_string("a"); }, "x.toml:1: a: must be a string"},
      {"\n\na = \"1\"", [](ConfigTable& t) { t.integer("a", 0, 0, 9); },
       "x.toml:3: a: must be a whole number"},
      {"a = 1.0", [](ConfigTable& t) { t.integer("a", 0, 0, 9); },
       "x.toml:1: a: must be a whole number"},
      {"a = 10", [](ConfigTable& t) { t.integer("a", 0, 0, 9); },
       "x.toml:1: a: must be between 0 and 9"},
      {"a = nan", [](ConfigTable& t) { t.number("a", 0, 0, 1); },
       "x.toml:1: a: must be between 0 and 1"},
      {"a = inf", [](ConfigTable& t) { t.number("a", 0, 0, 1); },
       "x.toml:1: a: must be between 0 and 1"},
      {"a = true", [](ConfigTable& t) { t.number("a", 0, 0, 1); }, "x.toml:1: a: must be a number"},
      {"a = 1", [](ConfigTable& t) { t.boolean("a", false); },
       "x.toml:1: a: must be true or false"},
      {"a = \"b\"", [](ConfigTable& t) { t.strings("a"); },
       "x.toml:1: a: must be an array of strings"},
      {"a = [\"b\",\n1]", [](ConfigTable& t) { t.strings("a"); },
       "x.toml:2: a: must hold strings only"},
      {"a = 1", [](ConfigTable& t) { t.table("a"); }, "x.toml:1: a: must be a table"},
      {"[a]", [](ConfigTable& t) { t.tables("a"); }, "x.toml:1: a: must be an array of tables"},
      {"a = [1]", [](ConfigTable& t) { t.tables("a"); }, "x.toml:1: a: must hold tables only"},
      {"[a]\nb = 1", [](ConfigTable& t) { t.table("a"); }, "x.toml:2: a.b: unknown key"},
      {"[[a]]\n[[a]]\nb = 1", [](ConfigTable& t) { t.tables("a"); },
       "x.toml:3: a[1].b: unknown key"},
      {"[a]", [](ConfigTable& t) { t.table("a").required_string("b"); },
       "x.toml:1: a.b: is required"},
      {"", [](ConfigTable& t) { t.table("a").table("b").required_string("c"); },
       "x.toml: a.b.c: is required"},
      {"a = 1", [](ConfigTable& t) { t.integer("a", 0, 0, 9), t.reject("a", "is odd"); },
       "x.toml:1: a: is odd"},
  };
  for (const auto& test : cases) {
    auto table = parse_or_die(test.text);
    test.read(table);
    const auto status = table.finish();
    ASSERT_FALSE(status) << test.error;
    EXPECT_EQ(status.error().message, test.error);
    EXPECT_EQ(status.error().code, Code::kInvalidArgument);
  }
}

TEST(Config, BrokenTomlNamesTheLine) {
  for (const auto* text : {"a = 1\nb = ", "a = 1\na = 2", "a = 1\n[b"}) {
    const auto table = ConfigTable::parse(text, "x.toml");
    ASSERT_FALSE(table) << text;
    EXPECT_TRUE(table.error().message.starts_with("x.toml:2:")) << table.error().message;
  }
  EXPECT_FALSE(ConfigTable::parse("a = \"\xFF\"", "x.toml"));
}

}  // namespace
}  // namespace spillguard
