#include "sim/wiki_plants.h"

#include <algorithm>
#include <set>
#include <utility>

#include "sim/secrets.h"

namespace spillguard::sim {
namespace {

// Old versions first: they may add a version, which the others then have to know.
enum class WikiPlace { kOldPage, kPage, kBlog, kFooter, kInline, kOldComment, kTitle };
constexpr size_t kWikiPlaces = 7;
constexpr int64_t kAddedCommentIds = 900'000'000;
constexpr TimeMs kOneDay = 86'400'000;

void insert_fragment(std::string& body, const Plant& plant) {
  const auto fragment = storage_fragment(plant);
  if (body.empty()) {
    body = fragment;
  } else if (plant.style % 2 == 0) {
    body = fragment + "\n" + body;
  } else {
    body += "\n" + fragment;
  }
}

// Puts the secret into versions[first] … versions[last].
void plant_versions(WikiPage& page, const Plant& plant, size_t first, size_t last,
                    ManifestLine& line) {
  for (size_t i = first; i <= last; ++i) {
    insert_fragment(page.versions[i].body, plant);
    line.versions.push_back(page.versions[i].number);
  }
  line.part = page.blog ? "blogpost" : "page";
  line.content = std::to_string(page.id);
  line.current = last + 1 == page.versions.size();
}

void plant_comment(WikiPage& page, const Plant& plant, WikiPlace place, ManifestLine& line) {
  WikiComment comment{.id = kAddedCommentIds + static_cast<int64_t>(plant.number),
                      .location = place == WikiPlace::kInline ? "inline" : "footer"};
  if (place == WikiPlace::kInline) comment.selection = "see below";
  const auto when = page.newest().when + kOneDay;
  comment.versions.push_back(
      {.number = 1, .when = when, .author = 5, .body = "<p>I found this in the old notes.</p>"});
  insert_fragment(comment.versions[0].body, plant);
  if (place == WikiPlace::kOldComment) {
    comment.versions.push_back(
        {.number = 2, .when = when + kOneDay, .author = 5, .body = "<p>Removed, sorry.</p>"});
  }
  line.part = "comment";
  line.content = std::to_string(comment.id);
  line.versions = {1};
  line.current = place != WikiPlace::kOldComment;
  page.comments.push_back(std::move(comment));
}

// An old version needs a newer one beside it.
void add_newer_version(WikiPage& page) {
  WikiVersion next = page.newest();
  ++next.number;
  next.when += kOneDay;
  next.message = "cleaned up";
  page.versions.push_back(std::move(next));
}

void put(WikiPage& page, const Plant& plant, WikiPlace place, ManifestLine& line) {
  switch (place) {
    case WikiPlace::kPage:
    case WikiPlace::kBlog:
      plant_versions(page, plant, plant.style % page.versions.size(), page.versions.size() - 1,
                     line);
      break;
    case WikiPlace::kOldPage: {
      if (page.versions.size() == 1) add_newer_version(page);
      const size_t last = plant.style % (page.versions.size() - 1);
      plant_versions(page, plant, last - std::min<size_t>(last, plant.style % 3), last, line);
      break;
    }
    case WikiPlace::kTitle:
      for (auto& version : page.versions) {
        version.title = title_fragment(plant);
        line.versions.push_back(version.number);
      }
      line.part = "title";
      line.content = std::to_string(page.id);
      break;
    default:
      plant_comment(page, plant, place, line);
  }
  line.version = line.versions.front();
}

}  // namespace

std::vector<ManifestLine> plant_wiki(uint64_t seed, size_t per_place,
                                     const std::vector<WikiSpace>& spaces,
                                     std::vector<WikiPage>& pages) {
  std::vector<ManifestLine> lines;
  uint64_t number = 0;
  for (size_t place = 0; place < kWikiPlaces; ++place) {
    const auto kind = static_cast<WikiPlace>(place);
    Random random(seed, "wiki places", place);
    std::vector<std::vector<size_t>> of_space(spaces.size());
    for (size_t i = 0; i < pages.size(); ++i) {
      if (pages[i].blog == (kind == WikiPlace::kBlog)) of_space[pages[i].space].push_back(i);
    }
    std::erase_if(of_space, [](const auto& list) { return list.empty(); });
    for (size_t i = 0; i < per_place && !of_space.empty(); ++i, ++number) {
      auto& list = of_space[i % of_space.size()];
      const auto choice = static_cast<size_t>(random.below(list.size()));
      const auto index = list[choice];
      // No page twice for the same kind of place.
      list.erase(list.begin() + static_cast<std::ptrdiff_t>(choice));
      auto& page = pages[index];
      const auto plant = make_plant(seed, "confluence", number, kind == WikiPlace::kTitle);
      ManifestLine line;
      line.product = "confluence";
      line.scope = spaces[page.space].key;
      line.item = line.item_id = std::to_string(page.id);
      line.rule = std::string(secret_kind(plant.kind).name);
      line.secret = plant.secret;
      put(page, plant, kind, line);
      lines.push_back(std::move(line));
      std::erase_if(of_space, [](const auto& left) { return left.empty(); });
    }
  }
  return lines;
}

}  // namespace spillguard::sim
