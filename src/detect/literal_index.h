// The first stage: all anchors of all rules in one literal database of Hyperscan.
//
// Thread-safety: an index is immutable; each thread has a LiteralScratch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/padded_text.h"

struct hs_database;
struct hs_scratch;

namespace spillguard::detect {

struct Literal {
  std::string bytes;
  bool ignore_case = false;  // of ASCII letters
};

// A literal that ends at a place of the scanned block.
struct LiteralHit {
  uint32_t literal = 0;  // index into what the index was built from
  uint32_t end = 0;      // offset behind its last byte
};

class LiteralScratch {
 public:
  LiteralScratch(LiteralScratch&&) noexcept = default;
  LiteralScratch& operator=(LiteralScratch&&) noexcept = default;

 private:
  friend class LiteralIndex;
  struct Free {
    void operator()(hs_scratch* scratch) const;
  };
  LiteralScratch() = default;
  std::unique_ptr<hs_scratch, Free> scratch_;
};

class LiteralIndex {
 public:
  static constexpr size_t kMaxBlock = size_t{1} << 30;  // bytes of one scan

  // kInternal names the library's complaint. Literals are distinct and not empty. When `prepared`
  // holds them, this processor can run it and the library is the same, it is used; else a database
  // is compiled here. Both find the same.
  static Result<LiteralIndex> build(const std::vector<Literal>& literals,
                                    std::string_view prepared = {});
  // What build() takes for the same literals, or for many of them, at another time.
  static Result<std::string> prepare(const std::vector<Literal>& literals);
  // Finds what is known to be there, and nothing else, in small texts, at the edges of vectors and
  // at the end of a buffer. kUnsupported names the library and the case that went wrong.
  static Status self_check();

  [[nodiscard]] bool is_prepared() const { return prepared_; }
  [[nodiscard]] LiteralScratch make_scratch() const;
  // Appends all hits to `hits`, by end. The block is at most kMaxBlock bytes.
  void scan(PaddedView block, LiteralScratch& scratch, std::vector<LiteralHit>& hits) const;

 private:
  struct Free {
    void operator()(hs_database* database) const;
    void operator()(hs_scratch* scratch) const;
  };
  static constexpr uint32_t kDropped = UINT32_MAX;

  LiteralIndex() = default;
  // For a processor with these features (of hs.h), or for the one that runs this.
  static Result<LiteralIndex> compile(const std::vector<Literal>& literals,
                                      const unsigned long long* features = nullptr);
  static std::optional<LiteralIndex> take(const std::vector<Literal>& literals,
                                          std::string_view prepared);
  Status make_prototype();
  void renumber(std::vector<LiteralHit>& hits, size_t first) const;

  std::unique_ptr<hs_database, Free> database_;  // none when there are no literals
  std::unique_ptr<hs_scratch, Free> prototype_;
  // For each literal of the database its number for the caller, or kDropped; empty when the same.
  std::vector<uint32_t> numbers_;
  bool prepared_ = false;
};

}  // namespace spillguard::detect
