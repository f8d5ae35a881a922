// Makes issues out of nothing but a seed and their number: the same issue every time, in any order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/jira_model.h"
#include "sim/random.h"

namespace spillguard::sim {

// The JSON object of a user as Jira shows it: in content without groups.
std::vector<PersonJson> jira_people(std::string_view base_url);

// The first five years of generated life, shared by both products.
inline constexpr TimeMs kFirstMoment = 1'546'300'800'000;   // 2019-01-01
inline constexpr TimeMs kLastCreation = 1'704'067'200'000;  // 2024-01-01

class JiraGenerator {
 public:
  // Generated projects have the indexes first_project … first_project + projects - 1.
  JiraGenerator(uint64_t seed, std::string base_url, size_t first_project, size_t projects,
                size_t issues);

  [[nodiscard]] std::vector<JiraProject> projects() const;
  [[nodiscard]] size_t issues() const { return issues_; }
  [[nodiscard]] JiraRecord record(size_t index) const;
  // The issue of that id; of that number in a project; that a comment or an attachment belongs to.
  [[nodiscard]] std::optional<size_t> index_of_id(int64_t id) const;
  [[nodiscard]] std::optional<size_t> index_of_number(size_t project, int64_t number) const;
  [[nodiscard]] std::optional<size_t> index_of_part(int64_t id) const;
  // `project` is the one of the record.
  [[nodiscard]] JiraIssue make(size_t index, const JiraProject& project) const;

  // Worklogs, history and remote links as issues get in years; for generated and loaded ones.
  void add_life(JiraIssue& issue, Random& random) const;
  [[nodiscard]] const std::vector<PersonJson>& people() const { return people_; }

 private:
  void add_fields(JiraIssue& issue, const JiraProject& project, Random& random) const;
  void add_custom_fields(JiraIssue& issue, Random& random) const;
  void add_comments(JiraIssue& issue, Random& random) const;
  void add_attachments(JiraIssue& issue, Random& random) const;
  [[nodiscard]] const PersonJson& person(Random& random) const { return random.pick(people_); }

  uint64_t seed_;
  std::string base_url_;
  size_t first_project_;
  size_t projects_;
  size_t issues_;
  std::vector<PersonJson> people_;
};

}  // namespace spillguard::sim
