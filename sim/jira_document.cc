#include "sim/jira_document.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "base/json_writer.h"
#include "base/strings.h"
#include "sim/field_table.h"

namespace spillguard::sim {
namespace {

constexpr size_t kShownWorklogs = 20;

uint32_t here(const std::string& text) { return static_cast<uint32_t>(text.size()); }

void write_comment(std::string& out, const JiraComment& comment, const JiraIssue& issue,
                   std::string_view base) {
  JsonWriter json(out);
  json.begin_object();
  json.field("self", fmt::format("{}/rest/api/2/issue/{}/comment/{}", base, issue.id, comment.id));
  json.field("id", std::to_string(comment.id));
  if (!comment.author.empty()) {
    json.key("author");
    json.raw(comment.author);
  }
  json.field("body", comment.body);
  if (!comment.author.empty()) {
    json.key("updateAuthor");
    json.raw(comment.author);
  }
  json.field("created", format_jira_time(comment.created));
  json.field("updated", format_jira_time(comment.updated));
  if (comment.for_administrators) {
    json.key("visibility");
    json.raw(R"({"type":"role","value":"Administrators"})");
  }
  json.end_object();
}

void write_worklog(std::string& out, const JiraWorklog& worklog, const JiraIssue& issue,
                   std::string_view base) {
  JsonWriter json(out);
  json.begin_object();
  json.field("self", fmt::format("{}/rest/api/2/issue/{}/worklog/{}", base, issue.id, worklog.id));
  if (!worklog.author.empty()) {
    json.key("author");
    json.raw(worklog.author);
    json.key("updateAuthor");
    json.raw(worklog.author);
  }
  json.field("comment", worklog.comment);
  const auto when = format_jira_time(worklog.created);
  json.field("created", when);
  json.field("updated", when);
  json.field("started", when);
  json.field("timeSpent",
             fmt::format("{}h {}m", worklog.seconds / 3600, worklog.seconds / 60 % 60));
  json.field("timeSpentSeconds", worklog.seconds);
  json.field("id", std::to_string(worklog.id));
  json.field("issueId", std::to_string(issue.id));
  json.end_object();
}

void write_attachment(std::string& out, const JiraAttachment& attachment, std::string_view base) {
  JsonWriter json(out);
  json.begin_object();
  json.field("self", fmt::format("{}/rest/api/2/attachment/{}", base, attachment.id));
  json.field("id", std::to_string(attachment.id));
  json.field("filename", attachment.name);
  if (!attachment.author.empty()) {
    json.key("author");
    json.raw(attachment.author);
  }
  json.field("created", format_jira_time(attachment.created));
  json.field("size", attachment.size);
  json.field("mimeType", attachment.mime_type);
  json.field("content", fmt::format("{}/secure/attachment/{}/{}", base, attachment.id,
                                    percent_encode(attachment.name)));
  json.end_object();
}

void write_or_null(JsonWriter& json, std::string_view name, const std::string& text) {
  if (text.empty()) {
    json.null_field(name);
  } else {
    json.field(name, text);
  }
}

void write_changelog(std::string& out, const JiraIssue& issue) {
  JsonWriter json(out);
  json.begin_object();
  json.field("startAt", 0);
  json.field("maxResults", static_cast<uint64_t>(issue.histories.size()));
  json.field("total", static_cast<uint64_t>(issue.histories.size()));
  json.key("histories");
  json.begin_array();
  for (const auto& history : issue.histories) {
    json.begin_object();
    json.field("id", std::to_string(history.id));
    if (!history.author.empty()) {
      json.key("author");
      json.raw(history.author);
    }
    json.field("created", format_jira_time(history.created));
    json.key("items");
    json.begin_array();
    for (const auto& change : history.changes) {
      json.begin_object();
      json.field("field", change.field);
      json.field("fieldtype", change.custom ? "custom" : "jira");
      write_or_null(json, "from", change.from);
      write_or_null(json, "fromString", change.from_string);
      write_or_null(json, "to", change.to);
      write_or_null(json, "toString", change.to_string);
      json.end_object();
    }
    json.end_array();
    json.end_object();
  }
  json.end_array();
  json.end_object();
}

void write_remote_links(std::string& out, const JiraIssue& issue, std::string_view base) {
  JsonWriter json(out);
  json.begin_array();
  for (const auto& link : issue.remote_links) {
    json.begin_object();
    json.field("id", link.id);
    json.field("self",
               fmt::format("{}/rest/api/2/issue/{}/remotelink/{}", base, issue.id, link.id));
    json.key("application");
    json.raw("{}");
    json.field("relationship", "mentioned in");
    json.key("object");
    json.begin_object();
    json.field("url", link.url);
    json.field("title", link.title);
    json.key("icon");
    json.raw("{}");
    json.key("status");
    json.raw(R"({"icon":{}})");
    json.end_object();
    json.end_object();
  }
  json.end_array();
}

// Collects the fields of one document.
class DocumentBuilder {
 public:
  DocumentBuilder(JiraDocument& document, const JiraIssue& issue, std::string_view base)
      : document_(document), issue_(issue), base_(base) {}

