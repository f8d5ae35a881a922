// The whole content of the simulated Jira: projects, issues, attachments. Immutable once built, so
// that any number of threads may read it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "sim/jira_document.h"
#include "sim/jira_generator.h"
#include "sim/jira_loader.h"
#include "sim/jira_model.h"
#include "sim/jira_plants.h"

namespace spillguard::sim {

// The fields whose values have resources of their own.
enum class ValueField { kIssueType, kStatus, kPriority, kResolution };
inline constexpr std::array<std::string_view, 4> kValueFieldIds = {"issuetype", "status",
                                                                   "priority", "resolution"};

struct FieldValue {
  int64_t id = 0;
  std::string json;
};

struct JiraSiteOptions {
  uint64_t seed = 1;
  std::string base_url = {};  // "http://127.0.0.1:8080/jira"
  size_t projects = 4;
  size_t issues = 2000;
  std::string data_file = {};  // "" = none
  size_t plants_per_kind = 20;
  // Up to so many issues are kept as JSON; more are made again for each answer.
  size_t max_kept_issues = 200'000;
};

class JiraSite {
 public:
  static Result<std::unique_ptr<JiraSite>> build(const JiraSiteOptions& options);

  [[nodiscard]] const std::string& base_url() const { return options_.base_url; }
  [[nodiscard]] const std::vector<JiraProject>& projects() const { return projects_; }
  [[nodiscard]] const std::vector<JiraRecord>& records() const { return records_; }
  [[nodiscard]] const std::vector<PersonJson>& people() const { return generator_->people(); }
  [[nodiscard]] std::string key_of(const JiraRecord& record) const;

  // By id or key, former keys included. In any case, as the host does.
  [[nodiscard]] std::optional<size_t> find_project(std::string_view id_or_key) const;
  [[nodiscard]] std::optional<size_t> find_issue(std::string_view id_or_key) const;

  // Shared because a kept document belongs to the site and a made one to the answer.
  [[nodiscard]] std::shared_ptr<const JiraDocument> document(size_t issue) const;
  // The objects of a field that issues have, each once and in the order of their ids: the answer of
  // /issuetype, /status, /priority or /resolution.
  [[nodiscard]] const std::vector<FieldValue>& values_of(ValueField field) const {
    return values_[static_cast<size_t>(field)];
  }
  // The issue of an attachment and its place there.
  [[nodiscard]] std::optional<std::pair<size_t, size_t>> find_attachment(int64_t id) const;

  // For the manifest and the counts.
  void for_each_plant(const std::function<void(const ManifestLine&)>& take) const;
  [[nodiscard]] const std::vector<PartCounts>& counts() const { return counts_; }  // by project
  [[nodiscard]] const std::vector<uint64_t>& items() const { return items_; }

 private:
  explicit JiraSite(JiraSiteOptions options) : options_(std::move(options)) {}
  [[nodiscard]] JiraIssue make_issue(size_t index) const;
  void make_all();

  JiraSiteOptions options_;
  std::unique_ptr<JiraGenerator> generator_;
  JiraData data_;
  std::vector<JiraProject> projects_;
  std::vector<JiraRecord> records_;
  std::unordered_map<int64_t, size_t> by_id_;
  std::vector<std::unordered_map<int64_t, size_t>> by_number_;  // of each project
  JiraPlants plants_;
  std::vector<std::shared_ptr<const JiraDocument>> kept_;
  std::unordered_map<int64_t, std::pair<size_t, size_t>> attachments_;
  std::array<std::vector<FieldValue>, kValueFieldIds.size()> values_;
  std::vector<PartCounts> counts_;
  std::vector<uint64_t> items_;
};

}  // namespace spillguard::sim
