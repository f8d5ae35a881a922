// Flattens a pattern's tree into the ways through it. Internal to this module.
#pragma once

#include <vector>

#include "regex/shape.h"
#include "regex/syntax.h"

namespace spillguard::regex {

// Every match of the tree is a match of one of the branches, which are few: where there would be
// too many, a part of the tree becomes a gap of its width.
std::vector<Shape::Branch> flatten(const Node& tree);

}  // namespace spillguard::regex
