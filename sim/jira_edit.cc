// Changes of the simulated Jira while it runs.
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/json_writer.h"
#include "base/strings.h"
#include "sim/jira_site.h"

namespace spillguard::sim {
namespace {

constexpr TimeMs kLogAge = 10 * 60'000;

JiraHistory change_of_project(int64_t id, const PersonJson& author, TimeMs now,
                              const JiraProject& from, const JiraProject& to,
                              const std::string& old_key, const std::string& new_key) {
  JiraHistory history{.id = id, .author = author, .created = now, .changes = {}};
  history.changes.push_back({.field = "project",
                             .custom = false,
                             .from = std::to_string(from.id),
                             .from_string = from.name,
                             .to = std::to_string(to.id),
                             .to_string = to.name});
  history.changes.push_back({.field = "Key",
                             .custom = false,
                             .from = {},
                             .from_string = old_key,
                             .to = {},
                             .to_string = new_key});
  return history;
}

}  // namespace

JiraIssue JiraSite::issue(size_t index) const {
  const auto edited = edited_.find(index);
  return edited == edited_.end() ? make_issue(index) : edited->second;
}

bool JiraSite::editable(size_t index) const {
  const auto& record = records_[index];
  return !record.deleted && !record.archived &&
         (!record.loaded || options_.may_change || edited_.contains(index));
}

std::string JiraSite::project_json(size_t project) const {
  const auto& known = projects_[project];
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.field("self", fmt::format("{}/rest/api/2/project/{}", base_url(), known.id));
  json.field("id", std::to_string(known.id));
  json.field("key", known.key);
  json.field("name", known.name);
  json.field("projectTypeKey", "software");
  json.end_object();
  return out;
}

void JiraSite::count(size_t index, const JiraIssue& issue, bool add) {
  if (!counted_.load(std::memory_order_acquire)) return;
  const auto& record = records_[index];
  if (record.archived || projects_[record.project].archived) return;
  if (record.restricted) {
    census_.hidden[record.project] += add ? 1 : std::numeric_limits<uint64_t>::max();
    return;
  }
  census_.items[record.project] += add ? 1 : std::numeric_limits<uint64_t>::max();
  const auto apply = [&](PartCounts& total, const auto& count_kinds) {
    PartCounts counts;
    count_kinds(issue, counts);
    for (const auto& [kind, number] : counts) {
      auto& value = total[kind];
      value = add ? value + number : value - number;
      if (value == 0) total.erase(kind);
    }
  };
  apply(census_.parts[record.project], count_parts);
  apply(census_.more[record.project], count_more_parts);
}

void JiraSite::remember(size_t index, TimeMs now, bool existed) {
  ++changes_;
  while (!log_.empty() && log_.front().when < now - kLogAge) log_.pop_front();
  log_.push_back({.when = now,
                  .issue = index,
                  .before = existed ? std::optional(records_[index]) : std::nullopt});
}

void JiraSite::edit(size_t index, TimeMs now, const std::function<void(JiraIssue&)>& change) {
  remember(index, now, true);
  auto issue = this->issue(index);
  count(index, issue, false);
  change(issue);
  issue.updated = now;
  records_[index].updated = now;
  count(index, issue, true);
  for (const auto& attachment : issue.attachments) attachments_[attachment.id] = index;
  edited_documents_[index] =
      std::make_shared<const JiraDocument>(sim::make_document(issue, options_.base_url));
  edited_[index] = std::move(issue);
}

size_t JiraSite::create(size_t project, JiraIssue issue, TimeMs now) {
  const auto index = records_.size();
  records_.push_back({.id = next_id(),
                      .project = project,
                      .number = next_number_[project]++,
                      .created = now,
                      .updated = now,
                      .source = 0,
                      .loaded = false});
  const auto& record = records_.back();
  remember(index, now, false);
  by_id_.emplace(record.id, index);
  by_number_[project].emplace(record.number, index);
  issue.id = record.id;
  issue.project = project;
  issue.key = key_of(record);
  issue.created = issue.updated = now;
  issue.field("project").json = project_json(project);
  if (!kept_.empty()) kept_.push_back(nullptr);
  count(index, issue, true);
  for (const auto& attachment : issue.attachments) attachments_[attachment.id] = index;
  edited_documents_[index] =
      std::make_shared<const JiraDocument>(sim::make_document(issue, options_.base_url));
  edited_[index] = std::move(issue);
  return index;
}

void JiraSite::remove(size_t index, TimeMs now) {
  remember(index, now, true);
  count(index, issue(index), false);
  records_[index].deleted = true;
}

void JiraSite::move(size_t index, size_t project, TimeMs now) {
  const auto from = records_[index].project;
  const auto old_key = key_of(records_[index]);
  remember(index, now, true);
  auto issue = this->issue(index);
  count(index, issue, false);
  auto& record = records_[index];
  // The old number goes on leading here.
  by_number_[from].emplace(record.number, index);
  record.project = project;
  record.number = next_number_[project]++;
  record.updated = now;
  record.moved = true;
  by_number_[project].emplace(record.number, index);
  issue.project = project;
  issue.key = key_of(record);
  issue.updated = now;
  issue.field("project").json = project_json(project);
  issue.histories.push_back(change_of_project(next_id(), people()[0], now, projects_[from],
                                              projects_[project], old_key, issue.key));
  count(index, issue, true);
  edited_documents_[index] =
      std::make_shared<const JiraDocument>(sim::make_document(issue, options_.base_url));
  edited_[index] = std::move(issue);
}

void JiraSite::rename(size_t project, const std::string& key) {
  ++changes_;
  auto& known = projects_[project];
  if (known.first_key.empty()) known.first_key = known.key;
  known.former_keys.push_back(known.key);
  known.key = key;
  known.changed = true;
}

size_t JiraSite::create_project(const std::string& key, const std::string& name) {
  ++changes_;
  projects_.push_back(
      {.id = next_id(), .key = key, .name = name, .description = "New here.", .changed = true});
  by_number_.emplace_back();
  next_number_.push_back(1);
  if (counted_.load(std::memory_order_acquire)) {
    census_.parts.emplace_back();
    census_.more.emplace_back();
    census_.items.push_back(0);
    census_.hidden.push_back(0);
  }
  return projects_.size() - 1;
}

void JiraSite::restrict_issue(size_t index) {
  const auto issue = this->issue(index);
  count(index, issue, false);
  records_[index].restricted = true;
  count(index, issue, true);
}

void JiraSite::archive_issue(size_t index) {
  count(index, issue(index), false);
  records_[index].archived = true;
}

void JiraSite::archive_project(size_t project) {
  projects_[project].archived = true;
  if (!counted_.load(std::memory_order_acquire)) return;
  census_.parts[project].clear();
  census_.more[project].clear();
  census_.items[project] = census_.hidden[project] = 0;
}

JiraSite::IndexView JiraSite::index_at(TimeMs moment) const {
  IndexView view;
  // Backwards: the oldest change after the moment says what was there.
  for (auto entry = log_.rbegin(); entry != log_.rend() && entry->when > moment; ++entry)
    view[entry->issue] = entry->before;
  return view;
}

}  // namespace spillguard::sim
