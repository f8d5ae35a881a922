// Blocks in the textual encoding of RFC 7468 (PEM).
#pragma once

#include "detect/validators.h"

namespace spillguard::detect {

// A block whose body could be a key: base64 and enough of it, labels of both ends equal. A block
// whose end is cut off counts when several lines of it are there.
bool pem_block(const Candidate& candidate);

}  // namespace spillguard::detect
