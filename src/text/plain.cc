#include "text/readers.h"

namespace spillguard::text {

Extracted read_plain(std::string_view source) { return as_it_stands(source, false); }

}  // namespace spillguard::text
