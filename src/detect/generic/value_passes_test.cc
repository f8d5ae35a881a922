// What is counted of a value without a branch, or only where words can begin, against the same
// counted plainly.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "detect/generic/characters.h"
#include "detect/generic/key_words.h"
#include "detect/generic/letter_model.h"
#include "detect/generic/makeup.h"
#include "detect/generic/stand_in_words.h"
#include "detect/generic/value_block.h"
#include "detect/generic/value_forms.h"

namespace spillguard::detect::generic {
namespace {

// Values as they come: words in all cases, digits, signs, rows and masks.
std::string made_value(std::mt19937& random, size_t most = 9) {
  static const std::vector<std::string> kParts = {
      "password", "Test",  "my",   "P4$$w0rd", "abc", "123",  "0001", "321",    "qwer", "xx",
      "***",      "...",   "-",    "_",        "@",   "$",    "!",    "\u2026", "\xE2", "\u2022",
      "Key",      "TOKEN", "aAa",  "HTTPHost", "zz",  "98",   "Zz9",  "0",      "Aa",   "secretly",
      "your",     "t0ken", "####", "fedcb",    " ",   "\xC3", "x",    "Q",      "7k",   ".."};
  std::string value;
  const size_t parts = random() % most;
  for (size_t i = 0; i < parts; ++i) {
    if (random() % 3 == 0) {
      value += static_cast<char>(random() % 256);
    } else {
      value += kParts[random() % kParts.size()];
    }
  }
  return value;
}

// The same, and some that are longer than a block.
std::string long_value(std::mt19937& random) {
  return made_value(random, random() % 4 == 0 ? 40 : 9);
}

TEST(GenericValuePasses, LettersAreWeighedAsByAPlainWalk) {
  constexpr size_t kSymbols = LetterModel::kSymbols;
  std::mt19937 random(41);
  std::string cells(LetterModel::kCells, '0');
  for (char& c : cells) c = static_cast<char>('0' + random() % 70);
  const auto model = LetterModel::parse(cells);
  ASSERT_TRUE(model.has_value());
  const auto plainly = [&](std::string_view text) {
    int32_t sum = 0;
    size_t before_last = 0;
    size_t last = 0;
    const auto step = [&](size_t symbol) {
      const char cost = cells[(before_last * kSymbols + last) * kSymbols + symbol];
      sum += (cost - '0') * 128 - (symbol == 0 ? 1638 : 3336);
      before_last = symbol == 0 ? 0 : last;
      last = symbol;
    };
    for (size_t i = 0; i < text.size(); ++i) {
      const bool behind_letter = i > 0 && is_letter(text[i - 1]);
      const bool starts = is_upper(text[i]) && behind_letter &&
                          (is_lower(text[i - 1]) || (i + 1 < text.size() && is_lower(text[i + 1])));
      if ((!is_letter(text[i]) || starts) && last != 0) step(0);
      if (is_letter(text[i])) step(static_cast<size_t>(lower(text[i]) - 'a') + 1);
    }
    if (last != 0) step(0);
    return sum;
  };
  for (int round = 0; round < 20000; ++round) {
    const std::string value = long_value(random);
    ASSERT_EQ(model->randomness(value), plainly(value)) << value;
  }
}

TEST(GenericValuePasses, RowsAreTheSame) {
  const auto goes_on = [](char a, char b) {
    static constexpr std::array<std::string_view, 4> kKeyboard = {"qwertyuiop", "asdfghjkl",
                                                                  "zxcvbnm", "qwertzuiop"};
    if (!is_alnum(a) || !is_alnum(b)) return a == b;
    a = lower(a);
    b = lower(b);
    if (a == b || b == a + 1 || b + 1 == a || (a == '9' && b == '0')) return true;
    return std::any_of(kKeyboard.begin(), kKeyboard.end(), [&](std::string_view row) {
      const size_t at = row.find(a);
      return at != std::string_view::npos && at + 1 < row.size() && row[at + 1] == b;
    });
  };
  std::mt19937 random(43);
  size_t rows = 0;
  for (int round = 0; round < 20000; ++round) {
    const std::string value = long_value(random);
    size_t covered = 0;
    for (size_t begin = 0, end = 0; begin < value.size(); begin = end) {
      end = begin + 1;
      while (end < value.size() && goes_on(value[end - 1], value[end])) ++end;
      if (end - begin >= 3) covered += end - begin;
    }
    const int share = value.empty() ? 0 : static_cast<int>(covered * 1024 / value.size());
    rows += share != 0 ? 1 : 0;
    ASSERT_EQ(sequence_share(value), share) << value;
  }
  EXPECT_GT(rows, 2000U);
}

TEST(GenericValuePasses, MasksAreTheSame) {
  const auto plainly = [](const std::string& value) {
    if (value.find("...") != value.npos || value.find("***") != value.npos ||
        value.find("\u2026") != value.npos || value.find("\u2022") != value.npos) {
      return true;
    }
    std::string folded = value;
    for (char& c : folded) c = lower(c);
    size_t longest = 0;
    for (size_t begin = 0, end = 0; begin < folded.size(); begin = end) {
      end = std::min(folded.find_first_not_of(folded[begin], begin), folded.size());
      longest = std::max(longest, end - begin);
    }
    if (longest * 2 > value.size() && longest >= 3) return true;
    const auto crosses = std::count_if(folded.begin(), folded.end(), [](char c) {
      return std::string_view("x*?_#-").find(c) != std::string_view::npos;
    });
    if (value.size() >= 24 && !std::all_of(value.begin(), value.end(), is_digit)) {
      std::sort(folded.begin(), folded.end());
      if (std::unique(folded.begin(), folded.end()) - folded.begin() <= 7) return true;
    }
    return static_cast<size_t>(crosses) * 4 >= value.size() * 3 && value.size() >= 2;
  };
  std::mt19937 random(47);
  size_t masked = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string value = long_value(random);
    if (round % 4 == 0) {
      value.resize(random() % 100);
      for (char& c : value) c = "abX7*.8"[random() % 7];
    }
    masked += plainly(value) ? 1 : 0;
    ASSERT_EQ(is_masked(value), plainly(value)) << value;
  }
  EXPECT_GT(masked, 2000U);
}

// The most of a value that words cover, by all words at all places.
int plain_share(std::string_view value) {
  if (value.empty() || value.size() > 96) return 0;
  std::string plain(value);
  for (char& c : plain) {
    constexpr std::string_view kSigns = "01!34@5$7";
    constexpr std::string_view kLetters = "oiieaasst";
    const size_t sign = kSigns.find(c);
    c = sign == std::string_view::npos ? lower(c) : kLetters[sign];
  }
  std::vector<size_t> covered(value.size() + 1);
  size_t counted = 0;
  for (size_t i = 0; i < value.size(); ++i) {
    const bool begins = covered[i] >= counted || i == 0 || !is_letter(value[i - 1]) ||
                        (is_lower(value[i - 1]) && is_upper(value[i]));
    covered[i + 1] = std::max(covered[i + 1], covered[i]);
    if (!is_alnum(value[i]) && value[i] != '$' && value[i] != '@') continue;
    ++counted;
    for (const std::string_view word : stand_in_words()) {
      if (plain.compare(i, word.size(), word) != 0 || (!begins && word.size() <= 3)) continue;
      const auto real =
          std::count_if(value.begin() + static_cast<std::ptrdiff_t>(i),
                        value.begin() + static_cast<std::ptrdiff_t>(i + word.size()), is_letter);
      if (static_cast<size_t>(real) * 2 < word.size()) continue;
      covered[i + word.size()] = std::max(covered[i + word.size()], covered[i] + word.size());
    }
    if (!is_digit(value[i]) || (i > 0 && is_digit(value[i - 1]))) continue;
    size_t end = i;
    while (end < value.size() && is_digit(value[end])) ++end;
    const std::string digits(value.substr(i, end - i));
    if (digits.size() == 1 || std::string_view("01234567890").find(digits) != std::string::npos ||
        std::string_view("9876543210").find(digits) != std::string::npos ||
        digits == std::string(digits.size(), digits[0])) {
      covered[end] = std::max(covered[end], covered[i] + digits.size());
    }
  }
  return counted == 0 ? 0 : static_cast<int>(covered.back() * 1024 / counted);
}

TEST(GenericValuePasses, CharactersAreCountedAsOneByOne) {
  std::mt19937 random(53);
  for (int round = 0; round < 20000; ++round) {
    const std::string value = long_value(random);
    Makeup plain;
    char before = '\0';
    for (const char c : value) {
      plain.lower += is_lower(c) ? 1 : 0;
      plain.upper += is_upper(c) ? 1 : 0;
      plain.digits += is_digit(c) ? 1 : 0;
      plain.blanks += is_space(c) ? 1 : 0;
      plain.signs += !is_alnum(c) && !is_space(c) ? 1 : 0;
      plain.humps += is_upper(c) && is_lower(before) ? 1 : 0;
      plain.digit_runs += is_digit(c) && !is_digit(before) ? 1 : 0;
      plain.changes += (is_digit(c) && is_letter(before)) || (is_letter(c) && is_digit(before));
      plain.odd_signs = plain.odd_signs ||
                        (static_cast<unsigned char>(c) < 0x80 && !is_alnum(c) && !is_space(c) &&
                         std::string_view("-_./:,\\").find(c) == std::string_view::npos);
      before = c;
    }
    const Makeup made = make_up(value);
    ASSERT_EQ(made.lower, plain.lower) << value;
    ASSERT_EQ(made.upper, plain.upper) << value;
    ASSERT_EQ(made.digits, plain.digits) << value;
    ASSERT_EQ(made.blanks, plain.blanks) << value;
    ASSERT_EQ(made.signs, plain.signs) << value;
    ASSERT_EQ(made.humps, plain.humps) << value;
    ASSERT_EQ(made.digit_runs, plain.digit_runs) << value;
    ASSERT_EQ(made.changes, plain.changes) << value;
    ASSERT_EQ(made.odd_signs, plain.odd_signs) << value;
    std::string sorted = value;
    std::sort(sorted.begin(), sorted.end());
    const auto distinct = std::unique(sorted.begin(), sorted.end()) - sorted.begin();
    ASSERT_EQ(count_distinct(value), static_cast<size_t>(distinct)) << value;
  }
}

TEST(GenericValuePasses, LongWordsBeginWhereWordsDo) {
  std::mt19937 random(59);
  size_t words = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string value = made_value(random);
    value.resize(std::min(value.size(), ValueBlock::kSize));
    uint64_t plain = 0;
    for_each_word(value, [&](std::string_view word) {
      const auto begin = static_cast<size_t>(word.data() - value.data());
      ASSERT_EQ(first_word(std::string_view(value).substr(begin)), word) << value;
      if (word.size() >= 3) plain |= uint64_t{1} << begin;
    });
    words += plain != 0 ? 1 : 0;
    ASSERT_EQ(long_words(ValueBlock(value)), plain) << value;
  }
  EXPECT_GT(words, 2000U);
}

TEST(GenericValuePasses, StandInsCoverTheSame) {
  std::mt19937 random(53);
  const auto words = stand_in_words();
  size_t covered = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string value = made_value(random);
    for (size_t i = random() % 4; i != 0; --i) {
      std::string word(words[random() % words.size()]);
      if (random() % 3 == 0) word[0] = static_cast<char>(word[0] - 32);
      value.insert(random() % (value.size() + 1), word);
    }
    const int share = plain_share(value);
    covered += share > 512 ? 1 : 0;
    ASSERT_EQ(stand_in_share(value), share) << value;
  }
  EXPECT_GT(covered, 2000U);
}

}  // namespace
}  // namespace spillguard::detect::generic
