#include "hosts/export.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <set>

#include "base/file.h"
#include "base/strings.h"
#include "hosts/export_source.h"
#include "hosts/jira_issue.h"
#include "hosts/json.h"

namespace spillguard::hosts {

namespace {

constexpr uint64_t kLargestJson = UINT64_C(1) << 30U;

// What the first pass keeps of an object.
struct Content {
  std::string type;      // "Page", "BlogPost", "Comment", "Attachment", "Space", "SpaceDescription"
  std::string owner;     // the content whose old version this is, or itself
  std::string hangs_on;  // of comments and attachments: the page
  std::string space;
  std::string title;
  int64_t version = 1;
  int body_type = 2;
};

Status text_part(std::string kind, std::string content_kind, const Content& content,
                 std::string text, text::Markup markup, ItemSink& sink) {
  if (text.empty()) return {};
  Part part;
  part.kind = std::move(kind);
  part.content_kind = std::move(content_kind);
  part.content_id = content.owner;
  part.version = content.version;
  part.markup = markup;
  part.text = std::move(text);
  return sink.on_part(std::move(part));
}

class ConfluenceExport {
 public:
  ConfluenceExport(std::string path, ItemSink& sink) : path_(std::move(path)), sink_(sink) {}

  Status read() {
    SG_TRY(read_export_rows(path_, [this](const ExportRow& row) { return index(row); }));
    for (auto& [id, content] : contents_) {
      // Comments and attachments are where their page is.
      if (content.space.empty()) content.space = space_of(content);
    }
    return read_export_rows(path_, [this](const ExportRow& row) { return emit(row); });
  }

 private:
  Status index(const ExportRow& row) {
    static const std::set<std::string, std::less<>> kKnown = {
        "Page", "BlogPost", "Comment", "Attachment", "Space", "SpaceDescription"};
    // Newer exports have an attachment's size beside it.
    if (row.type == "ContentProperty" && row.value("name") == "FILESIZE") {
      sizes_[row.reference("content")] = parse_int(row.value("longValue")).value_or(0);
    }
    if (!kKnown.contains(row.type)) return {};
    Content content;
    content.type = row.type;
    content.owner = row.id;
    for (const char* name : {"originalVersion", "originalVersionId"}) {
      const std::string& original =
          row.reference(name).empty() ? row.value(name) : row.reference(name);
      if (!original.empty()) content.owner = original;
    }
    for (const char* name : {"containerContent", "content", "owner", "pageId"}) {
      if (content.hangs_on.empty()) content.hangs_on = row.reference(name);
    }
    content.space = row.reference("space");
    content.title = row.type == "Space" ? row.value("key") : row.value("title");
    content.version = std::max<int64_t>(1, parse_int(row.value("version")).value_or(1));
    contents_[row.id] = std::move(content);
    return {};
  }

  [[nodiscard]] std::string space_of(const Content& content) const {
    const Content* at = &content;
    for (int steps = 0; steps < 64; ++steps) {
      if (!at->space.empty()) return at->space;
      const std::string& next = at->hangs_on.empty() ? at->owner : at->hangs_on;
      const auto found = contents_.find(next);
      if (found == contents_.end() || &found->second == at) break;
      at = &found->second;
    }
    return {};
  }

  // The page or blog post that a content belongs to.
  [[nodiscard]] std::string item_of(const Content& content) const {
    const Content* at = &content;
    for (int steps = 0; steps < 64 && !at->hangs_on.empty(); ++steps) {
      const auto found = contents_.find(at->hangs_on);
      if (found == contents_.end()) return at->hangs_on;
      at = &found->second;
    }
    return at->owner;
  }

