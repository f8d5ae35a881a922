// Walking through a project, whole or by what changed.
//
// Whole: by an order that editing does not change: creation time, then key. The
// walk moves a lower bound on the creation time ("created >= T") and asks for the first page above
// it again and again, so offsets stay small on any size of project and a deleted issue shifts
// nothing that matters. Bounds are whole seconds, because hosts index times with that grain; issues
// of one second that do not fit into a page are taken by offset inside their window. The ids seen
// at the bound travel in the cursor, so nothing comes twice.
//
// By change: the same walk over the time of the last change, from a watermark less an overlap. What
// changes meanwhile moves to the end and is met there again, or by the next look.
#include <algorithm>

#include "base/json_writer.h"
#include "hosts/jira_host.h"
#include "hosts/jira_issue.h"

namespace spillguard::hosts {

namespace {

constexpr int64_t kFirstWholePage = 100;
// How much larger the next page may be, before it is known how large issues are here.
constexpr int64_t kPageGrowth = 4;
constexpr size_t kIdsInCursor = 64;
// Indexes of several nodes lag behind one another, and behind what was written.
constexpr int64_t kChangeOverlapMs = 5 * 60 * 1000;

struct JiraCursor {
  const char* field = "created";  // what the walk goes by; not in the text
  TimeMs bound = 0;               // whole second; 0 = from the first issue
  int64_t in_window = 0;          // issues at the bound's second that were received
  std::vector<std::string> ids;   // the last of those
  int64_t done = 0;               // issues received in all
  int64_t limit = 0;              // page size that worked; 0 = not known yet

  static Result<JiraCursor> parse(const std::string& text) {
    JiraCursor cursor;
    if (text.empty()) return cursor;
    auto json = Json::parse(text);
    if (!json) return fail(Code::kInvalidArgument, "not a cursor of a Jira crawl: " + text);
    cursor.bound = (*json)["created"].integer();
    cursor.in_window = (*json)["window"].integer();
    cursor.done = (*json)["done"].integer();
    cursor.limit = (*json)["limit"].integer();
    const JsonView ids = (*json)["ids"];
    for (size_t i = 0; i < ids.size(); ++i) cursor.ids.push_back(ids.at(i).text());
    return cursor;
  }

  [[nodiscard]] std::string text() const {
    std::string out;
    JsonWriter writer(out);
    writer.begin_object();
    writer.field("created", bound);
    writer.field("window", in_window);
    writer.field("done", done);
    writer.field("limit", limit);
    writer.key("ids");
    writer.begin_array();
    for (const std::string& id : ids) writer.value(id);
    writer.end_array();
    writer.end_object();
    return out;
  }

