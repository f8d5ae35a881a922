// Payment card numbers.
#pragma once

#include "detect/validators.h"

namespace spillguard::detect {

// 13 to 19 digits, with blanks or dashes between them, of a known network and its lengths, with a
// valid check digit, and not one of the numbers that payment providers publish for tests.
bool payment_card(const Candidate& candidate);

}  // namespace spillguard::detect
