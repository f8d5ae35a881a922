// The first stage: finds all anchors of all rules, and the keywords of the detectors, in one pass
// over a text. A sieve of rows of four bytes (literals/quad_sieve.h) leaves few places, the row
// tells which literals may stand there, and those are compared. Literals of two bytes, and digits
// that stand for any, are found by themselves (literals/side_rows.h), and others whose rows nobody
// could list by their first bytes.
//
// Thread-safety: an index is immutable; each thread has a LiteralScratch.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/padded_text.h"
#include "detect/literals/literal.h"
#include "detect/literals/quad_plan.h"
#include "detect/literals/quad_sieve.h"
#include "detect/literals/side_rows.h"

namespace spillguard::detect {

// A literal that ends at a place of the scanned text.
struct LiteralHit {
  uint32_t literal = 0;  // index into what the index was built from
  size_t end = 0;        // offset behind its last byte
  friend bool operator==(const LiteralHit&, const LiteralHit&) = default;
};

// A place of a stretch where entries may stand: it passed the sieve, and a quad near it is maybe
// theirs.
struct LiteralPassed {
  uint32_t block = 0;  // the first of those entries
  int32_t place = 0;   // of their bytes, from the stretch's begin
};

// A place of a stretch where the bytes of an entry stand.
struct LiteralCandidate {
  uint32_t entry = 0;  // number of its Rest
  int32_t place = 0;
};

// How far the search of a text has come. Of one index.
class LiteralScratch {
 private:
  friend class LiteralIndex;
  // The candidates, with room for so many.
  LiteralCandidate* room_for(size_t candidates) {
    if (candidates_.size() < candidates) [[unlikely]] {
      candidates_.resize(2 * candidates);
    }
    return candidates_.data();
  }

  // Of a stretch, as the four below. Each place may pass in each of the ways.
  static constexpr size_t kMostPassed = 4 * SieveScratch::kStretch;
  std::unique_ptr<SieveScratch> sieve_ = std::make_unique<SieveScratch>();
  std::unique_ptr<SidePlaces> side_ = std::make_unique<SidePlaces>();
  std::vector<LiteralPassed> passed_ = std::vector<LiteralPassed>(kMostPassed);
  std::vector<LiteralCandidate> candidates_;
  std::vector<LiteralHit> fitting_;
  std::vector<LiteralHit> waiting_;  // found, but others that end earlier may still be found
  size_t at_ = 0;
  bool ended_ = false;
};

class LiteralIndex {
 public:
  static constexpr size_t kMaxLength = UINT16_MAX;  // of a literal

  // Literals are distinct; kInvalidArgument: one is empty or longer than kMaxLength. `prepared` is
  // what prepare() gave, for these or other literals: it saves time, and what is found does not
  // depend on it.
  static Result<LiteralIndex> build(const std::vector<Literal>& literals,
                                    std::string_view prepared = {});
  // What build() takes for the same literals, or for some of them and others, at another time.
  static Result<std::string> prepare(const std::vector<Literal>& literals);
  // Finds what is known to be there, and nothing else, in small texts, at the edges of stretches
  // and at the end of a buffer, with and without this processor's vectors. kUnsupported names the
  // case that went wrong.
  static Status self_check();

  // Whether nothing had to be planned here.
  [[nodiscard]] bool is_prepared() const { return prepared_; }

  // A search begins: begin(), then next() until it is false. Each appends the hits of one stretch
  // more, by their ends; some whose neighbours do not fit the literal's may be among them.
  static void begin(LiteralScratch& scratch);
  // How much of the text the search has looked at.
  static size_t looked_at(const LiteralScratch& scratch) { return scratch.at_; }
  bool next(PaddedView text, LiteralScratch& scratch, std::vector<LiteralHit>& hits) const {
    return next(text, SieveScratch::kStretch, scratch, hits);
  }
  // The same with stretches of so many bytes, 2 … SieveScratch::kStretch, and, when `portable`,
  // without vectors: for tests, for the hits are the same.
  bool next(PaddedView text, size_t stretch, LiteralScratch& scratch, std::vector<LiteralHit>& hits,
            bool portable = false) const;

