#include "text/readers.h"

namespace spillguard::text {

Extracted read_html(std::string_view source) { return read_tagged(source); }

}  // namespace spillguard::text
