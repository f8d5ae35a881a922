#include "api/review_file.h"

#include <gtest/gtest.h>

#include "api/multipart.h"
#include "api/review_body.h"

namespace spillguard::api {
namespace {

constexpr TimeMs kNow = 1'700'000'000'000;

class ReviewFileTest : public testing::Test {
 protected:
  MasterKey key = MasterKey::generate();

  ReviewFile read(std::string_view text) {
    auto file = read_review_file(key, text, kNow);
    EXPECT_TRUE(file) << file.error().message;
    return file.value_or(ReviewFile{});
  }
  // "line:text/rule" of each row.
  std::vector<std::string> rows(std::string_view text) {
    std::vector<std::string> out;
    for (const ReviewRow& row : read(text).rows) {
      EXPECT_TRUE(row.text.empty() || key.fingerprint(row.text) == row.fingerprint);
      out.push_back(std::to_string(row.line) + ":" + row.text + "/" + row.rule_name);
    }
    return out;
  }
};
using Rows = std::vector<std::string>;

TEST_F(ReviewFileTest, WithAndWithoutHeader) {
  EXPECT_EQ(rows("one,RULE\ntwo\n\"th,ree\",\n"), (Rows{"1:one/RULE", "2:two/", "3:th,ree/"}));
  EXPECT_EQ(rows("matchText,ruleName\r\none,RULE\r\n"), Rows{"2:one/RULE"});
  EXPECT_EQ(rows("\xEF\xBB\xBF"
                 "Rule Name,Match_Text\nRULE,one"),
            Rows{"2:one/RULE"});
  EXPECT_EQ(rows("matchText;ruleName\none;RULE\ntwo, too;RULE"),
            (Rows{"2:one/RULE", "3:two, too/RULE"}));
  EXPECT_EQ(rows("matchText\tother\none\tx"), Rows{"2:one/"});
  // Without a header nothing but a comma separates: texts may hold the others.
  EXPECT_EQ(rows("a;b\tc"), Rows{"1:a;b\tc/"});
  // Blanks belong to the text.
  EXPECT_EQ(rows(" one ,RULE "), Rows{"1: one /RULE"});
}

TEST_F(ReviewFileTest, OurOwnExportsComeBack) {
  const std::string formula = "=cmd|x";
  const auto hex = [&](std::string_view text) { return key.fingerprint(text).hex(); };
  const std::string clear =
      "matchText,ruleName,scope,scopeKey,fingerprint,reviewedBy\r\n"
      "one,RULE,project,OPS," +
      hex("one") + ",ada\r\n" + "'" + formula + ",RULE,project,OPS," + hex(formula) + ",ada\r\n" +
      "'-quoted,RULE,project,OPS," + hex("'-quoted") + ",ada\r\n";
  EXPECT_EQ(rows(clear), (Rows{"2:one/RULE", "3:=cmd|x/RULE", "4:'-quoted/RULE"}));
  const auto masked = read(
      "maskedText,ruleName,fingerprint,reason,expires\n"
      "o***e,RULE," +
      hex("one") + ",test data,2030-01-01\n");
  ASSERT_EQ(masked.rows.size(), 1U);
  EXPECT_EQ(masked.rows[0].text, "");
  EXPECT_EQ(masked.rows[0].fingerprint, key.fingerprint("one"));
  EXPECT_EQ(masked.rows[0].reason, "test data");
  EXPECT_GT(masked.rows[0].expires_at, kNow);
  // Of another installation: its fingerprints mean nothing here, its texts do.
  const std::string other = MasterKey::generate().fingerprint("two").hex();
  EXPECT_EQ(rows("matchText,fingerprint\ntwo," + other), Rows{"2:two/"});
}

TEST_F(ReviewFileTest, BadLinesAreNamedAndTheRestIsTaken) {
  const auto file = read(
      "matchText,expiresAt,fingerprint\n"
      "one,,\n,,\ntwo,yesterday,\nthree,2001-01-01,\nfour,,12ab\n"
      "\xFF\xFE,,\nfive,,\n");
  ASSERT_EQ(file.rows.size(), 2U);
  EXPECT_EQ(file.rows[1].line, 8);
  std::vector<int64_t> lines;
  for (const InvalidLine& line : file.invalid) {
    lines.push_back(line.line);
    EXPECT_EQ(line.message.find("yesterday"), std::string::npos) << line.message;
  }
  EXPECT_EQ(lines, (std::vector<int64_t>{3, 4, 5, 6, 7}));
  EXPECT_FALSE(read_review_file(key, "\xFF\xFEo\0n\0e\0", kNow));
}

TEST_F(ReviewFileTest, BodiesOfSingleReviews) {
  const auto body = read_review_body(
      key,
      R"({"matchText":"fb key: \"x\" é","ruleName":"R","reason":"old","expiresAt":"2030-01-01T00:00:00+02:00","more":1})",
      kNow);
  ASSERT_TRUE(body) << body.error().message;
  EXPECT_EQ(body->text, "fb key: \"x\" é");
  EXPECT_EQ(body->fingerprint, key.fingerprint(body->text));
  EXPECT_EQ(body->rule_name, "R");
  const std::string hex = key.fingerprint("one").hex();
  EXPECT_EQ(read_review_body(key, R"({"fingerprint":")" + hex + "\"}", kNow)->text, "");
  const std::vector<std::string> refused = {"{}",
                                            "[]",
                                            "matchText=x",
                                            R"({"matchText":""})",
                                            R"({"matchText":5})",
                                            R"({"matchText":"x","expiresAt":"1999-01-01"})",
                                            R"({"matchText":"the secret","reason":"the secret"})",
                                            R"({"matchText":"two","fingerprint":")" + hex + "\"}"};
  for (const std::string& bad : refused) {
    EXPECT_FALSE(read_review_body(key, bad, kNow)) << bad;
  }
}

// The file `name` of a body of that type; "(none)" when it is refused.
std::string file_in(std::string body, const std::string& type, std::string_view name) {
  http::Request request;
  request.body = std::move(body);
  request.headers.add("Content-Type", type);
  const auto file = uploaded_file(request, name);
  return file ? std::string(*file) : "(none)";
}

TEST(Multipart, FindsTheNamedPart) {
  const std::string type = "multipart/form-data; boundary=----x1";
  const std::string body =
      "preamble\r\n------x1\r\nContent-Disposition: form-data; name=\"other\"\r\n\r\nno\r\n"
      "------x1\r\nContent-Type: text/csv\r\ncontent-disposition: form-data; "
      "filename=\"a;name=b.csv\"; name=\"file\"\r\n\r\none,RULE\r\n--not the end\r\n\r\n"
      "------x1--\r\n";
  EXPECT_EQ(file_in(body, type, "file"), "one,RULE\r\n--not the end\r\n");
  EXPECT_EQ(file_in(body, type, "other"), "no");
  EXPECT_EQ(file_in(body, type, "none"), "(none)");
  EXPECT_EQ(file_in("------x1\r\ncut", type, "file"), "(none)");
  EXPECT_EQ(file_in(body, "multipart/form-data", "file"), "(none)");
  EXPECT_EQ(file_in("a,b", "text/csv", "file"), "a,b");
  const std::string empty = "--q\r\nContent-Disposition: form-data; name=file\r\n\r\n\r\n--q--";
  EXPECT_EQ(file_in(empty, "multipart/form-data; boundary=\"q\"", "file"), "");
}

}  // namespace
}  // namespace spillguard::api
