// Where encoded text may stand. Looks at every byte of every text, so it is quick: 128 bytes at a
// time, by AVX2 where the processor has it. What it gives are guesses that the decoders check.
//
// Thread-safety: pure functions; a MarksSearch belongs to one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/padded_text.h"

namespace spillguard::detect::decode {

struct Marks {
  // Where kMinBase64 or more letters of base64 in a row begin, in front or behind a slash (a path
  // may stand before what is encoded), and the first of them may be of a text.
  std::vector<size_t> runs;
  std::vector<size_t> escapes;  // '%', '\', '&', and '=' before '3' or a line's end
  void clear() {
    runs.clear();
    escapes.clear();
  }
};

// Appends the marks of the text, ascending.
void find_marks(PaddedView text, Marks& marks);
// The same without vectors: for other processors, and to test the other against.
void find_marks_plainly(PaddedView text, Marks& marks);

// find_marks() piece by piece, for who does other things with each piece while the cache has it.
class MarksSearch {
 public:
  static constexpr size_t kPiece = 8192;  // bytes

  // Appends the marks of what is new in [0, end) of the text, in whole pieces as long as the text
  // goes on. Ends ascend, to the text's.
  void find(PaddedView text, size_t end, Marks& marks);

 private:
  size_t done_ = 0;
  uint32_t before_ = 0;  // what the vectors' walk knows of the bytes in front
};

}  // namespace spillguard::detect::decode
