// GET and POST /search.
#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "base/json_writer.h"
#include "base/strings.h"
#include "sim/errors.h"
#include "sim/field_table.h"
#include "sim/jira_api.h"
#include "sim/jql.h"
#include "sim/jql_run.h"

namespace spillguard::sim {
namespace {

namespace bj = boost::json;

struct SearchRequest {
  std::string jql;
  int64_t start = 0;
  int64_t limit = 50;
  bool validate = true;
  std::vector<std::string> fields;
  std::vector<std::string> expand;
};

// The words of a JSON array or of a comma separated string.
std::vector<std::string> json_words(const bj::object& body, std::string_view name) {
  std::vector<std::string> words;
  const auto* value = body.if_contains(name);
  if (value == nullptr) return words;
  const auto add = [&](const bj::value& entry) {
    if (!entry.is_string()) return;
    for (const auto word :
         split(std::string_view(entry.get_string().data(), entry.get_string().size()), ',')) {
      if (!trim(word).empty()) words.emplace_back(trim(word));
    }
  };
  if (value->is_array()) {
    for (const auto& entry : value->get_array()) add(entry);
  } else {
    add(*value);
  }
  return words;
}

std::optional<SearchRequest> from_body(const http::Request& request) {
  boost::system::error_code error;
  const auto parsed = bj::parse(request.body, error);
  const auto* body = parsed.if_object();
  if (error || body == nullptr) return std::nullopt;
  SearchRequest search;
  if (const auto* jql = body->if_contains("jql"); jql != nullptr && jql->is_string()) {
    search.jql = std::string(jql->get_string());
  }
  if (const auto* start = body->if_contains("startAt"); start != nullptr && start->is_int64()) {
    search.start = start->get_int64();
  }
  if (const auto* limit = body->if_contains("maxResults"); limit != nullptr && limit->is_int64()) {
    search.limit = limit->get_int64();
  }
  if (const auto* validate = body->if_contains("validateQuery");
      validate != nullptr && validate->is_bool()) {
    search.validate = validate->get_bool();
  }
  search.fields = json_words(*body, "fields");
  search.expand = json_words(*body, "expand");
  return search;
}

std::optional<SearchRequest> from_query(const http::Request& request) {
  SearchRequest search;
  search.jql = std::string(request.query_value("jql").value_or(""));
  const auto start = parse_int(request.query_value("startAt").value_or("0"));
  const auto limit = parse_int(request.query_value("maxResults").value_or("50"));
  if (!start || !limit) return std::nullopt;
  search.start = *start;
  search.limit = *limit;
  search.validate =
      parse_bool(request.query_value("validateQuery").value_or("true")).value_or(true);
  search.fields = query_words(request, "fields");
  search.expand = query_words(request, "expand");
  return search;
}

bool has_word(const std::vector<std::string>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

void append_names_and_schema(std::string& out, const std::vector<std::string>& expand) {
  if (has_word(expand, "names")) {
    out += ",\"names\":";
    JsonWriter names(out);
    names.begin_object();
    for (const auto& field : all_fields()) names.field(field.id, field.name);
    names.end_object();
  }
  if (has_word(expand, "schema")) {
    out += ",\"schema\":";
    JsonWriter schema(out);
    schema.begin_object();
    for (const auto& field : all_fields()) {
      schema.key(field.id);
      schema.begin_object();
      schema.field("type", field.type);
      if (!field.items.empty()) schema.field("items", field.items);
      schema.field(field.custom.empty() ? "system" : "custom",
                   field.custom.empty() ? field.id : field.custom);
      schema.end_object();
    }
    schema.end_object();
  }
}

Result<std::shared_ptr<const JiraApi::Found>> JiraApi::find_issues(const std::string& jql,
                                                                   bool validate,
                                                                   const Caller& caller) const {
  constexpr size_t kManyIssues = 20'000;
  constexpr size_t kKeptResults = 4;
  // What depends on the clock, the node or the moment is asked anew.
  const bool keep = site_.records().size() >= kManyIssues && caller.lag_ms == 0 &&
                    caller.lost.empty() && jql.find('(') == std::string::npos &&
                    jql.find('-') == std::string::npos;
  const auto key = fmt::format("{} {} {} {}", site_.changes(), validate,
                               caller.user == nullptr ? "" : caller.user->name, jql);
  if (keep) {
    const std::lock_guard lock(kept_mutex_);
    for (const auto& kept : kept_) {
      if (kept.key == key) return kept.found;
    }
  }
  SG_ASSIGN(const auto query, parse_jql(jql));
  SG_ASSIGN(
      auto result,
      run_jql(query, {.site = site_,
                      .zone = caller.user == nullptr ? std::string_view() : caller.user->time_zone,
                      .readable = [&](size_t i) { return readable(caller, i); },
                      .readable_record =
                          [&](const JiraRecord& record) { return readable_record(caller, record); },
                      .validate = validate,
                      .now = options_.clock(),
                      .lag_ms = caller.lag_ms}));
  auto found = std::make_shared<Found>();
  found->issues.assign(result.issues.begin(), result.issues.end());
  found->warnings = std::move(result.warnings);
  if (keep) {
    const std::lock_guard lock(kept_mutex_);
    kept_.push_front({.key = key, .found = found});
    if (kept_.size() > kKeptResults) kept_.pop_back();
  }
  return std::shared_ptr<const Found>(std::move(found));
}

http::Response JiraApi::search(const http::Request& request, const Caller& caller) const {
  const auto asked = request.method == "POST" ? from_body(request) : from_query(request);
  if (!asked) return jira_error(400, "The request could not be read: expected a search.");
  if (asked->start < 0)
    return jira_error(400, "The value of the field 'startAt' must not be negative.");
  const auto answer = find_issues(asked->jql, asked->validate, caller);
  if (!answer) return jira_error(400, answer.error().message);
  const auto& found = *answer;
  // The cap is applied silently; the answer shows it.
  const auto cap = static_cast<int64_t>(options_.page_cap);
  const auto limit = asked->limit < 0 ? cap : std::min(asked->limit, cap);
  const auto total = static_cast<int64_t>(found->issues.size());
  const FieldChoice fields(asked->fields, "*navigable");
  IssueView view{
      .fields = fields, .changelog = has_word(asked->expand, "changelog"), .administrator = false};
  std::string out =
      fmt::format(R"({{"expand":"schema,names","startAt":{},"maxResults":{},"total":{},"issues":[)",
                  asked->start, limit, total);
  bool first = true;
  for (int64_t i = asked->start; i < std::min(total, asked->start + limit); ++i) {
    const auto issue = found->issues[static_cast<size_t>(i)];
    // The index may know more than there is.
    if (!readable_record(caller, site_.records()[issue])) continue;
    if (!first) out += ',';
    first = false;
    view.administrator = may_administer(caller.user, site_.records()[issue].project);
    append_issue(out, site_, issue, view);
  }
  out += ']';
  if (!found->warnings.empty()) {
    out += ",\"warningMessages\":";
    JsonWriter json(out);
    json.begin_array();
    for (const auto& warning : found->warnings) json.value(warning);
    json.end_array();
  }
  append_names_and_schema(out, asked->expand);
  out += '}';
  return http::Response::json(200, std::move(out));
}

}  // namespace spillguard::sim
