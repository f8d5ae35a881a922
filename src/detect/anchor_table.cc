#include "detect/anchor_table.h"

#include <algorithm>

#include "base/strings.h"

namespace spillguard::detect {
namespace {

constexpr size_t kMaxClasses = 64;

bool has_letter(std::string_view text) { return to_lower(text) != text || to_upper(text) != text; }

}  // namespace

void AnchorTable::add(uint32_t rule, const std::string& anchor, bool ignore_case,
                      const regex::AnchorGuard& guard) {
  hooks_[literal_number(anchor, ignore_case)].push_back({rule, guard_number(guard)});
}

void AnchorTable::add_keyword(uint32_t keyword, std::string_view text) {
  keywords_[literal_number(text, true)] = keyword;
}

uint32_t AnchorTable::literal_number(std::string_view text, bool ignore_case) {
  const bool fold = ignore_case && has_letter(text);
  const std::string bytes = fold ? to_lower(text) : std::string(text);
  const auto [entry, is_new] =
      numbers_.try_emplace({bytes, fold}, static_cast<uint32_t>(literals_.size()));
  if (is_new) {
    literals_.push_back({bytes, fold});
    hooks_.emplace_back();
    keywords_.push_back(kNoKeyword);
  }
  return entry->second;
}

uint8_t AnchorTable::class_number(const regex::ByteSet& set) {
  const auto known = std::find(classes_.begin(), classes_.end(), set);
  const auto number = static_cast<size_t>(known - classes_.begin());
  if (known != classes_.end()) return static_cast<uint8_t>(number);
  if (number >= kMaxClasses) return kAnyByte;  // no test is a safe test
  classes_.push_back(set);
  for (size_t byte = 0; byte < 256; ++byte) {
    if (set[byte]) classes_of_[byte] |= uint64_t{1} << number;
  }
  return static_cast<uint8_t>(number);
}

uint32_t AnchorTable::guard_number(const regex::AnchorGuard& guard) {
  Guard test;
  if (guard.used) {
    test.may_begin_text = guard.may_begin_text;
    test.before = class_number(guard.before);
    for (const regex::ByteSet& set : guard.after) {
      if (test.count == kMaxAfter) break;
      test.after[test.count++] = class_number(set);
    }
  }
  guards_.push_back(test);
  return static_cast<uint32_t>(guards_.size() - 1);
}

}  // namespace spillguard::detect
