// Reading whole issues: their own JSON, and by further questions what it does not carry whole.
#include <algorithm>
#include <optional>
#include <set>

#include "hosts/jira_host.h"
#include "hosts/jira_issue.h"

namespace spillguard::hosts {

namespace {

constexpr int64_t kFirstChunk = 100;
constexpr int64_t kListPage = 1000;

Part failed_list(std::string_view kind, const Failure& failure, const Error& error) {
  Part part;
  part.kind = kind;
  part.content_kind = kind;
  part.state = Part::State::kFailed;
  part.reason = failure.reason(error);
  part.detail = error.message;
  return part;
}

}  // namespace

Result<Answer> JiraHost::ask_issue(const std::string& key_or_id, bool whole, Failure* failure) {
  Question question{.path = {"rest", "api", "2", "issue", key_or_id}, .failure = failure};
  if (whole) {
    question.query = {{"fields", "*all"}, {"expand", "changelog"}};
  } else {
    question.query = {{"fields", "updated,created,project,issuetype,summary"}};
  }
  return transport_.ask(question);
}

Result<ItemRef> JiraHost::find_item(const std::string& key_or_id) {
  SG_TRY(ensure_identity());
  SG_ASSIGN(const auto answer, ask_issue(key_or_id, false, nullptr));
  return jira_issue_ref(answer.json.root());
}

Status JiraHost::read_item(const ItemRef& item, ItemSink& sink) {
  SG_TRY(ensure_identity());
  SG_ASSIGN(const auto answer, ask_issue(item.id.empty() ? item.key : item.id, true, nullptr));
  return read_whole(answer.json.root(), sink);
}

Status JiraHost::read_whole(JsonView issue, ItemSink& sink) {
  SG_ASSIGN(const auto catalogue, fields());
  SG_ASSIGN(const auto ref, jira_issue_ref(issue));
  SG_TRY(sink.begin_item(ref));
  SG_TRY(emit_jira_issue(issue, *catalogue, sink));
  std::optional<Error> failed;
  SG_TRY(read_comments(issue, ref.id, sink, failed));
  SG_TRY(read_worklogs(issue, ref.id, sink, failed));
  if (options().remote_links) SG_TRY(read_remote_links(ref.id, sink, failed));
  if (options().issue_properties) SG_TRY(read_properties(ref.id, sink, failed));
  return sink.end_item(failed);
}

Status JiraHost::read_comments(JsonView issue, const std::string& id, ItemSink& sink,
                               std::optional<Error>& failed) {
  const JsonView embedded = issue["fields"]["comment"];
  const JsonView list = embedded["comments"];
  std::set<std::string> seen;
  for (size_t i = 0; i < list.size(); ++i) {
    seen.insert(list.at(i)["id"].text());
    SG_TRY(emit_jira_comment(list.at(i), "comment", "body", sink));
  }
  const auto listed = static_cast<int64_t>(list.size());
  if (embedded.is_object() && embedded["total"].integer(listed) <= listed) return {};
  return read_list(id, "comment", "comments", "body", std::move(seen), sink, failed);
}

Status JiraHost::read_worklogs(JsonView issue, const std::string& id, ItemSink& sink,
                               std::optional<Error>& failed) {
  const JsonView embedded = issue["fields"]["worklog"];
  const JsonView list = embedded["worklogs"];
  std::set<std::string> seen;
  for (size_t i = 0; i < list.size(); ++i) {
    seen.insert(list.at(i)["id"].text());
    SG_TRY(emit_jira_comment(list.at(i), "worklog", "comment", sink));
  }
  // Without the field, time tracking is off and there is nothing to ask for.
  const auto listed = static_cast<int64_t>(list.size());
  if (embedded["total"].integer(listed) <= listed) return {};
  return read_list(id, "worklog", "worklogs", "comment", std::move(seen), sink, failed);
}

Status JiraHost::read_list(const std::string& issue_id, std::string_view kind,
                           std::string_view list_key, std::string_view body_key,
                           std::set<std::string> seen, ItemSink& sink,
                           std::optional<Error>& failed) {
  int64_t start = 0;
  int64_t limit = kListPage;
  while (true) {
    Failure failure;
    auto answer = transport_.ask(
        {.path = {"rest", "api", "2", "issue", issue_id, std::string(kind)},
         .query = {{"startAt", std::to_string(start)}, {"maxResults", std::to_string(limit)}},
         .attempts = limit > 1 ? 2 : 0,
         .failure = &failure});
    if (!answer) {
      if (ends_reading(answer.error(), failure)) return fail(std::move(answer).error());
      if (failure.smaller && limit > 1) {
        limit = std::max<int64_t>(1, limit / 4);
        continue;
      }
      // The comments that did not come must not count as deleted: the item itself fails.
      failed = answer.error();
      return sink.on_part(failed_list(kind, failure, answer.error()));
    }
    const JsonView list = answer->json[list_key];
    for (size_t i = 0; i < list.size(); ++i) {
      if (!seen.insert(list.at(i)["id"].text()).second) continue;
      SG_TRY(emit_jira_comment(list.at(i), kind, body_key, sink));
    }
    const auto received = static_cast<int64_t>(list.size());
    start += received;
    if (received == 0 || start >= answer->json["total"].integer(start)) return {};
  }
}

Result<Answer> JiraHost::ask_of_issue(const std::string& id, const char* what, Failure* failure) {
  const Question question{.path = {"rest", "api", "2", "issue", id, what}, .failure = failure};
  auto answer = transport_.ask(question);
  if (answer || answer.error().code != Code::kNotFound) return answer;
  // Either there is no such thing on this host, or the issue itself is not to be seen any more,
  // which must not pass for an issue that has none.
  SG_TRY(ask_issue(id, false, failure));
  answer = transport_.ask(question);
  if (!answer && answer.error().code == Code::kNotFound) return Answer{Json(), 0};
  return answer;
}

Status JiraHost::read_remote_links(const std::string& id, ItemSink& sink,
                                   std::optional<Error>& failed) {
  Failure failure;
  // Issue links may be switched off on the host.
  auto answer = ask_of_issue(id, "remotelink", &failure);
  if (answer) return emit_remote_links(answer->json.root(), sink);
  if (ends_reading(answer.error(), failure)) return fail(std::move(answer).error());
  failed = answer.error();
  return sink.on_part(failed_list("remote_link", failure, answer.error()));
}

Status JiraHost::read_properties(const std::string& id, ItemSink& sink,
                                 std::optional<Error>& failed) {
  Failure failure;
  auto keys = ask_of_issue(id, "properties", &failure);
  if (!keys) {
    if (ends_reading(keys.error(), failure)) return fail(std::move(keys).error());
    failed = keys.error();
    return sink.on_part(failed_list("property", failure, keys.error()));
  }
  const JsonView list = keys->json["keys"];
  for (size_t i = 0; i < list.size(); ++i) {
    const std::string key = list.at(i)["key"].text();
    if (key.empty()) continue;
    auto property = transport_.ask(
        {.path = {"rest", "api", "2", "issue", id, "properties", key}, .failure = &failure});
    if (property) {
      SG_TRY(jira_text_part("property", key, jira_strings(property->json["value"]), sink));
      continue;
    }
    if (property.error().code == Code::kNotFound) continue;  // deleted since it was listed
    if (ends_reading(property.error(), failure)) return fail(std::move(property).error());
    failed = property.error();
    Part part = failed_list("property", failure, property.error());
    part.content_id = key;
    SG_TRY(sink.on_part(std::move(part)));
  }
  return {};
}

Status JiraHost::read_or_report(const ItemRef& item, ItemSink& sink) {
  Failure failure;
  auto answer = ask_issue(item.id, true, &failure);
  if (answer) return read_whole(answer->json.root(), sink);
  if (ends_reading(answer.error(), failure)) return fail(std::move(answer).error());
  SG_TRY(sink.begin_item(item));
  return sink.end_item(std::move(answer).error());
}

Status JiraHost::read_many(const std::vector<ItemRef>& items, ItemSink& sink) {
  size_t done = 0;
  int64_t chunk = kFirstChunk;
  while (done < items.size()) {
    const auto size = std::min(static_cast<size_t>(chunk), items.size() - done);
    if (size == 1) {
      SG_TRY(read_or_report(items[done++], sink));
      chunk = 2;
      continue;
    }
    std::string jql = "id in (";
    for (size_t i = 0; i < size; ++i) jql += (i == 0 ? "" : ",") + items[done + i].id;
    jql += ") ORDER BY created ASC, key ASC";
    Failure failure;
    auto answer = search(
        {.jql = std::move(jql), .limit = static_cast<int64_t>(size), .whole = true}, 2, &failure);
    if (!answer && ends_reading(answer.error(), failure)) return fail(std::move(answer).error());
    if (!answer && failure.smaller) {
      chunk = static_cast<int64_t>(size) / 2;
      continue;
    }
    // One issue that vanished since it was listed makes the whole query a 400; one that the index
    // does not know or that fell to a cap is missing: those are read by themselves.
    std::set<std::string> came;
    if (answer) {
      const JsonView list = answer->json["issues"];
      for (size_t i = 0; i < list.size(); ++i) {
        if (!came.insert(list.at(i)["id"].text()).second) continue;
        SG_TRY(read_whole(list.at(i), sink));
      }
      const int64_t each = std::max<int64_t>(
          1, answer->bytes / std::max<int64_t>(1, static_cast<int64_t>(list.size())));
      chunk = std::clamp<int64_t>(options().page_bytes / each, 1, chunk * 2);
      chunk = std::min<int64_t>(chunk, options().page_size);
    }
    for (size_t i = 0; i < size; ++i) {
      if (!came.contains(items[done + i].id)) SG_TRY(read_or_report(items[done + i], sink));
    }
    done += size;
  }
  return {};
}

}  // namespace spillguard::hosts
