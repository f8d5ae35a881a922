#include "detect/generic/letter_model.h"

#include <fmt/format.h>

#include "detect/generic/kinds.h"

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

// Without a branch: nobody can tell what the next character of a secret is.
int32_t LetterModel::randomness(std::string_view text) const {
  uint32_t sum = 0;
  size_t before_last = 0;
  size_t last = 0;
  // Adds the cost of a symbol if `yes`, which is 0 or 1.
  const auto step = [&](size_t symbol, int32_t by_chance, uint32_t yes) {
    const size_t cell = (before_last * kSymbols + last) * kSymbols + symbol;
    const int32_t cost = cost_.data()[cell] * kUnit - by_chance;
    sum += static_cast<uint32_t>(cost) & (0U - yes);
  };
  // Ends a run of letters if there is one, and `yes`.
  const auto close = [&](uint32_t yes) {
    step(0, kRandomEnd, yes & static_cast<uint32_t>(last != 0));
    before_last &= size_t{yes} - 1;
    last &= size_t{yes} - 1;
  };
  const auto is = [](uint16_t kind, uint16_t of) -> uint32_t { return (kind & of) != 0 ? 1 : 0; };
  const auto kind_at = [&](size_t i) -> uint16_t {
    return i < text.size() ? kind_of(text.data()[i]) : uint16_t{0};
  };
  uint16_t before = 0;
  uint16_t kind = kind_at(0);
  for (size_t i = 0; i < text.size(); ++i) {
    const uint16_t next = kind_at(i + 1);
    const uint32_t letter = is(kind, kLetterKind);
    const uint32_t starts = is(kind, kUpperKind) & is(before, kLetterKind) &
                            (is(before, kLowerKind) | is(next, kLowerKind));
    close((letter ^ 1U) | starts);
    // 1 … 26 for letters of either case.
    const size_t symbol = static_cast<unsigned char>(text.data()[i]) & 0x1FU & (0U - letter);
    step(symbol, kRandomLetter, letter);
    before_last = letter != 0 ? last : before_last;
    last = letter != 0 ? symbol : last;
    before = kind;
    kind = next;
  }
  close(1);
  return static_cast<int32_t>(sum);
}

}  // namespace spillguard::detect::generic
