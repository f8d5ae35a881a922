// From hits of anchors to the values that the words there name as secrets. Each hit is read by
// itself and at a bounded distance, so what is found depends neither on the order of hits nor on
// the blocks of a scan, and the time is linear in the text.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/span.h"
#include "detect/generic/candidate.h"
#include "detect/generic/name.h"
#include "detect/generic/reader_parts.h"

namespace spillguard::detect::generic {

// A hit of an anchor that may have a value.
struct KeywordHit {
  std::string_view bytes;  // of the text
  uint32_t text = 0;       // its number
  uint32_t keyword = 0;    // the anchor
  Span at;                 // in the text
};

// Reads many hits together, a form after the other: what reads a form is much code, so all hits go
// by while the processor has it near.
//
// Thread-safety: belongs to one thread. Reused from batch to batch.
class HitReader {
 public:
  // Forgets the batch before.
  void begin();
  // Adds a hit with a number of the caller's. The text must stay until read() is done. `tool`: the
  // anchor is a program's name.
  void add(std::string_view text, Span at, bool tool, uint32_t number);
  void read();

  // What was found, in no order of hits, and the numbers of the hits, one for each.
  [[nodiscard]] std::span<Candidate> candidates() { return candidates_; }
  [[nodiscard]] std::span<const uint32_t> numbers() const { return numbers_; }

 private:
  struct Hit {
    std::string_view text;
    Span at;
    uint32_t number;
  };
  // A hit that is a name, on its way through the forms.
  struct Reading {
    Place place;
    Closers closers;
    uint32_t number;
    bool table = false;  // a cell of one
    bool sentence = false;
  };

  void read_name(const Hit& hit);
  void read_forms();
  void read_words();
  // Gives the hit's number to the candidates that have none.
  void own(uint32_t number);
  // Offers a form those that are left; what it takes has gone its way.
  template <typename Form>
  void pass(Form form);

  NameCache names_;
  std::vector<Hit> tools_;
  std::vector<Hit> phrases_;
  std::vector<Hit> hits_;  // all others
  std::vector<Reading> readings_;
  std::vector<uint32_t> left_;       // of the readings
  std::vector<uint32_t> sentences_;  // the same
  std::vector<Candidate> candidates_;
  std::vector<uint32_t> numbers_;
};

// Appends the candidates of one hit.
void read_hit(std::string_view text, Span hit, bool tool, std::vector<Candidate>& out);

}  // namespace spillguard::detect::generic
