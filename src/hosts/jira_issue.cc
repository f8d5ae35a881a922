#include "hosts/jira_issue.h"

#include <algorithm>
#include <functional>
#include <map>
#include <tuple>
#include <vector>

namespace spillguard::hosts {

namespace {

std::string jira_author(JsonView user) {
  if (const auto name = user["name"].text(); !name.empty()) return name;
  if (const auto key = user["key"].text(); !key.empty()) return key;
  return user["displayName"].text();
}

void append_line(std::string& out, std::string_view line) {
  if (line.empty()) return;
  if (!out.empty()) out += '\n';
  out += line;
}

void collect_strings(JsonView value, std::string& out) {
  if (value.is_string()) {
    if (value.string().empty()) return;
    if (!out.empty()) out += '\n';
    out += value.string();
    return;
  }
  for (size_t i = 0; i < value.size(); ++i) {
    const std::string_view key = value.key_at(i);
    if (key == "self" || key == "avatarUrls" || key == "iconUrl") continue;
    collect_strings(value.at(i), out);
  }
}

// Who made the newest version of a content that was looked at so far, and which it is.
struct LastChange {
  int64_t version = 1;
  std::string author;
  TimeMs created = 0;
};

// The string form of one side of a change, and its id form where that says something else.
std::string side_text(JsonView item, const char* words_key, const char* id_key) {
  std::string words = item[words_key].text();
  std::string id = item[id_key].text();
  if (words.empty()) return id;
  if (!id.empty() && id != words) words += "\n" + id;
  return words;
}

std::vector<JsonView> sorted_histories(JsonView changelog) {
  const JsonView list = changelog["histories"];
  struct Entry {
    TimeMs created;
    int64_t id;
    size_t place;
    JsonView history;
  };
  std::vector<Entry> entries;
  for (size_t i = 0; i < list.size(); ++i) {
    const JsonView history = list.at(i);
    entries.push_back({history["created"].time(), history["id"].integer(), i, history});
  }
  // Usually oldest first, but not always: recorded answers show mixed orders.
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return std::tie(a.created, a.id, a.place) < std::tie(b.created, b.id, b.place);
  });
  std::vector<JsonView> sorted;
  sorted.reserve(entries.size());
  for (const Entry& entry : entries) sorted.push_back(entry.history);
  return sorted;
}

// Writes the parts of one issue; remembers the newest version of each content.
class IssueWriter {
 public:
  IssueWriter(JsonView issue, const JiraFields& fields, ItemSink& sink)
      : issue_(issue), fields_(fields), sink_(sink) {
    const JsonView values = issue_["fields"];
    first_.created = values["created"].time();
    first_.author = jira_author(values["creator"]);
    if (first_.author.empty()) first_.author = jira_author(values["reporter"]);
  }

  Status history() {
    const JsonView changelog = issue_["changelog"];
    for (const JsonView& history : sorted_histories(changelog)) {
      const JsonView items = history["items"];
      for (size_t i = 0; i < items.size(); ++i) SG_TRY(change(history, items.at(i)));
    }
    const auto listed = static_cast<int64_t>(changelog["histories"].size());
    const int64_t total = changelog["total"].integer(listed);
    if (!changelog.is_object()) return failed_history("changelog_missing", "no changelog came");
    if (total > listed) {
      return failed_history("changelog_cut", "the host gave " + std::to_string(listed) + " of " +
                                                 std::to_string(total) + " changes");
    }
    return {};
  }

  Status values() {
    const JsonView values = issue_["fields"];
    for (const char* id : {"summary", "description", "environment"}) {
      SG_TRY(value(id, fields_.of_field(id), std::string(values[id].string())));
    }
    SG_TRY(value("label", fields_.of_field("labels"), jira_strings(values["labels"])));
    for (size_t i = 0; i < values.size(); ++i) {
      const std::string_view id = values.key_at(i);
      if (!id.starts_with("customfield_")) continue;
      SG_TRY(value("custom_field", fields_.of_field(id), jira_strings(values.at(i))));
    }
    return {};
  }

  // What is linked here shows its summary here.
  Status links() {
    const JsonView list = issue_["fields"]["issuelinks"];
    for (size_t i = 0; i < list.size(); ++i) {
      const JsonView link = list.at(i);
      std::string words;
      append_line(words, link["type"]["name"].string());
      for (const char* side : {"inward", "outward"}) {
        const JsonView other = link[std::string(side) + "Issue"];
        if (!other.is_object()) continue;
        append_line(words, link["type"][side].string());
        append_line(words, other["key"].string());
        append_line(words, other["fields"]["summary"].string());
      }
      SG_TRY(jira_text_part("link", link["id"].text(), std::move(words), sink_));
    }
    return {};
  }