  // Where the next page starts inside the window: a little before what is known, so that an issue
  // deleted there does not hide another.
  [[nodiscard]] int64_t start(int64_t page) const {
    const int64_t overlap = std::min({static_cast<int64_t>(ids.size()), page / 2, in_window});
    return in_window - overlap;
  }
};

std::string project_jql(const HostScope& scope) {
  // By id: a renamed key would make the query fail.
  const bool digits = !scope.id.empty() && std::all_of(scope.id.begin(), scope.id.end(),
                                                       [](char c) { return c >= '0' && c <= '9'; });
  if (digits) return "project = " + scope.id;
  std::string quoted;
  for (const char c : scope.key) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return "project = \"" + quoted + "\"";
}

TimeMs second_of(TimeMs time) { return time - time % 1000; }

// Moves the cursor behind a page that started at `start`.
void advance(JiraCursor& cursor, int64_t start, JsonView list, const std::vector<JsonView>& fresh) {
  const auto received = static_cast<int64_t>(list.size());
  cursor.done += static_cast<int64_t>(fresh.size());
  const auto time_of = [&](size_t i) {
    return second_of(list.at(i)["fields"][cursor.field].time());
  };
  const TimeMs last = time_of(list.size() - 1);
  if (last > cursor.bound) {
    cursor.bound = last;
    cursor.in_window = 0;
    cursor.ids.clear();
    for (size_t i = 0; i < list.size(); ++i) {
      if (time_of(i) != last) continue;
      ++cursor.in_window;
      cursor.ids.push_back(list.at(i)["id"].text());
    }
  } else {
    cursor.in_window = std::max(cursor.in_window, start + received);
    // A page of nothing new must not be asked for again.
    if (fresh.empty()) cursor.ids.clear();
    for (const JsonView& issue : fresh) cursor.ids.push_back(issue["id"].text());
  }
  if (cursor.ids.size() > kIdsInCursor) {
    cursor.ids.erase(cursor.ids.begin(),
                     cursor.ids.end() - static_cast<std::ptrdiff_t>(kIdsInCursor));
  }
}

}  // namespace

Result<Answer> JiraHost::search(const Search& search, int attempts, Failure* failure) {
  std::string body;
  JsonWriter writer(body);
  writer.begin_object();
  writer.field("jql", search.jql);
  writer.field("startAt", search.start);
  writer.field("maxResults", search.limit);
  writer.key("fields");
  writer.begin_array();
  if (search.whole) {
    writer.value("*all");
  } else {
    for (const char* field : {"updated", "created", "project", "issuetype", "summary"}) {
      writer.value(field);
    }
  }
  writer.end_array();
  if (search.whole) {
    writer.key("expand");
    writer.begin_array();
    writer.value("changelog");
    writer.end_array();
  }
  writer.end_object();
  auto answer = transport_.ask({.path = {"rest", "api", "2", "search"},
                                .body = std::move(body),
                                .attempts = attempts,
                                .failure = failure});
  if (answer && !answer->json["issues"].is_array()) {
    return fail(Code::kCorrupt, "the host's search answer has no issues");
  }
  return answer;
}

Result<PageResult> JiraHost::read_page(const PageRequest& request, ItemSink& sink) {
  SG_TRY(ensure_identity());
  SG_ASSIGN(JiraCursor cursor, JiraCursor::parse(request.cursor));
  if (request.cursor.empty() && request.since == 0) SG_TRY(read_project(request, sink));
  if (cursor.limit <= 0) {
    cursor.limit = request.everything ? kFirstWholePage : options().page_size;
  }
  cursor.limit = std::clamp<int64_t>(cursor.limit, 1, std::max(1, options().page_size));
  if (request.since > 0) {
    cursor.field = "updated";
    if (request.cursor.empty()) {
      cursor.bound = std::max<TimeMs>(1000, second_of(request.since - kChangeOverlapMs));
    }
  }
  std::string jql = project_jql(request.scope);
  if (cursor.bound > 0) {
    jql += " AND " + std::string(cursor.field) + " >= " + std::to_string(cursor.bound);
  }
  jql += " ORDER BY " + std::string(cursor.field) + " ASC, key ASC";

  Search ask{.jql = jql, .whole = request.everything};
  Result<Answer> answer = fail(Code::kInternal, "not asked");
  while (true) {
    ask.limit = cursor.limit;
    ask.start = cursor.start(ask.limit);
    Failure failure;
    answer = search(ask, ask.limit > 1 ? 2 : 0, &failure);
    if (answer) break;
    if (ends_reading(answer.error(), failure) || !failure.smaller) {
      return fail(std::move(answer).error());
    }
    if (ask.limit > 1) {
      cursor.limit = ask.limit / 2;
    } else if (ask.whole) {
      // One issue that can not be had with its texts: list it, and say so.
      ask.whole = false;
    } else {
      return fail(std::move(answer).error());
    }
  }

  const JsonView list = answer->json["issues"];
  const auto received = static_cast<int64_t>(list.size());
  const int64_t window_total = answer->json["total"].integer(ask.start + received);
  PageResult result;
  result.total = cursor.done + std::max<int64_t>(0, window_total - cursor.in_window);
  if (received == 0) return result;

  std::vector<JsonView> fresh;
  const std::set<std::string> known(cursor.ids.begin(), cursor.ids.end());
  for (size_t i = 0; i < list.size(); ++i) {
    if (!known.contains(list.at(i)["id"].text())) fresh.push_back(list.at(i));
  }
  result.listed = static_cast<int64_t>(fresh.size());
  if (ask.whole) {
    for (const JsonView& issue : fresh) SG_TRY(read_whole(issue, sink));
    const int64_t each = std::max<int64_t>(1, answer->bytes / received);
    cursor.limit = std::clamp<int64_t>(options().page_bytes / each, 1, cursor.limit * kPageGrowth);
  } else {
    SG_TRY(read_light(request, fresh, sink));
    if (request.everything) cursor.limit = 2;
  }
  for (const JsonView& issue : fresh) {
    result.newest = std::max(result.newest, issue["fields"]["updated"].time());
  }
  if (ask.start + received >= window_total) return result;
  advance(cursor, ask.start, list, fresh);
  // Who changes issues faster than we read them would keep us here for ever.
  if (request.until > 0 && cursor.bound > request.until) return result;
  result.next = cursor.text();
  return result;
}

Status JiraHost::read_project(const PageRequest& request, ItemSink& sink) {
  const std::string& id = request.scope.id.empty() ? request.scope.key : request.scope.id;
  SG_ASSIGN(const auto answer, transport_.ask({.path = {"rest", "api", "2", "project", id}}));
  return emit_jira_project(answer.json.root(), request, sink);
}

Status JiraHost::read_light(const PageRequest& request, const std::vector<JsonView>& issues,
                            ItemSink& sink) {
  std::vector<ItemRef> refs;
  refs.reserve(issues.size());
  for (const JsonView& issue : issues) {
    SG_ASSIGN(ItemRef ref, jira_issue_ref(issue));
    refs.push_back(std::move(ref));
  }
  if (request.everything || !request.known) return read_many(refs, sink);
  SG_ASSIGN(const auto known, request.known(refs));
  std::vector<ItemRef> changed;
  for (size_t i = 0; i < refs.size(); ++i) {
    const bool same = i < known.size() && known[i] && known[i]->up_to_date_rules &&
                      known[i]->updated == refs[i].updated;
    if (same) {
      if (request.since == 0) SG_TRY(sink.on_unchanged(refs[i]));
    } else {
      changed.push_back(std::move(refs[i]));
    }
  }
  return read_many(changed, sink);
}

}  // namespace spillguard::hosts
