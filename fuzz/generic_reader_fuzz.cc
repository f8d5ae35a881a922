// Any bytes through the reader of structure: it stays inside the text, and what it gives are values
// that stand apart from their keyword.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/strings.h"
#include "detect/generic/keywords.h"
#include "detect/generic/model.h"
#include "detect/generic/reader.h"

namespace spillguard::detect::generic {
namespace {

void check_candidate(std::string_view text, const Candidate& candidate) {
  SG_CHECK(candidate.value.begin < candidate.value.end && candidate.value.end <= text.size());
  SG_CHECK(candidate.key.contains(candidate.keyword) && candidate.key.end <= text.size());
  SG_CHECK(!candidate.value.overlaps(candidate.keyword));
  SG_CHECK(candidate.line.begin <= candidate.value.begin && candidate.line.end <= text.size());
  const double score = Model::built_in().score(text, candidate);
  SG_CHECK(score >= 0 && score <= 1);
}

void fuzz_reader(std::string_view text) {
  const std::string folded = to_lower(text);
  std::vector<Candidate> found;
  for (const Anchor& anchor : anchors()) {
    for (size_t p = folded.find(anchor.text); p != std::string::npos;
         p = folded.find(anchor.text, p + 1)) {
      read_hit(text, {p, p + anchor.text.size()}, anchor.tool, found);
    }
  }
  for (const Candidate& candidate : found) check_candidate(text, candidate);
}

}  // namespace
}  // namespace spillguard::detect::generic

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size > 65536) return 0;
  spillguard::detect::generic::fuzz_reader({reinterpret_cast<const char*>(data), size});
  return 0;
}