  ItemRef ref_of(const Content& content) const {
    ItemRef ref;
    ref.id = ref.key = item_of(content);
    ref.kind = ItemKind::kPage;
    if (const auto item = contents_.find(ref.id); item != contents_.end()) {
      ref.title = item->second.title;
      if (item->second.type == "BlogPost") ref.kind = ItemKind::kBlogPost;
      ref.is_scope = item->second.type == "Space" || item->second.type == "SpaceDescription";
    }
    ref.scope_id = content.type == "Space" ? content.owner : content.space;
    const auto space = contents_.find(ref.scope_id);
    ref.scope_key = space == contents_.end() ? "" : space->second.title;
    return ref;
  }

  Status emit(const ExportRow& row) {
    if (row.type == "BodyContent") return emit_body(row);
    if (row.type == "ContentProperty") return emit_property(row);
    const auto found = contents_.find(row.id);
    if (found == contents_.end()) return {};
    const Content& content = found->second;
    SG_TRY(sink_.begin_item(ref_of(content)));
    if (row.type == "Page" || row.type == "BlogPost") {
      SG_TRY(text_part("title", "title", content, content.title, text::Markup::kPlain, sink_));
      SG_TRY(text_part("version_message", "version_message", content, row.value("versionComment"),
                       text::Markup::kPlain, sink_));
    } else if (row.type == "Attachment") {
      SG_TRY(emit_attachment(row, content));
    } else if (row.type == "Space") {
      SG_TRY(text_part("scope_name", "scope_name", content, row.value("name"), text::Markup::kPlain,
                       sink_));
    }
    return sink_.end_item({});
  }

  Status emit_attachment(const ExportRow& row, const Content& content) {
    const std::string& name = content.title.empty() ? row.value("fileName") : content.title;
    SG_TRY(text_part("attachment_name", "attachment_name", content, name, text::Markup::kPlain,
                     sink_));
    for (const char* words : {"comment", "versionComment"}) {
      SG_TRY(text_part("attachment_comment", "attachment_comment", content, row.value(words),
                       text::Markup::kPlain, sink_));
    }
    Part part;
    part.kind = part.content_kind = "attachment";
    part.content_id = content.owner;
    part.version = content.version;
    part.state = Part::State::kSkipped;
    part.reason = "not_opened";
    part.detail = row.value("contentType");
    part.bytes = parse_int(row.value("fileSize")).value_or(0);
    if (const auto size = sizes_.find(row.id); part.bytes == 0 && size != sizes_.end()) {
      part.bytes = size->second;
    }
    return sink_.on_part(std::move(part));
  }

  Status emit_body(const ExportRow& row) {
    const std::string& id = row.reference("content");
    const auto found = contents_.find(id);
    Content content = found == contents_.end() ? Content{} : found->second;
    if (found == contents_.end()) content.owner = id.empty() ? row.id : id;
    const std::string kind = content.type == "BlogPost"           ? "blogpost"
                             : content.type == "Comment"          ? "comment"
                             : content.type == "SpaceDescription" ? "scope_description"
                                                                  : "page";
    std::string body = row.value("body");
    // The end of a CDATA section inside of one is written with a blank.
    for (size_t at = body.find("]] >"); at != std::string::npos; at = body.find("]] >", at)) {
      body.erase(at + 2, 1);
    }
    const bool wiki = row.value("bodyType") == "0";
    SG_TRY(sink_.begin_item(ref_of(content)));
    SG_TRY(text_part(kind, kind, content, std::move(body),
                     wiki ? text::Markup::kWiki : text::Markup::kStorage, sink_));
    return sink_.end_item({});
  }

  Status emit_property(const ExportRow& row) {
    const auto found = contents_.find(row.reference("content"));
    if (found == contents_.end()) return {};
    const bool selection = row.value("name") == "inline-original-selection";
    const std::string kind = selection ? "selection" : "property";
    std::string value = row.value("stringValue");
    if (value.empty()) value = row.value("longValue");
    SG_TRY(sink_.begin_item(ref_of(found->second)));
    SG_TRY(text_part(kind, kind, found->second, std::move(value), text::Markup::kPlain, sink_));
    return sink_.end_item({});
  }

