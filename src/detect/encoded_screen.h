// What is encoded in the texts of a row, decoded together: what most of it stands for holds no
// literal that matters and nothing encoded in turn, and one search for all tells so. Only what is
// left is worth the Layers' way, text by text.
//
// Thread-safety: belongs to one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/padded_row.h"
#include "detect/anchor_table.h"
#include "detect/hit_sift.h"
#include "detect/layers.h"
#include "detect/literal_index.h"

namespace spillguard::detect {

class EncodedScreen {
 public:
  enum class Holds : uint8_t {
    kNothing,    // nothing is encoded in the text
    kNoSecrets,  // there is, and nothing would be found in it, if nothing in the text is opaque
    kMaybe,
  };

  // What the texts are searched for. `is_all`: by nothing but literals.
  struct Search {
    const LiteralIndex& index;
    const AnchorTable& anchors;
    size_t stretch = 0;  // bytes of text that are searched at a time
    bool is_all = true;
  };

  // Looks at all texts of a row. What `layers` knew of another text is gone then.
  void look(const PaddedRow& row, const Search& search, Layers& layers, LiteralScratch& scratch);
  // What it found, for each text in order; texts may be left out.
  Holds holds(uint32_t text);

 private:
  struct Text {
    uint32_t number = 0;
    Holds holds = Holds::kMaybe;
  };

  void decode(const PaddedRow& row, const Search& search, Layers& layers);
  void search_decoded(const Search& search, LiteralScratch& scratch);

  std::vector<Text> texts_;     // those in which something is encoded, ascending
  size_t next_ = 0;             // of them
  PaddedRow decoded_;           // what it stands for, as far as there is room
  std::vector<size_t> owners_;  // by text of that row: which of texts_ it is of
  std::vector<LiteralHit> hits_;
  HitSift sift_;
};

}  // namespace spillguard::detect
