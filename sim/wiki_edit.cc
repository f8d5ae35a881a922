// Changes of the simulated Confluence while it runs.
#include <algorithm>

#include "sim/wiki_site.h"

namespace spillguard::sim {
namespace {

constexpr TimeMs kWikiLogAge = 10 * 60'000;

}  // namespace

void WikiSite::remember(const WikiItem& item, TimeMs now, bool existed) {
  while (!log_.empty() && log_.front().when < now - kWikiLogAge) log_.pop_front();
  Change change{.when = now, .id = item.id(), .before = std::nullopt};
  if (existed) change.before = Indexed{.modified = item.modified(), .space = item.page->space};
  log_.push_back(change);
}

void WikiSite::remember_all(const WikiPage& page, TimeMs now) {
  const bool existed = page.status == WikiStatus::kCurrent;
  remember({.page = &page}, now, existed);
  for (const auto& comment : page.comments)
    remember({.page = &page, .comment = &comment}, now, existed && !comment.gone);
  for (const auto& attachment : page.attachments)
    remember({.page = &page, .attachment = &attachment}, now, existed && !attachment.gone);
}

void WikiSite::add_item(const WikiItem& item) {
  // New ids are above all others, so the order stays.
  by_id_.push_back(item);
  items_.emplace(item.id(), item);
}

void WikiSite::add_version(size_t page, TimeMs now,
                           const std::function<void(WikiVersion&)>& change) {
  ++changes_;
  auto& known = pages_[page];
  remember({.page = &known}, now, true);
  auto next = known.newest();
  ++next.number;
  next.when = now;
  next.message.clear();
  change(next);
  known.versions.push_back(std::move(next));
}

void WikiSite::remove_version(size_t page, size_t version, TimeMs /*now*/) {
  ++changes_;
  auto& versions = pages_[page].versions;
  versions.erase(versions.begin() + static_cast<std::ptrdiff_t>(version));
}

size_t WikiSite::create_page(WikiPage page, TimeMs now) {
  ++changes_;
  page.id = next_id();
  pages_.push_back(std::move(page));
  const WikiItem item{.page = &pages_.back()};
  remember(item, now, false);
  add_item(item);
  auto& home = spaces_[pages_.back().space].homepage;
  if (home == 0) home = pages_.back().id;
  return pages_.size() - 1;
}

WikiComment& WikiSite::add_comment(size_t page, WikiComment comment, TimeMs now) {
  ++changes_;
  auto& known = pages_[page];
  comment.id = next_id();
  known.comments.push_back(std::move(comment));
  const WikiItem item{.page = &known, .comment = &known.comments.back()};
  remember(item, now, false);
  add_item(item);
  return known.comments.back();
}

void WikiSite::edit_comment(size_t page, WikiComment& comment, TimeMs now,
                            const std::string& body) {
  ++changes_;
  remember({.page = &pages_[page], .comment = &comment}, now, true);
  auto next = comment.versions.back();
  ++next.number;
  next.when = now;
  next.body = body;
  comment.versions.push_back(std::move(next));
}

void WikiSite::remove_comment(size_t page, WikiComment& comment, TimeMs now) {
  ++changes_;
  auto& known = pages_[page];
  remember({.page = &known, .comment = &comment}, now, true);
  comment.gone = true;
  // Its answers go with it.
  for (auto& other : known.comments) {
    if (other.parent == comment.id && !other.gone) remove_comment(page, other, now);
  }
}

void WikiSite::resolve_comment(size_t page, WikiComment& comment, TimeMs now) {
  ++changes_;
  remember({.page = &pages_[page], .comment = &comment}, now, true);
  comment.location = "resolved";
}

WikiAttachment& WikiSite::add_attachment(size_t page, WikiAttachment attachment, TimeMs now) {
  ++changes_;
  auto& known = pages_[page];
  attachment.id = next_id();
  attachment.when = now;
  known.attachments.push_back(std::move(attachment));
  const WikiItem item{.page = &known, .attachment = &known.attachments.back()};
  remember(item, now, false);
  add_item(item);
  return known.attachments.back();
}

void WikiSite::remove_attachment(size_t page, WikiAttachment& attachment, TimeMs now) {
  ++changes_;
  remember({.page = &pages_[page], .attachment = &attachment}, now, true);
  attachment.gone = true;
}

void WikiSite::set_status(size_t page, WikiStatus status, TimeMs now) {
  ++changes_;
  remember_all(pages_[page], now);
  pages_[page].status = status;
}

void WikiSite::move(size_t page, size_t space, TimeMs now) {
  ++changes_;
  remember_all(pages_[page], now);
  pages_[page].space = space;
  pages_[page].parent = spaces_[space].homepage;
}

size_t WikiSite::create_space(const std::string& key, const std::string& name, TimeMs now) {
  ++changes_;
  spaces_.push_back({.id = next_id(),
                     .key = key,
                     .name = name,
                     .description = "New here.",
                     .personal = key.starts_with('~'),
                     .created = now});
  return spaces_.size() - 1;
}

WikiSite::IndexView WikiSite::index_at(TimeMs moment) const {
  IndexView view;
  for (auto entry = log_.rbegin(); entry != log_.rend() && entry->when > moment; ++entry)
    view[entry->id] = entry->before;
  return view;
}

}  // namespace spillguard::sim
