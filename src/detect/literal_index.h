// The first stage: finds all anchors of all rules, and the keywords of the detectors, in one pass
// over a text. A sieve of pairs of bytes (literals/pair_sieve.h) leaves few places, the key of a
// place tells which literals may stand there, and those are compared.
//
// Thread-safety: an index is immutable; each thread has a LiteralScratch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/padded_text.h"
#include "detect/literals/literal.h"
#include "detect/literals/pair_sieve.h"
#include "detect/literals/window_plan.h"

namespace spillguard::detect {

// A literal that ends at a place of the scanned text.
struct LiteralHit {
  uint32_t literal = 0;  // index into what the index was built from
  size_t end = 0;        // offset behind its last byte
  friend bool operator==(const LiteralHit&, const LiteralHit&) = default;
};

// What passed the sieve and the bits of the keys, on its way to the comparison.
struct LiteralPassed {
  uint64_t hash = 0;  // of the key
  uint64_t pair = 0;  // as SievePlace::pair
};

// How far the search of a text has come. Of one index.
class LiteralScratch {
 private:
  friend class LiteralIndex;
  std::unique_ptr<SieveScratch> sieve_ = std::make_unique<SieveScratch>();
  std::vector<LiteralPassed> passed_;  // of a stretch
  std::vector<LiteralHit> waiting_;    // found, but others that end earlier may still be found
  size_t at_ = 0;
  bool ended_ = false;
};

class LiteralIndex {
 public:
  // Literals are distinct; kInvalidArgument: one is empty. `prepared` is what prepare() gave, for
  // these or other literals: it saves time, and what is found does not depend on it.
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

  // A search begins: begin(), then next() until it is false. `hits` are those of one stretch after
  // the other, by their ends; a hit whose neighbours do not fit the literal's may be among them.
  static void begin(LiteralScratch& scratch);
  bool next(PaddedView text, LiteralScratch& scratch, std::vector<LiteralHit>& hits) const {
    return next(text, SieveScratch::kStretch, scratch, hits);
  }
  // The same with stretches of so many bytes, 2 … SieveScratch::kStretch, and, when `portable`,
  // without vectors: for tests, for the hits are the same.
  bool next(PaddedView text, size_t stretch, LiteralScratch& scratch, std::vector<LiteralHit>& hits,
            bool portable = false) const;

 private:
  // A literal that may stand where its window's key does.
  struct Entry {
    uint64_t mask = 0;  // the first 8 bytes from the window's begin, as far as they are known
    uint64_t want = 0;
    uint32_t literal = 0;
    int16_t offset = 0;         // of the window from the literal
    bool is_last = false;       // of those with the same key
    bool is_all_known = false;  // by mask and want
  };
  // Where the entries of a key are, and of all others with the same tag here.
  struct Slot {
    uint32_t tag = 0;
    uint32_t first = kNone;  // of its entries; kNone: the slot is free
  };
  struct Text {
    uint32_t begin = 0;  // in bytes_
    uint32_t length = 0;
    bool ignore_case = false;
  };
  static constexpr uint32_t kNone = UINT32_MAX;
  static constexpr unsigned kBloomBits = 16;

  LiteralIndex() = default;
  void fill(const std::vector<Literal>& literals, const WindowPlan& plan);
  void add_slot(uint64_t hash, uint32_t first);
  static uint64_t hash(uint64_t key);
  [[nodiscard]] uint64_t bucket_key(uint64_t bytes, uint32_t bucket) const;
  [[nodiscard]] bool stands_at(const Text& literal, const char* place) const;
  size_t pass_keys(const char* text, SieveScratch& sieve, LiteralPassed* passed) const;
  void compare(PaddedView text, const Entry* entry, std::ptrdiff_t place,
               std::vector<LiteralHit>& found) const;
  void compare_all(PaddedView text, LiteralScratch& scratch, std::vector<LiteralHit>& found) const;

  PairSieve sieve_;
  std::array<uint64_t, LiteralWindow::kBuckets> key_masks_{};
  std::array<uint64_t, LiteralWindow::kBuckets> key_salts_{};
  uint32_t long_buckets_ = 0;    // those whose keys are long: their keys are looked up together
  std::vector<uint64_t> bloom_;  // a bit for each hash of a key
  std::vector<Slot> slots_;      // by hash, the next free one where that is taken
  unsigned slot_bits_ = 0;
  std::vector<Entry> entries_;
  std::vector<Text> texts_;  // by literal
  std::string bytes_;
  bool prepared_ = false;
};

}  // namespace spillguard::detect
