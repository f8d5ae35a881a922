// Where Jira's planted secrets go, and putting them there.
#pragma once

#include <array>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "sim/jira_model.h"
#include "sim/plant.h"

namespace spillguard::sim {

enum class JiraPlace {
  kSummary,
  kDescription,
  kEnvironment,
  kTextField,       // a text area
  kNestedField,     // a string deep in a plugin's object
  kComment,         // a comment of its own
  kWorklog,         // a worklog of its own
  kOldDescription,  // only in the history
  kOldTextField,
};
inline constexpr size_t kJiraPlaces = 9;

struct JiraPlant : Plant {
  size_t issue = 0;  // index of the record
  JiraPlace place = JiraPlace::kSummary;
};

// Plants of all issues, by the index of the record. No issue gets two of the same place.
using JiraPlants = std::unordered_map<size_t, std::vector<JiraPlant>>;

// `per_place` plants for each place, spread evenly over the projects.
JiraPlants plan_jira_plants(uint64_t seed, size_t per_place, const std::vector<JiraRecord>& records,
                            size_t projects);

// Puts the secret into the issue. `person` writes what has to be added.
void apply_plant(JiraIssue& issue, const JiraPlant& plant, const PersonJson& person);

// Where it ended up.
ManifestLine manifest_line(const JiraPlant& plant, const JiraRecord& record,
                           const JiraProject& project);

}  // namespace spillguard::sim
