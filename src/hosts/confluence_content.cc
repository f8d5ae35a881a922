#include "hosts/confluence_content.h"

#include <algorithm>

namespace spillguard::hosts {

namespace {

std::string confluence_author(JsonView user) {
  for (const char* key : {"username", "displayName", "userKey"}) {
    if (auto name = user[key].text(); !name.empty()) return name;
  }
  return {};
}

}  // namespace

std::string_view confluence_kind(ItemKind kind) {
  return kind == ItemKind::kBlogPost ? "blogpost" : "page";
}

std::string cql_text(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

ContentVersion ContentVersion::read(JsonView version) {
  return {.number = std::max<int64_t>(1, version["number"].integer(1)),
          .author = confluence_author(version["by"]),
          .when = version["when"].time(),
          .message = version["message"].text()};
}

std::optional<std::string> storage_body(JsonView content) {
  const JsonView value = content["body"]["storage"]["value"];
  if (!value.is_string()) return std::nullopt;
  return std::string(value.string());
}

Result<ItemRef> confluence_ref(JsonView content) {
  ItemRef ref;
  ref.id = content["id"].text();
  const std::string_view type = content["type"].string();
  if (ref.id.empty() || (type != "page" && type != "blogpost")) {
    return fail(Code::kNotFound, "content " + ref.id + " is no page or blog post");
  }
  ref.key = ref.id;
  ref.kind = type == "page" ? ItemKind::kPage : ItemKind::kBlogPost;
  ref.scope_id = content["space"]["id"].text();
  ref.scope_key = content["space"]["key"].text();
  ref.title = content["title"].text();
  // By id: the host's own link may hold the title, which may hold anything.
  ref.link = "/pages/viewpage.action?pageId=" + ref.id;
  const ContentVersion version = ContentVersion::read(content["version"]);
  const std::string_view status = content["status"].string();
  if (status == "draft" || status == "trashed") ref.status = status;
  ref.created = content["history"]["createdDate"].time();
  ref.updated = version.when;
  ref.version = version.number;
  return ref;
}

}  // namespace spillguard::hosts