  std::string path_;
  ItemSink& sink_;
  std::map<std::string, Content> contents_;
  std::map<std::string, int64_t> sizes_;  // of attachments, where they stand apart
};

Status emit_export_issue(JsonView issue, ItemSink& sink) {
  const JiraFields fields;
  SG_ASSIGN(const auto ref, jira_issue_ref(issue));
  SG_TRY(sink.begin_item(ref));
  SG_TRY(emit_jira_issue(issue, fields, sink));
  const JsonView values = issue["fields"];
  for (const auto& [list, entries, kind, body] :
       {std::array{"comment", "comments", "comment", "body"},
        std::array{"worklog", "worklogs", "worklog", "comment"}}) {
    const JsonView all = values[list][entries];
    for (size_t i = 0; i < all.size(); ++i) {
      SG_TRY(emit_jira_comment(all.at(i), kind, body, sink));
    }
    // What the dump left out must not pass for nothing.
    const auto total = values[list]["total"].integer(static_cast<int64_t>(all.size()));
    if (total > static_cast<int64_t>(all.size())) {
      Part part;
      part.kind = part.content_kind = kind;
      part.state = Part::State::kFailed;
      part.reason = "not_in_export";
      part.detail = std::to_string(all.size()) + " of " + std::to_string(total) + " are there";
      SG_TRY(sink.on_part(std::move(part)));
    }
  }
  const JsonView properties = issue["properties"];
  for (size_t i = 0; i < properties.size(); ++i) {
    SG_TRY(jira_text_part("property", std::string(properties.key_at(i)),
                          jira_strings(properties.at(i)), sink));
  }
  return sink.end_item({});
}

Status emit_dump(JsonView root, ItemSink& sink) {
  if (root.is_object() && root["issues"].is_array()) root = root["issues"];
  if (!root.is_array()) return emit_export_issue(root, sink);
  for (size_t i = 0; i < root.size(); ++i) SG_TRY(emit_export_issue(root.at(i), sink));
  return {};
}

Status read_jira_dump(const std::string& path, ItemSink& sink) {
  std::ifstream lines(path);
  std::string line;
  // A document a line, when the first line is one by itself.
  if (std::getline(lines, line) && Json::parse(line)) {
    int64_t number = 1;
    do {
      if (trim(line).empty()) continue;
      auto json = Json::parse(line);
      if (!json) {
        return fail(std::move(json).error().context(path + ", line " + std::to_string(number)));
      }
      if (auto read = emit_dump(json->root(), sink); !read) {
        return fail(std::move(read).error().context(path + ", line " + std::to_string(number)));
      }
      ++number;
    } while (std::getline(lines, line));
    return {};
  }
  SG_ASSIGN(const auto text, read_file(path, kLargestJson));
  auto json = Json::parse(text);
  if (!json) return fail(std::move(json).error().context(path));
  if (auto read = emit_dump(json->root(), sink); !read) {
    return fail(std::move(read).error().context(path));
  }
  return {};
}

}  // namespace

Status read_export(const std::string& path, ItemSink& sink) {
  namespace fs = std::filesystem;
  std::error_code ignored;
  const std::string file =
      fs::is_directory(path, ignored) ? (fs::path(path) / "entities.xml").string() : path;
  std::ifstream opened(file, std::ios::binary);
  if (!opened) return fail(Code::kNotFound, file + " can not be opened");
  std::string head(4096, '\0');
  opened.read(head.data(), static_cast<std::streamsize>(head.size()));
  head.resize(static_cast<size_t>(opened.gcount()));
  if (is_zip(file)) return ConfluenceExport(file, sink).read();
  const std::string_view start = trim(std::string_view(head));
  if (start.starts_with("<") || start.starts_with("\xEF\xBB\xBF<")) {
    return ConfluenceExport(file, sink).read();
  }
  if (start.starts_with("{") || start.starts_with("[")) return read_jira_dump(file, sink);
  return fail(Code::kInvalidArgument,
              file + " is neither an entities.xml of Confluence nor JSON of Jira");
}

}  // namespace spillguard::hosts
