// Made-up secrets in the formats of the real ones, check sums included. None of them was ever valid
// anywhere.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "sim/random.h"

namespace spillguard::sim {

// What can be planted. `name` is the rule that should find it.
struct SecretKind {
  std::string_view name;
  std::string_view label;  // the word that people write before it: "aws_secret_access_key"
  bool needs_label;        // without the word beside it nobody can tell what it is
  bool single_line;        // false: a PEM block
  bool url_safe;           // fits into a query string as it is
  bool short_enough;       // fits into a summary or title
};

size_t secret_kind_count();
const SecretKind& secret_kind(size_t index);
// A new secret of that kind.
std::string make_secret(size_t kind, Random& random);

// The six base62 digits of a CRC-32 that end GitHub's and npm's tokens.
std::string base62_checksum(std::string_view payload);
// The digit that makes a card number pass Luhn's test.
char luhn_digit(std::string_view digits);

}  // namespace spillguard::sim
