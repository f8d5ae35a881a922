// Generated rules and texts for benchmarks.
#pragma once

#include <cstdint>
#include <string>

#include "detect/rule.h"

namespace spillguard::bench {

// The rules and as many generated ones as make `count`: three in four tokens with a prefix, one in
// four a product's name near a number of hexadecimal digits.
detect::RuleSet filled_up(const detect::RuleSet& rules, size_t count);

// A ticket of some kilobytes: prose, code and log lines.
std::string generated_text(uint64_t seed);

}  // namespace spillguard::bench
