#include "detect/generic/letter_model.h"

#include <fmt/format.h>

#include "detect/generic/kinds.h"
#include "detect/generic/makeup.h"

namespace spillguard::detect::generic {
namespace {

constexpr char kFirstCost = '0';
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
    const size_t before_last = i / (kSymbols * kSymbols);
    const size_t last = i / kSymbols % kSymbols;
    const size_t symbol = i % kSymbols;
    const size_t place = (last << kBits) | symbol;
    const auto cost = static_cast<uint8_t>(cells[i] - kFirstCost);
    if (last != 0) {
      out.cost_.at((before_last << (2 * kBits)) | place) = cost;
    } else if (before_last == 0 && symbol != 0) {
      for (size_t any = 0; any < kSymbols; ++any) out.cost_.at((any << (2 * kBits)) | place) = cost;
    }
  }
  return out;
}

// What the walks along a text count.
struct LetterModel::Walk {
  const LetterModel& model;
  size_t place = 0;
  uint32_t cost = 0;
  size_t letters = 0;
  size_t ends = 0;  // of runs of letters

  // Adds a symbol, 0 for what is no letter, and an edge before it if `hump`, which is 0 or 1.
  // Without a branch: nobody can tell what the next character of a secret is.
  void step(size_t symbol, size_t hump) {
    const size_t edge = next(0);
    cost += model.cost_.data()[edge] & (0U - static_cast<uint32_t>(hump));
    place = hump != 0 ? edge : place;
    place = next(symbol);
    cost += model.cost_.data()[place];
  }
  [[nodiscard]] size_t next(size_t symbol) const { return (place << kBits | symbol) % kPlaces; }
  // Ends the last run.
  int32_t finish() {
    cost += model.cost_.data()[next(0)];
    return static_cast<int32_t>(cost) * kUnit - static_cast<int32_t>(letters) * kRandomLetter -
           static_cast<int32_t>(ends) * kRandomEnd;
  }
};

int32_t LetterModel::randomness(std::string_view text) const {
  Walk walk{.model = *this};
  if (text.size() <= ValueBlock::kSize) {
    LetterSymbols symbols;
    find_symbols(ValueBlock(text), symbols);
    walk.letters = symbols.letters;
    walk.ends = symbols.runs;
    for (size_t i = 0; i < text.size(); ++i) {
      walk.step(symbols.of_bytes.data()[i], symbols.humps >> i & 1U);
    }
    return walk.finish();
  }
  const auto is = [](uint16_t kind, uint16_t of) -> size_t { return (kind & of) != 0 ? 1 : 0; };
  uint16_t before = 0;
  uint16_t kind = kind_of(text.front());
  for (size_t i = 0; i < text.size(); ++i) {
    const uint16_t next = i + 1 < text.size() ? kind_of(text.data()[i + 1]) : uint16_t{0};
    const size_t letter = is(kind, kLetterKind);
    const size_t hump = is(kind, kUpperKind) & is(before, kLetterKind) &
                        (is(before, kLowerKind) | is(next, kLowerKind));
    // 1 … 26 for letters of either case.
    walk.step(static_cast<unsigned char>(text.data()[i]) & 0x1FU & (0U - letter), hump);
    walk.letters += letter;
    walk.ends += hump | (letter & (is(before, kLetterKind) ^ 1U));
    before = kind;
    kind = next;
  }
  return walk.finish();
}

}  // namespace spillguard::detect::generic
