#include "hosts/jira_fields.h"

#include "base/strings.h"

namespace spillguard::hosts {

namespace {

constexpr std::string_view kTextArea = "com.atlassian.jira.plugin.system.customfieldtypes:textarea";

bool is_text_field(std::string_view id) {
  return id == "summary" || id == "description" || id == "environment";
}

// Their history belongs to them as that of custom fields does.
bool is_plain_field(std::string_view id) { return id == "labels"; }

}  // namespace

JiraFields::JiraFields(JsonView list) {
  for (size_t i = 0; i < list.size(); ++i) {
    const JsonView field = list.at(i);
    const std::string id = field["id"].text();
    if (id.empty()) continue;
    wiki_[id] = field["schema"]["custom"].string() == kTextArea;
    if (id.starts_with("customfield_")) {
      custom_by_name_[std::string(field["name"].string())].push_back(id);
    }
  }
}

JiraContent JiraFields::of_field(std::string_view id) const {
  if (is_text_field(id)) {
    return {.kind = std::string(id),
            .id = std::string(id),
            .markup = id == "summary" ? text::Markup::kPlain : text::Markup::kWiki};
  }
  const auto found = wiki_.find(id);
  const bool wiki = found != wiki_.end() && found->second;
  return {.kind = "field",
          .id = std::string(id),
          .markup = wiki ? text::Markup::kWiki : text::Markup::kPlain};
}

JiraContent JiraFields::of_change(JsonView item) const {
  const std::string id = item["fieldId"].text();
  if (is_text_field(id) || is_plain_field(id) || id.starts_with("customfield_")) {
    return of_field(id);
  }
  const std::string name = item["field"].text();
  const bool custom = equals_ignore_case(item["fieldtype"].string(), "custom");
  if (!custom && (is_text_field(to_lower(name)) || is_plain_field(to_lower(name)))) {
    return of_field(to_lower(name));
  }
  if (custom) {
    const auto found = custom_by_name_.find(name);
    if (found != custom_by_name_.end() && found->second.size() == 1) {
      return of_field(found->second.front());
    }
  }
  // A deleted comment leaves its text, wiki markup, in a change of the field "Comment".
  return {.kind = "history",
          .id = name,
          .markup = !custom && equals_ignore_case(name, "comment") ? text::Markup::kWiki
                                                                   : text::Markup::kPlain};
}

}  // namespace spillguard::hosts
