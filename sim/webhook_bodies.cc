#include "sim/webhook_bodies.h"

#include <fmt/format.h>

#include <map>

#include "base/json_writer.h"
#include "base/strings.h"
#include "sim/jira_api.h"
#include "sim/users.h"

namespace spillguard::sim {
namespace {

size_t author_index(const std::string& name) {
  for (size_t i = 0; i < all_users().size(); ++i) {
    if (all_users()[i].name == name) return i;
  }
  return 0;
}

// How Jira calls a change of an issue.
std::string_view issue_event_type(const std::string& kind) {
  static const std::map<std::string_view, std::string_view> types = {
      {"add_comment", "issue_commented"},
      {"edit_comment", "issue_comment_edited"},
      {"delete_comment", "issue_comment_deleted"},
      {"add_worklog", "issue_work_logged"},
      {"move_issue", "issue_moved"},
      {"create_issue", "issue_created"}};
  const auto found = types.find(kind);
  return found == types.end() ? "issue_updated" : found->second;
}

// The comment, worklog or attachment of the change, or what is left of it: its address.
std::string content_json(const ChangeDone& change, const JiraSite& jira, const JiraDocument& issue,
                         std::string_view kind) {
  const auto id = parse_int(change.content);
  const auto& entries = kind == "comment" ? issue.comments : issue.worklogs;
  if (kind == "attachment") {
    for (const auto& attachment : issue.attachments) {
      if (id == attachment.id) return std::string(issue.view(attachment.range));
    }
    return fmt::format(R"({{"self":"{}/rest/api/2/attachment/{}","id":"{}"}})", jira.base_url(),
                       change.content, change.content);
  }
  for (const auto& entry : entries) {
    if (id == entry.id) return std::string(issue.view(entry.range));
  }
  return fmt::format(R"({{"self":"{}/rest/api/2/issue/{}/{}/{}","id":"{}"{}}})", jira.base_url(),
                     change.item, kind, change.content, change.content,
                     kind == "worklog" ? fmt::format(R"(,"issueId":"{}")", change.item) : "");
}

std::string changelog_json(const JiraIssue& issue, TimeMs when) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  const JiraHistory* last = nullptr;
  for (const auto& history : issue.histories) {
    if (history.created == when) last = &history;
  }
  json.field("id", last == nullptr ? "0" : std::to_string(last->id));
  json.key("items");
  json.begin_array();
  if (last != nullptr) {
    for (const auto& change : last->changes) {
      json.begin_object();
      json.field("field", change.field);
      json.field("fieldtype", change.custom ? "custom" : "jira");
      json.field("from", change.from);
      json.field("fromString", change.from_string);
      json.field("to", change.to);
      json.field("toString", change.to_string);
      json.end_object();
    }
  }
  json.end_array();
  json.end_object();
  return out;
}

class JiraEvents {
 public:
  JiraEvents(const ChangeDone& change, const JiraSite& jira)
      : change_(change), jira_(jira), user_(jira.people()[author_index(change.author)]) {}

  std::vector<WebhookEvent> make() {
    const auto& kind = change_.kind;
    if (kind == "create_project" || kind == "rename_project") {
      add(kind == "create_project" ? "project_created" : "project_updated",
          fmt::format(R"("project":{})", jira_.project_json(change_.index)));
      return std::move(events_);
    }
    const FieldChoice all({}, "*all");
    append_issue(issue_, jira_, change_.index,
                 {.fields = all, .changelog = false, .administrator = true});
    document_ = jira_.document(change_.index);
    if (kind == "delete_issue") {
      add("jira:issue_deleted", fmt::format(R"("user":{},"issue":{})", user_, issue_));
      return std::move(events_);
    }
    if (kind.ends_with("_comment")) add_content("comment", kind);
    if (kind.ends_with("_worklog")) add_content("worklog", kind);
    if (kind.ends_with("_attachment")) add_content("attachment", kind);
    add_issue();
    return std::move(events_);
  }

