// Finds motifs (short rows of byte sets, regex/shape.h) of many rules in one pass over a text: the
// first stage of rules that have no anchors. A set is looked up for 64 bytes at a time and gives a
// word of answers; a motif is a few shifts and ANDs of such words, and most end at the first.
//
// Thread-safety: immutable once built.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "base/padded_text.h"
#include "regex/shape.h"

namespace spillguard::detect {

class MotifIndex {
 public:
  static constexpr size_t kWord = 64;  // bytes that are looked at together

  // The motif belongs to the caller's rule of that number.
  void add(uint32_t rule, const regex::Motif& motif);
  [[nodiscard]] bool empty() const { return motifs_.empty(); }

  // Some motif of a rule begins in [first, last] of the text.
  struct Hit {
    uint32_t rule = 0;
    uint32_t before = 0;
    size_t first = 0;
    size_t last = 0;
  };
  // Calls back with every place where motifs begin, those of one motif in ascending order.
  void scan(PaddedView text, const std::function<void(const Hit&)>& report) const;

 private:
  // A set as two tables of sixteen bytes, by the low half of a byte; bit h is about high half h, or
  // h + 8.
  struct Class {
    regex::ByteSet set;
    std::array<uint8_t, 16> low{};
    std::array<uint8_t, 16> high{};
  };
  struct Step {
    uint16_t set = 0;    // a class
    uint16_t shift = 0;  // where in the motif it stands
  };
  struct Row {
    uint32_t rule = 0;
    uint32_t before = 0;
    uint32_t begin = 0;  // its steps, the rarest set first
    uint32_t end = 0;
  };
  // The answers of two neighbouring words of text, each class by class.
  struct Answers;

  uint16_t class_number(const regex::ByteSet& set);
  [[nodiscard]] uint64_t answer(const Class& set, const char* bytes) const;

  std::vector<Class> classes_;
  std::vector<Step> steps_;
  std::vector<Row> motifs_;
};

}  // namespace spillguard::detect
