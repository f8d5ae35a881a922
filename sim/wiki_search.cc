// /content/search and /search with the part of CQL that crawlers use.
#include <fmt/format.h>

#include <algorithm>

#include "base/json_writer.h"
#include "base/strings.h"
#include "sim/errors.h"
#include "sim/jql.h"
#include "sim/jql_run.h"
#include "sim/wiki_api.h"

namespace spillguard::sim {
namespace {

const QueryLanguage& cql_language() {
  static const QueryLanguage language = {
      .fields = {{"space", "space"},
                 {"space.key", "space"},
                 {"type", "type"},
                 {"id", "id"},
                 {"content", "id"},
                 {"title", "title"},
                 {"created", "created"},
                 {"lastmodified", "lastmodified"}},
      .unknown_field =
          [](std::string_view name) {
            return fmt::format(
                "No field exists with the name: '{}'. Log referral number is "
                "cff4c727-53f6-4dd3-b7fa-000000000000",
                name);
          },
      .unordered = {"space", "type", "title"}};
  return language;
}

struct CqlContext {
  const WikiSite& site;
  std::string_view zone;
  TimeMs now = 0;
  const WikiSite::IndexView& behind;  // what the index has instead, where it is behind

  // The index knows no such item when there is nothing.
  [[nodiscard]] std::optional<WikiSite::Indexed> indexed(const WikiItem& item) const {
    const auto found = behind.find(item.id());
    if (found != behind.end()) return found->second;
    if (!item.current()) return std::nullopt;
    return WikiSite::Indexed{.modified = item.modified(), .space = item.page->space};
  }
};

bool compare_times(TimeMs left, std::string_view op, TimeMs right) {
  if (op == "=") return left == right;
  if (op == "!=") return left != right;
  if (op == "<") return left < right;
  if (op == "<=") return left <= right;
  if (op == ">") return left > right;
  return left >= right;
}

std::string text_of(const WikiItem& item, std::string_view field, const CqlContext& context) {
  if (field == "space") return context.site.spaces()[context.indexed(item)->space].key;
  if (field == "type") return std::string(item.type());
  if (field == "id") return std::to_string(item.id());
  return item.title();
}

bool contains_ignore_case(std::string_view text, std::string_view part) {
  return to_lower(text).find(to_lower(part)) != std::string::npos;
}

bool clause_passes(const JqlNode& node, const WikiItem& item, const CqlContext& context) {
  if (node.field == "created" || node.field == "lastmodified") {
    const auto& value = node.values[0];
    const auto time = parse_query_time(value.text, true, context.zone, context.now);
    return time &&
           compare_times(node.field == "created" ? item.created() : context.indexed(item)->modified,
                         node.op, *time);
  }
  if (node.field == "id" && node.op.find_first_of("<>") != std::string::npos) {
    const auto number = parse_int(node.values[0].text);
    return number && compare_times(item.id(), node.op, *number);
  }
  const auto text = text_of(item, node.field, context);
  bool found = false;
  for (const auto& value : node.values) {
    found |= node.op == "~" ? contains_ignore_case(text, value.text)
                            : equals_ignore_case(text, value.text);
  }
  return node.op == "!=" || node.op == "not in" ? !found : found;
}

bool node_passes(const JqlNode& node, const WikiItem& item, const CqlContext& context) {
  const auto child_passes = [&](const JqlNode& child) { return node_passes(child, item, context); };
  switch (node.kind) {
    case JqlNode::Kind::kAnd:
      return std::all_of(node.children.begin(), node.children.end(), child_passes);
    case JqlNode::Kind::kOr:
      return std::any_of(node.children.begin(), node.children.end(), child_passes);
    case JqlNode::Kind::kNot:
      return !child_passes(node.children[0]);
    case JqlNode::Kind::kClause:
      break;
  }
  return clause_passes(node, item, context);
}

// The first time that cannot be read, "" when all can.
std::string bad_time(const JqlNode& node, const CqlContext& context) {
  if (node.field == "created" || node.field == "lastmodified") {
    for (const auto& value : node.values) {
      if (!parse_query_time(value.text, true, context.zone, context.now)) return value.text;
    }
  }
  for (const auto& child : node.children) {
    if (auto bad = bad_time(child, context); !bad.empty()) return bad;
  }
  return {};
}

void sort_items(std::vector<WikiItem>& items, const JqlQuery& query, const CqlContext& context) {
  std::stable_sort(items.begin(), items.end(), [&](const WikiItem& a, const WikiItem& b) {
    for (const auto& by : query.order) {
      if (by.field == "title") {
        const auto left = a.title();
        const auto right = b.title();
        if (left != right) return by.descending ? left > right : left < right;
        continue;
      }
      const auto value = [&](const WikiItem& item) {
        return by.field == "created"        ? item.created()
               : by.field == "lastmodified" ? context.indexed(item)->modified
                                            : item.id();
      };
      if (value(a) != value(b)) return by.descending ? value(a) > value(b) : value(a) < value(b);
    }
    return false;
  });
}

}  // namespace

Result<std::vector<WikiItem>> WikiApi::run_cql(std::string_view cql, const Caller& caller,
                                               bool with_archived) const {
  auto query = parse_query(cql, cql_language());
  if (!query) {
    auto error = std::move(query).error();
    for (size_t at = error.message.find("JQL"); at != std::string::npos;
         at = error.message.find("JQL")) {
      error.message.replace(at, 3, "CQL");
    }
    return fail(std::move(error));
  }
  if (!query->has_where)
    return fail(Code::kInvalidArgument, "Could not parse cql : the query is empty");
  const auto now = options_.clock();
  const auto behind =
      caller.lag_ms > 0 ? site_.index_at(now - caller.lag_ms) : WikiSite::IndexView();
  const CqlContext context{
      .site = site_,
      .zone = caller.user == nullptr ? std::string_view() : caller.user->time_zone,
      .now = now,
      .behind = behind};
  if (const auto bad = bad_time(query->where, context); !bad.empty()) {
    return fail(Code::kInvalidArgument,
                fmt::format("Could not parse the date '{}'. Expected 'yyyy-MM-dd HH:mm'.", bad));
  }
  std::vector<WikiItem> found;
  for (const auto& item : site_.items_by_id()) {
    const auto indexed = context.indexed(item);
    if (!indexed || !readable(caller, indexed->space)) continue;
    if (item.page->restricted && !shown(caller, item)) continue;
    if (site_.spaces()[indexed->space].archived && !with_archived) continue;
    if (node_passes(query->where, item, context)) found.push_back(item);
  }
  sort_items(found, *query, context);
  return found;
}

http::Response WikiApi::content_search(const http::Request& request, const Caller& caller) const {
  const auto found = run_cql(request.query_value("cql").value_or(""), caller, false);
  if (!found) return confluence_error(400, found.error().message);
  return list_items(request, caller, *found);
}

http::Response WikiApi::search(const http::Request& request, const Caller& caller) const {
  const auto cql = request.query_value("cql").value_or("");
  const bool with_archived =
      request.query_value("includeArchivedSpaces").value_or("false") == "true";
  const auto found = run_cql(cql, caller, with_archived);
  if (!found) return confluence_error(400, found.error().message);
  const Expand expand(request, "");
  auto window = list_window(request, 25, expand.has("content.body") ? 50 : 200);
  std::string results;
  size_t listed = 0;
  for (size_t i = window.start; i < std::min(found->size(), window.start + window.limit); ++i) {
    const auto& item = (*found)[i];
    if (!shown(caller, item)) {
      ++window.left_out;
      continue;
    }
    if (listed++ > 0) results += ',';
    JsonWriter json(results);
    json.begin_object();
    std::string content;
    append_content(content, site_, item, nullptr, expand.inside("content"), false);
    json.key("content");
    json.raw(content);
    json.field("title", item.title());
    json.field("excerpt", "");
    json.field("url", fmt::format("/pages/viewpage.action?pageId={}", item.page->id));
    json.key("resultGlobalContainer");
    json.begin_object();
    json.field("title", site_.spaces()[item.page->space].name);
    json.field("displayUrl", "/display/" + percent_encode(site_.spaces()[item.page->space].key));
    json.end_object();
    json.field("entityType", "content");
    json.field("iconCssClass", "aui-icon content-type-page");
    json.field("lastModified", format_iso8601(item.modified()));
    json.field("friendlyLastModified", "some time ago");
    json.field("timestamp", item.modified());
    json.end_object();
  }
  std::string more =
      fmt::format(R"(,"totalSize":{},"searchDuration":1,"cqlQuery":)", found->size());
  append_json_string(more, cql);
  return list_response(site_, request, window, listed, results, more);
}

}  // namespace spillguard::sim