 private:
  // A literal that may stand at a place.
  struct Entry {
    uint64_t mask = 0;  // eight bytes from the place on, as far as they are known
    uint64_t want = 1;
  };
  // A literal, and where the bytes of an entry of it are, from its begin.
  struct Lead {
    uint32_t literal = 0;
    int32_t offset = 0;
    auto operator<=>(const Lead&) const = default;
  };
  struct HashedLead {
    uint32_t hash = 0;  // of a quad that leads there
    Lead lead;
    auto operator<=>(const HashedLead&) const = default;
  };
  // As many entries as are compared at once; some may stand nowhere, and others may be of another
  // group: where they stand is no less a place of theirs.
  struct alignas(64) Entries {
    static constexpr uint32_t kCount = 4;
    std::array<uint64_t, kCount> masks{};
    std::array<uint64_t, kCount> wants{1, 1, 1, 1};
  };
  // What remains to be looked at where the bytes of an entry stand.
  struct alignas(32) Rest {
    uint64_t mask = 0;  // eight more bytes
    uint64_t want = 0;
    uint32_t literal = 0;
    uint16_t length = 0;
    int8_t offset = 0;  // of the entry's bytes from the literal
    int8_t more = 0;    // of the eight bytes from the literal
    // What must stand beside it, as indexes into class_sets_: in front, right behind, and a little
    // farther where least fits.
    uint16_t before = kAnyClass;
    uint16_t after = kAnyClass;
    uint16_t farther = kAnyClass;
    uint8_t how_far = 0;        // behind its end
    bool is_all_known = false;  // by these bytes and those of the entry
  };
  static_assert(sizeof(Rest) == 32, "two of them fill a line of the cache");
  struct Text {
    uint32_t begin = 0;  // in bytes_
    uint32_t length = 0;
    bool ignore_case = false;
  };
  static constexpr uint16_t kAnyClass = 0;
  static constexpr uint64_t kCaseBit = 0x20;
  static constexpr unsigned kHashBits = 16;
  // The bytes that are compared begin so far in front of a quad: before a quad stands more that
  // tells literals apart than behind it, where words end.
  static constexpr int32_t kBack = 2;

  LiteralIndex() = default;
  void fill(const std::vector<Literal>& literals, const QuadPlan& plan, const QuadHash& hash);
  static bool is_cased(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
  // A literal has one quad for even and one for odd places.
  static uint32_t number_of(const Lead& lead) {
    return 2 * lead.literal + (static_cast<uint32_t>(lead.offset) & 1U);
  }
  uint32_t add_block();
  void set_entry(uint32_t block, size_t place, const Literal& literal, const Lead& lead);
  uint32_t add_apart(const std::vector<Literal>& literals, const std::vector<Lead>& leads);
  void add_groups(const std::vector<Literal>& literals, std::vector<HashedLead> hashed);
  // The upper bits of a product are good.
  static uint32_t hash(uint32_t quad) { return quad * 0x9E3779B1U >> (32 - kHashBits); }
  static Entry entry_of(const Literal& literal, int offset);
  Rest rest_of(const Literal& literal, uint32_t number, int offset);
  uint16_t class_set_number(ClassSet set);
  [[nodiscard]] bool stands_at(const Text& literal, const char* place) const;
  [[nodiscard]] bool neighbours_fit(const Rest& rest, const char* text, size_t begin,
                                    size_t end) const;
  size_t pass_quads(const char* stretch, LiteralScratch& scratch) const;
  size_t compare_group(LiteralPassed passed, uint64_t bytes, size_t count, size_t places,
                       LiteralScratch& scratch) const;
  size_t compare_bytes(const char* stretch, int32_t first, size_t passed,
                       LiteralScratch& scratch) const;
  size_t compare_by_avx2(const char* stretch, int32_t first, size_t passed,
                         LiteralScratch& scratch) const;
  size_t fit_candidates(PaddedView text, size_t from, size_t candidates,
                        LiteralScratch& scratch) const;
  size_t fit_by_bmi(PaddedView text, size_t from, size_t candidates, LiteralScratch& scratch) const;
  void pass_others(PaddedView text, size_t from, size_t bytes, LiteralScratch& scratch,
                   size_t& passed, bool portable) const;
  void find(PaddedView text, size_t from, size_t bytes, LiteralScratch& scratch,
            std::vector<LiteralHit>& found, bool portable) const;

  QuadSieve sieve_;
  // By hash of a quad: the first block of its group, the entries of it and of all others with that
  // hash; 0, the number of an empty block, where there are none.
  std::vector<uint16_t> first_block_;
  std::vector<Entries> entries_;
  uint32_t long_from_ = 0;         // the first block of those that groups have for themselves
  std::vector<uint8_t> has_more_;  // by block, of these: the next one belongs to it
  std::vector<Rest> rests_;        // kCount for each of entries_
  SideRows side_;
  uint32_t pairs_block_ = 0;  // the first one of their literals; 0: there are none
  uint32_t digits_block_ = 0;
  // Which bytes the literals without quads begin with that are neither, and their first block.
  std::array<bool, 256> first_bytes_{};
  uint32_t alone_block_ = 0;
  std::vector<ClassSet> class_sets_;
  std::vector<double> class_set_odds_;  // how often a byte of a text is in it
  std::unordered_map<ClassSet, uint16_t> class_set_numbers_;
  std::vector<Text> texts_;  // by literal
  std::string bytes_;
  bool prepared_ = false;
};

}  // namespace spillguard::detect
