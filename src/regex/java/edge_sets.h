// The characters that matches of a part of a pattern begin or end with, so that the machine need
// not try where none of them stands.
#pragma once

#include <optional>

#include "regex/java/java_node.h"

namespace spillguard::regex::java {

// nullopt when a match may be empty, or it is not plain to see.
std::optional<SetExpr> first_characters(const Node& node);
std::optional<SetExpr> last_characters(const Node& node);

}  // namespace spillguard::regex::java
