#include "sim/jql_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "base/strings.h"
#include "sim/zone.h"

namespace spillguard::sim {
namespace {

constexpr TimeMs kMinute = 60'000;
constexpr TimeMs kDay = 86'400'000;

// A node with its values looked up.
struct Test {
  JqlNode::Kind kind = JqlNode::Kind::kClause;
  std::vector<Test> children;
  enum class Subject { kProject, kIssue, kCreated, kUpdated } subject = Subject::kProject;
  std::string op;
  std::unordered_set<size_t> members;  // project or record indexes
  int64_t number = 0;                  // to compare with: a time, an id
};

template <typename Number>
bool compare(Number left, std::string_view op, Number right) {
  if (op == "=") return left == right;
  if (op == "!=") return left != right;
  if (op == "<") return left < right;
  if (op == "<=") return left <= right;
  if (op == ">") return left > right;
  return left >= right;
}

class Binder {
 public:
  Binder(const JqlContext& context, std::vector<std::string>& warnings)
      : context_(context), warnings_(warnings) {}

  Result<Test> bind(const JqlNode& node) {
    Test test;
    test.kind = node.kind;
    test.op = node.op;
    for (const auto& child : node.children) {
      SG_ASSIGN(auto bound, bind(child));
      test.children.push_back(std::move(bound));
    }
    if (node.kind != JqlNode::Kind::kClause) return test;
    if (node.field == "project") {
      SG_TRY(bind_projects(node, test));
    } else if (node.field == "created" || node.field == "updated") {
      SG_TRY(bind_time(node, test));
    } else {
      SG_TRY(bind_issues(node, test));
    }
    return test;
  }

 private:
  Status complain(std::string message) {
    if (context_.validate) return fail(Code::kInvalidArgument, std::move(message));
    warnings_.push_back(std::move(message));
    return {};
  }

  Status bind_projects(const JqlNode& node, Test& test) {
    test.subject = Test::Subject::kProject;
    for (const auto& value : node.values) {
      auto project = context_.site.find_project(value.text);
      if (!project) project = project_named(value.text);
      if (project && context_.readable(*project)) {
        test.members.insert(*project);
      } else {
        SG_TRY(complain(
            fmt::format("The value '{}' does not exist for the field 'project'.", value.text)));
      }
    }
    return {};
  }

  [[nodiscard]] std::optional<size_t> project_named(std::string_view name) const {
    for (size_t i = 0; i < context_.site.projects().size(); ++i) {
      if (equals_ignore_case(context_.site.projects()[i].name, name)) return i;
    }
    return std::nullopt;
  }

  Status bind_issues(const JqlNode& node, Test& test) {
    test.subject = Test::Subject::kIssue;
    const bool compares = node.op.find_first_of("<>") != std::string::npos;
    for (const auto& value : node.values) {
      const auto number = parse_int(value.text);
      if (compares && number) {
        test.number = *number;
        continue;
      }
      const auto issue = context_.site.find_issue(value.text);
      if (issue && context_.readable_record(context_.site.records()[*issue])) {
        test.members.insert(*issue);
        test.number = context_.site.records()[*issue].id;
      } else if (number) {
        SG_TRY(complain(fmt::format("A value with ID '{}' does not exist for the field '{}'.",
                                    value.text, node.field)));
      } else {
        SG_TRY(complain(fmt::format("An issue with key '{}' does not exist for field '{}'.",
                                    value.text, node.field)));
      }
    }
    return {};
  }

  Status bind_time(const JqlNode& node, Test& test) {
    test.subject = node.field == "created" ? Test::Subject::kCreated : Test::Subject::kUpdated;
    for (const auto& value : node.values) {
      const auto time = parse_query_time(value.text, value.quoted, context_.zone, context_.now);
      if (!time) {
        return fail(Code::kInvalidArgument,
                    fmt::format("Date value '{}' for field '{}' is invalid. Valid formats include: "
                                "'yyyy/MM/dd HH:mm', "
                                "'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period "
                                "format e.g. '-5d', '4w 2d'.",
                                value.text, node.field));
      }
      test.number = *time;
      test.members.insert(static_cast<size_t>(*time));
    }
    return {};
  }