 private:
  void add(std::string event, const std::string& members) {
    auto body =
        fmt::format(R"({{"timestamp":{},"webhookEvent":"{}",{}}})", change_.when, event, members);
    events_.push_back(
        {.product = Product::kJira, .event = std::move(event), .body = std::move(body)});
  }
  void add_content(std::string_view what, const std::string& kind) {
    const std::string_view verb = kind.starts_with("add")    ? "created"
                                  : kind.starts_with("edit") ? "updated"
                                                             : "deleted";
    const auto content = content_json(change_, jira_, *document_, what);
    // Only edits and deletions of comments say who it was; none says which issue.
    const bool names_user = what == "comment" && verb != "created";
    add(fmt::format("{}_{}", what, verb),
        fmt::format(R"({}"{}":{})", names_user ? fmt::format(R"("user":{},)", user_) : "", what,
                    content));
  }
  void add_issue() {
    const bool created = change_.kind == "create_issue";
    std::string members = fmt::format(R"("issue_event_type_name":"{}","user":{},"issue":{})",
                                      issue_event_type(change_.kind), user_, issue_);
    if (!created) {
      members += fmt::format(R"(,"changelog":{})",
                             changelog_json(jira_.issue(change_.index), change_.when));
    }
    if (change_.kind.ends_with("_comment"))
      members += ",\"comment\":" + content_json(change_, jira_, *document_, "comment");
    add(created ? "jira:issue_created" : "jira:issue_updated", members);
  }

  const ChangeDone& change_;
  const JiraSite& jira_;
  const PersonJson& user_;
  std::string issue_;
  std::shared_ptr<const JiraDocument> document_;
  std::vector<WebhookEvent> events_;
};

struct WikiEvent {
  std::string_view event;
  std::string_view member;
  bool of_content = false;  // the comment's or attachment's id, not the page's
};

const std::map<std::string_view, WikiEvent>& wiki_events() {
  static const std::map<std::string_view, WikiEvent> events = {
      {"edit_page", {"page_updated", "page"}},
      {"rename_page", {"page_updated", "page"}},
      {"create_page", {"page_created", "page"}},
      {"create_blog", {"blog_created", "blog"}},
      {"trash_page", {"page_trashed", "page"}},
      {"restore_page", {"page_restored", "page"}},
      {"purge_page", {"page_removed", "page"}},
      {"move_page", {"page_moved", "page"}},
      {"add_page_comment", {"comment_created", "comment", true}},
      {"edit_page_comment", {"comment_updated", "comment", true}},
      {"resolve_page_comment", {"comment_updated", "comment", true}},
      {"delete_page_comment", {"comment_removed", "comment", true}},
      {"add_page_attachment", {"attachment_created", "attachment", true}},
      {"delete_page_attachment", {"attachment_removed", "attachment", true}},
      {"restrict_page", {"content_permissions_updated", "content"}},
      {"create_space", {"space_created", "space"}},
  };
  return events;
}

}  // namespace

std::vector<WebhookEvent> events_of(const ChangeDone& change, const JiraSite& jira) {
  if (change.product == "jira") return JiraEvents(change, jira).make();
  const auto found = wiki_events().find(change.kind);
  if (found == wiki_events().end()) return {};
  const auto& user = all_users()[author_index(change.author)];
  auto event = found->second;
  std::string name(event.event);
  if (change.blog && event.member == "page") {
    name.replace(0, 4, "blog");
    event.member = "blog";
  }
  std::string body = fmt::format(R"({{"timestamp":{},"event":"{}","userKey":"{}",)", change.when,
                                 name, user.confluence_key);
  if (event.member == "space") {
    body += fmt::format(R"("space":{{"key":"{}"}}}})", change.scope);
  } else {
    body += fmt::format(R"("{}":{{"id":{}}})", event.member,
                        event.of_content ? change.content : change.item);
    if (change.kind == "move_page") body += R"(,"oldParent":{"id":1})";
    body += '}';
  }
  return {{.product = Product::kConfluence, .event = std::move(name), .body = body}};
}

}  // namespace spillguard::sim
