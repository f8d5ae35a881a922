// An issue as JSON text, cut so that any selection of its fields can be answered by copying.
// Immutable.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sim/jira_model.h"

namespace spillguard::sim {

// How many parts of each ledger kind there are.
using PartCounts = std::map<std::string, uint64_t, std::less<>>;

struct JiraDocument {
  struct Range {
    uint32_t begin = 0;
    uint32_t end = 0;
  };
  struct Field {
    uint32_t index = 0;  // in all_fields()
    Range range;         // "id":value
  };
  struct Entry {  // a comment or worklog
    int64_t id = 0;
    bool for_administrators = false;
    Range range;
  };
  struct Attachment {
    int64_t id = 0;
    uint64_t size = 0;
    std::string name;
    std::string mime_type;
    FilePtr file;
    Range range;
  };

  std::string text;
  Range all_fields;  // every field, separated by commas
  std::vector<Field> fields;
  std::vector<Entry> comments;
  std::vector<Entry> worklogs;  // all of them; the field shows the first 20
  std::vector<Attachment> attachments;
  Range changelog;     // the value of "changelog"
  Range remote_links;  // a JSON array
  std::vector<JiraProperty> properties;
  bool has_hidden_comments = false;

  [[nodiscard]] std::string_view view(Range range) const {
    return std::string_view(text).substr(range.begin, range.end - range.begin);
  }
};

// `base_url` with the context path, for links.
JiraDocument make_document(const JiraIssue& issue, std::string_view base_url);

// Adds the parts of the issue by the rules of the ledger.
void count_parts(const JiraIssue& issue, PartCounts& counts);
// Those beside its texts, comments and history: labels, links, properties, names of files.
void count_more_parts(const JiraIssue& issue, PartCounts& counts);

// {"comments":[…],"maxResults":…,"total":…,"startAt":…} of a part of the comments.
std::string comments_page(const JiraDocument& document, bool administrator, size_t start,
                          size_t limit, size_t echoed_limit);

}  // namespace spillguard::sim
