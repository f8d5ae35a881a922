#include "sim/jira_plants.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "base/json_writer.h"
#include "sim/field_table.h"
#include "sim/secrets.h"

namespace spillguard::sim {
namespace {

constexpr int64_t kAddedIds = 900'000'000;  // above every id of generated and loaded content

std::string quoted(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

std::string with_paragraph(const std::string& text, const std::string& fragment, bool in_front) {
  if (text.empty()) return fragment;
  return in_front ? fragment + "\r\n\r\n" + text : text + "\r\n\r\n" + fragment;
}

// A moment inside the life of the issue.
TimeMs moment(const JiraIssue& issue, uint64_t number) {
  const auto life =
      static_cast<uint64_t>(std::max<TimeMs>(0, issue.updated - issue.created)) / 1000;
  return issue.created + static_cast<TimeMs>(life == 0 ? 0 : number * 7919 % life) * 1000;
}

void forget_changes_of(JiraIssue& issue, std::string_view field) {
  for (auto& history : issue.histories) {
    std::erase_if(history.changes, [&](const JiraChange& change) { return change.field == field; });
  }
  std::erase_if(issue.histories,
                [](const JiraHistory& history) { return history.changes.empty(); });
}

void add_old_value(JiraIssue& issue, const JiraPlant& plant, const PersonJson& person,
                   JiraChange change) {
  const TimeMs when = moment(issue, plant.number);
  JiraHistory history{.id = kAddedIds + static_cast<int64_t>(plant.number),
                      .author = person,
                      .created = when,
                      .changes = {}};
  history.changes.push_back(std::move(change));
  const auto later = std::find_if(issue.histories.begin(), issue.histories.end(),
                                  [&](const JiraHistory& other) { return other.created > when; });
  issue.histories.insert(later, std::move(history));
}

void plant_nested(JiraIssue& issue, const JiraPlant& plant) {
  auto& field = issue.field(std::string(kIntegrationField));
  field.has_text = true;
  field.json = fmt::format(
      R"({{"self":"https://integrations.example.com/7","enabled":true,"endpoints":[{{"url":"https://ci.example.com/hook","timeout":30}},{{"url":"https://cd.example.com/hook","note":{}}}]}})",
      quoted("set " + labelled(plant)));
}

std::string_view field_id_of(JiraPlace place) {
  switch (place) {
    case JiraPlace::kTextField:
      return kNotesField;
    case JiraPlace::kNestedField:
      return kIntegrationField;
    case JiraPlace::kOldTextField:
      return kRunbookField;
    case JiraPlace::kSummary:
      return "summary";
    case JiraPlace::kEnvironment:
      return "environment";
    default:
      return "description";
  }
}

std::string_view part_of(JiraPlace place) {
  switch (place) {
    case JiraPlace::kSummary:
      return "summary";
    case JiraPlace::kDescription:
      return "description";
    case JiraPlace::kEnvironment:
      return "environment";
    case JiraPlace::kTextField:
    case JiraPlace::kNestedField:
      return "custom_field";
    case JiraPlace::kComment:
      return "comment";
    case JiraPlace::kWorklog:
      return "worklog";
    default:
      return "history";
  }
}

}  // namespace

JiraPlants plan_jira_plants(uint64_t seed, size_t per_place, const std::vector<JiraRecord>& records,
                            size_t projects) {
  JiraPlants plants;
  std::vector<std::vector<size_t>> of_project(projects);
  for (size_t i = 0; i < records.size(); ++i) of_project[records[i].project].push_back(i);
  std::erase_if(of_project, [](const auto& issues) { return issues.empty(); });
  if (of_project.empty()) return plants;
  uint64_t number = 0;
  for (size_t place = 0; place < kJiraPlaces; ++place) {
    Random random(seed, "jira places", place);
    std::set<size_t> taken;
    for (size_t i = 0; i < per_place && taken.size() < records.size(); ++i, ++number) {
      const auto& issues = of_project[i % of_project.size()];
      size_t issue = random.pick(issues);
      while (!taken.insert(issue).second) issue = (issue + 1) % records.size();
      // The offset makes each place begin with another kind of secret.
      JiraPlant plant{
          make_plant(seed, "jira", number, static_cast<JiraPlace>(place) == JiraPlace::kSummary),
          issue, static_cast<JiraPlace>(place)};
      plants[issue].push_back(std::move(plant));
    }
  }
  return plants;
}

void apply_plant(JiraIssue& issue, const JiraPlant& plant, const PersonJson& person) {
  const TimeMs when = moment(issue, plant.number);
  const auto id = kAddedIds + static_cast<int64_t>(plant.number);
  switch (plant.place) {
    case JiraPlace::kSummary:
      forget_changes_of(issue, "summary");
      issue.summary = title_fragment(plant);
      break;
    case JiraPlace::kDescription:
      // What the history says about the text would repeat the secret; the place is the description
      // alone.
      forget_changes_of(issue, "description");
      issue.description =
          with_paragraph(issue.description, wiki_fragment(plant), plant.style % 2 == 0);
      break;
    case JiraPlace::kEnvironment:
      issue.environment = with_paragraph(issue.environment, wiki_fragment(plant), false);
      break;
    case JiraPlace::kTextField: {
      auto& field = issue.field(std::string(kNotesField));
      field.json = quoted("Deployed by hand.\r\n\r\n" + wiki_fragment(plant));
      field.has_text = true;
      break;
    }
    case JiraPlace::kNestedField:
      plant_nested(issue, plant);
      break;
    case JiraPlace::kComment:
      issue.comments.push_back({.id = id,
                                .author = person,
                                .body = "I had to look this up.\r\n\r\n" + wiki_fragment(plant),
                                .created = when,
                                .updated = when,
                                .for_administrators = false});
      std::stable_sort(issue.comments.begin(), issue.comments.end(),
                       [](const auto& a, const auto& b) { return a.created < b.created; });
      break;
    case JiraPlace::kWorklog:
      issue.worklogs.push_back({.id = id,
                                .author = person,
                                .comment = wiki_fragment(plant),
                                .created = when,
                                .seconds = 5400});
      break;
    case JiraPlace::kOldDescription:
      add_old_value(issue, plant, person,
                    {.field = "description",
                     .custom = false,
                     .from = {},
                     .from_string = "First try.\r\n\r\n" + wiki_fragment(plant),
                     .to = {},
                     .to_string = "First try, cleaned up."});
      break;
    case JiraPlace::kOldTextField:
      add_old_value(issue, plant, person,
                    {.field = "Runbook",
                     .custom = true,
                     .from = {},
                     .from_string = wiki_fragment(plant),
                     .to = {},
                     .to_string = "See the wiki."});
      break;
  }
}

ManifestLine manifest_line(const JiraPlant& plant, const JiraRecord& record,
                           const JiraProject& project) {
  const bool in_history =
      plant.place == JiraPlace::kOldDescription || plant.place == JiraPlace::kOldTextField;
  const bool has_id = plant.place == JiraPlace::kComment || plant.place == JiraPlace::kWorklog;
  return {.product = "jira",
          .scope = project.key,
          .item = fmt::format("{}-{}", project.key, record.number),
          .item_id = std::to_string(record.id),
          .part = std::string(part_of(plant.place)),
          .content = has_id ? std::to_string(kAddedIds + static_cast<int64_t>(plant.number))
                            : std::string(field_id_of(plant.place)),
          .version = 0,
          .versions = {},
          .current = !in_history,
          .rule = std::string(secret_kind(plant.kind).name),
          .secret = plant.secret};
}

}  // namespace spillguard::sim
