// The fields of a Jira: what a custom field is called and whether its text is wiki markup. History
// entries name fields by their display name, which is neither unique nor stable. Immutable once
// read.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "hosts/json.h"
#include "text/text.h"

namespace spillguard::hosts {

// Where a Jira text belongs, and how to read it.
struct JiraContent {
  std::string kind;  // "description", "field", "history" …
  std::string id;    // "description", "customfield_10200", a field's name for "history"
  text::Markup markup = text::Markup::kPlain;

  [[nodiscard]] std::string key() const { return kind + "/" + id; }
};

class JiraFields {
 public:
  JiraFields() = default;
  // From the answer of GET /rest/api/2/field.
  explicit JiraFields(JsonView list);

  // The content of a field that an issue carries: "summary", "customfield_10200".
  [[nodiscard]] JiraContent of_field(std::string_view id) const;
  // The content that one changelog item speaks of: by its fieldId where the host gives one, else by
  // its name; a name that several fields share stays a history of its own.
  [[nodiscard]] JiraContent of_change(JsonView item) const;
  [[nodiscard]] bool empty() const { return wiki_.empty(); }

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> custom_by_name_;
  std::map<std::string, bool, std::less<>> wiki_;  // by id
};

}  // namespace spillguard::hosts
