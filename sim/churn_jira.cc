// The changes that people make in Jira.
#include <fmt/format.h>

#include <algorithm>

#include "base/json_writer.h"
#include "sim/churn_step.h"
#include "sim/field_table.h"
#include "sim/prose.h"
#include "sim/users.h"

namespace spillguard::sim {
namespace {

std::string json_text(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

// An issue that can be edited; nothing after many tries.
std::optional<size_t> some_issue(const JiraSite& site, ChangeStep& step) {
  constexpr int kTries = 50;
  const auto count = site.records().size();
  for (int i = 0; i < kTries && count > 0; ++i) {
    const auto index = static_cast<size_t>(step.random.below(count));
    if (site.editable(index) && !site.projects()[site.records()[index].project].archived)
      return index;
  }
  return std::nullopt;
}

size_t some_person(const JiraSite& site, ChangeStep& step) {
  const auto index = static_cast<size_t>(step.random.below(site.people().size()));
  step.done.author = std::string(all_users()[index].name);
  return index;
}

void name_issue(const JiraSite& site, ChangeStep& step, size_t index) {
  const auto& record = site.records()[index];
  step.done.scope = site.projects()[record.project].key;
  step.done.item = std::to_string(record.id);
  step.done.index = index;
  step.done.key = site.key_of(record);
}

// Edits some issue; false when there is none or the change has nothing to do.
template <typename Change>
bool edit_some(JiraSite& site, ChangeStep& step, const Change& change) {
  constexpr int kTries = 12;
  const auto& author = site.people()[some_person(site, step)];
  for (int i = 0; i < kTries; ++i) {
    const auto index = some_issue(site, step);
    if (!index) return false;
    // Looked at first, so that an edit without effect leaves no trace.
    auto trial = site.issue(*index);
    if (!change(trial, author)) continue;
    site.edit(*index, step.now, [&](JiraIssue& issue) { issue = std::move(trial); });
    name_issue(site, step, *index);
    return true;
  }
  return false;
}

void add_change(JiraSite& site, ChangeStep& step, JiraIssue& issue, const PersonJson& author,
                JiraChange change) {
  JiraHistory history{.id = site.next_id(), .author = author, .created = step.now, .changes = {}};
  history.changes.push_back(std::move(change));
  issue.histories.push_back(std::move(history));
}

bool edit_summary(JiraSite& site, ChangeStep& step) {
  return edit_some(site, step, [&](JiraIssue& issue, const PersonJson& author) {
    const auto old = issue.summary;
    issue.summary = step.title_text(20, "summary", "jira");
    step.done.content = "summary";
    add_change(site, step, issue, author,
               {.field = "summary",
                .custom = false,
                .from = {},
                .from_string = old,
                .to = {},
                .to_string = issue.summary});
    return true;
  });
}

bool edit_description(JiraSite& site, ChangeStep& step) {
  return edit_some(site, step, [&](JiraIssue& issue, const PersonJson& author) {
    const auto old = issue.description;
    // Sometimes written anew: what was in it is then only in the history.
    const auto text = step.jira_text(35, "description");
    issue.description = step.random.chance(50) || old.empty() ? text : old + "\r\n\r\n" + text;
    step.done.content = "description";
    add_change(site, step, issue, author,
               {.field = "description",
                .custom = false,
                .from = {},
                .from_string = old,
                .to = {},
                .to_string = issue.description});
    return true;
  });
}

bool edit_environment(JiraSite& site, ChangeStep& step) {
  return edit_some(site, step, [&](JiraIssue& issue, const PersonJson& author) {
    const auto old = issue.environment;
    issue.environment = step.jira_text(35, "environment");
    step.done.content = "environment";
    add_change(site, step, issue, author,
               {.field = "environment",
                .custom = false,
                .from = {},
                .from_string = old,
                .to = {},
                .to_string = issue.environment});
    return true;
  });
}

bool edit_field(JiraSite& site, ChangeStep& step) {
  return edit_some(site, step, [&](JiraIssue& issue, const PersonJson& author) {
    auto& field = issue.field(std::string(kRunbookField));
    const bool had_text = field.has_text;
    const auto text = step.jira_text(35, "custom_field");
    field.json = json_text(text);
    field.has_text = true;
    step.done.content = std::string(kRunbookField);
    add_change(site, step, issue, author,
               {.field = "Runbook",
                .custom = true,
                .from = {},
                .from_string = had_text ? "what stood there" : "",
                .to = {},
                .to_string = text});
    return true;
  });
}

bool edit_priority(JiraSite& site, ChangeStep& step) {
  return edit_some(site, step, [&](JiraIssue& issue, const PersonJson& author) {
    step.done.content = "priority";
    add_change(site, step, issue, author,
               {.field = "priority",
                .custom = false,
                .from = "3",
                .from_string = "Major",
                .to = "2",
                .to_string = "Critical"});
    return true;
  });
}

bool add_comment(JiraSite& site, ChangeStep& step) {
  return edit_some(site, step, [&](JiraIssue& issue, const PersonJson& author) {
    issue.comments.push_back({.id = site.next_id(),
                              .author = author,
                              .body = step.jira_text(35, "comment"),
                              .created = step.now,
                              .updated = step.now,
                              .for_administrators = false});
    step.done.content = std::to_string(issue.comments.back().id);
    return true;
  });
}

bool edit_comment(JiraSite& site, ChangeStep& step) {
  return edit_some(site, step, [&](JiraIssue& issue, const PersonJson& /*author*/) {
    if (issue.comments.empty()) return false;
    auto& comment = issue.comments[static_cast<size_t>(step.random.below(issue.comments.size()))];
    comment.body = step.jira_text(35, "comment");
    comment.updated = step.now;
    step.done.content = std::to_string(comment.id);
    return true;
  });
}

bool delete_comment(JiraSite& site, ChangeStep& step) {
  return edit_some(site, step, [&](JiraIssue& issue, const PersonJson& author) {
    if (issue.comments.empty()) return false;
    const auto place = static_cast<size_t>(step.random.below(issue.comments.size()));
    const auto comment = issue.comments[place];
    issue.comments.erase(issue.comments.begin() + static_cast<std::ptrdiff_t>(place));
    step.done.content = std::to_string(comment.id);
    // The host writes the text of a deleted comment into the history, as the id of the old value.
    add_change(site, step, issue, author,
               {.field = "Comment",
                .custom = false,
                .from = comment.body,
                .from_string = {},
                .to = {},
                .to_string = {}});
    return true;
  });
}

bool add_worklog(JiraSite& site, ChangeStep& step) {
  return edit_some(site, step, [&](JiraIssue& issue, const PersonJson& author) {
    issue.worklogs.push_back({.id = site.next_id(),
                              .author = author,
                              .comment = step.jira_text(35, "worklog"),
                              .created = step.now,
                              .seconds = 1800});
    step.done.content = std::to_string(issue.worklogs.back().id);
    add_change(site, step, issue, author,
               {.field = "WorklogId",
                .custom = false,
                .from = {},
                .from_string = {},
                .to = step.done.content,
                .to_string = step.done.content});
    return true;
  });
}

bool delete_worklog(JiraSite& site, ChangeStep& step) {
  return edit_some(site, step, [&](JiraIssue& issue, const PersonJson& /*author*/) {
    if (issue.worklogs.empty()) return false;
    step.done.content = std::to_string(issue.worklogs.back().id);
    issue.worklogs.pop_back();
    return true;
  });
}

bool add_attachment(JiraSite& site, ChangeStep& step) {
  return edit_some(site, step, [&](JiraIssue& issue, const PersonJson& author) {
    issue.attachments.push_back({.id = site.next_id(),
                                 .author = author,
                                 .name = make_name(step.random) + ".log",
                                 .mime_type = "text/plain",
                                 .created = step.now,
                                 .size = 100 + step.random.below(4000)});
    auto& added = issue.attachments.back();
    if (const FilePtr file = step.file(60, "jira")) {
      added.name = file->name;
      added.mime_type = file->mime_type;
      added.size = file->bytes.size();
      added.file = file;
    }
    step.done.content = std::to_string(added.id);
    add_change(site, step, issue, author,
               {.field = "Attachment",
                .custom = false,
                .from = {},
                .from_string = {},
                .to = step.done.content,
                .to_string = added.name});
    return true;
  });
}

bool delete_attachment(JiraSite& site, ChangeStep& step) {
  return edit_some(site, step, [&](JiraIssue& issue, const PersonJson& author) {
    if (issue.attachments.empty()) return false;
    const auto removed = issue.attachments.back();
    issue.attachments.pop_back();
    step.done.content = std::to_string(removed.id);
    add_change(site, step, issue, author,
               {.field = "Attachment",
                .custom = false,
                .from = step.done.content,
                .from_string = removed.name,
                .to = {},
                .to_string = {}});
    return true;
  });
}

bool create_issue(JiraSite& site, ChangeStep& step) {
  const auto like = some_issue(site, step);
  if (!like) return false;
  // A new project has no issues yet: now and then one goes there.
  const auto project =
      step.random.chance(15) ? site.projects().size() - 1 : site.records()[*like].project;
  if (site.projects()[project].archived) return false;
  some_person(site, step);
  const auto model = site.issue(*like);
  JiraIssue issue;
  for (const auto& field : model.fields) {
    if (field.id == "issuetype" || field.id == "status" || field.id == "priority" ||
        field.id == "reporter" || field.id == "creator")
      issue.fields.push_back(field);
  }
  issue.summary = fmt::format("{} [{}]", make_title(step.random), step.number);
  issue.description = step.jira_text(40, "description");
  step.done.content = "description";
  name_issue(site, step, site.create(project, std::move(issue), step.now));
  return true;
}

bool delete_issue(JiraSite& site, ChangeStep& step) {
  const auto index = some_issue(site, step);
  if (!index) return false;
  some_person(site, step);
  name_issue(site, step, *index);
  site.remove(*index, step.now);
  return true;
}

bool move_issue(JiraSite& site, ChangeStep& step) {
  const auto index = some_issue(site, step);
  if (!index || site.projects().size() < 2) return false;
  const auto from = site.records()[*index].project;
  const auto to = (from + 1 + static_cast<size_t>(step.random.below(site.projects().size() - 1))) %
                  site.projects().size();
  if (site.projects()[to].archived) return false;
  some_person(site, step);
  step.done.before = site.key_of(site.records()[*index]);
  site.move(*index, to, step.now);
  name_issue(site, step, *index);
  return true;
}

bool rename_project(JiraSite& site, ChangeStep& step) {
  const auto project = static_cast<size_t>(step.random.below(site.projects().size()));
  step.done.before = site.projects()[project].key;
  site.rename(project, fmt::format("R{}", step.number));
  step.done.scope = site.projects()[project].key;
  step.done.index = project;
  return true;
}

bool create_project(JiraSite& site, ChangeStep& step) {
  const auto project =
      site.create_project(fmt::format("N{}", step.number), fmt::format("New {}", step.number));
  step.done.scope = site.projects()[project].key;
  step.done.index = project;
  return true;
}

bool restrict_issue(JiraSite& site, ChangeStep& step) {
  const auto index = some_issue(site, step);
  if (!index || site.records()[*index].restricted) return false;
  name_issue(site, step, *index);
  site.restrict_issue(*index);
  return true;
}

}  // namespace

const std::array<ChangeKind<JiraSite>, 19>& jira_changes() {
  // Weight 0: only when asked for.
  static constexpr std::array<ChangeKind<JiraSite>, 19> changes = {{
      {"edit_summary", 6, edit_summary},
      {"edit_description", 14, edit_description},
      {"edit_environment", 4, edit_environment},
      {"edit_field", 8, edit_field},
      {"edit_priority", 3, edit_priority},
      {"add_comment", 18, add_comment},
      {"edit_comment", 8, edit_comment},
      {"delete_comment", 5, delete_comment},
      {"add_worklog", 6, add_worklog},
      {"delete_worklog", 2, delete_worklog},
      {"add_attachment", 4, add_attachment},
      {"delete_attachment", 2, delete_attachment},
      {"create_issue", 10, create_issue},
      {"delete_issue", 4, delete_issue},
      {"move_issue", 3, move_issue},
      {"rename_project", 1, rename_project},
      {"create_project", 1, create_project},
      {"restrict_issue", 0, restrict_issue},
      {"touch_issue", 0, edit_priority},
  }};
  return changes;
}

}  // namespace spillguard::sim
