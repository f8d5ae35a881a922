// What the elements and attributes of HTML and storage format mean to the text.
#pragma once

#include <string_view>

namespace spillguard::text {

enum class Element {
  kUnknown,  // no element at all, such as <password>: stays in the text as it stands
  kInline,   // its text belongs to the text around it
  kBlock,    // its text has lines of its own
  kCell,
  kRow,
  kVerbatim,   // a block whose white space counts
  kRawText,    // a block whose content is no markup
  kParameter,  // a block whose name attribute names the text
};

// By the name as it stands in the tag, in any case.
Element element_of(std::string_view name);

// Attributes that the host or the browser fills: numbers, ids, style. All others may carry text.
bool is_mechanical_attribute(std::string_view name);

}  // namespace spillguard::text