  void build() {
    text_field("summary", issue_.summary);
    text_field("description", issue_.description);
    text_field("environment", issue_.environment);
    text_field("created", format_jira_time(issue_.created));
    text_field("updated", format_jira_time(issue_.updated));
    for (const auto& field : issue_.fields) {
      if (!begin_field(field.id)) continue;
      out() += field.json;
      end_field();
    }
    attachments();
    comments();
    worklogs();
    document_.all_fields = {0, here(out())};
    more_worklogs();
    document_.changelog.begin = here(out());
    write_changelog(out(), issue_);
    document_.changelog.end = here(out());
    document_.remote_links.begin = here(out());
    write_remote_links(out(), issue_, base_);
    document_.remote_links.end = here(out());
    document_.properties = issue_.properties;
  }

 private:
  std::string& out() { return document_.text; }

  bool begin_field(std::string_view id) {
    const auto index = field_index(id);
    if (!index) return false;
    if (!out().empty()) out() += ',';
    document_.fields.push_back({.index = static_cast<uint32_t>(*index), .range = {here(out()), 0}});
    out() += '"';
    out() += id;
    out() += "\":";
    return true;
  }
  void end_field() { document_.fields.back().range.end = here(out()); }

  void text_field(std::string_view id, const std::string& value) {
    begin_field(id);
    if (value.empty()) {
      out() += "null";
    } else {
      append_json_string(out(), value);
    }
    end_field();
  }

  void attachments() {
    begin_field("attachment");
    out() += '[';
    for (const auto& attachment : issue_.attachments) {
      if (&attachment != issue_.attachments.data()) out() += ',';
      const auto begin = here(out());
      write_attachment(out(), attachment, base_);
      document_.attachments.push_back({.id = attachment.id,
                                       .size = attachment.size,
                                       .name = attachment.name,
                                       .mime_type = attachment.mime_type,
                                       .file = attachment.file,
                                       .range = {begin, here(out())}});
    }
    out() += ']';
    end_field();
  }

  void comments() {
    begin_field("comment");
    out() += "{\"comments\":[";
    for (const auto& comment : issue_.comments) {
      if (&comment != issue_.comments.data()) out() += ',';
      const auto begin = here(out());
      write_comment(out(), comment, issue_, base_);
      document_.comments.push_back({comment.id, comment.for_administrators, {begin, here(out())}});
      document_.has_hidden_comments |= comment.for_administrators;
    }
    const auto total = issue_.comments.size();
    out() += fmt::format("],\"maxResults\":{},\"total\":{},\"startAt\":0}}", total, total);
    end_field();
  }

  void worklog(const JiraWorklog& entry) {
    const auto begin = here(out());
    write_worklog(out(), entry, issue_, base_);
    document_.worklogs.push_back({entry.id, false, {begin, here(out())}});
  }

