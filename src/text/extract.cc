#include <array>
#include <utility>

#include "text/readers.h"
#include "text/text.h"

namespace spillguard::text {
namespace {

constexpr std::array<std::pair<std::string_view, Markup>, 5> kMarkups = {{
    {"plain", Markup::kPlain},
    {"wiki", Markup::kWiki},
    {"storage", Markup::kStorage},
    {"adf", Markup::kAdf},
    {"html", Markup::kHtml},
}};

}  // namespace

std::optional<Markup> parse_markup(std::string_view name) {
  for (const auto& [known, markup] : kMarkups) {
    if (known == name) {
      return markup;
    }
  }
  return std::nullopt;
}

std::string_view markup_name(Markup markup) {
  for (const auto& [name, known] : kMarkups) {
    if (known == markup) {
      return name;
    }
  }
  return "plain";
}

Extracted extract(Markup markup, std::string_view source) {
  switch (markup) {
    case Markup::kWiki:
      return read_wiki(source);
    case Markup::kStorage:
      return read_storage(source);
    case Markup::kAdf:
      return read_adf(source);
    case Markup::kHtml:
      return read_html(source);
    case Markup::kPlain:
      break;
  }
  return read_plain(source);
}

}  // namespace spillguard::text
