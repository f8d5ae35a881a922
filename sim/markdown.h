// Markdown to Confluence's storage format, well enough for real documents: headings, paragraphs,
// lists, tables, fenced and indented code, quotes, rules, inline code, links, images, emphasis. No
// text is lost.
#pragma once

#include <string>
#include <string_view>

namespace spillguard::sim {

std::string markdown_to_storage(std::string_view markdown);

// The inline part: one paragraph's worth of text.
std::string markdown_inline(std::string_view text);

}  // namespace spillguard::sim
