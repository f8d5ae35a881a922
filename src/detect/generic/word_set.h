// Lists of words that are asked for whole words, and for words anywhere in a text, in any case of
// ASCII. Built by the compiler, so that a question costs no walk along the list.
// Thread-safety: immutable after construction.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "detect/generic/characters.h"

namespace spillguard::detect::generic {

// Which word of a list in lower case a text is.
template <size_t kCount>
class WordSet {
 public:
  static constexpr size_t kNone = SIZE_MAX;

  template <typename List, typename TextOf>
  constexpr WordSet(const List& list, TextOf text_of) {
    for (size_t i = 0; i < kCount; ++i) {
      words_[i] = text_of(list[i]);
      const uint32_t mixed = mix(words_[i]);
      const size_t bit = bit_of(mixed);
      bits_[bit / 64] |= uint64_t{1} << (bit % 64);
      size_t slot = slot_of(mixed);
      while (slots_[slot].number != 0) slot = (slot + 1) % kSlots;
      slots_[slot] = {.mixed = mixed, .number = static_cast<uint16_t>(i + 1)};
    }
  }
  // The number of the word in its list, or kNone.
  [[nodiscard]] constexpr size_t find(std::string_view word) const {
    if (word.empty()) return kNone;
    const uint32_t mixed = mix(word);
    // Few bytes tell of most words that they are none of these.
    const size_t bit = bit_of(mixed);
    if ((bits_.data()[bit / 64] >> (bit % 64) & 1U) == 0) return kNone;
    for (size_t slot = slot_of(mixed); slots_[slot].number != 0; slot = (slot + 1) % kSlots) {
      if (slots_[slot].mixed != mixed) continue;
      const size_t i = slots_[slot].number - 1U;
      if (same_word(words_[i], word)) return i;
    }
    return kNone;
  }
  [[nodiscard]] constexpr bool holds(std::string_view word) const { return find(word) != kNone; }

 private:
  static constexpr size_t kSlots = std::bit_ceil(kCount * 4);
  static constexpr size_t kBits = std::bit_ceil(kCount * 8 + 64);

  struct Slot {
    uint32_t mixed = 0;
    uint16_t number = 0;  // of the word, from 1 on; 0 in empty slots
  };

  // The first, a middle and the last byte and the length: few words share them all.
  static constexpr uint32_t mix(std::string_view word) {
    const auto byte = [&](size_t i) -> uint32_t {
      return static_cast<unsigned char>(kLower[static_cast<unsigned char>(word[i])]);
    };
    return byte(0) | (byte(word.size() / 2) << 8U) | (byte(word.size() - 1) << 16U) |
           (static_cast<uint32_t>(word.size()) << 24U);
  }
  static constexpr size_t slot_of(uint32_t mixed) {
    return ((mixed * 2654435761U) >> 16U) % kSlots;
  }

  static constexpr size_t bit_of(uint32_t mixed) { return ((mixed * 2654435761U) >> 13U) % kBits; }

  std::array<uint64_t, kBits / 64> bits_{};
  std::array<std::string_view, kCount> words_{};
  std::array<Slot, kSlots> slots_{};
};

template <size_t N>
constexpr WordSet<N> word_set(const std::string_view (&list)[N]) {
  return WordSet<N>(list, [](std::string_view word) { return word; });
}
template <size_t N>
constexpr WordSet<N> word_set(const std::array<std::string_view, N>& list) {
  return WordSet<N>(list, [](std::string_view word) { return word; });
}

// Which words of a list a text begins with, in any case; at most 64.
template <size_t kCount>
class WordBegins {
  static_assert(kCount <= 64);

 public:
  constexpr explicit WordBegins(const std::string_view (&list)[kCount]) {
    for (size_t i = 0; i < kCount; ++i) {
      words_[i] = list[i];
      first_[static_cast<unsigned char>(lower(list[i][0]))] |= uint64_t{1} << i;
    }
  }
  // Whether the text begins with one of them.
  [[nodiscard]] constexpr bool begin(std::string_view text) const {
    if (text.empty()) return false;
    uint64_t may = first_[static_cast<unsigned char>(lower(text.front()))];
    for (; may != 0; may &= may - 1) {
      const std::string_view word = words_[static_cast<size_t>(std::countr_zero(may))];
      if (text.size() >= word.size() && same_word(text.substr(0, word.size()), word)) return true;
    }
    return false;
  }

 private:
  std::array<std::string_view, kCount> words_{};
  std::array<uint64_t, 256> first_{};
};

// Which words of a list in lower case stand in a text; at most 32, of two bytes and more.
template <size_t kCount>
class WordFinder {
  static_assert(kCount <= 32);

 public:
  constexpr explicit WordFinder(const std::string_view (&list)[kCount]) {
    for (size_t i = 0; i < kCount; ++i) {
      words_[i] = list[i];
      enter(first_, list[i][0], i);
      enter(second_, list[i][1], i);
    }
  }
  // A bit for each word of the list that stands in the text; at least one when `any` is enough.
  [[nodiscard]] constexpr uint32_t find(std::string_view text, bool any = false) const {
    uint32_t found = 0;
    const char* const bytes = text.data();
    for (size_t i = 0; i + 1 < text.size(); ++i) {
      // Both at once: letters that some word begins with are everywhere, pairs of them are not.
      uint32_t may = first_.data()[static_cast<unsigned char>(bytes[i])] &
                     second_.data()[static_cast<unsigned char>(bytes[i + 1])] & ~found;
      if (may == 0) continue;
      for (; may != 0; may &= may - 1) {
        const auto word = static_cast<size_t>(std::countr_zero(may));
        if (same_word(text.substr(i, words_[word].size()), words_[word])) found |= 1U << word;
      }
      if (any && found != 0) break;
    }
    return found;
  }

 private:
  static constexpr void enter(std::array<uint32_t, 256>& table, char c, size_t word) {
    table[static_cast<unsigned char>(c)] |= 1U << word;
    if (is_lower(c)) table[static_cast<unsigned char>(c - 32)] |= 1U << word;
  }

  std::array<std::string_view, kCount> words_{};
  std::array<uint32_t, 256> first_{};
  std::array<uint32_t, 256> second_{};
};

}  // namespace spillguard::detect::generic