  Status attachments() {
    const JsonView list = issue_["fields"]["attachment"];
    for (size_t i = 0; i < list.size(); ++i) {
      const JsonView file = list.at(i);
      SG_TRY(jira_text_part("attachment_name", file["id"].text(), file["filename"].text(), sink_));
      Part part;
      part.kind = "attachment";
      part.content_kind = "attachment";
      part.content_id = file["id"].text();
      part.author = jira_author(file["author"]);
      part.created = file["created"].time();
      part.state = Part::State::kFile;
      part.file_name = file["filename"].text();
      part.file_link = file["content"].text();
      part.detail = file["mimeType"].text();
      part.bytes = file["size"].integer();
      const std::string id = part.content_id;
      SG_TRY(sink_.on_part(std::move(part)));
      // Jira's attachments never change.
      SG_TRY(sink_.on_content({"attachment", id, 1, true}));
    }
    return {};
  }

  // Every content with text, now or once. A field that is empty now still has a newest version: the
  // empty one.
  Status contents() {
    for (const auto& [key, state] : states_) SG_TRY(sink_.on_content(state));
    return {};
  }

 private:
  LastChange& last(const JiraContent& content) {
    return last_.try_emplace(content.key(), first_).first->second;
  }

  void note(const JiraContent& content, int64_t newest) {
    ContentState& state = states_[content.key()];
    state.content_kind = content.kind;
    state.content_id = content.id;
    state.newest = newest;
    state.complete = history_complete_;
  }

  Status history_part(const JiraContent& content, const LastChange& made, std::string words) {
    if (words.empty()) return {};
    Part part;
    part.kind = "history";
    part.content_kind = content.kind;
    part.content_id = content.id;
    part.version = made.version;
    part.markup = content.markup;
    part.text = std::move(words);
    part.author = made.author;
    part.created = made.created;
    return sink_.on_part(std::move(part));
  }

  Status change(JsonView history, JsonView item) {
    const JiraContent content = fields_.of_change(item);
    LastChange& made = last(content);
    SG_TRY(history_part(content, made, side_text(item, "fromString", "from")));
    made.version += 1;
    made.author = jira_author(history["author"]);
    made.created = history["created"].time();
    SG_TRY(history_part(content, made, side_text(item, "toString", "to")));
    note(content, made.version);
    return {};
  }

  Status value(std::string_view kind, const JiraContent& content, std::string words) {
    const LastChange& made = last(content);
    if (words.empty()) return {};
    note(content, made.version);
    Part part;
    part.kind = kind;
    part.content_kind = content.kind;
    part.content_id = content.id;
    part.version = made.version;
    part.markup = content.markup;
    part.text = std::move(words);
    part.author = made.author;
    part.created = made.created;
    return sink_.on_part(std::move(part));
  }

  Status failed_history(std::string reason, std::string detail) {
    history_complete_ = false;
    for (auto& [key, state] : states_) state.complete = false;
    Part part;
    part.kind = "history";
    part.content_kind = "history";
    part.content_id = "changelog";
    part.state = Part::State::kFailed;
    part.reason = std::move(reason);
    part.detail = std::move(detail);
    return sink_.on_part(std::move(part));
  }

  JsonView issue_;
  const JiraFields& fields_;
  ItemSink& sink_;
  LastChange first_;
  bool history_complete_ = true;
  std::map<std::string, LastChange> last_;
  std::map<std::string, ContentState> states_;
};

}  // namespace

std::string jira_strings(JsonView value) {
  std::string out;
  collect_strings(value, out);
  return out;
}

Result<ItemRef> jira_issue_ref(JsonView issue) {
  ItemRef ref;
  ref.id = issue["id"].text();
  ref.key = issue["key"].text();
  if (ref.id.empty() || ref.key.empty()) {
    return fail(Code::kCorrupt, "the host listed an issue without id or key");
  }
  const JsonView fields = issue["fields"];
  ref.kind = ItemKind::kIssue;
  ref.scope_id = fields["project"]["id"].text();
  ref.scope_key = fields["project"]["key"].text();
  if (ref.scope_key.empty()) ref.scope_key = ref.key.substr(0, ref.key.rfind('-'));
  ref.title = fields["summary"].text();
  ref.link = "/browse/" + ref.key;
  ref.created = fields["created"].time();
  ref.updated = fields["updated"].time();
  return ref;
}

