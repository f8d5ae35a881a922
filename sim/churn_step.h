// One change in the making; shared by the two products' parts of the churn.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "sim/churn.h"
#include "sim/files.h"
#include "sim/random.h"

namespace spillguard::sim {

struct ChangeStep {
  uint64_t seed = 1;
  uint64_t number = 0;
  TimeMs now = 0;
  Random random;
  ChangeDone done;
  std::optional<ManifestLine> planted;

  // A text that may have a new secret in it (`percent`); says where when it has.
  std::string jira_text(unsigned percent, std::string_view part);
  std::string storage_text(unsigned percent, std::string_view part);
  std::string title_text(unsigned percent, std::string_view part, std::string_view product);
  // A file that has a new secret in it; nothing (and none) in the other cases.
  FilePtr file(unsigned percent, std::string_view product);

 private:
  std::optional<Plant> plant(unsigned percent, std::string_view part, std::string_view product,
                             bool for_title);
};

// A kind of change: false when there is nothing that it could be done to.
template <typename Site>
struct ChangeKind {
  std::string_view name;
  unsigned weight;
  bool (*make)(Site&, ChangeStep&);
};

const std::array<ChangeKind<JiraSite>, 19>& jira_changes();
const std::array<ChangeKind<WikiSite>, 17>& wiki_changes();

}  // namespace spillguard::sim
