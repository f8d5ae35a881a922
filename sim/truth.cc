#include "sim/truth.h"

#include <algorithm>
#include <mutex>
#include <shared_mutex>

#include "base/json_writer.h"
#include "base/strings.h"
#include "sim/field_table.h"
#include "sim/manifest.h"
#include "sim/users.h"

namespace spillguard::sim {
namespace {

bool holds(std::string_view text, std::string_view secret) {
  return text.find(secret) != std::string_view::npos;
}

// Storage format as it reads: inline markup away, entities decoded.
std::string as_read(std::string storage) {
  const auto replace = [&](std::string_view from, std::string_view to) {
    for (auto at = storage.find(from); at != std::string::npos;
         at = storage.find(from, at + to.size()))
      storage.replace(at, from.size(), to);
  };
  for (const std::string_view tag : {"<strong>", "</strong>"}) replace(tag, "");
  replace("&lt;", "<");
  replace("&gt;", ">");
  replace("&quot;", "\"");
  replace("&amp;", "&");
  return storage;
}

bool storage_holds(const std::string& storage, const std::string& secret) {
  return holds(storage, secret) || holds(as_read(storage), secret);
}

std::string field_of(const std::string& name) {
  for (const auto& field : all_fields()) {
    if (field.name == name || field.id == name) return std::string(field.id);
  }
  return name;
}

struct Whereabouts {
  std::string scope;
  std::string item;
  std::string state = "gone";
  std::vector<SecretPlace> places;
};

void judge(Whereabouts& found, bool hidden) {
  const bool current = std::any_of(found.places.begin(), found.places.end(),
                                   [](const auto& place) { return place.current; });
  if (found.places.empty()) {
    found.state = "gone";
  } else if (hidden) {
    found.state = "hidden";
  } else {
    found.state = current ? "current" : "history";
  }
}

// Of a secret in a project's or space's own texts.
Whereabouts find_in_scope(const ManifestLine& line, const std::string& text) {
  Whereabouts found;
  found.item = line.item;
  found.scope = line.scope;
  if (holds(text, line.secret))
    found.places.push_back({.part = line.part, .content = line.content, .current = true});
  judge(found, false);
  return found;
}

Whereabouts find_in_jira(const JiraSite& jira, const ManifestLine& line) {
  Whereabouts found;
  if (line.item_id.starts_with("scope:")) {
    const auto project = jira.find_project(line.item_id.substr(6));
    if (!project) return found;
    const auto& known = jira.projects()[*project];
    found = find_in_scope(line, known.description + known.versions_json + known.components_json);
    found.scope = known.key;
    return found;
  }
  const auto index = jira.find_issue(line.item_id);
  if (!index) return found;
  const auto& record = jira.records()[*index];
  found.scope = jira.projects()[record.project].key;
  found.item = jira.key_of(record);
  found.places = places_in(jira.issue(*index), line.secret);
  judge(found, record.restricted);
  if (!found.places.empty() && (record.archived || jira.projects()[record.project].archived))
    found.state = "archived";
  return found;
}

Whereabouts find_in_wiki(const WikiSite& wiki, const ManifestLine& line) {
  Whereabouts found;
  if (line.item_id.starts_with("scope:")) {
    const auto space = wiki.find_space(line.scope);
    return space ? find_in_scope(line, wiki.spaces()[*space].description) : found;
  }
  const auto item = wiki.find(line.item_id);
  if (!item) return found;
  found.scope = wiki.spaces()[item->page->space].key;
  found.item = line.item_id;
  found.places = places_in(*item->page, line.secret);
  judge(found, item->page->restricted);
  if (item->page->status == WikiStatus::kTrashed && !found.places.empty()) found.state = "trashed";
  if (item->page->status == WikiStatus::kDraft && !found.places.empty()) {
    // Others' drafts are nobody's but theirs.
    const bool own = all_users()[item->page->newest().author].name == "scanner";
    found.state = own ? "draft" : "foreign_draft";
  }
  return found;
}

void append_plant(std::string& out, const ManifestLine& line, const Whereabouts& found) {
  JsonWriter json(out);
  json.begin_object();
  json.field("product", line.product);
  json.field("scope", found.scope.empty() ? line.scope : found.scope);
  json.field("item", found.item.empty() ? line.item : found.item);
  json.field("itemId", line.item_id);
  json.field("part", line.part);
  json.field("content", line.content);
  json.field("version", line.version);
  json.field("rule", line.rule);
  json.field("secret", line.secret);
  if (!line.place.empty()) json.field("place", line.place);
  json.field("state", found.state);
  json.key("places");
  json.begin_array();
  for (const auto& place : found.places) {
    json.begin_object();
    json.field("part", place.part);
    json.field("content", place.content);
    json.field("version", place.version);
    json.field("current", place.current);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  out += '\n';
}

void write_hidden(JsonWriter& json, std::string_view product, std::string_view scope,
                  uint64_t items) {
  if (items == 0) return;
  json.begin_object();
  json.field("product", product);
  json.field("scope", scope);
  json.field("items", items);
  json.end_object();
}

void write_deleted(JsonWriter& json, std::string_view product, int64_t id) {
  json.begin_object();
  json.field("product", product);
  json.field("item", std::to_string(id));
  json.end_object();
}

}  // namespace

std::vector<SecretPlace> places_in(const JiraIssue& issue, const std::string& secret) {
  std::vector<SecretPlace> places;
  const auto look = [&](std::string_view text, std::string part, std::string content,
                        bool current = true) {
    if (holds(text, secret))
      places.push_back(
          {.part = std::move(part), .content = std::move(content), .current = current});
  };
  look(issue.summary, "summary", "summary");
  look(issue.description, "description", "description");
  look(issue.environment, "environment", "environment");
  std::string escaped;
  append_json_string(escaped, secret);
  const auto inner = std::string_view(escaped).substr(1, escaped.size() - 2);
  for (const auto& field : issue.fields) {
    if (field.has_text && holds(field.json, inner))
      places.push_back({.part = "custom_field", .content = field.id, .current = true});
  }
  for (const auto& comment : issue.comments)
    look(comment.body, "comment", std::to_string(comment.id));
  for (const auto& worklog : issue.worklogs)
    look(worklog.comment, "worklog", std::to_string(worklog.id));
  for (const auto& field : issue.fields) {
    if (field.id == "labels" && holds(field.json, inner))
      places.push_back({.part = "label", .content = "labels", .current = true});
  }
  for (const auto& link : issue.remote_links)
    look(link.title + "\n" + link.url, "remote_link", std::to_string(link.id));
  for (const auto& property : issue.properties) look(property.json, "property", property.key);
  for (const auto& attachment : issue.attachments) {
    look(attachment.name, "attachment_name", std::to_string(attachment.id));
    if (attachment.file != nullptr)
      look(attachment.file->text, "attachment", std::to_string(attachment.id));
  }
  for (const auto& history : issue.histories) {
    for (const auto& change : history.changes) {
      const auto field = field_of(change.field);
      for (const auto* text : {&change.from, &change.from_string, &change.to, &change.to_string})
        look(*text, "history", field, false);
    }
  }
  return places;
}

std::vector<SecretPlace> places_in(const WikiPage& page, const std::string& secret) {
  std::vector<SecretPlace> places;
  for (const auto& version : page.versions) {
    const bool current = &version == &page.versions.back();
    const auto add = [&](std::string part) {
      places.push_back({.part = std::move(part),
                        .content = std::to_string(page.id),
                        .version = version.number,
                        .current = current});
    };
    if (holds(version.title, secret)) add("title");
    if (holds(version.message, secret)) add("version_message");
    if (storage_holds(version.body, secret)) add(page.blog ? "blogpost" : "page");
  }
  const auto add_now = [&](std::string part, std::string content, int64_t version) {
    places.push_back({.part = std::move(part),
                      .content = std::move(content),
                      .version = version,
                      .current = true});
  };
  for (const auto& label : page.labels) {
    if (holds(label, secret)) add_now("label", std::to_string(page.id), 1);
  }
  for (const auto& property : page.properties) {
    if (holds(property.json, secret)) add_now("property", property.key, 1);
  }
  for (const auto& attachment : page.attachments) {
    if (attachment.gone) continue;
    const auto id = std::to_string(attachment.id);
    if (holds(attachment.name, secret)) add_now("attachment_name", id, attachment.versions);
    if (holds(attachment.comment, secret)) add_now("attachment_comment", id, attachment.versions);
    if (attachment.file != nullptr && holds(attachment.file->text, secret))
      add_now("attachment", id, attachment.versions);
  }
  for (const auto& comment : page.comments) {
    if (comment.gone) continue;
    if (holds(comment.selection, secret))
      add_now("selection", std::to_string(comment.id), comment.versions.back().number);
    for (const auto& version : comment.versions) {
      if (!storage_holds(version.body, secret)) continue;
      places.push_back({.part = "comment",
                        .content = std::to_string(comment.id),
                        .version = version.number,
                        .current = &version == &comment.versions.back()});
    }
  }
  return places;
}

std::string truth_json(const JiraSite& jira, const WikiSite& wiki, const Churn& churn) {
  const std::shared_lock jira_lock(jira.mutex());
  const std::shared_lock wiki_lock(wiki.mutex());
  // The counts' object, with more members.
  auto out = counts_text(jira, wiki);
  out.resize(out.rfind('}'));
  out += R"(,"hidden":)";
  JsonWriter hidden(out);
  hidden.begin_array();
  for (size_t i = 0; i < jira.projects().size(); ++i)
    write_hidden(hidden, "jira", jira.projects()[i].key, jira.census().hidden[i]);
  const auto pages = wiki.hidden();
  for (size_t i = 0; i < pages.size(); ++i)
    write_hidden(hidden, "confluence", wiki.spaces()[i].key, pages[i]);
  hidden.end_array();
  out += R"(,"deleted":)";
  JsonWriter deleted(out);
  deleted.begin_array();
  for (const auto& record : jira.records()) {
    if (record.deleted) write_deleted(deleted, "jira", record.id);
  }
  for (const auto& page : wiki.pages()) {
    if (page.status == WikiStatus::kGone || page.status == WikiStatus::kTrashed)
      write_deleted(deleted, "confluence", page.id);
  }
  deleted.end_array();
  out += ",\"drafts\":" + status_counts_text(wiki, WikiStatus::kDraft);
  out += ",\"trash\":" + status_counts_text(wiki, WikiStatus::kTrashed);
  out += ",\"changes\":" + std::to_string(churn.made()) + "}\n";
  return out;
}

std::string plants_text(const JiraSite& jira, const WikiSite& wiki, const Churn& churn) {
  const std::shared_lock jira_lock(jira.mutex());
  const std::shared_lock wiki_lock(wiki.mutex());
  std::string out;
  jira.for_each_plant(
      [&](const ManifestLine& line) { append_plant(out, line, find_in_jira(jira, line)); });
  for (const auto& line : wiki.plants()) append_plant(out, line, find_in_wiki(wiki, line));
  for (const auto& line : churn.plants())
    append_plant(out, line,
                 line.product == "jira" ? find_in_jira(jira, line) : find_in_wiki(wiki, line));
  return out;
}

}  // namespace spillguard::sim
