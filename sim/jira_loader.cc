#include "sim/jira_loader.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <exception>

#include "base/file.h"
#include "base/strings.h"
#include "sim/field_table.h"

namespace spillguard::sim {
namespace {

namespace bj = boost::json;

std::string text_of(const bj::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

int64_t id_of(const bj::object& object) { return parse_int(text_of(object, "id")).value_or(0); }

TimeMs time_of(const bj::object& object, std::string_view name) {
  return parse_iso8601(text_of(object, name)).value_or(0);
}

PersonJson person_of(const bj::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_object() ? bj::serialize(*value) : std::string();
}

std::string list_of(const bj::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_array() ? bj::serialize(*value) : std::string("[]");
}

int64_t number_of_key(std::string_view key) {
  const auto dash = key.rfind('-');
  return dash == std::string_view::npos ? 0 : parse_int(key.substr(dash + 1)).value_or(0);
}

void take_comments(JiraIssue& issue, const bj::value& field) {
  const auto* object = field.if_object();
  const auto* list = object == nullptr ? nullptr : object->if_contains("comments");
  if (list == nullptr || !list->is_array()) return;
  for (const auto& entry : list->get_array()) {
    if (!entry.is_object()) continue;
    const auto& comment = entry.get_object();
    issue.comments.push_back({.id = id_of(comment),
                              .author = person_of(comment, "author"),
                              .body = text_of(comment, "body"),
                              .created = time_of(comment, "created"),
                              .updated = time_of(comment, "updated"),
                              .for_administrators = false});
  }
}

// Loaded issues come without the bytes of their files: there are made-up ones, of another size
// where the real ones were large.
constexpr uint64_t kMostMadeUp = 16'384;

void take_attachments(JiraIssue& issue, const bj::value& field) {
  if (!field.is_array()) return;
  for (const auto& entry : field.get_array()) {
    if (!entry.is_object()) continue;
    const auto& attachment = entry.get_object();
    const auto* size = attachment.if_contains("size");
    issue.attachments.push_back(
        {.id = id_of(attachment),
         .author = person_of(attachment, "author"),
         .name = text_of(attachment, "filename"),
         .mime_type = text_of(attachment, "mimeType"),
         .created = time_of(attachment, "created"),
         .size = size != nullptr && size->is_int64()
                     ? std::min(static_cast<uint64_t>(size->get_int64()), kMostMadeUp)
                     : 0});
  }
}

void take_field(JiraIssue& issue, std::string_view id, const bj::value& value) {
  if (id == "comment") {
    take_comments(issue, value);
  } else if (id == "attachment") {
    take_attachments(issue, value);
  } else if (id == "summary" || id == "description" || id == "environment") {
    auto& target = id == "summary"       ? issue.summary
                   : id == "description" ? issue.description
                                         : issue.environment;
    if (value.is_string()) target = std::string(value.get_string());
  } else if (id != "created" && id != "updated" && id != "worklog" && field_index(id)) {
    issue.fields.push_back(
        {.id = std::string(id), .json = bj::serialize(value), .has_text = false});
  }
}

}  // namespace

Result<JiraData> JiraData::load(const std::string& path, std::string base_url) {
  JiraData data;
  data.base_url_ = std::move(base_url);
  size_t number = 0;
  SG_TRY(for_each_line(path, [&](std::string_view line) -> Status {
    ++number;
    if (trim(line).empty()) return {};
    auto added = data.add_line(line);
    if (!added)
      return fail(std::move(added).error().context(fmt::format("{} line {}", path, number)));
    return {};
  }));
  // The order of projects decides who may see what: keep it independent of the order of lines.
  std::vector<size_t> order(data.projects_.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(),
            [&](size_t a, size_t b) { return data.projects_[a].key < data.projects_[b].key; });
  std::vector<size_t> place(order.size());
  std::vector<JiraProject> sorted;
  for (size_t i = 0; i < order.size(); ++i) {
    place[order[i]] = i;
    sorted.push_back(std::move(data.projects_[order[i]]));
  }
  data.projects_ = std::move(sorted);
  for (auto& record : data.records_) record.project = place[record.project];
  return data;
}

size_t JiraData::project_index(int64_t id, std::string_view key, std::string_view name) {
  for (size_t i = 0; i < projects_.size(); ++i) {
    if (projects_[i].id == id) return i;
  }
  projects_.push_back({.id = id, .key = std::string(key), .name = std::string(name)});
  return projects_.size() - 1;
}

Status JiraData::add_line(std::string_view line) {
  try {
    const auto parsed = bj::parse(bj::string_view(line.data(), line.size()));
    const auto& object = parsed.as_object();
    if (object.contains("fields")) {
      const auto& fields = object.at("fields").as_object();
      const auto& project = fields.at("project").as_object();
      const auto key = text_of(object, "key");
      records_.push_back({.id = id_of(object),
                          .project = project_index(id_of(project), text_of(project, "key"),
                                                   text_of(project, "name")),
                          .number = number_of_key(key),
                          .created = time_of(fields, "created"),
                          .updated = time_of(fields, "updated"),
                          .source = lines_.size(),
                          .loaded = true});
      lines_.emplace_back(text_.size(), line.size());
      text_ += line;
      return {};
    }
    auto& project =
        projects_[project_index(id_of(object), text_of(object, "key"), text_of(object, "name"))];
    project.name = text_of(object, "name");
    project.description = text_of(object, "description");
    project.url = text_of(object, "url");
    project.components_json = list_of(object, "components");
    project.versions_json = list_of(object, "versions");
  } catch (const std::exception& error) {
    return fail(Code::kCorrupt, fmt::format("not an issue or project: {}", error.what()));
  }
  return {};
}

JiraIssue JiraData::make(size_t source) const {
  JiraIssue issue;
  const auto [offset, length] = lines_[source];
  boost::system::error_code error;
  // The line was parsed once when it was loaded; what it lacks has been reported then.
  bj::monotonic_resource memory;
  const auto parsed = bj::parse(bj::string_view(text_.data() + offset, length), error, &memory);
  const auto* object = parsed.if_object();
  const auto* fields = object == nullptr ? nullptr : object->if_contains("fields");
  if (error || fields == nullptr || !fields->is_object()) return issue;
  issue.id = id_of(*object);
  issue.key = text_of(*object, "key");
  issue.created = time_of(fields->get_object(), "created");
  issue.updated = time_of(fields->get_object(), "updated");
  for (const auto& [name, value] : fields->get_object()) {
    take_field(issue, std::string_view(name.data(), name.size()), value);
  }
  return issue;
}

void JiraData::forget_texts() {
  text_ = std::string();
  lines_.clear();
}

}  // namespace spillguard::sim
