#include "cli/baseline.h"

#include <gtest/gtest.h>

#include <string>

#include "base/strings.h"
#include "cli/test_folder.h"

namespace spillguard::cli {
namespace {

KnownFinding finding(const MasterKey& key, const std::string& file, const std::string& secret) {
  return {.file = file, .rule = "A_RULE", .fingerprint = key.fingerprint(secret)};
}

std::string output_line(const MasterKey& key, const std::string& shown, const std::string& secret) {
  return R"({"file":"a","line":1,"column":2,"rule":"A_RULE","secret":")" + shown +
         R"(","match":"m","fingerprint":")" + key.fingerprint(secret).hex() + "\"}";
}

TEST(Baseline, RoundTrip) {
  const TestFolder folder;
  const MasterKey key = MasterKey::generate();
  Baseline made;
  made.add(finding(key, "b \"x\"\n.txt", "one"));
  made.add(finding(key, "a.txt", "two"));
  made.add(finding(key, "a.txt", "two"));
  const std::string path = folder.path() + "/baseline";
  ASSERT_TRUE(made.write(path, key));
  const auto read = Baseline::read(path, key);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->size(), 2U);
  EXPECT_TRUE(read->contains(finding(key, "b \"x\"\n.txt", "one")));
  EXPECT_TRUE(read->contains(finding(key, "a.txt", "two")));
  EXPECT_FALSE(read->contains(finding(key, "b.txt", "two")));
  EXPECT_FALSE(read->contains(finding(key, "a.txt", "three")));
  EXPECT_EQ(read->text(key), made.text(key));
  EXPECT_LT(made.text(key).find("a.txt"), made.text(key).find("b \\\"x"));
}

TEST(Baseline, AnotherKeyIsRefusedWithTheWayOut) {
  const MasterKey key = MasterKey::generate();
  Baseline made;
  made.add(finding(key, "a", "s"));
  const auto read = Baseline::parse(made.text(key), MasterKey::public_key());
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().message.find("--key-file"), std::string::npos);
  EXPECT_NE(read.error().message.find("--write-baseline"), std::string::npos);
  // An empty one too, and nothing of the key stands in it.
  EXPECT_FALSE(Baseline::parse(Baseline().text(key), MasterKey::public_key()));
  EXPECT_EQ(Baseline().text(key).find(std::string(key.to_hex().reveal()).substr(0, 16)),
            std::string::npos);
}

TEST(Baseline, EarlierOutputs) {
  const MasterKey key = MasterKey::public_key();
  const std::string one = output_line(key, "secret-1", "secret-1");
  const std::string two = output_line(key, "secret-2", "secret-2");
  const auto lines = Baseline::parse(one + "\r\n\n" + two + "\n", key);
  ASSERT_TRUE(lines) << lines.error().message;
  EXPECT_EQ(lines->size(), 2U);
  const auto array = Baseline::parse("[\n" + one + ",\n" + two + "\n]\n", key);
  ASSERT_TRUE(array) << array.error().message;
  EXPECT_EQ(array->text(key), lines->text(key));
  EXPECT_EQ(array->text(key).find("secret-1"), std::string::npos);
  ASSERT_TRUE(Baseline::parse("", key));
  ASSERT_TRUE(Baseline::parse("[]", key));
  // Outputs do not name their key, but a secret in clear shows it.
  EXPECT_FALSE(Baseline::parse(one, MasterKey::generate()));
  EXPECT_TRUE(Baseline::parse(output_line(key, "s***1", "secret-1"), key));
}

TEST(Baseline, BrokenFilesNameTheLine) {
  const MasterKey key = MasterKey::public_key();
  const std::string good = output_line(key, "s", "s") + "\n";
  const auto message = [&](const std::string& text) {
    const auto read = Baseline::parse(text, key);
    return read ? std::string("no error") : read.error().message;
  };
  EXPECT_TRUE(message(good + "{").starts_with("line 2: not JSON"));
  EXPECT_TRUE(message(good + "[1]").starts_with("line 2: not an object"));
  EXPECT_TRUE(message(good + "{\"file\":1}").starts_with("line 2: lacks file"));
  EXPECT_TRUE(message("[1]").starts_with("finding 1: not an object"));
  EXPECT_TRUE(
      message("{\"spillguard_baseline\":2,\"key\":\"x\"}").starts_with("line 1: a baseline of"));
  EXPECT_TRUE(message("{\"spillguard_baseline\":1}").starts_with("line 1: the first line lacks"));
  EXPECT_TRUE(
      message(R"({"file":"a","rule":"b","fingerprint":"12"})").starts_with("line 1: the finger"));
  const auto missing = Baseline::read("/no/such/baseline", key);
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().message.find("/no/such/baseline"), std::string::npos);
}

}  // namespace
}  // namespace spillguard::cli
