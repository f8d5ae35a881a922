#include "detect/filters.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "base/strings.h"

namespace spillguard::detect {
namespace {

char to_lower_byte(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

}  // namespace

double shannon_entropy(std::string_view text) {
  if (text.empty()) return 0;
  std::array<uint32_t, 256> counts{};
  std::array<uint64_t, 4> seen{};
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    ++counts.data()[byte];
    seen.data()[byte / 64] |= uint64_t{1} << (byte % 64U);
  }
  // count * log2(count): a byte stands in a secret a few times, and a logarithm takes long.
  constexpr size_t kUsual = 64;
  static const std::array<double, kUsual> kProducts = [] {
    std::array<double, kUsual> products{};
    for (size_t i = 1; i < kUsual; ++i) products.at(i) = static_cast<double>(i) * std::log2(i);
    return products;
  }();
  const auto product = [&](uint32_t count) {
    return count < kUsual ? kProducts.data()[count] : count * std::log2(count);
  };
  const auto total = static_cast<double>(text.size());
  double sum = 0;
  for (size_t word = 0; word < seen.size(); ++word) {
    for (uint64_t left = seen.data()[word]; left != 0; left &= left - 1) {
      const auto bit = static_cast<size_t>(std::countr_zero(left));
      const uint32_t count = counts.data()[word * 64 + bit];
      // Most bytes of a secret stand in it once, and the logarithm of that is 0.
      if (count > 1) sum += product(count);
    }
  }
  return std::max(0.0, std::log2(total) - sum / total);
}

bool contains_ignore_case(std::string_view text, std::string_view lower_case_word) {
  const auto same = [](char a, char b) { return to_lower_byte(a) == b; };
  size_t from = 0;
#if defined(__SSE2__)
  // Places where the first two bytes may be the word's, sixteen at a time.
  constexpr size_t kVector = 16;
  constexpr char kCaseBit = 0x20;
  if (lower_case_word.size() >= 2) {
    const auto bytes_at = [&](size_t at) {
      const __m128i bytes =
          _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.substr(at).data()));
      return _mm_or_si128(bytes, _mm_set1_epi8(kCaseBit));
    };
    const auto folded = [](char c) { return _mm_set1_epi8(static_cast<char>(c | kCaseBit)); };
    const __m128i first = folded(lower_case_word[0]);
    const __m128i second = folded(lower_case_word[1]);
    for (; from + kVector < text.size(); from += kVector) {
      auto places = static_cast<uint32_t>(_mm_movemask_epi8(_mm_and_si128(
          _mm_cmpeq_epi8(bytes_at(from), first), _mm_cmpeq_epi8(bytes_at(from + 1), second))));
      for (; places != 0; places &= places - 1) {
        const std::string_view here = text.substr(
            from + static_cast<size_t>(std::countr_zero(places)), lower_case_word.size());
        if (std::equal(here.begin(), here.end(), lower_case_word.begin(), lower_case_word.end(),
                       same)) {
          return true;
        }
      }
    }
  }
#endif
  const std::string_view rest = text.substr(from);
  return std::search(rest.begin(), rest.end(), lower_case_word.begin(), lower_case_word.end(),
                     same) != rest.end();
}

Result<CompiledFilters> CompiledFilters::compile(const Rule& rule) {
  CompiledFilters out;
  out.min_entropy_ = rule.min_entropy;
  out.context_reach_ = rule.context_reach;
  for (const std::string& word : rule.stop_words) out.stop_words_.push_back(to_lower(word));
  for (const std::string& word : rule.context) out.context_.push_back(to_lower(word));
  for (const std::string& name : rule.validators) {
    const Validator* validator = find_validator(name);
    if (validator == nullptr) {
      return fail(Code::kInvalidArgument,
                  fmt::format("no validator is named {}; docs/rules.md lists them", name));
    }
    out.validators_.push_back(validator->function);
  }
  return out;
}

bool CompiledFilters::in_context(const Candidate& candidate) const {
  if (context_.empty()) return true;
  const size_t begin = candidate.match.begin - std::min(candidate.match.begin, context_reach_);
  const size_t end = std::min(candidate.text.size(), candidate.match.end + context_reach_);
  const std::string_view around = candidate.text.substr(begin, end - begin);
  return std::any_of(context_.begin(), context_.end(),
                     [&](const std::string& word) { return contains_ignore_case(around, word); });
}

bool CompiledFilters::accept(const Candidate& candidate, double entropy) const {
  if (entropy < min_entropy_) return false;
  for (const std::string& word : stop_words_) {
    if (contains_ignore_case(candidate.secret_text(), word)) return false;
  }
  if (!in_context(candidate)) return false;
  return std::all_of(validators_.begin(), validators_.end(),
                     [&](ValidatorFunction check) { return check(candidate); });
}

}  // namespace spillguard::detect
