// The whole content of the simulated Jira: projects, issues, attachments. Any number of threads may
// read it under a shared lock of mutex(); who changes it holds the lock alone.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
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
  bool may_change = false;  // loaded issues can be edited; costs their texts' memory
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
  // The issue of an attachment.
  [[nodiscard]] std::optional<size_t> find_attachment(int64_t id) const;
  // The project's object as issues show it; only of those that changed since the start.
  [[nodiscard]] std::string project_json(size_t project) const;

  // For the manifest and the counts.
  void for_each_plant(const std::function<void(const ManifestLine&)>& take) const;
  struct Census {
    std::vector<PartCounts> parts;  // by project, of what the scanner's account sees
    std::vector<PartCounts> more;   // count_more_parts, and the project's own
    std::vector<uint64_t> items;
    std::vector<uint64_t> hidden;
  };
  // Made when first asked for, where the issues are too many to be kept.
  [[nodiscard]] const Census& census() const;
  [[nodiscard]] const std::vector<PartCounts>& counts() const { return census().parts; }
  [[nodiscard]] const std::vector<uint64_t>& items() const { return census().items; }
  void add_plant(ManifestLine line) { more_plants_.push_back(std::move(line)); }
  // Of a project's own texts: its description, versions, components.
  [[nodiscard]] JiraProject& project(size_t index) { return projects_[index]; }

  // What follows is in jira_edit.cc.
  [[nodiscard]] std::shared_mutex& mutex() const { return mutex_; }
  [[nodiscard]] uint64_t changes() const { return changes_; }
  // The issue as it is now, made anew or as it was edited.
  [[nodiscard]] JiraIssue issue(size_t index) const;
  [[nodiscard]] bool editable(size_t index) const;
  void edit(size_t index, TimeMs now, const std::function<void(JiraIssue&)>& change);
  // Takes id, key and project from us.
  size_t create(size_t project, JiraIssue issue, TimeMs now);
  void remove(size_t index, TimeMs now);
  void move(size_t index, size_t project, TimeMs now);
  void rename(size_t project, const std::string& key);
  size_t create_project(const std::string& key, const std::string& name);
  void restrict_issue(size_t index);
  void archive_issue(size_t index);
  void archive_project(size_t project);
  [[nodiscard]] int64_t next_id() { return next_id_++; }

  // What a search index that knows changes only up to that moment has instead of the records: the
  // record of then, or nothing for issues that were not there yet.
  using IndexView = std::unordered_map<size_t, std::optional<JiraRecord>>;
  [[nodiscard]] IndexView index_at(TimeMs moment) const;

 private:
  explicit JiraSite(JiraSiteOptions options) : options_(std::move(options)) {}
  [[nodiscard]] JiraIssue make_issue(size_t index) const;
  void make_all();
  void take_census() const;
  void count(size_t index, const JiraIssue& issue, bool add);
  void remember(size_t index, TimeMs now, bool existed);

  struct Change {
    TimeMs when = 0;
    size_t issue = 0;
    std::optional<JiraRecord> before;
  };

  JiraSiteOptions options_;
  std::unique_ptr<JiraGenerator> generator_;
  JiraData data_;
  std::vector<JiraProject> projects_;
  std::vector<JiraRecord> records_;
  // Of those that the generator does not know: loaded, created and moved ones.
  std::unordered_map<int64_t, size_t> by_id_;
  std::vector<std::unordered_map<int64_t, size_t>> by_number_;  // of each project
  size_t first_generated_ = 0;
  JiraPlants plants_;
  std::vector<ManifestLine> more_plants_;
  std::vector<std::shared_ptr<const JiraDocument>> kept_;
  std::unordered_map<int64_t, size_t> attachments_;  // of loaded and edited issues
  std::array<std::vector<FieldValue>, kValueFieldIds.size()> values_;
  mutable Census census_;
  mutable std::atomic<bool> counted_{false};
  mutable std::mutex counting_;

  mutable std::shared_mutex mutex_;
  std::unordered_map<size_t, JiraIssue> edited_;
  std::unordered_map<size_t, std::shared_ptr<const JiraDocument>> edited_documents_;
  std::vector<int64_t> next_number_;  // by project
  std::deque<Change> log_;            // of the last minutes
  uint64_t changes_ = 0;
  int64_t next_id_ = 950'000'000;  // above every id of generated, loaded and planted content
};

}  // namespace spillguard::sim
