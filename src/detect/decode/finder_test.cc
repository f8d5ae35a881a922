#include "detect/decode/finder.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <tuple>
#include <vector>

#include "base/encoding.h"
#include "base/padded_row.h"

namespace spillguard::detect::decode {
namespace {

constexpr size_t kBudget = 1U << 20U;

// What is decoded: encoding, place and bytes of each section.
struct Found {
  std::vector<std::tuple<Encoding, Span, std::string>> sections;
  explicit Found(const Level& level) {
    for (const Section& section : level.sections()) {
      sections.emplace_back(section.encoding, section.source,
                            level.text().substr(section.text.begin, section.text.size()));
    }
  }
};

std::string random_text(std::mt19937& random) {
  const std::string secret = "the secret of the house is here " + std::to_string(random() % 1000);
  std::string text;
  for (size_t parts = random() % 6; parts > 0; --parts) {
    switch (random() % 9) {
      case 0:
        text += base64_encode(secret);
        break;
      case 1:
        text += hex_encode(secret);
        break;
      case 2:
        text += "/?q=%41%42%20" + secret;
        break;
      case 3:
        text += R"(a\u0041\")";
        break;
      case 4:
        text += "say \\n" + secret.substr(0, random() % 30) + "0123456789abcdef";
        break;
      case 5:
        text += "&quot;x&amp;";
        break;
      case 6:
        // A line as quoted-printable makes them, or a little shorter or longer.
        text += std::string(68 + random() % 10, 'l') + "=\nrest";
        break;
      case 7:
        text += "\n";
        break;
      default:
        text += secret.substr(0, random() % secret.size());
    }
  }
  // Many end in the midst of something.
  text.resize(random() % (text.size() + 1));
  return text;
}

TEST(Finder, FindsInARowWhatEachTextHolds) {
  std::mt19937 random(5);
  size_t sections = 0;
  for (int round = 0; round < 400; ++round) {
    PaddedRow row;
    std::vector<std::string> texts;
    for (size_t i = 1 + random() % 30; i > 0; --i) {
      texts.push_back(random_text(random));
      row.add(PaddedText(texts.back()).view());
    }
    Finder in_row;
    in_row.look_at_row(row.whole());
    for (size_t i = 0; i < texts.size(); ++i) {
      const PaddedText text(texts[i]);
      Finder alone;
      const bool has_marks = alone.look(text.view());
      const bool has_some =
          !in_row.none_in_row(row.place(i)) && in_row.look_in_row(row.text(i), row.place(i));
      ASSERT_EQ(has_some, has_marks) << texts[i];
      if (!has_marks) continue;
      Level expected;
      alone.run_looked(text.view(), {}, kBudget, expected);
      Level found;
      in_row.run_looked(row.text(i), {}, kBudget, found);
      ASSERT_EQ(Found(found).sections, Found(expected).sections) << texts[i];
      sections += expected.sections().size();
    }
  }
  EXPECT_GT(sections, 4000U);
}

}  // namespace
}  // namespace spillguard::detect::decode