  const JqlContext& context_;
  std::vector<std::string>& warnings_;
};

bool member_test(const Test& test, size_t value) {
  const bool inside = test.members.contains(value);
  return test.op == "!=" || test.op == "not in" ? !inside : inside;
}

bool passes(const Test& test, const JiraRecord& record, size_t index) {
  switch (test.kind) {
    case JqlNode::Kind::kAnd:
      return std::all_of(test.children.begin(), test.children.end(),
                         [&](const Test& child) { return passes(child, record, index); });
    case JqlNode::Kind::kOr:
      return std::any_of(test.children.begin(), test.children.end(),
                         [&](const Test& child) { return passes(child, record, index); });
    case JqlNode::Kind::kNot:
      return !passes(test.children[0], record, index);
    case JqlNode::Kind::kClause:
      break;
  }
  const bool compares = test.op.find_first_of("<>") != std::string::npos;
  if (test.subject == Test::Subject::kProject) return member_test(test, record.project);
  if (test.subject == Test::Subject::kIssue) {
    return compares ? compare(record.id, test.op, test.number) : member_test(test, index);
  }
  const auto time = test.subject == Test::Subject::kCreated ? record.created : record.updated;
  return compares ? compare(time, test.op, test.number)
                  : member_test(test, static_cast<size_t>(time));
}

// Projects sort by their keys; the index is not in that order.
std::vector<size_t> project_ranks(const JiraSite& site) {
  std::vector<size_t> order(site.projects().size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(),
            [&](size_t a, size_t b) { return site.projects()[a].key < site.projects()[b].key; });
  std::vector<size_t> ranks(order.size());
  for (size_t i = 0; i < order.size(); ++i) ranks[order[i]] = i;
  return ranks;
}

std::pair<int64_t, int64_t> sort_key(const JiraRecord& record, std::string_view field,
                                     const std::vector<size_t>& ranks) {
  if (field == "created") return {record.created, 0};
  if (field == "updated") return {record.updated, 0};
  if (field == "id") return {record.id, 0};
  if (field == "project") return {static_cast<int64_t>(ranks[record.project]), 0};
  return {static_cast<int64_t>(ranks[record.project]), record.number};
}

// What the search index knows of an issue: the record, or an older one where the index is behind.
class Indexed {
 public:
  Indexed(const JiraSite& site, JiraSite::IndexView behind)
      : site_(site), behind_(std::move(behind)) {}
  // Null for what the index does not have.
  [[nodiscard]] const JiraRecord* find(size_t index) const {
    if (!behind_.empty()) {
      const auto found = behind_.find(index);
      if (found != behind_.end()) return found->second ? &*found->second : nullptr;
    }
    const auto& record = site_.records()[index];
    return record.deleted ? nullptr : &record;
  }

 private:
  const JiraSite& site_;
  JiraSite::IndexView behind_;
};

void sort_issues(std::vector<size_t>& issues, const JqlQuery& query, const JiraSite& site,
                 const Indexed& indexed) {
  const auto ranks = project_ranks(site);
  auto order = query.order;
  if (order.empty()) order.push_back({.field = "key", .descending = true});
  std::stable_sort(issues.begin(), issues.end(), [&](size_t a, size_t b) {
    for (const auto& by : order) {
      const auto left = sort_key(*indexed.find(a), by.field, ranks);
      const auto right = sort_key(*indexed.find(b), by.field, ranks);
      if (left != right) return by.descending ? left > right : left < right;
    }
    return false;
  });
}

std::optional<TimeMs> parse_relative(std::string_view text, TimeMs now) {
  const bool back = text.starts_with('-');
  if (back || text.starts_with('+')) text.remove_prefix(1);
  if (text.size() < 2) return std::nullopt;
  const auto number = parse_int(text.substr(0, text.size() - 1));
  if (!number || *number < 0 || *number > 1'000'000) return std::nullopt;
  TimeMs unit = 0;
  switch (text.back()) {
    case 'm':
      unit = kMinute;
      break;
    case 'h':
      unit = 60 * kMinute;
      break;
    case 'd':
      unit = kDay;
      break;
    case 'w':
      unit = 7 * kDay;
      break;
    default:
      return std::nullopt;
  }
  return now + (back ? -*number : *number) * unit;
}

}  // namespace

std::optional<TimeMs> parse_query_time(std::string_view text, bool quoted, std::string_view zone,
                                       TimeMs now) {
  if (text == "now()") return now;
  if (text.starts_with("now(") && text.ends_with(')'))
    return parse_relative(text.substr(4, text.size() - 5), now);
  if (text == "startOfDay()") {
    const TimeMs local = now + zone_offset_minutes(zone, now) * kMinute;
    return local_to_utc(zone, local / kDay * kDay);
  }
  if (!quoted) {
    // A bare number is milliseconds, whatever the zone.
    if (const auto number = parse_int(text)) return number;
  }
  if (const auto relative = parse_relative(text, now)) return relative;
  std::string date(text);
  std::replace(date.begin(), date.end(), '/', '-');
  // Minutes at most: the host knows no seconds here.
  if (date.size() != 10 && date.size() != 16) return std::nullopt;
  const auto local = parse_iso8601(date);
  if (!local) return std::nullopt;
  return local_to_utc(zone, *local);
}

Result<JqlResult> run_jql(const JqlQuery& query, const JqlContext& context) {
  JqlResult result;
  Test test;
  if (query.has_where) {
    SG_ASSIGN(test, Binder(context, result.warnings).bind(query.where));
  }
  const Indexed indexed(context.site, context.lag_ms > 0
                                          ? context.site.index_at(context.now - context.lag_ms)
                                          : JiraSite::IndexView());
  std::vector<bool> visible(context.site.projects().size());
  for (size_t i = 0; i < visible.size(); ++i)
    visible[i] = context.readable(i) && !context.site.projects()[i].archived;
  for (size_t i = 0; i < context.site.records().size(); ++i) {
    const auto* record = indexed.find(i);
    if (record == nullptr || record->archived || !visible[record->project]) continue;
    if (record->restricted && !context.readable_record(*record)) continue;
    if (!query.has_where || passes(test, *record, i)) result.issues.push_back(i);
  }
  sort_issues(result.issues, query, context.site, indexed);
  return result;
}

}  // namespace spillguard::sim
