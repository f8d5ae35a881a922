#include "text/elements.h"

#include <algorithm>
#include <array>
#include <span>

#include "base/strings.h"

namespace spillguard::text {
namespace {

struct KnownElement {
  std::string_view name;
  Element element;
};

// HTML's elements and those of storage format that are not plain blocks, by name.
// clang-format off
constexpr KnownElement kKnownElements[] = {
    {"a", Element::kInline}, {"abbr", Element::kInline}, {"ac:emoticon", Element::kInline},
    {"ac:image", Element::kInline}, {"ac:inline-comment-marker", Element::kInline},
    {"ac:link", Element::kInline}, {"ac:link-body", Element::kInline},
    {"ac:parameter", Element::kParameter}, {"ac:placeholder", Element::kInline},
    {"ac:plain-text-link-body", Element::kInline}, {"acronym", Element::kInline},
    {"address", Element::kBlock}, {"applet", Element::kBlock}, {"area", Element::kBlock},
    {"article", Element::kBlock}, {"aside", Element::kBlock}, {"audio", Element::kBlock},
    {"b", Element::kInline}, {"base", Element::kBlock}, {"basefont", Element::kBlock},
    {"bdi", Element::kInline}, {"bdo", Element::kInline}, {"big", Element::kInline},
    {"blockquote", Element::kBlock}, {"body", Element::kBlock}, {"br", Element::kBlock},
    {"button", Element::kBlock}, {"canvas", Element::kBlock}, {"caption", Element::kBlock},
    {"center", Element::kBlock}, {"cite", Element::kInline}, {"code", Element::kInline},
    {"col", Element::kBlock}, {"colgroup", Element::kBlock}, {"data", Element::kInline},
    {"datalist", Element::kBlock}, {"dd", Element::kBlock}, {"del", Element::kInline},
    {"details", Element::kBlock}, {"dfn", Element::kInline}, {"dialog", Element::kBlock},
    {"dir", Element::kBlock}, {"div", Element::kBlock}, {"dl", Element::kBlock},
    {"dt", Element::kBlock}, {"em", Element::kInline}, {"embed", Element::kBlock},
    {"fieldset", Element::kBlock}, {"figcaption", Element::kBlock}, {"figure", Element::kBlock},
    {"font", Element::kInline}, {"footer", Element::kBlock}, {"form", Element::kBlock},
    {"frame", Element::kBlock}, {"frameset", Element::kBlock}, {"h1", Element::kBlock},
    {"h2", Element::kBlock}, {"h3", Element::kBlock}, {"h4", Element::kBlock},
    {"h5", Element::kBlock}, {"h6", Element::kBlock}, {"head", Element::kBlock},
    {"header", Element::kBlock}, {"hgroup", Element::kBlock}, {"hr", Element::kBlock},
    {"html", Element::kBlock}, {"i", Element::kInline}, {"iframe", Element::kBlock},
    {"img", Element::kInline}, {"input", Element::kBlock}, {"ins", Element::kInline},
    {"kbd", Element::kInline}, {"label", Element::kInline}, {"legend", Element::kBlock},
    {"li", Element::kBlock}, {"link", Element::kBlock}, {"listing", Element::kVerbatim},
    {"main", Element::kBlock}, {"map", Element::kBlock}, {"mark", Element::kInline},
    {"menu", Element::kBlock}, {"meta", Element::kBlock}, {"meter", Element::kBlock},
    {"nav", Element::kBlock}, {"nobr", Element::kInline}, {"noframes", Element::kBlock},
    {"noscript", Element::kBlock}, {"object", Element::kBlock}, {"ol", Element::kBlock},
    {"optgroup", Element::kBlock}, {"option", Element::kBlock}, {"output", Element::kBlock},
    {"p", Element::kBlock}, {"param", Element::kBlock}, {"picture", Element::kBlock},
    {"pre", Element::kVerbatim}, {"progress", Element::kBlock}, {"q", Element::kInline},
    {"rp", Element::kInline}, {"rt", Element::kInline}, {"ruby", Element::kInline},
    {"s", Element::kInline}, {"samp", Element::kInline}, {"script", Element::kRawText},
    {"search", Element::kBlock}, {"section", Element::kBlock}, {"select", Element::kBlock},
    {"slot", Element::kBlock}, {"small", Element::kInline}, {"source", Element::kBlock},
    {"span", Element::kInline}, {"strike", Element::kInline}, {"strong", Element::kInline},
    {"style", Element::kRawText}, {"sub", Element::kInline}, {"summary", Element::kBlock},
    {"sup", Element::kInline}, {"svg", Element::kBlock}, {"table", Element::kRow},
    {"tbody", Element::kRow}, {"td", Element::kCell}, {"template", Element::kBlock},
    {"textarea", Element::kVerbatim}, {"tfoot", Element::kRow}, {"th", Element::kCell},
    {"thead", Element::kRow}, {"time", Element::kInline}, {"title", Element::kBlock},
    {"tr", Element::kRow}, {"track", Element::kBlock}, {"tt", Element::kInline},
    {"u", Element::kInline}, {"ul", Element::kBlock}, {"var", Element::kInline},
    {"video", Element::kBlock}, {"wbr", Element::kInline}, {"xmp", Element::kVerbatim}
};

constexpr std::string_view kMechanicalAttributes[] = {
    "ac:align", "ac:border", "ac:breakout-mode", "ac:breakout-width", "ac:height", "ac:layout",
    "ac:local-id", "ac:macro-id", "ac:name", "ac:original-height", "ac:original-width", "ac:ref",
    "ac:schema-version", "ac:thumbnail", "ac:width", "align", "border", "cellpadding",
    "cellspacing", "class", "colspan", "data-layout", "data-local-id", "data-mce-style", "dir",
    "height", "hidden", "id", "lang", "local-id", "rel", "ri:account-id", "ri:local-id",
    "ri:userkey", "ri:version-at-save", "role", "rowspan", "scope", "style", "tabindex", "target",
    "valign", "width", "xml:lang"
};
// clang-format on

constexpr size_t kLongestName = 32;
using NameBuffer = std::array<char, kLongestName>;

// The name in lower case; empty when it is longer than any that we know.
std::string_view lowered(std::string_view name, NameBuffer& buffer) {
  if (name.size() > buffer.size()) {
    return {};
  }
  std::transform(name.begin(), name.end(), buffer.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return {buffer.data(), name.size()};
}

}  // namespace

Element element_of(std::string_view name) {
  NameBuffer buffer;
  const std::string_view lower = lowered(name, buffer);
  const auto known = std::span(kKnownElements);
  const auto found = std::lower_bound(
      known.begin(), known.end(), lower,
      [](const KnownElement& element, std::string_view wanted) { return element.name < wanted; });
  if (found != known.end() && found->name == lower) {
    return found->element;
  }
  if (starts_with_ignore_case(name, "ri:")) {
    return Element::kInline;
  }
  if (starts_with_ignore_case(name, "ac:") || starts_with_ignore_case(name, "at:") ||
      starts_with_ignore_case(name, "fab:")) {
    return Element::kBlock;
  }
  return Element::kUnknown;
}

bool is_mechanical_attribute(std::string_view name) {
  NameBuffer buffer;
  const std::string_view lower = lowered(name, buffer);
  return std::binary_search(std::begin(kMechanicalAttributes), std::end(kMechanicalAttributes),
                            lower);
}

}  // namespace spillguard::text
