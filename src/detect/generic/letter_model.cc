#include "detect/generic/letter_model.h"

#include <fmt/format.h>

#include "detect/generic/characters.h"

namespace spillguard::detect::generic {
namespace {

constexpr char kFirstCost = '0';
constexpr uint8_t kMaxCost = '~' - kFirstCost;
constexpr int32_t kUnit = 1024 / 8;  // of a cost
// Of a letter by chance: ln 26; and of the end of a run of letters among random characters.
constexpr int32_t kRandomLetter = 3336;
constexpr int32_t kRandomEnd = 1638;

}  // namespace

Result<LetterModel> LetterModel::parse(std::string_view cells) {
  if (cells.size() != kCells) {
    return fail(Code::kInvalidArgument,
                fmt::format("the letter model has {} cells, not {}", cells.size(), kCells));
  }
  LetterModel out;
  for (size_t i = 0; i < kCells; ++i) {
    if (cells[i] < kFirstCost || cells[i] > '~') {
      return fail(Code::kInvalidArgument, fmt::format("cell {} of the letter model is no cost", i));
    }
    out.cost_[i] = static_cast<uint8_t>(cells[i] - kFirstCost);
  }
  static_assert(kMaxCost < 128);
  return out;
}

int32_t LetterModel::randomness(std::string_view text) const {
  int32_t sum = 0;
  size_t before_last = 0;
  size_t last = 0;
  const auto step = [&](size_t symbol) {
    const size_t cell = (before_last * kSymbols + last) * kSymbols + symbol;
    sum += cost_[cell] * kUnit - (symbol == 0 ? kRandomEnd : kRandomLetter);
    before_last = symbol == 0 ? 0 : last;
    last = symbol;
  };
  const auto close = [&] {
    if (last != 0) step(0);
    before_last = last = 0;
  };
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (!is_letter(c)) {
      close();
      continue;
    }
    if (is_upper(c) && i > 0 && is_letter(text[i - 1])) {
      const bool starts = is_lower(text[i - 1]) || (i + 1 < text.size() && is_lower(text[i + 1]));
      if (starts) close();
    }
    step(static_cast<size_t>(lower(c) - 'a') + 1);
  }
  close();
  return sum;
}

}  // namespace spillguard::detect::generic
