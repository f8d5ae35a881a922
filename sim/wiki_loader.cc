#include "sim/wiki_loader.h"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <exception>

#include "base/file.h"
#include "base/strings.h"
#include "sim/markdown.h"
#include "sim/users.h"

namespace spillguard::sim {
namespace {

namespace bj = boost::json;

constexpr int64_t kFirstLoadedId = 1'000'000;

size_t space_named(LoadedWiki& wiki, std::string_view key) {
  for (size_t i = 0; i < wiki.spaces.size(); ++i) {
    if (wiki.spaces[i].key == key) return i;
  }
  wiki.spaces.push_back({.id = 32'000 + static_cast<int64_t>(wiki.spaces.size()),
                         .key = std::string(key),
                         .name = std::string(key)});
  return wiki.spaces.size() - 1;
}

Status add_page(LoadedWiki& wiki, std::string_view line) {
  try {
    const auto parsed = bj::parse(bj::string_view(line.data(), line.size()));
    const auto& object = parsed.as_object();
    const std::string title(object.at("title").as_string());
    const std::string space(object.at("space").as_string());
    WikiPage page;
    page.space = space_named(wiki, space);
    page.id = kFirstLoadedId + static_cast<int64_t>(wiki.pages.size());
    for (const auto& entry : object.at("versions").as_array()) {
      const auto& version = entry.as_object();
      const auto& when = version.at("when").as_string();
      const auto& text = version.at("text").as_string();
      const auto number = version.at("number").as_int64();
      page.versions.push_back(
          {.number = number,
           .when = parse_iso8601(std::string_view(when.data(), when.size())).value_or(0),
           .author = static_cast<size_t>(page.id + number) % all_users().size(),
           .message = {},
           .title = title,
           .body = markdown_to_storage(std::string_view(text.data(), text.size()))});
    }
    if (page.versions.empty()) return fail(Code::kCorrupt, "a page without versions");
    auto& home = wiki.spaces[page.space];
    if (home.homepage == 0) {
      home.homepage = page.id;
      home.created = page.versions.front().when;
    } else {
      page.parent = home.homepage;
    }
    wiki.pages.push_back(std::move(page));
  } catch (const std::exception& error) {
    return fail(Code::kCorrupt, fmt::format("not a page with versions: {}", error.what()));
  }
  return {};
}

}  // namespace

Result<LoadedWiki> load_wiki(const std::string& path) {
  LoadedWiki wiki;
  size_t number = 0;
  SG_TRY(for_each_line(path, [&](std::string_view line) -> Status {
    ++number;
    if (trim(line).empty()) return {};
    auto added = add_page(wiki, line);
    if (!added)
      return fail(std::move(added).error().context(fmt::format("{} line {}", path, number)));
    return {};
  }));
  return wiki;
}

}  // namespace spillguard::sim
