#include "text/readers.h"

namespace spillguard::text {

// Confluence storage format is XHTML in pieces: no root, prefixes without declaration, HTML's
// entities. An XML parser refuses it; it is read as HTML with the elements of ac:, ri: and at:.
Extracted read_storage(std::string_view source) { return read_tagged(source); }

}  // namespace spillguard::text