Status emit_jira_issue(JsonView issue, const JiraFields& fields, ItemSink& sink) {
  // History first: it tells which version the values of now are.
  IssueWriter writer(issue, fields, sink);
  SG_TRY(writer.history());
  SG_TRY(writer.values());
  SG_TRY(writer.links());
  SG_TRY(writer.attachments());
  return writer.contents();
}

Status jira_text_part(std::string_view kind, const std::string& id, std::string text,
                      ItemSink& sink) {
  if (text.empty() || id.empty()) return {};
  Part part;
  part.kind = kind;
  part.content_kind = kind;
  part.content_id = id;
  part.text = std::move(text);
  SG_TRY(sink.on_part(std::move(part)));
  return sink.on_content(
      {.content_kind = std::string(kind), .content_id = id, .newest = 1, .complete = true});
}

Status emit_remote_links(JsonView list, ItemSink& sink) {
  for (size_t i = 0; i < list.size(); ++i) {
    const JsonView link = list.at(i);
    const JsonView object = link["object"];
    std::string words;
    append_line(words, link["relationship"].string());
    append_line(words, object["title"].string());
    append_line(words, object["summary"].string());
    append_line(words, object["url"].string());
    append_line(words, link["application"]["name"].string());
    append_line(words, link["globalId"].string());
    SG_TRY(jira_text_part("remote_link", link["id"].text(), std::move(words), sink));
  }
  return {};
}

Status emit_scope(ItemRef ref, std::vector<ScopeText> texts, const PageRequest& request,
                  ItemSink& sink) {
  // Nothing stamps these texts: they are their own stamp.
  std::string all;
  for (const ScopeText& text : texts) all += text.kind + '\n' + text.id + '\n' + text.text + '\n';
  ref.updated = static_cast<TimeMs>(std::hash<std::string>()(all) >> 12U) | 1;
  ref.is_scope = true;
  if (!request.everything && request.known) {
    SG_ASSIGN(const auto known, request.known({ref}));
    if (!known.empty() && known[0] && known[0]->up_to_date_rules &&
        known[0]->updated == ref.updated) {
      return sink.on_unchanged(ref);  // its key may be another
    }
  }
  SG_TRY(sink.begin_item(ref));
  for (ScopeText& text : texts) {
    SG_TRY(jira_text_part(text.kind, text.id, std::move(text.text), sink));
  }
  return sink.end_item({});
}

Status emit_jira_project(JsonView project, const PageRequest& request, ItemSink& sink) {
  ItemRef ref;
  const std::string id = project["id"].text();
  ref.id = "scope:" + id;
  ref.key = project["key"].text();
  if (id.empty() || ref.key.empty()) {
    return fail(Code::kCorrupt, "the host gave a project without id or key");
  }
  ref.scope_id = id;
  ref.scope_key = ref.key;
  ref.title = project["name"].text();
  ref.link = "/projects/" + ref.key;
  std::vector<ScopeText> texts = {{"scope_description", id, project["description"].text()}};
  for (const auto& [list, kind] : {std::pair("versions", "version"), {"components", "component"}}) {
    for (size_t i = 0; i < project[list].size(); ++i) {
      const JsonView entry = project[list].at(i);
      std::string words;
      append_line(words, entry["name"].string());
      append_line(words, entry["description"].string());
      texts.push_back({kind, entry["id"].text(), std::move(words)});
    }
  }
  return emit_scope(std::move(ref), std::move(texts), request, sink);
}

Status emit_jira_comment(JsonView comment, std::string_view kind, std::string_view body_key,
                         ItemSink& sink) {
  std::string body = comment[body_key].text();
  if (body.empty()) return {};
  const TimeMs created = comment["created"].time();
  const TimeMs updated = comment["updated"].time();
  const bool edited = updated > created;
  Part part;
  part.kind = kind;
  part.content_kind = kind;
  part.content_id = comment["id"].text();
  part.version = edited ? updated : 1;
  part.markup = text::Markup::kWiki;
  part.text = std::move(body);
  part.author = jira_author(comment[edited ? "updateAuthor" : "author"]);
  if (part.author.empty()) part.author = jira_author(comment["author"]);
  part.created = edited ? updated : created;
  const ContentState state{.content_kind = part.content_kind,
                           .content_id = part.content_id,
                           .newest = part.version,
                           .complete = true};
  SG_TRY(sink.on_part(std::move(part)));
  return sink.on_content(state);
}

}  // namespace spillguard::hosts
