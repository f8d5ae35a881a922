#include "detect/generic/name_parts.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "detect/generic/kinds.h"

namespace spillguard::detect::generic {
namespace {

std::string made_name(std::mt19937& random) {
  static const std::vector<std::string> kWords = {
      "api",    "Key",    "TOKEN", "HTTPHost", "aB",       "A",      "b",  "Ab",
      "7",      "42",     "_",     "__",       ".",        "-",      "x",  "\u00C9",
      "\u00F1", "\u00DF", "\xC3",  "\x9E",     "cl\u00E9", "PassWd", "ID", "iOS"};
  std::string name;
  const size_t words = random() % (random() % 8 == 0 ? 60 : 8);
  for (size_t i = 0; i < words; ++i) name += kWords[random() % kWords.size()];
  name.resize(std::min<size_t>(name.size(), 160));
  return name;
}

// One byte after the other, from the begin of a text on.
std::vector<Span> plain_parts(std::string_view name, size_t offset) {
  std::vector<Span> parts;
  size_t begin = 0;
  const auto add = [&](size_t from, size_t to) {
    if (from < to && parts.size() < kMaxParts) parts.push_back({offset + from, offset + to});
  };
  const auto is = [&](size_t i, uint16_t kinds) {
    return i < name.size() && is_kind(name[i], kinds);
  };
  for (size_t i = 0; i < name.size(); ++i) {
    if (is(i, kUnderscoreKind | kJoinKind)) {
      add(begin, i);
      begin = i + 1;
    } else if (i > begin) {
      const bool small_behind =
          is(i + 1, kLowerKind) && (i + 2 == name.size() || is(i + 2, kLowerKind));
      const bool hump = is(i, kUpperKind) && !is(i - 1, kUpperKind | kWideKind);
      const bool last_capital = is(i, kUpperKind) && is(i - 1, kUpperKind) && small_behind;
      if (hump || last_capital || is(i, kDigitKind) != is(i - 1, kDigitKind)) {
        add(begin, i);
        begin = i;
      }
    }
  }
  add(begin, name.size());
  return parts;
}

TEST(GenericNameParts, AreThoseOfAPlainWalk) {
  std::mt19937 random(61);
  size_t many = 0;
  for (int round = 0; round < 40000; ++round) {
    const std::string before(random() % 3, '"');
    const std::string name = made_name(random);
    const std::string text = before + name + "=";
    const Parts parts(text, {before.size(), before.size() + name.size()});
    const std::vector<Span> plain = plain_parts(name, before.size());
    ASSERT_EQ(parts.count(), plain.size()) << name;
    for (size_t i = 0; i < plain.size(); ++i) ASSERT_EQ(parts[i], plain[i]) << name;
    many += plain.size() > 4 ? 1 : 0;
  }
  EXPECT_GT(many, 2000U);
}

TEST(GenericNameParts, LowerBytesAreThoseOfAPlainWalk) {
  std::mt19937 random(67);
  for (int round = 0; round < 40000; ++round) {
    std::string name = made_name(random);
    if (round % 4 == 0) {
      for (char& c : name) c = static_cast<char>(random() % 256);
    }
    std::string plain = name;
    for (size_t i = 0; i < name.size(); ++i) {
      const auto byte = static_cast<unsigned char>(name[i]);
      const bool wide = i > 0 && name[i - 1] == '\xC3' && byte >= 0x80 && byte <= 0x9E;
      plain[i] = wide ? static_cast<char>(byte + 0x20) : lower(name[i]);
    }
    const LowerBytes<160> bytes(name, {0, name.size()});
    ASSERT_EQ(bytes.view(), plain) << name;
  }
}

}  // namespace
}  // namespace spillguard::detect::generic
