#include "sim/markdown.h"

#include <gtest/gtest.h>

#include "sim/secrets.h"

namespace spillguard::sim {
namespace {

TEST(Markdown, InlineForms) {
  EXPECT_EQ(markdown_inline("a & b < c"), "a &amp; b &lt; c");
  EXPECT_EQ(markdown_inline("**bold** and *soft* and `x<y`"),
            "<strong>bold</strong> and <em>soft</em> and <code>x&lt;y</code>");
  EXPECT_EQ(markdown_inline("[text](https://h/?a=1&b=2)"),
            "<a href=\"https://h/?a=1&amp;b=2\">text</a>");
  EXPECT_EQ(markdown_inline("snake_case_name 2 * 3 * 4"), "snake_case_name 2 * 3 * 4");
  EXPECT_EQ(markdown_inline("open ** and [no link] and `tick"), "open ** and [no link] and `tick");
}

TEST(Markdown, Blocks) {
  EXPECT_EQ(markdown_to_storage("# Title\n\ntext\nmore\n"), "<h1>Title</h1>\n<p>text\nmore</p>");
  EXPECT_EQ(markdown_to_storage("- a\n- b\n  - c\n"),
            "<ul><li><p>a</p></li><li><p>b</p>\n<ul><li><p>c</p></li></ul></li></ul>");
  EXPECT_EQ(
      markdown_to_storage("| a | b |\n|---|---|\n| 1 | 2 |\n"),
      "<table><tbody><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></tbody></table>");
  EXPECT_EQ(markdown_to_storage("> q\n"), "<blockquote><p>q</p></blockquote>");
}

TEST(Markdown, CodeKeepsItsTextAndItsEnd) {
  EXPECT_EQ(markdown_to_storage("```bash\nif [[ a[0]]>1 ]]; then\n```\n"),
            "<ac:structured-macro ac:name=\"code\" ac:schema-version=\"1\"><ac:parameter "
            "ac:name=\"language\">bash</ac:parameter><ac:plain-text-body><![CDATA[if [[ "
            "a[0]]]]><![CDATA[>1 ]]; "
            "then\n]]></ac:plain-text-body></ac:structured-macro>");
  // A fence that never ends takes the rest.
  EXPECT_NE(markdown_to_storage("```\nlast line").find("last line"), std::string::npos);
}

TEST(Secrets, HaveTheirCheckSums) {
  for (size_t kind = 0; kind < secret_kind_count(); ++kind) {
    Random random(1, "test", kind);
    const auto secret = make_secret(kind, random);
    const auto name = secret_kind(kind).name;
    if (name == "GITHUB_PERSONAL_ACCESS_TOKEN" || name == "NPM_ACCESS_TOKEN") {
      ASSERT_EQ(secret.size(), 40U);
      EXPECT_EQ(secret.substr(34), base62_checksum(std::string_view(secret).substr(4, 30)));
    } else if (name == "PAYMENT_CARD") {
      ASSERT_EQ(secret.size(), 16U);
      EXPECT_EQ(secret.back(), luhn_digit(std::string_view(secret).substr(0, 15)));
    } else if (!secret_kind(kind).single_line) {
      EXPECT_EQ(secret.substr(0, 11), "-----BEGIN ");
      EXPECT_EQ(secret.substr(secret.size() - 5), "-----");
    }
    EXPECT_EQ(secret.find('\n') == std::string::npos, secret_kind(kind).single_line) << name;
  }
  // Known answers: CRC-32 of "123456789" is 0xCBF43926, and the card number of ISO 7812's example.
  EXPECT_EQ(base62_checksum("123456789"), "3jZRME");
  EXPECT_EQ(luhn_digit("7992739871"), '3');
}

}  // namespace
}  // namespace spillguard::sim
