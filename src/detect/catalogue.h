// The built-in rules as the build step leaves them in the program (cmake/SgCatalogue.cmake): read
// from their files, analysed, and with the literal database of those that are on. Reading it takes
// a millisecond or two, where reading and analysing the files takes half a second.
//
// The form: the magic, a check sum of what follows it, then rules, then what LiteralIndex prepared.
// It belongs to the program that it was built with; everything in it is checked against what it was
// made from before it is used. Thread-safety: pure functions.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "detect/rule.h"

namespace spillguard::detect {

// Made by the build step. Errors are those of rules that can not be built.
Result<std::string> write_catalogue(const RuleSet& rules);

struct Catalogue {
  RuleSet rules;
  std::string_view literals;  // for LiteralIndex::build()
};
// The rules keep views of the text, which must outlive them. kInvalidArgument says what is wrong.
Result<Catalogue> read_catalogue(std::string_view text);

// What LiteralIndex prepared for the built-in rules; empty when the program has no catalogue.
std::string_view built_in_literals();

}  // namespace spillguard::detect
