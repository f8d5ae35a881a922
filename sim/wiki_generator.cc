#include "sim/wiki_generator.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sim/jira_generator.h"
#include "sim/prose.h"
#include "sim/users.h"

namespace spillguard::sim {
namespace {

constexpr int64_t kFirstPageId = 2'000'000;
constexpr int64_t kFirstWikiPartId = 30'000'000;
constexpr int64_t kIdsPerPage = 100;
constexpr TimeMs kWikiDay = 86'400'000;
constexpr std::array<std::string_view, 6> kSpaceKeys = {"ENG",   "HR",  "OPS",
                                                        "SALES", "LAB", "LEGAL"};
constexpr std::array<std::string_view, 6> kSpaceNames = {"Engineering", "People",   "Operations",
                                                         "Sales",       "Research", "Legal"};
constexpr std::array<std::string_view, 3> kLocations = {"footer", "inline", "resolved"};

size_t any_author(Random& random) { return static_cast<size_t>(random.below(all_users().size())); }

std::string joined(const std::vector<std::string>& blocks) {
  std::string text;
  for (const auto& block : blocks) {
    if (!text.empty()) text += '\n';
    text += block;
  }
  return text;
}

// Blocks that only storage format has: macros with rich text, tasks, links to pages, entities.
std::string special_block(Random& random) {
  switch (random.below(5)) {
    case 0:
      return fmt::format(
          "<ac:structured-macro ac:name=\"info\" "
          "ac:schema-version=\"1\"><ac:rich-text-body><p>{}</p>"
          "</ac:rich-text-body></ac:structured-macro>",
          escape_xml(make_sentence(random)));
    case 1:
      return fmt::format(
          "<ac:task-list><ac:task><ac:task-id>{}</ac:task-id><ac:task-status>incomplete</"
          "ac:task-status>"
          "<ac:task-body>{}</ac:task-body></ac:task></ac:task-list>",
          random.between(1, 99), escape_xml(make_sentence(random)));
    case 2:
      return fmt::format(
          "<p>See <ac:link><ri:page ri:content-title=\"{}\" /><ac:plain-text-link-body>{}"
          "</ac:plain-text-link-body></ac:link>&nbsp;&mdash; caf&eacute; corner.</p>",
          escape_xml(make_title(random)), cdata("the other page"));
    case 3:
      return fmt::format(
          "<p><ac:image ac:alt=\"{}\"><ri:attachment ri:filename=\"screen-{}.png\" "
          "/></ac:image></p>",
          escape_xml(make_title(random)), random.between(1, 40));
    default:
      return fmt::format(
          "<p>It was <strong>{}</strong> on <time datetime=\"2023-0{}-1{}\" />, <em>{}</em></p>",
          escape_xml(make_name(random)), random.between(1, 9), random.between(0, 9),
          escape_xml(make_sentence(random)));
  }
}

std::vector<std::string> storage_document(Random& random, size_t blocks) {
  std::vector<std::string> list;
  for (const auto& block : make_document(random, blocks)) {
    list.push_back(to_storage(block));
    if (random.chance(15)) list.push_back(special_block(random));
  }
  return list;
}

// One edit as people make them: a block more, a block less, a block written anew.
void edit(std::vector<std::string>& blocks, Random& random) {
  const auto place = static_cast<size_t>(random.below(blocks.size()));
  auto fresh = to_storage(make_document(random, 2).back());
  switch (random.below(4)) {
    case 0:
      if (blocks.size() > 2) {
        blocks.erase(blocks.begin() + static_cast<std::ptrdiff_t>(place));
        break;
      }
      [[fallthrough]];
    case 1:
      blocks[place] = std::move(fresh);
      break;
    default:
      blocks.insert(blocks.begin() + static_cast<std::ptrdiff_t>(place), std::move(fresh));
  }
}

}  // namespace

std::vector<WikiSpace> make_spaces(const WikiAmounts& amounts) {
  std::vector<WikiSpace> spaces;
  for (size_t i = 0; i < amounts.spaces; ++i) {
    // The second space is rita's own, so that she can read what is hers.
    if (i == 1) {
      spaces.push_back({.id = 65'600,
                        .key = "~rita",
                        .name = "Rita Reader",
                        .personal = true,
                        .created = kFirstMoment});
      continue;
    }
    const auto number = i == 0 ? 0 : i - 1;
    const auto round = number / kSpaceKeys.size();
    const auto suffix = round == 0 ? std::string() : std::to_string(round + 1);
    spaces.push_back(
        {.id = 65'540 + static_cast<int64_t>(i) * 100,
         .key = std::string(kSpaceKeys[number % kSpaceKeys.size()]) + suffix,
         .name = std::string(kSpaceNames[number % kSpaceNames.size()]) + suffix,
         .description = fmt::format("Pages of {}", kSpaceNames[number % kSpaceNames.size()]),
         .created = kFirstMoment});
  }
  return spaces;
}

WikiPage make_page(uint64_t seed, const WikiAmounts& amounts, size_t index, size_t space) {
  Random random(seed, "page", index);
  WikiPage page;
  page.id = kFirstPageId + static_cast<int64_t>(index);
  page.space = space;
  page.blog = index >= amounts.pages;
  // The first page of a space is its home; others hang below an earlier page of the same space.
  if (!page.blog && index >= amounts.spaces) {
    const auto row = index / amounts.spaces;
    page.parent = kFirstPageId +
                  static_cast<int64_t>(random.below(row) * amounts.spaces + index % amounts.spaces);
  }
  auto blocks = storage_document(random, static_cast<size_t>(random.between(2, 14)));
  auto title = page.parent == 0 && !page.blog ? std::string("Home")
                                              : fmt::format("{} ({})", make_title(random), index);
  const auto versions = 1 + random.below(page.blog ? std::min<size_t>(3, amounts.max_versions)
                                                   : amounts.max_versions);
  TimeMs when = kFirstMoment + random.between(0, (kLastCreation - kFirstMoment) / 1000) * 1000;
  for (uint64_t number = 1; number <= versions; ++number) {
    if (number > 1) {
      edit(blocks, random);
      when += random.between(60, 20LL * 86'400) * 1000;
      if (random.chance(5) && title != "Home")
        title = fmt::format("{} ({})", make_title(random), index);
    }
    // Retention rules leave gaps: the second of at least four versions is sometimes gone.
    if (number == 2 && versions >= 4 && random.chance(10)) continue;
    page.versions.push_back({.number = static_cast<int64_t>(number),
                             .when = when,
                             .author = any_author(random),
                             .message = random.chance(10) ? "typo" : "",
                             .title = title,
                             .body = joined(blocks)});
  }
  add_comments(page, random, index);
  add_attachments(page, random, index);
  return page;
}

void add_comments(WikiPage& page, Random& random, size_t place) {
  const auto count = random.below(5);
  for (uint64_t i = 0; i < count; ++i) {
    WikiComment comment{
        .id =
            kFirstWikiPartId + static_cast<int64_t>(place) * kIdsPerPage + static_cast<int64_t>(i),
        .location = std::string(random.chance(60) ? "footer" : random.pick(kLocations))};
    if (!page.comments.empty() && random.chance(30)) {
      comment.parent = page.comments.back().id;
      comment.location = page.comments.back().location;
    }
    if (comment.location != "footer") comment.selection = make_name(random);
    TimeMs when = page.newest().when + random.between(1, 30) * kWikiDay / 10;
    for (uint64_t number = 1, last = 1 + random.below(3) / 2; number <= last; ++number) {
      comment.versions.push_back({.number = static_cast<int64_t>(number),
                                  .when = when,
                                  .author = any_author(random),
                                  .body = to_storage(make_block(random, Block::Kind::kParagraph))});
      when += kWikiDay;
    }
    page.comments.push_back(std::move(comment));
  }
}

void add_attachments(WikiPage& page, Random& random, size_t place) {
  if (!random.chance(8)) return;
  constexpr std::array<std::string_view, 3> kEndings = {"txt", "csv", "png"};
  constexpr std::array<std::string_view, 3> kFileTypes = {"text/plain", "text/csv", "image/png"};
  for (uint64_t i = 0, n = 1 + random.below(2); i < n; ++i) {
    const auto type = static_cast<size_t>(random.below(kFileTypes.size()));
    page.attachments.push_back(
        {.id = kFirstWikiPartId + static_cast<int64_t>(place) * kIdsPerPage + 80 +
               static_cast<int64_t>(i),
         .name = fmt::format("{} {}ü.{}", make_name(random), i, kEndings[type]),
         .mime_type = std::string(kFileTypes[type]),
         .comment = random.chance(30) ? make_sentence(random) : "",
         .size = 100 + random.below(20'000),
         .when = page.newest().when,
         .author = any_author(random)});
  }
}

}  // namespace spillguard::sim
