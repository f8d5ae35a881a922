#include "sim/wiki_json.h"

#include <fmt/format.h>

#include "base/json_writer.h"
#include "base/strings.h"
#include "sim/users.h"

namespace spillguard::sim {
namespace {

std::string_view status_word(WikiStatus status) {
  if (status == WikiStatus::kDraft) return "draft";
  return status == WikiStatus::kTrashed ? "trashed" : "current";
}

std::string content_path(int64_t id) { return fmt::format("/rest/api/content/{}", id); }

std::string web_path(const WikiSite& site, const WikiItem& item) {
  if (item.comment != nullptr) {
    return fmt::format("/pages/viewpage.action?pageId={}&focusedCommentId={}", item.page->id,
                       item.comment->id);
  }
  if (item.attachment != nullptr) {
    return fmt::format("/pages/viewpageattachments.action?pageId={}", item.page->id);
  }
  return fmt::format("/spaces/{}/pages/{}/{}", percent_encode(site.spaces()[item.page->space].key),
                     item.page->id, percent_encode(item.title()));
}

}  // namespace

void append_history(std::string& out, const WikiSite& site, const WikiItem& item, bool latest,
                    bool with_last_update) {
  JsonWriter json(out);
  json.begin_object();
  json.field("latest", latest);
  json.key("createdBy");
  std::string user;
  append_user(
      user, site.base_url(),
      item.attachment != nullptr ? item.attachment->author : item.versions()->front().author);
  json.raw(user);
  json.field("createdDate", format_iso8601(item.created()));
  if (with_last_update) {
    json.key("lastUpdated");
    if (item.versions() == nullptr) {
      json.begin_object();
      json.field("when", format_iso8601(item.modified()));
      json.field("number", 1);
      json.end_object();
    } else {
      std::string newest;
      append_version(newest, site, item, item.versions()->back());
      json.raw(newest);
    }
  }
  json.key("_links");
  json.raw(fmt::format(R"({{"self":"{}{}/history"}})", site.base_url(), content_path(item.id())));
  json.key("_expandable");
  json.begin_object();
  if (!with_last_update) json.field("lastUpdated", "");
  json.field("previousVersion", "");
  json.field("contributors", "");
  json.field("nextVersion", "");
  json.end_object();
  json.end_object();
}

namespace {

// A page as it appears inside other objects.
void append_stub(std::string& out, const WikiSite& site, const WikiPage& page) {
  JsonWriter json(out);
  json.begin_object();
  json.field("id", std::to_string(page.id));
  json.field("type", page.blog ? "blogpost" : "page");
  json.field("status", "current");
  json.field("title", page.newest().title);
  json.key("_links");
  json.raw(fmt::format(R"({{"self":"{}{}"}})", site.base_url(), content_path(page.id)));
  json.end_object();
}

std::vector<const WikiPage*> ancestors_of(const WikiSite& site, const WikiPage& page) {
  std::vector<const WikiPage*> chain;
  for (auto parent = page.parent; parent != 0 && chain.size() < 100;) {
    const auto item = site.find(std::to_string(parent));
    if (!item) break;
    chain.insert(chain.begin(), item->page);
    parent = item->page->parent;
  }
  return chain;
}

void write_ancestors(JsonWriter& json, const WikiSite& site, const WikiItem& item) {
  json.key("ancestors");
  json.begin_array();
  if (item.comment != nullptr) {
    for (auto parent = item.comment->parent; parent != 0;) {
      const auto above = site.find(std::to_string(parent));
      if (!above || above->comment == nullptr) break;
      json.raw(fmt::format(R"({{"id":"{}","type":"comment","status":"current"}})", parent));
      parent = above->comment->parent;
    }
  } else if (item.attachment == nullptr) {
    for (const auto* page : ancestors_of(site, *item.page)) {
      std::string stub;
      append_stub(stub, site, *page);
      json.raw(stub);
    }
  }
  json.end_array();
}

void write_extensions(JsonWriter& json, const WikiItem& item, const Expand& expand) {
  json.key("extensions");
  json.begin_object();
  if (item.attachment != nullptr) {
    json.field("mediaType", item.attachment->mime_type);
    json.field("fileSize", item.attachment->size);
    json.field("comment", item.attachment->comment);
  } else if (item.comment != nullptr) {
    json.field("location", item.comment->location);
    if (item.comment->location != "footer" && expand.has("extensions.inlineProperties")) {
      json.key("inlineProperties");
      json.begin_object();
      json.field("originalSelection", item.comment->selection);
      json.field("markerRef", fmt::format("{:08x}-0000-4000-8000-000000000000", item.comment->id));
      json.end_object();
    }
    if (expand.has("extensions.resolution")) {
      json.key("resolution");
      json.raw(item.comment->location == "resolved" ? R"({"status":"resolved"})"
                                                    : R"({"status":"open"})");
    }
  } else {
    json.field("position", "none");
  }
  json.end_object();
}

void write_links(JsonWriter& json, const WikiSite& site, const WikiItem& item, bool single) {
  json.key("_links");
  json.begin_object();
  json.field("webui", web_path(site, item));
  if (item.attachment != nullptr) {
    // Relative to the base, which has the context path.
    json.field("download",
               fmt::format("/download/attachments/{}/{}?version={}&modificationDate={}&api=v2",
                           item.page->id, percent_encode(item.attachment->name),
                           item.attachment->versions, item.attachment->when));
  } else if (item.comment == nullptr) {
    json.field("edit", fmt::format("/pages/resumedraft.action?draftId={}", item.id()));
    json.field("tinyui", fmt::format("/x/{:x}", item.id()));
  }
  if (single) {
    json.field("collection", "/rest/api/content");
    json.field("base", site.base_url());
    json.field("context", site.context());
  }
  json.field("self", site.base_url() + content_path(item.id()));
  json.end_object();
}

void write_expandable(JsonWriter& json, const WikiSite& site, const WikiItem& item,
                      const Expand& expand) {
  const auto self = content_path(item.id());
  const auto space = "/rest/api/space/" + percent_encode(site.spaces()[item.page->space].key);
  json.key("_expandable");
  json.begin_object();
  const auto offer = [&](std::string_view word, const std::string& path) {
    if (!expand.has(word)) json.field(word, path);
  };
  offer("container", item.comment != nullptr || item.attachment != nullptr
                         ? content_path(item.page->id)
                         : space);
  offer("metadata", "");
  json.field("operations", "");
  offer("children", self + "/child");
  offer("restrictions", self + "/restriction/byOperation");
  offer("history", self + "/history");
  offer("ancestors", "");
  offer("body", "");
  offer("version", "");
  json.field("descendants", self + "/descendant");
  offer("space", space);
  json.end_object();
}

void write_body(JsonWriter& json, const WikiItem& item, const WikiVersion& version,
                const Expand& expand) {
  json.key("body");
  json.begin_object();
  if (expand.has("body.storage")) {
    json.key("storage");
    json.begin_object();
    json.field("value", version.body);
    json.field("representation", "storage");
    json.key("_expandable");
    json.raw(fmt::format(R"({{"content":"{}"}})", content_path(item.id())));
    json.end_object();
  }
  json.key("_expandable");
  json.raw(
      R"({"editor":"","view":"","export_view":"","styled_view":"","anonymous_export_view":""})");
  json.end_object();
}

}  // namespace

Expand::Expand(const http::Request& request, std::string_view missing) {
  const auto values = request.query_values("expand");
  for (const auto value : values) take(value);
  if (values.empty()) take(missing);
}

void Expand::take(std::string_view words) {
  for (auto word : split(words, ',')) {
    word = trim(word);
    if (word.empty()) continue;
    words_.emplace(word);
    for (auto dot = word.find('.'); dot != std::string_view::npos; dot = word.find('.', dot + 1))
      words_.emplace(word.substr(0, dot));
  }
}

Expand Expand::inside(std::string_view word) const {
  Expand part("");
  const auto start = std::string(word) + '.';
  for (const auto& known : words_) {
    if (known.starts_with(start)) part.words_.emplace(known.substr(start.size()));
  }
  return part;
}

void append_user(std::string& out, std::string_view base_url, size_t user) {
  const auto& known = all_users()[user];
  JsonWriter json(out);
  json.begin_object();
  json.field("type", "known");
  json.field("username", known.name);
  json.field("userKey", known.confluence_key);
  json.key("profilePicture");
  json.raw(
      R"({"path":"/images/icons/profilepics/default.svg","width":48,"height":48,"isDefault":true})");
  json.field("displayName", known.display_name);
  json.key("_links");
  json.raw(fmt::format(R"({{"self":"{}/rest/api/user?key={}"}})", base_url, known.confluence_key));
  json.key("_expandable");
  json.raw(R"({"status":""})");
  json.end_object();
}

void append_labels(std::string& out, const WikiItem& item) {
  if (item.comment != nullptr || item.attachment != nullptr) return;
  int id = 1;
  for (const auto& label : item.page->labels) {
    if (id > 1) out += ',';
    JsonWriter json(out);
    json.begin_object();
    json.field("prefix", "global");
    json.field("name", label);
    json.field("id", std::to_string(item.page->id * 10 + id++));
    json.field("label", label);
    json.end_object();
  }
}

void append_restriction(std::string& out, const WikiSite& site, const WikiItem& item,
                        std::string_view operation) {
  std::string users;
  const bool restricted = item.page->restricted && operation == "read";
  if (restricted) append_user(users, site.base_url(), 0);
  out += fmt::format(
      R"({{"operation":"{}","restrictions":{{"user":{{"results":[{}],"start":0,"limit":200,"size":{}}},"group":{{"results":[],"start":0,"limit":200,"size":0}}}},"_links":{{"self":"{}{}/restriction/byOperation/{}"}},"_expandable":{{"content":"{}"}}}})",
      operation, users, restricted ? 1 : 0, site.base_url(), content_path(item.id()), operation,
      content_path(item.id()));
}

void append_version(std::string& out, const WikiSite& site, const WikiItem& item,
                    const WikiVersion& version) {
  JsonWriter json(out);
  json.begin_object();
  std::string user;
  append_user(user, site.base_url(), version.author);
  json.key("by");
  json.raw(user);
  json.field("when", format_iso8601(version.when));
  json.field("message", version.message);
  json.field("number", version.number);
  json.field("minorEdit", false);
  json.field("hidden", false);
  json.key("_links");
  json.raw(fmt::format(R"({{"self":"{}/rest/experimental/content/{}/version/{}"}})",
                       site.base_url(), item.id(), version.number));
  json.key("_expandable");
  json.raw(fmt::format(R"({{"content":"{}"}})", content_path(item.id())));
  json.end_object();
}

void append_content(std::string& out, const WikiSite& site, const WikiItem& item,
                    const WikiVersion* version, const Expand& expand, bool single) {
  WikiVersion of_attachment;
  if (item.attachment != nullptr) {
    of_attachment = {.number = item.attachment->versions,
                     .when = item.attachment->when,
                     .author = item.attachment->author};
    version = &of_attachment;
  } else if (version == nullptr) {
    version = &item.versions()->back();
  }
  const bool latest = item.attachment != nullptr || version == &item.versions()->back();
  JsonWriter json(out);
  json.begin_object();
  json.field("id", std::to_string(item.id()));
  json.field("type", item.type());
  json.field("status", latest ? status_word(item.page->status) : "historical");
  json.field("title", version->title.empty() ? item.title() : version->title);
  if (expand.has("space")) {
    std::string space;
    const http::Request nothing;
    append_space(space, site, item.page->space, Expand(nothing, ""), false);
    json.key("space");
    json.raw(space);
  }
  if (expand.has("history")) {
    std::string history;
    append_history(history, site, item, latest, expand.has("history.lastUpdated"));
    json.key("history");
    json.raw(history);
  }
  if (expand.has("version")) {
    std::string text;
    append_version(text, site, item, *version);
    json.key("version");
    json.raw(text);
  }
  if (expand.has("ancestors")) write_ancestors(json, site, item);
  if (expand.has("container")) {
    std::string container;
    if (item.comment != nullptr || item.attachment != nullptr) {
      append_stub(container, site, *item.page);
    } else {
      const http::Request nothing;
      append_space(container, site, item.page->space, Expand(nothing, ""), false);
    }
    json.key("container");
    json.raw(container);
  }
  if (expand.has("children")) {
    std::string children;
    append_children(children, site, item, expand.inside("children"));
    json.key("children");
    json.raw(children);
  }
  if (item.attachment != nullptr || expand.has("metadata.labels")) {
    json.key("metadata");
    json.begin_object();
    if (item.attachment != nullptr) {
      json.field("mediaType", item.attachment->mime_type);
      json.field("comment", item.attachment->comment);
    }
    if (expand.has("metadata.labels")) {
      std::string list;
      append_labels(list, item);
      json.key("labels");
      json.raw(fmt::format(
          R"({{"results":[{}],"start":0,"limit":200,"size":{},"_links":{{"self":"{}{}/label"}}}})",
          list,
          item.comment == nullptr && item.attachment == nullptr ? item.page->labels.size() : 0,
          site.base_url(), content_path(item.id())));
    }
    json.end_object();
  }
  if (expand.has("restrictions.read")) {
    std::string read;
    append_restriction(read, site, item, "read");
    json.key("restrictions");
    json.begin_object();
    json.key("read");
    json.raw(read);
    json.end_object();
  }
  json.field("position", -1);
  if (expand.has("body") && item.attachment == nullptr) write_body(json, item, *version, expand);
  write_extensions(json, item, expand);
  write_links(json, site, item, single);
  write_expandable(json, site, item, expand);
  json.end_object();
}

void append_space(std::string& out, const WikiSite& site, size_t space, const Expand& expand,
                  bool single) {
  const auto& known = site.spaces()[space];
  const auto self = "/rest/api/space/" + percent_encode(known.key);
  JsonWriter json(out);
  json.begin_object();
  json.field("id", known.id);
  json.field("key", known.key);
  json.field("name", known.name);
  json.field("status", known.archived ? "archived" : "current");
  json.field("type", known.personal ? "personal" : "global");
  json.field("creationDate", format_iso8601(known.created));
  if (expand.has("description.plain")) {
    json.key("description");
    json.begin_object();
    json.key("plain");
    json.begin_object();
    json.field("value", known.description);
    json.field("representation", "plain");
    json.end_object();
    json.end_object();
  }
  if (expand.has("homepage") && known.homepage != 0) {
    const auto home = site.find(std::to_string(known.homepage));
    json.key("homepage");
    std::string stub;
    append_stub(stub, site, *home->page);
    json.raw(stub);
  }
  json.key("_links");
  json.begin_object();
  json.field("webui", fmt::format("/display/{}", percent_encode(known.key)));
  if (single) {
    json.field("collection", "/rest/api/space");
    json.field("base", site.base_url());
    json.field("context", site.context());
  }
  json.field("self", site.base_url() + self);
  json.end_object();
  json.key("_expandable");
  json.begin_object();
  json.field("metadata", "");
  json.field("icon", "");
  if (!expand.has("description")) json.field("description", "");
  json.field("retentionPolicy", "");
  if (!expand.has("homepage")) json.field("homepage", content_path(known.homepage));
  json.end_object();
  json.end_object();
}

}  // namespace spillguard::sim
