// From a hit of an anchor to the values that the words there name as secrets. Each hit is read by
// itself and at a bounded distance, so what is found depends neither on the order of hits nor on
// the blocks of a scan, and the time is linear in the text.
//
// Thread-safety: pure functions.
#pragma once

#include <string_view>
#include <vector>

#include "base/span.h"
#include "detect/generic/candidate.h"
#include "detect/generic/name.h"

namespace spillguard::detect::generic {

// Appends the candidates that the anchor at the hit gives. `tool`: the anchor is a program's name.
void read_hit(std::string_view text, Span hit, bool tool, NameCache& names,
              std::vector<Candidate>& out);
// The same for a hit now and then.
void read_hit(std::string_view text, Span hit, bool tool, std::vector<Candidate>& out);

}  // namespace spillguard::detect::generic
