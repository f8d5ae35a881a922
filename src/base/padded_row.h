// Small texts laid one behind the other with zeros between them, so that what is looked for in each
// is looked for in one walk over all.
//
// Thread-safety: none; belongs to one thread.
#pragma once

#include <cstddef>
#include <cstring>
#include <string_view>
#include <vector>

#include "base/padded_text.h"
#include "base/span.h"

namespace spillguard {

class PaddedRow {
 public:
  // Zeros behind each text, at least. One would tell texts apart.
  static constexpr size_t kGap = 8;

  // Texts longer than this gain nothing from neighbours.
  static constexpr size_t kMostSmall = 8192;
  // Bytes of a row, gaps and all: few enough for a processor's nearer caches.
  static constexpr size_t kMost = 65536;

  void clear() {
    end_ = 0;
    places_.clear();
  }
  [[nodiscard]] bool has_room_for(PaddedView text) const {
    return end_ + text.size() + kGap + PaddedText::kPadding <= bytes_.size();
  }
  // Copies a text there, for which there is room. What was got from the row before is no longer
  // valid.
  void add(PaddedView text) {
    SG_CHECK(has_room_for(text));
    char* const to = bytes_.data() + end_;
    // In steps, by what follows the text: most are so short that to tell their length takes longer.
    for (size_t at = 0; at < text.size(); at += kStep) {
      std::memcpy(to + at, text.data() + at, kStep);
    }
    std::memset(to + text.size(), 0, PaddedText::kPadding);
    places_.push_back({.begin = end_, .end = end_ + text.size()});
    end_ += text.size() + kGap;
  }

  [[nodiscard]] size_t texts() const { return places_.size(); }
  [[nodiscard]] PaddedView whole() const { return PaddedView({bytes_.data(), end_}); }
  [[nodiscard]] const Span& place(size_t text) const { return places_[text]; }
  [[nodiscard]] PaddedView text(size_t text) const {
    return whole().subview(places_[text].begin, places_[text].size());
  }

 private:
  static constexpr size_t kStep = 32;
  static_assert(kStep <= PaddedText::kPadding && kGap <= PaddedText::kPadding);

  std::vector<char> bytes_ = std::vector<char>(kMost + PaddedText::kPadding);
  size_t end_ = 0;            // behind the last gap; zeros follow
  std::vector<Span> places_;  // ascending
};

}  // namespace spillguard
