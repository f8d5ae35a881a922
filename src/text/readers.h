// The readers behind extract(), one a markup. Pure functions, linear in the source, no recursion.
#pragma once

#include <string_view>

#include "text/text.h"
#include "text/text_builder.h"

namespace spillguard::text {

Extracted read_plain(std::string_view source);
Extracted read_wiki(std::string_view source);
Extracted read_storage(std::string_view source);
Extracted read_adf(std::string_view source);
Extracted read_html(std::string_view source);

// What storage format and HTML share: tags, attributes, comments, CDATA and entities.
Extracted read_tagged(std::string_view source);

// Text with its entities decoded once.
void put_with_entities(TextBuilder& builder, Span part);

}  // namespace spillguard::text