  void worklogs() {
    begin_field("worklog");
    out() += fmt::format("{{\"startAt\":0,\"maxResults\":{},\"total\":{},\"worklogs\":[",
                         kShownWorklogs, issue_.worklogs.size());
    for (size_t i = 0; i < std::min(kShownWorklogs, issue_.worklogs.size()); ++i) {
      if (i > 0) out() += ',';
      worklog(issue_.worklogs[i]);
    }
    out() += "]}";
    end_field();
  }

  void more_worklogs() {
    for (size_t i = kShownWorklogs; i < issue_.worklogs.size(); ++i) worklog(issue_.worklogs[i]);
  }

  JiraDocument& document_;
  const JiraIssue& issue_;
  std::string_view base_;
};

}  // namespace

JiraField& JiraIssue::field(const std::string& field_id) {
  for (auto& known : fields) {
    if (known.id == field_id) return known;
  }
  return fields.emplace_back(JiraField{.id = field_id, .json = "null", .has_text = false});
}

JiraDocument make_document(const JiraIssue& issue, std::string_view base_url) {
  JiraDocument document;
  DocumentBuilder(document, issue, base_url).build();
  document.text.shrink_to_fit();
  return document;
}

void count_parts(const JiraIssue& issue, PartCounts& counts) {
  const auto add = [&](const char* kind, uint64_t number) {
    if (number > 0) counts[kind] += number;
  };
  add("summary", issue.summary.empty() ? 0 : 1);
  add("description", issue.description.empty() ? 0 : 1);
  add("environment", issue.environment.empty() ? 0 : 1);
  add("custom_field", static_cast<uint64_t>(std::count_if(
                          issue.fields.begin(), issue.fields.end(), [](const auto& field) {
                            return field.has_text && field.id.starts_with("customfield_");
                          })));
  add("comment", static_cast<uint64_t>(
                     std::count_if(issue.comments.begin(), issue.comments.end(),
                                   [](const auto& comment) { return !comment.body.empty(); })));
  add("worklog", static_cast<uint64_t>(
                     std::count_if(issue.worklogs.begin(), issue.worklogs.end(),
                                   [](const auto& worklog) { return !worklog.comment.empty(); })));
  add("attachment", issue.attachments.size());
  uint64_t changes = 0;
  for (const auto& history : issue.histories) {
    for (const auto& change : history.changes) {
      changes += change.from_string.empty() && change.from.empty() ? 0 : 1;
      changes += change.to_string.empty() && change.to.empty() ? 0 : 1;
    }
  }
  add("history", changes);
}

void count_more_parts(const JiraIssue& issue, PartCounts& counts) {
  const auto add = [&](const char* kind, uint64_t number) {
    if (number > 0) counts[kind] += number;
  };
  for (const auto& field : issue.fields) {
    if (field.id == "labels") add("label", field.json.size() > 2 ? 1 : 0);
    if (field.id != "issuelinks" || field.json.size() <= 2) continue;
    boost::system::error_code error;
    const auto links = boost::json::parse(field.json, error);
    if (!error && links.is_array()) add("link", links.get_array().size());
  }
  add("remote_link", issue.remote_links.size());
  add("property", issue.properties.size());
  add("attachment_name", static_cast<uint64_t>(std::count_if(
                             issue.attachments.begin(), issue.attachments.end(),
                             [](const auto& attachment) { return !attachment.name.empty(); })));
}

std::string comments_page(const JiraDocument& document, bool administrator, size_t start,
                          size_t limit, size_t echoed_limit) {
  std::string list;
  size_t seen = 0;
  for (const auto& comment : document.comments) {
    if (comment.for_administrators && !administrator) continue;
    if (seen >= start && seen - start < limit) {
      if (!list.empty()) list += ',';
      list += document.view(comment.range);
    }
    ++seen;
  }
  return fmt::format("{{\"comments\":[{}],\"maxResults\":{},\"total\":{},\"startAt\":{}}}", list,
                     echoed_limit, seen, start);
}

}  // namespace spillguard::sim
