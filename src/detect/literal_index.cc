#include "detect/literal_index.h"

#include <fmt/format.h>
#include <hs.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace spillguard::detect {
namespace {

int collect(unsigned int id, unsigned long long /*from*/, unsigned long long to,
            unsigned int /*flags*/, void* context) {
  static_cast<std::vector<LiteralHit>*>(context)->push_back({id, static_cast<uint32_t>(to)});
  return 0;
}

char lower_byte(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

// What a plain search finds; the truth of the self-check.
class PlainSearch {
 public:
  explicit PlainSearch(const std::vector<Literal>& literals) : literals_(literals) {
    for (uint32_t i = 0; i < literals.size(); ++i) {
      ends_[static_cast<unsigned char>(lower_byte(literals[i].bytes.back()))].push_back(i);
    }
  }
  [[nodiscard]] std::vector<LiteralHit> hits(std::string_view text) const;

 private:
  const std::vector<Literal>& literals_;
  std::array<std::vector<uint32_t>, 256> ends_;  // literals by their last byte
};

std::vector<LiteralHit> PlainSearch::hits(std::string_view text) const {
  const std::vector<Literal>& literals = literals_;
  std::vector<LiteralHit> hits;
  for (size_t end = 1; end <= text.size(); ++end) {
    for (const uint32_t i : ends_[static_cast<unsigned char>(lower_byte(text[end - 1]))]) {
      const std::string& bytes = literals[i].bytes;
      if (bytes.size() > end) continue;
      const std::string_view here = text.substr(end - bytes.size(), bytes.size());
      const bool same = std::equal(here.begin(), here.end(), bytes.begin(), [&](char a, char b) {
        return literals[i].ignore_case ? lower_byte(a) == lower_byte(b) : a == b;
      });
      if (same) hits.push_back({i, static_cast<uint32_t>(end)});
    }
  }
  return hits;
}

void sort_hits(std::vector<LiteralHit>& hits) {
  std::sort(hits.begin(), hits.end(), [](const LiteralHit& a, const LiteralHit& b) {
    return a.end != b.end ? a.end < b.end : a.literal < b.literal;
  });
}

bool same_hits(std::vector<LiteralHit> a, std::vector<LiteralHit> b) {
  sort_hits(a);
  sort_hits(b);
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const LiteralHit& x, const LiteralHit& y) {
                      return x.literal == y.literal && x.end == y.end;
                    });
}

}  // namespace

void LiteralScratch::Free::operator()(hs_scratch* scratch) const { hs_free_scratch(scratch); }
void LiteralIndex::Free::operator()(hs_database* database) const { hs_free_database(database); }
void LiteralIndex::Free::operator()(hs_scratch* scratch) const { hs_free_scratch(scratch); }

Result<LiteralIndex> LiteralIndex::build(const std::vector<Literal>& literals,
                                         std::string_view prepared) {
  if (!prepared.empty()) {
    if (auto index = take(literals, prepared)) return std::move(*index);
  }
  SG_ASSIGN(LiteralIndex index, compile(literals));
  SG_TRY(index.make_prototype());
  return index;
}

Result<LiteralIndex> LiteralIndex::compile(const std::vector<Literal>& literals,
                                           const unsigned long long* features) {
  LiteralIndex index;
  if (literals.empty()) return index;
  std::vector<const char*> texts;
  std::vector<size_t> lengths;
  std::vector<unsigned> flags;
  std::vector<unsigned> ids;
  for (const Literal& literal : literals) {
    texts.push_back(literal.bytes.data());
    lengths.push_back(literal.bytes.size());
    flags.push_back(literal.ignore_case ? HS_FLAG_CASELESS : 0U);
    ids.push_back(static_cast<unsigned>(ids.size()));
  }
  hs_platform_info_t platform{};
  if (features != nullptr) platform.cpu_features = *features;
  hs_database_t* database = nullptr;
  hs_compile_error_t* error = nullptr;
  const hs_error_t result = hs_compile_lit_multi(
      texts.data(), flags.data(), ids.data(), lengths.data(), static_cast<unsigned>(texts.size()),
      HS_MODE_BLOCK, features != nullptr ? &platform : nullptr, &database, &error);
  if (result != HS_SUCCESS) {
    const std::string why = error != nullptr ? error->message : fmt::format("error {}", result);
    hs_free_compile_error(error);
    return fail(Code::kInternal, fmt::format("Hyperscan {} can not compile {} anchors: {}",
                                             hs_version(), literals.size(), why));
  }
  index.database_.reset(database);
  return index;
}

