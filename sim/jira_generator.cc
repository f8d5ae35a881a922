#include "sim/jira_generator.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/json_writer.h"
#include "base/strings.h"
#include "sim/prose.h"
#include "sim/users.h"

namespace spillguard::sim {
namespace {

constexpr int64_t kFirstIssueId = 1'000'000;
constexpr int64_t kIdsPerIssue = 200;  // of comments and so on
constexpr int64_t kFirstPartId = 300'000'000;
constexpr std::array<std::string_view, 8> kKeys = {"OPS", "WEB", "PAY",   "DATA",
                                                   "HR",  "LAB", "INFRA", "QA"};
constexpr std::array<std::string_view, 8> kNames = {"Operations",     "Web Portal", "Payments",
                                                    "Data Platform",  "People",     "Research",
                                                    "Infrastructure", "Quality"};
constexpr std::array<std::string_view, 4> kExtensions = {"txt", "csv", "log", "png"};
constexpr std::array<std::string_view, 4> kTypes = {"text/plain", "text/csv", "text/plain",
                                                    "image/png"};

int64_t part_id(const JiraIssue& issue, size_t place) {
  return kFirstPartId + (issue.id - kFirstIssueId) * kIdsPerIssue + static_cast<int64_t>(place);
}

TimeMs within(const JiraIssue& issue, Random& random) {
  // Imported issues may have been "updated" before they were created.
  const TimeMs life = std::max<TimeMs>(0, issue.updated - issue.created);
  return issue.created + random.between(0, life / 1000) * 1000;
}

}  // namespace

std::vector<PersonJson> jira_people(std::string_view base_url) {
  std::vector<PersonJson> people;
  for (const auto& user : all_users()) {
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    json.field("self",
               fmt::format("{}/rest/api/2/user?username={}", base_url, percent_encode(user.name)));
    json.field("name", user.name);
    json.field("key", user.jira_key);
    json.field("emailAddress", std::string(user.jira_key) + "@example.com");
    json.key("avatarUrls");
    json.raw(fmt::format(
        R"({{"48x48":"{0}/secure/useravatar?avatarId=10122","24x24":"{0}/secure/useravatar?size=small&avatarId=10122"}})",
        base_url));
    json.field("displayName", user.display_name);
    json.field("active", true);
    json.field("timeZone", user.time_zone);
    json.end_object();
    people.push_back(std::move(out));
  }
  return people;
}

JiraGenerator::JiraGenerator(uint64_t seed, std::string base_url, size_t first_project,
                             size_t projects, size_t issues)
    : seed_(seed),
      base_url_(std::move(base_url)),
      first_project_(first_project),
      projects_(projects),
      issues_(projects == 0 ? 0 : issues),
      people_(jira_people(base_url_)) {}

std::vector<JiraProject> JiraGenerator::projects() const {
  std::vector<JiraProject> list;
  for (size_t i = 0; i < projects_; ++i) {
    const auto round = i / kKeys.size();
    JiraProject project{.id = 10'000 + static_cast<int64_t>(i),
                        .key = std::string(kKeys[i % kKeys.size()]),
                        .name = std::string(kNames[i % kNames.size()])};
    if (round > 0) {
      project.key += std::to_string(round + 1);
      project.name += fmt::format(" {}", round + 1);
    }
    project.description = fmt::format("Everything about {}.", project.name);
    project.url = fmt::format("https://wiki.example.com/{}", to_lower(project.key));
    // One in two was renamed once: the old key still works.
    if (i % 2 == 1) project.former_keys.push_back(project.key + "OLD");
    list.push_back(std::move(project));
  }
  return list;
}

std::optional<size_t> JiraGenerator::index_of_id(int64_t id) const {
  if (id < kFirstIssueId || id - kFirstIssueId >= static_cast<int64_t>(issues_))
    return std::nullopt;
  return static_cast<size_t>(id - kFirstIssueId);
}

std::optional<size_t> JiraGenerator::index_of_number(size_t project, int64_t number) const {
  if (project < first_project_ || project >= first_project_ + projects_ || number < 1)
    return std::nullopt;
  const auto index = static_cast<size_t>(number - 1) * projects_ + (project - first_project_);
  return index < issues_ ? std::optional(index) : std::nullopt;
}

std::optional<size_t> JiraGenerator::index_of_part(int64_t id) const {
  if (id < kFirstPartId) return std::nullopt;
  const auto index = static_cast<size_t>((id - kFirstPartId) / kIdsPerIssue);
  return index < issues_ ? std::optional(index) : std::nullopt;
}

JiraRecord JiraGenerator::record(size_t index) const {
  Random random(seed_, "issue times", index);
  const auto per_project = static_cast<int64_t>((issues_ + projects_ - 1) / projects_);
  const auto place = static_cast<int64_t>(index / projects_);
  const TimeMs step = std::max<TimeMs>(1, (kLastCreation - kFirstMoment) / per_project);
  // Now and then a bulk import: eight issues in a row with the same time of creation.
  const bool bulk = place % 64 < 8;
  const auto start = bulk ? place / 64 * 64 : place;
  TimeMs created = kFirstMoment + start * step;
  if (!bulk) created += random.between(0, step - 1);
  const TimeMs life = random.between(0, 300LL * 86'400);
  return {.id = kFirstIssueId + static_cast<int64_t>(index),
          .project = first_project_ + index % projects_,
          .number = place + 1,
          .created = created,
          // Bulk changes as well: the same minute, to the second.
          .updated = bulk && place % 2 == 0 ? created + 86'400'000 : created + life * 1000,
          .source = index,
          .loaded = false};
}

JiraIssue JiraGenerator::make(size_t index, const JiraProject& project) const {
  const auto known = record(index);
  Random random(seed_, "issue", index);
  JiraIssue issue;
  issue.id = known.id;
  issue.key = fmt::format("{}-{}", project.key, known.number);
  issue.project = known.project;
  issue.created = known.created;
  issue.updated = known.updated;
  issue.summary = make_title(random);
  if (!random.chance(8))
    issue.description = to_wiki(sim::make_document(random, 1 + random.below(6)));
  if (random.chance(30)) {
    issue.environment = fmt::format("{} on node {}, build {}",
                                    random.chance(50) ? "Debian 12" : "Windows Server 2019",
                                    make_name(random), random.between(100, 9999));
  }
  add_fields(issue, project, random);
  add_custom_fields(issue, random);
  add_comments(issue, random);
  add_attachments(issue, random);
  add_life(issue, random);
  return issue;
}

void JiraGenerator::add_comments(JiraIssue& issue, Random& random) const {
  const auto count = random.chance(2) ? 60 + random.below(60) : random.below(6);
  for (uint64_t i = 0; i < count; ++i) {
    JiraComment comment;
    comment.id = part_id(issue, i);
    // One in fifty by a caller without a login.
    if (!random.chance(2)) comment.author = person(random);
    comment.body = random.chance(70) ? make_sentence(random) + " " + make_sentence(random)
                                     : to_wiki(sim::make_document(random, 1 + random.below(3)));
    comment.created = within(issue, random);
    comment.updated =
        random.chance(10) ? std::min(issue.updated, comment.created + 60'000) : comment.created;
    comment.for_administrators = random.chance(3);
    issue.comments.push_back(std::move(comment));
  }
  std::stable_sort(issue.comments.begin(), issue.comments.end(),
                   [](const auto& a, const auto& b) { return a.created < b.created; });
}

void JiraGenerator::add_attachments(JiraIssue& issue, Random& random) const {
  if (!random.chance(6)) return;
  for (uint64_t i = 0, n = 1 + random.below(2); i < n; ++i) {
    const auto type = static_cast<size_t>(random.below(kTypes.size()));
    issue.attachments.push_back(
        {.id = part_id(issue, 190 + i),
         .author = person(random),
         .name = fmt::format("{} {}%+ä.{}", make_name(random), i, kExtensions[type]),
         .mime_type = std::string(kTypes[type]),
         .created = within(issue, random),
         .size = 100 + random.below(20'000)});
  }
}

void JiraGenerator::add_life(JiraIssue& issue, Random& random) const {
  // Ids of loaded issues may be anything, so theirs come from a range of their own.
  const bool loaded = issue.id < kFirstIssueId;
  const int64_t base = loaded ? 200'000'000 + issue.id * 100 : part_id(issue, 125);
  if (random.chance(loaded ? 5 : 15)) {
    const auto count = random.chance(10) ? 21 + random.below(10) : 1 + random.below(3);
    for (uint64_t i = 0; i < count; ++i) {
      issue.worklogs.push_back(
          {.id = base + static_cast<int64_t>(i),
           .author = person(random),
           .comment = random.chance(20) ? std::string() : make_sentence(random),
           .created = within(issue, random),
           .seconds = random.between(1, 16) * 1800});
    }
  }
  const auto changes = random.below(4);
  for (uint64_t i = 0; i < changes; ++i) {
    JiraHistory history{.id = base + 40 + static_cast<int64_t>(i),
                        .author = person(random),
                        .created = within(issue, random),
                        .changes = {}};
    switch (random.below(5)) {
      case 0:
        history.changes.push_back({.field = "status",
                                   .custom = false,
                                   .from = "1",
                                   .from_string = "Open",
                                   .to = "3",
                                   .to_string = "In Progress"});
        break;
      case 1:
        history.changes.push_back({.field = "assignee",
                                   .custom = false,
                                   .from = {},
                                   .from_string = {},
                                   .to = "JIRAUSER10010",
                                   .to_string = "Maria Huber"});
        history.changes.push_back({.field = "priority",
                                   .custom = false,
                                   .from = "3",
                                   .from_string = "Major",
                                   .to = "2",
                                   .to_string = "Critical"});
        break;
      case 2:
        if (issue.description.empty()) continue;
        history.changes.push_back(
            {.field = "description",
             .custom = false,
             .from = {},
             .from_string = make_sentence(random) + "\r\n\r\n" + make_sentence(random),
             .to = {},
             .to_string = issue.description});
        break;
      case 3:
        history.changes.push_back(
            {.field = "Link",
             .custom = false,
             .from = {},
             .from_string = {},
             .to = issue.key,
             .to_string = fmt::format("This issue relates to {}", issue.key)});
        break;
      default:
        history.changes.push_back({.field = "summary",
                                   .custom = false,
                                   .from = {},
                                   .from_string = make_title(random),
                                   .to = {},
                                   .to_string = issue.summary});
    }
    issue.histories.push_back(std::move(history));
  }
  std::stable_sort(issue.histories.begin(), issue.histories.end(),
                   [](const auto& a, const auto& b) { return a.created < b.created; });
  if (random.chance(4)) {
    issue.remote_links.push_back({.id = base + 60,
                                  .title = make_title(random),
                                  .url = "https://wiki.example.com/pages/viewpage.action?pageId=" +
                                         random.chars(6, "123456789")});
  }
}

}  // namespace spillguard::sim
