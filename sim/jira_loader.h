// Reads issues that were exported from a real Jira: one JSON object a line with id, key and fields
// (comments and the attachments' descriptions inside), and project objects without "fields".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "sim/jira_model.h"

namespace spillguard::sim {

// The loaded lines stay as they are, all in one text; an issue is parsed when it is made.
class JiraData {
 public:
  // kNotFound when there is no such file, kCorrupt with the number of the line that is not what we
  // expect.
  static Result<JiraData> load(const std::string& path, std::string base_url);

  [[nodiscard]] const std::vector<JiraProject>& projects() const { return projects_; }
  [[nodiscard]] const std::vector<JiraRecord>& records() const { return records_; }
  // The issue of records()[…].source. Fields that JiraIssue has no place for stay JSON.
  [[nodiscard]] JiraIssue make(size_t source) const;
  // The texts are not needed any more: every issue was made.
  void forget_texts();

 private:
  Status add_line(std::string_view line);
  size_t project_index(int64_t id, std::string_view key, std::string_view name);

  std::string base_url_;
  std::string text_;
  std::vector<std::pair<size_t, size_t>> lines_;  // offset and length in text_
  std::vector<JiraProject> projects_;
  std::vector<JiraRecord> records_;
};

}  // namespace spillguard::sim