Status LiteralIndex::make_prototype() {
  if (database_ == nullptr) return {};
  hs_scratch_t* scratch = nullptr;
  if (hs_alloc_scratch(database_.get(), &scratch) != HS_SUCCESS) {
    return fail(Code::kInternal,
                fmt::format("Hyperscan {} can not get its scratch memory", hs_version()));
  }
  prototype_.reset(scratch);
  return {};
}

// Other numbers for the hits from `first` on; those of literals that nobody asked for go.
void LiteralIndex::renumber(std::vector<LiteralHit>& hits, size_t first) const {
  size_t kept = first;
  for (size_t i = first; i < hits.size(); ++i) {
    const uint32_t number = numbers_[hits[i].literal];
    if (number != kDropped) hits[kept++] = {number, hits[i].end};
  }
  hits.resize(kept);
}

LiteralScratch LiteralIndex::make_scratch() const {
  LiteralScratch out;
  if (prototype_ != nullptr) {
    hs_scratch_t* scratch = nullptr;
    SG_CHECK(hs_clone_scratch(prototype_.get(), &scratch) ==
             HS_SUCCESS);  // only out of memory fails
    out.scratch_.reset(scratch);
  }
  return out;
}

void LiteralIndex::scan(PaddedView block, LiteralScratch& scratch,
                        std::vector<LiteralHit>& hits) const {
  SG_CHECK(block.size() <= kMaxBlock);
  if (database_ == nullptr || block.empty()) return;
  const size_t first = hits.size();
  const hs_error_t result =
      hs_scan(database_.get(), block.data(), static_cast<unsigned>(block.size()), 0,
              scratch.scratch_.get(), &collect, &hits);
  SG_CHECK(result == HS_SUCCESS);
  if (!numbers_.empty()) renumber(hits, first);
  // The library promises order by end; the engine relies on it, so it is made sure of.
  const auto by_end = [](const LiteralHit& a, const LiteralHit& b) {
    return a.end != b.end ? a.end < b.end : a.literal < b.literal;
  };
  const auto ends = [](const LiteralHit& a, const LiteralHit& b) { return a.end < b.end; };
  const auto begin = hits.begin() + static_cast<std::ptrdiff_t>(first);
  if (!std::is_sorted(begin, hits.end(), ends)) std::sort(begin, hits.end(), by_end);
}

Status LiteralIndex::self_check() {
  if (hs_valid_platform() != HS_SUCCESS) {
    return fail(
        Code::kUnsupported,
        fmt::format("Hyperscan {} does not run on this processor: it needs SSSE3", hs_version()));
  }
  const std::vector<Literal> literals = {{"ab", false},
                                         {"abc", false},
                                         {"bca", false},
                                         {"AbC", true},
                                         {"ghp_", false},
                                         {"xox", true},
                                         {"-----BEGIN ", false},
                                         {"a-long-literal-that-is-wider-than-a-vector", false},
                                         {std::string("\0\xFF\x80", 3), false}};
  SG_ASSIGN(const LiteralIndex index, build(literals));
  LiteralScratch scratch = index.make_scratch();
  const PlainSearch truth(literals);
  // Each literal at every distance from the begin and the end, so that it lies in, over and at the
  // edges of all vector widths.
  for (const Literal& literal : literals) {
    for (size_t lead = 0; lead <= 70; lead += 7) {
      for (size_t tail = 0; tail <= 66; tail += 11) {
        std::string text =
            std::string(lead, '.') + literal.bytes + std::string(tail, 'a') + "ABcabca";
        text += literal.bytes;  // and as the very last bytes
        const PaddedText padded(text);
        std::vector<LiteralHit> hits;
        index.scan(padded.view(), scratch, hits);
        if (!same_hits(hits, truth.hits(text))) {
          return fail(
              Code::kUnsupported,
              fmt::format(
                  "the matching library Hyperscan {} finds wrong places for \"{}\" at {} of a "
                  "{}-byte text; install Debian's libhyperscan5 (5.4.0)",
                  hs_version(), literal.bytes, lead, text.size()));
        }
      }
    }
  }
  return {};
}

}  // namespace spillguard::detect
