#include "detect/decode/marks.h"

#include <string_view>

#include "detect/decode/marks_look.h"
#include "detect/decode/opaque_run.h"

namespace spillguard::detect::decode {

void find_marks_plainly(PaddedView padded, Marks& marks) {
  const std::string_view text = padded.text();
  size_t run = 0;  // where the letters begin that go on here
  for (size_t at = 0; at < text.size(); ++at) {
    if (base64_value(text[at]) == kNoLetter) {
      run = at + 1;
      if (marking::is_escape(padded, at)) marks.escapes.push_back(at);
      continue;
    }
    if (at + 1 < run + kMinBase64) continue;
    const size_t begin = at + 1 - kMinBase64;
    // Of slashes in a row the last.
    const bool is_part = begin == run || (text[begin - 1] == '/' && text[begin] != '/');
    if (is_part && marking::is_run(padded, begin)) marks.runs.push_back(begin);
  }
}

void MarksSearch::find(PaddedView text, size_t end, Marks& marks) {
  const bool is_all = end == text.size();
#if defined(__x86_64__)
  static const bool kHasVectors = __builtin_cpu_supports("avx2") != 0 &&
                                  __builtin_cpu_supports("bmi") != 0 &&
                                  __builtin_cpu_supports("popcnt") != 0;
  if (kHasVectors) {
    const size_t to = is_all ? end : end / kPiece * kPiece;
    if (to <= done_) return;
    before_ = marking::find_by_avx2(text, done_, to, before_, marks);
    done_ = to;
    return;
  }
#endif
  if (is_all && done_ < end) find_marks_plainly(text, marks);
  if (is_all) done_ = end;
}

void find_marks(PaddedView text, Marks& marks) { MarksSearch().find(text, text.size(), marks); }

}  // namespace spillguard::detect::decode
