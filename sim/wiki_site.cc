#include "sim/wiki_site.h"

#include <algorithm>

#include "base/strings.h"
#include "sim/users.h"
#include "sim/wiki_loader.h"
#include "sim/wiki_plants.h"

namespace spillguard::sim {

int64_t WikiItem::id() const {
  return comment != nullptr ? comment->id : attachment != nullptr ? attachment->id : page->id;
}

std::string_view WikiItem::type() const {
  if (comment != nullptr) return "comment";
  if (attachment != nullptr) return "attachment";
  return page->blog ? "blogpost" : "page";
}

const std::vector<WikiVersion>* WikiItem::versions() const {
  if (attachment != nullptr) return nullptr;
  return comment != nullptr ? &comment->versions : &page->versions;
}

TimeMs WikiItem::created() const {
  return attachment != nullptr ? attachment->when : versions()->front().when;
}
TimeMs WikiItem::modified() const {
  return attachment != nullptr ? attachment->when : versions()->back().when;
}

bool WikiItem::gone() const {
  return page->status == WikiStatus::kGone || (comment != nullptr && comment->gone) ||
         (attachment != nullptr && attachment->gone);
}

bool WikiItem::current() const { return page->status == WikiStatus::kCurrent && !gone(); }

std::string WikiItem::title() const {
  if (comment != nullptr) return "Re: " + page->newest().title;
  if (attachment != nullptr) return attachment->name;
  return page->newest().title;
}

std::vector<WikiVersion> attachment_versions(const WikiAttachment& attachment) {
  constexpr TimeMs kBetween = 3'600'000;
  std::vector<WikiVersion> versions;
  for (int64_t number = 1; number <= attachment.versions; ++number) {
    versions.push_back({.number = number,
                        .when = attachment.when - (attachment.versions - number) * kBetween,
                        .author = attachment.author});
  }
  return versions;
}

Result<std::unique_ptr<WikiSite>> WikiSite::build(const WikiSiteOptions& options) {
  auto site = std::unique_ptr<WikiSite>(new WikiSite(options));
  std::vector<WikiPage> pages;
  if (!options.data_file.empty()) {
    SG_ASSIGN(auto loaded, load_wiki(options.data_file));
    site->spaces_ = std::move(loaded.spaces);
    pages = std::move(loaded.pages);
    for (size_t i = 0; i < pages.size(); ++i) {
      Random random(options.seed, "life of loaded page", i);
      // Far from the places of generated pages.
      add_comments(pages[i], random, 1'000'000 + i);
      add_attachments(pages[i], random, 1'000'000 + i);
    }
  }
  const auto first = site->spaces_.size();
  for (auto& space : make_spaces(options.amounts)) site->spaces_.push_back(std::move(space));
  if (options.amounts.spaces > 0) {
    for (size_t i = 0; i < options.amounts.pages + options.amounts.blogs; ++i) {
      // Blog posts start again with the first space.
      const auto row = i < options.amounts.pages ? i : i - options.amounts.pages;
      const auto space = first + row % options.amounts.spaces;
      pages.push_back(make_page(options.seed, options.amounts, i, space));
      auto& home = site->spaces_[space].homepage;
      if (home == 0) home = pages.back().id;
    }
  }
  site->plants_ = plant_wiki(options.seed, options.plants_per_kind, site->spaces_, pages);
  for (auto& page : pages) site->pages_.push_back(std::move(page));
  site->index();
  return site;
}

void WikiSite::index() {
  for (const auto& page : pages_) {
    by_id_.push_back({.page = &page});
    for (const auto& comment : page.comments)
      by_id_.push_back({.page = &page, .comment = &comment});
    for (const auto& attachment : page.attachments)
      by_id_.push_back({.page = &page, .attachment = &attachment});
  }
  std::sort(by_id_.begin(), by_id_.end(),
            [](const auto& a, const auto& b) { return a.id() < b.id(); });
  for (const auto& item : by_id_) items_.emplace(item.id(), item);
}

std::optional<size_t> WikiSite::find_space(std::string_view key) const {
  for (size_t i = 0; i < spaces_.size(); ++i) {
    if (equals_ignore_case(spaces_[i].key, key)) return i;
  }
  return std::nullopt;
}

std::optional<WikiItem> WikiSite::find(std::string_view id) const {
  if (id.starts_with("att")) id.remove_prefix(3);
  const auto number = parse_int(id);
  const auto found = number ? items_.find(*number) : items_.end();
  return found == items_.end() || found->second.gone() ? std::nullopt
                                                       : std::optional(found->second);
}

bool WikiSite::counted(const WikiPage& page, WikiStatus status) {
  if (page.status != status || page.restricted) return false;
  return status != WikiStatus::kDraft || all_users()[page.newest().author].name == "scanner";
}

std::vector<PartCounts> WikiSite::counts(WikiStatus status) const {
  std::vector<PartCounts> counts(spaces_.size());
  for (const auto& page : pages_) {
    if (!counted(page, status)) continue;
    auto& count = counts[page.space];
    for (const auto& version : page.versions) {
      if (!version.title.empty()) ++count["title"];
      if (!version.body.empty()) ++count[page.blog ? "blogpost" : "page"];
    }
    for (const auto& comment : page.comments) {
      if (comment.gone) continue;
      for (const auto& version : comment.versions) {
        if (!version.body.empty()) ++count["comment"];
      }
    }
    for (const auto& attachment : page.attachments) {
      if (!attachment.gone) ++count["attachment"];
    }
  }
  return counts;
}

std::vector<PartCounts> WikiSite::more_counts(WikiStatus status) const {
  std::vector<PartCounts> counts(spaces_.size());
  for (size_t i = 0; i < spaces_.size(); ++i) {
    if (status == WikiStatus::kCurrent && !spaces_[i].description.empty())
      ++counts[i]["scope_description"];
  }
  const auto count_messages = [](const std::vector<WikiVersion>& versions, PartCounts& count) {
    for (const auto& version : versions) {
      if (!version.message.empty()) ++count["version_message"];
    }
  };
  for (const auto& page : pages_) {
    if (!counted(page, status)) continue;
    auto& count = counts[page.space];
    count_messages(page.versions, count);
    if (!page.labels.empty()) ++count["label"];
    if (!page.properties.empty()) count["property"] += page.properties.size();
    for (const auto& comment : page.comments) {
      if (comment.gone) continue;
      count_messages(comment.versions, count);
      if (!comment.selection.empty()) ++count["selection"];
    }
    for (const auto& attachment : page.attachments) {
      if (attachment.gone) continue;
      ++count["attachment_name"];
      if (!attachment.comment.empty()) ++count["attachment_comment"];
    }
  }
  return counts;
}

std::vector<uint64_t> WikiSite::items(WikiStatus status) const {
  std::vector<uint64_t> items(spaces_.size());
  for (const auto& page : pages_) items[page.space] += counted(page, status) ? 1 : 0;
  return items;
}

std::vector<uint64_t> WikiSite::hidden() const {
  std::vector<uint64_t> items(spaces_.size());
  for (const auto& page : pages_)
    items[page.space] += page.status == WikiStatus::kCurrent && page.restricted ? 1 : 0;
  return items;
}

}  // namespace spillguard::sim
