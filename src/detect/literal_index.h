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
#include <unordered_map>
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

// A place that passed the sieve and whose key is that of some group of entries.
struct LiteralPassed {
  uint32_t hash = 0;  // of the key
  uint32_t pair = 0;  // as in SieveScratch::places
};

// A place where the bytes of an entry stand.
struct LiteralCandidate {
  uint32_t entry = 0;  // number of its Rest
  uint32_t pair = 0;
};

// How far the search of a text has come. Of one index.
class LiteralScratch {
 private:
  friend class LiteralIndex;
  std::unique_ptr<SieveScratch> sieve_ = std::make_unique<SieveScratch>();
  std::vector<LiteralPassed> passed_;         // of a stretch
  std::vector<LiteralCandidate> candidates_;  // of a stretch
  std::vector<LiteralHit> fitting_;           // of a stretch
  std::vector<LiteralHit> waiting_;  // found, but others that end earlier may still be found
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
  // the other, by their ends; some whose neighbours do not fit the literal's may be among them.
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
    uint64_t want = 1;
  };
  // As many entries as are compared without a branch; some may stand nowhere.
  struct alignas(64) Entries {
    static constexpr uint32_t kCount = 4;
    std::array<Entry, kCount> entry{};
  };
  // The entries of a key, and of all others whose hashes begin alike.
  struct Group {
    uint32_t first = 0;
    uint32_t end = 0;
  };
  // What remains to be looked at where the bytes of an entry stand.
  struct alignas(32) Rest {
    uint64_t mask = 0;  // eight more bytes
    uint64_t want = 0;
    uint32_t literal = 0;
    uint32_t length = 0;
    int8_t offset = 0;          // of the window from the literal
    int8_t more = 0;            // of the eight bytes from the literal
    bool is_all_known = false;  // by these bytes and those of the entry
    // What must stand beside it, as indexes into class_sets_: in front, right behind, and a little
    // farther where least fits.
    uint8_t before = kAnyClass;
    uint8_t after = kAnyClass;
    uint8_t farther = kAnyClass;
    uint8_t how_far = 0;  // behind its end
  };
  struct Text {
    uint32_t begin = 0;  // in bytes_
    uint32_t length = 0;
    bool ignore_case = false;
  };
  static constexpr uint8_t kAnyClass = 0;
  static constexpr unsigned kHashBits = 16;
  static constexpr unsigned kGroupBits = 14;

  LiteralIndex() = default;
  void fill(const std::vector<Literal>& literals, const WindowPlan& plan);
  static uint32_t hash(uint64_t key);
  static Entry entry_of(const Literal& literal, int offset);
  Rest rest_of(const Literal& literal, uint32_t number, int offset);
  uint8_t class_set_number(ClassSet set);
  [[nodiscard]] uint64_t bucket_key(uint64_t bytes, uint32_t bucket) const;
  [[nodiscard]] bool stands_at(const Text& literal, const char* place) const;
  [[nodiscard]] bool neighbours_fit(const Rest& rest, const char* text, size_t begin,
                                    size_t end) const;
  size_t pass_keys(const char* text, LiteralScratch& scratch) const;
  size_t compare_bytes(const char* text, size_t passed, LiteralScratch& scratch) const;
  void find(PaddedView text, LiteralScratch& scratch, std::vector<LiteralHit>& found) const;

  PairSieve sieve_;
  std::array<uint64_t, LiteralWindow::kBuckets> key_masks_{};
  std::array<uint64_t, LiteralWindow::kBuckets> key_salts_{};
  uint32_t long_buckets_ = 0;      // those whose keys are long: their keys are looked up together
  std::vector<uint64_t> has_key_;  // a bit for each hash of a key
  std::vector<Group> groups_;      // by the upper bits of a hash
  std::vector<Entries> entries_;
  std::vector<Rest> rests_;  // kCount for each of entries_
  std::vector<ClassSet> class_sets_;
  std::vector<double> class_set_odds_;  // how often a byte of a text is in it
  std::unordered_map<ClassSet, uint8_t> class_set_numbers_;
  std::vector<Text> texts_;  // by literal
  std::string bytes_;
  bool prepared_ = false;
};

}  // namespace spillguard::detect
