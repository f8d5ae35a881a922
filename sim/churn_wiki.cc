// The changes that people make in Confluence.
#include <fmt/format.h>

#include <algorithm>

#include "sim/churn_step.h"
#include "sim/prose.h"
#include "sim/users.h"

namespace spillguard::sim {
namespace {

std::optional<size_t> some_page(const WikiSite& site, ChangeStep& step,
                                WikiStatus status = WikiStatus::kCurrent) {
  constexpr int kTries = 50;
  const auto count = site.pages().size();
  const auto wanted = [&](size_t index) {
    const auto& page = site.pages()[index];
    return page.status == status && !site.spaces()[page.space].archived;
  };
  for (int i = 0; i < kTries && count > 0; ++i) {
    const auto index = static_cast<size_t>(step.random.below(count));
    if (wanted(index)) return index;
  }
  // Rare ones are looked for one after the other.
  for (size_t i = 0; i < count && status != WikiStatus::kCurrent; ++i) {
    if (wanted(i)) return i;
  }
  return std::nullopt;
}

size_t some_author(ChangeStep& step) {
  const auto author = static_cast<size_t>(step.random.below(all_users().size()));
  step.done.author = std::string(all_users()[author].name);
  return author;
}

void name_page(const WikiSite& site, ChangeStep& step, size_t index) {
  const auto& page = site.pages()[index];
  step.done.scope = site.spaces()[page.space].key;
  step.done.item = std::to_string(page.id);
  step.done.blog = page.blog;
}

WikiComment* some_comment(WikiSite& site, ChangeStep& step, size_t page) {
  std::vector<WikiComment*> there;
  for (auto& comment : site.page(page).comments) {
    if (!comment.gone) there.push_back(&comment);
  }
  return there.empty() ? nullptr : there[static_cast<size_t>(step.random.below(there.size()))];
}

// A page with something of the kind that `choose` looks for.
template <typename Choose>
auto on_some_page(WikiSite& site, ChangeStep& step, const Choose& choose) {
  constexpr int kTries = 30;
  using Found = decltype(choose(size_t{}));
  for (int i = 0; i < kTries; ++i) {
    const auto page = some_page(site, step);
    if (!page) break;
    if (Found found = choose(*page)) return std::pair(*page, found);
  }
  return std::pair(size_t{}, Found{});
}

bool edit_page(WikiSite& site, ChangeStep& step) {
  const auto page = some_page(site, step);
  if (!page) return false;
  const auto author = some_author(step);
  const auto text = step.storage_text(35, site.pages()[*page].blog ? "blogpost" : "page");
  const bool anew = step.random.chance(40);
  site.add_version(*page, step.now, [&](WikiVersion& version) {
    version.author = author;
    version.body = anew ? text : version.body + "\n" + text;
    if (step.random.chance(20)) version.message = make_sentence(step.random);
    step.done.version = version.number;
  });
  name_page(site, step, *page);
  step.done.content = step.done.item;
  return true;
}

bool rename_page(WikiSite& site, ChangeStep& step) {
  const auto page = some_page(site, step);
  if (!page) return false;
  const auto author = some_author(step);
  site.add_version(*page, step.now, [&](WikiVersion& version) {
    version.author = author;
    version.title = step.title_text(25, "title", "confluence");
    step.done.version = version.number;
  });
  name_page(site, step, *page);
  step.done.content = step.done.item;
  return true;
}

bool add_page_comment(WikiSite& site, ChangeStep& step) {
  const auto page = some_page(site, step);
  if (!page) return false;
  const auto author = some_author(step);
  WikiComment comment{.id = 0, .location = step.random.chance(60) ? "footer" : "inline"};
  const auto* parent = step.random.chance(25) ? some_comment(site, step, *page) : nullptr;
  if (parent != nullptr) {
    comment.parent = parent->id;
    comment.location = parent->location;
  }
  if (comment.location != "footer") comment.selection = make_name(step.random);
  comment.versions.push_back(
      {.number = 1, .when = step.now, .author = author, .body = step.storage_text(35, "comment")});
  const auto& added = site.add_comment(*page, std::move(comment), step.now);
  name_page(site, step, *page);
  step.done.content = std::to_string(added.id);
  step.done.version = 1;
  return true;
}

bool edit_page_comment(WikiSite& site, ChangeStep& step) {
  const auto [page, comment] =
      on_some_page(site, step, [&](size_t index) { return some_comment(site, step, index); });
  if (comment == nullptr) return false;
  some_author(step);
  site.edit_comment(page, *comment, step.now, step.storage_text(35, "comment"));
  name_page(site, step, page);
  step.done.content = std::to_string(comment->id);
  step.done.version = comment->versions.back().number;
  return true;
}

bool delete_page_comment(WikiSite& site, ChangeStep& step) {
  const auto [page, comment] =
      on_some_page(site, step, [&](size_t index) { return some_comment(site, step, index); });
  if (comment == nullptr) return false;
  some_author(step);
  site.remove_comment(page, *comment, step.now);
  name_page(site, step, page);
  step.done.content = std::to_string(comment->id);
  return true;
}

bool resolve_page_comment(WikiSite& site, ChangeStep& step) {
  const auto [page, comment] = on_some_page(site, step, [&](size_t index) {
    auto* found = some_comment(site, step, index);
    return found != nullptr && found->location == "inline" ? found : nullptr;
  });
  if (comment == nullptr) return false;
  some_author(step);
  site.resolve_comment(page, *comment, step.now);
  name_page(site, step, page);
  step.done.content = std::to_string(comment->id);
  return true;
}

bool add_page_attachment(WikiSite& site, ChangeStep& step) {
  const auto page = some_page(site, step);
  if (!page) return false;
  const auto author = some_author(step);
  WikiAttachment made{.id = 0,
                      .name = fmt::format("{} [{}].txt", make_name(step.random), step.number),
                      .mime_type = "text/plain",
                      .size = 50 + step.random.below(3000),
                      .author = author};
  if (const FilePtr file = step.file(60, "confluence")) {
    made.name = file->name;
    made.mime_type = file->mime_type;
    made.size = file->bytes.size();
    made.file = file;
  }
  const auto& added = site.add_attachment(*page, std::move(made), step.now);
  name_page(site, step, *page);
  step.done.content = std::to_string(added.id);
  return true;
}

bool delete_page_attachment(WikiSite& site, ChangeStep& step) {
  const auto [page, attachment] = on_some_page(site, step, [&](size_t index) -> WikiAttachment* {
    for (auto& one : site.page(index).attachments) {
      if (!one.gone) return &one;
    }
    return nullptr;
  });
  if (attachment == nullptr) return false;
  some_author(step);
  site.remove_attachment(page, *attachment, step.now);
  name_page(site, step, page);
  step.done.content = std::to_string(attachment->id);
  return true;
}

bool create(WikiSite& site, ChangeStep& step, bool blog) {
  std::vector<size_t> spaces;
  for (size_t i = 0; i < site.spaces().size(); ++i) {
    if (!site.spaces()[i].archived) spaces.push_back(i);
  }
  if (spaces.empty()) return false;
  const auto author = some_author(step);
  const auto space = step.random.pick(spaces);
  WikiPage page;
  page.space = space;
  page.blog = blog;
  page.parent = blog ? 0 : site.spaces()[space].homepage;
  page.versions.push_back({.number = 1,
                           .when = step.now,
                           .author = author,
                           .title = fmt::format("{} [{}]", make_title(step.random), step.number),
                           .body = step.storage_text(40, blog ? "blogpost" : "page")});
  const auto index = site.create_page(std::move(page), step.now);
  name_page(site, step, index);
  step.done.content = step.done.item;
  step.done.version = 1;
  return true;
}

bool create_page(WikiSite& site, ChangeStep& step) { return create(site, step, false); }
bool create_blog(WikiSite& site, ChangeStep& step) { return create(site, step, true); }

bool change_status(WikiSite& site, ChangeStep& step, WikiStatus from, WikiStatus to) {
  const auto page = some_page(site, step, from);
  if (!page) return false;
  // A space keeps its home.
  if (site.spaces()[site.pages()[*page].space].homepage == site.pages()[*page].id) return false;
  some_author(step);
  site.set_status(*page, to, step.now);
  name_page(site, step, *page);
  return true;
}

bool trash_page(WikiSite& site, ChangeStep& step) {
  return change_status(site, step, WikiStatus::kCurrent, WikiStatus::kTrashed);
}
bool restore_page(WikiSite& site, ChangeStep& step) {
  return change_status(site, step, WikiStatus::kTrashed, WikiStatus::kCurrent);
}
bool purge_page(WikiSite& site, ChangeStep& step) {
  return change_status(site, step, WikiStatus::kTrashed, WikiStatus::kGone);
}

bool move_page(WikiSite& site, ChangeStep& step) {
  const auto page = some_page(site, step);
  if (!page || site.spaces().size() < 2) return false;
  const auto from = site.pages()[*page].space;
  if (site.spaces()[from].homepage == site.pages()[*page].id) return false;
  const auto to = (from + 1 + static_cast<size_t>(step.random.below(site.spaces().size() - 1))) %
                  site.spaces().size();
  if (site.spaces()[to].archived) return false;
  some_author(step);
  step.done.before = site.spaces()[from].key;
  site.move(*page, to, step.now);
  name_page(site, step, *page);
  return true;
}

bool delete_version(WikiSite& site, ChangeStep& step) {
  const auto page = some_page(site, step);
  if (!page || site.pages()[*page].versions.size() < 2) return false;
  some_author(step);
  const auto& versions = site.pages()[*page].versions;
  const auto place = static_cast<size_t>(step.random.below(versions.size() - 1));
  step.done.version = versions[place].number;
  site.remove_version(*page, place, step.now);
  name_page(site, step, *page);
  step.done.content = step.done.item;
  return true;
}

bool create_space(WikiSite& site, ChangeStep& step) {
  const auto space =
      site.create_space(fmt::format("{}N{}", step.random.chance(30) ? "~" : "", step.number),
                        fmt::format("New {}", step.number), step.now);
  step.done.scope = site.spaces()[space].key;
  return true;
}

bool restrict_page(WikiSite& site, ChangeStep& step) {
  const auto page = some_page(site, step);
  if (!page || site.pages()[*page].restricted) return false;
  site.page(*page).restricted = true;
  name_page(site, step, *page);
  return true;
}

}  // namespace

const std::array<ChangeKind<WikiSite>, 17>& wiki_changes() {
  static constexpr std::array<ChangeKind<WikiSite>, 17> changes = {{
      {"edit_page", 22, edit_page},
      {"rename_page", 4, rename_page},
      {"add_page_comment", 12, add_page_comment},
      {"edit_page_comment", 6, edit_page_comment},
      {"delete_page_comment", 3, delete_page_comment},
      {"resolve_page_comment", 3, resolve_page_comment},
      {"add_page_attachment", 4, add_page_attachment},
      {"delete_page_attachment", 2, delete_page_attachment},
      {"create_page", 10, create_page},
      {"create_blog", 4, create_blog},
      {"trash_page", 4, trash_page},
      {"restore_page", 2, restore_page},
      {"purge_page", 1, purge_page},
      {"move_page", 3, move_page},
      {"delete_version", 2, delete_version},
      {"create_space", 1, create_space},
      {"restrict_page", 0, restrict_page},
  }};
  return changes;
}

}  // namespace spillguard::sim
