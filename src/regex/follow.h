// What must follow a place in a branch of a pattern. Internal to this module. All answers are safe:
// they hold for every text that the rest of the branch matches.
#pragma once

#include <cstddef>
#include <vector>

#include "regex/shape.h"

namespace spillguard::regex {

// What the next bytes must be, each; at most `most` of them, fewer where the branch may end.
std::vector<ByteSet> bytes_after(const Shape::Branch& branch, size_t at, size_t most);

// Sets `until` and `through` of the guard, when there is a byte that must come.
void find_until(const Shape::Branch& branch, size_t at, AnchorGuard& guard);

// Sets the run of the guard, when many bytes of a small set must come in a row.
void find_run(const Shape::Branch& branch, size_t at, AnchorGuard& guard);

}  // namespace spillguard::regex
