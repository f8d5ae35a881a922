#include "hosts/content_reader.h"

#include <algorithm>
#include <set>
#include <utility>

#include "hosts/jira_issue.h"

namespace spillguard::hosts {

namespace {

constexpr int64_t kCommentPage = 100;
constexpr int64_t kAttachmentPage = 200;
constexpr int64_t kPropertyPage = 100;

Part content_part(std::string_view kind, const std::string& id, const ContentVersion& version) {
  Part part;
  part.kind = kind;
  part.content_kind = kind;
  part.content_id = id;
  part.version = version.number;
  part.author = version.author;
  part.created = version.when;
  return part;
}

}  // namespace

int64_t ContentReader::highest(std::string_view kind, const std::string& id) const {
  if (known_ == nullptr || !known_->highest) return 0;
  return known_->highest(std::string(kind) + "/" + id);
}

Status ContentReader::begin() {
  if (begun_) return {};
  begun_ = true;
  return sink_.begin_item(item_);
}

Status ContentReader::read(JsonView content) {
  if (known_ == nullptr) SG_TRY(begin());
  if (parts_.versions) SG_TRY(versions(content));
  if (parts_.comments) SG_TRY(comments());
  if (parts_.attachments) SG_TRY(attachments());
  // Neither has a version of the page, nor a list of its own: they are read with the page.
  if (parts_.versions && begun_) {
    SG_TRY(labels(content));
    SG_TRY(properties());
  }
  if (!begun_) return sink_.on_unchanged(item_);
  return sink_.end_item(failed_);
}

Status ContentReader::read_only(const ContentVersion& version) {
  const Target target{std::string(confluence_kind(item_.kind)), item_.id};
  SG_TRY(begin());
  if (version.number == item_.version) {
    Failure failure;
    auto answer = host_.ask_content(item_, true, &failure);
    if (!answer) {
      SG_TRY(failed_version(target, version, answer.error(), failure));
    } else {
      SG_TRY(emit_version(target, answer->json.root(), version,
                          storage_body(answer->json.root()).value_or("")));
    }
  } else {
    SG_TRY(older_version(target, version));
  }
  // No ContentState: one version proves nothing of the others, and would hide those below it from
  // the next reading that goes on above what is known.
  return sink_.end_item(failed_);
}

Status ContentReader::versions(JsonView content) {
  const Target target{std::string(confluence_kind(item_.kind)), item_.id};
  const int64_t above = highest(target.kind, target.id);
  if (item_.version <= above) return {};
  SG_TRY(begin());
  SG_TRY(older_versions(target, item_.version, above));
  const ContentVersion current = ContentVersion::read(content["version"]);
  auto body = storage_body(content);
  if (body) {
    SG_TRY(emit_version(target, content, current, std::move(*body)));
  } else {
    Failure failure;
    auto answer = host_.ask_content(item_, true, &failure);
    if (answer) {
      // The page may have been edited since it was listed: what came is what is said.
      const JsonView now = answer->json.root();
      SG_TRY(emit_version(target, now, ContentVersion::read(now["version"]),
                          storage_body(now).value_or("")));
    } else {
      SG_TRY(failed_version(target, current, answer.error(), failure));
    }
  }
  SG_TRY(emit_messages(item_.id, item_.version));
  SG_TRY(emit_content("title", item_.id, item_.version));
  return emit_content(target.kind, item_.id, item_.version);
}

Status ContentReader::older_versions(const Target& target, int64_t current, int64_t above) {
  // Numbers may have gaps, where versions were removed; the list of them is a question more, asked
  // for when the first is missing.
  std::optional<std::set<int64_t>> listed;
  for (int64_t number = above + 1; number < current; ++number) {
    if (listed && !listed->contains(number)) continue;
    const ContentVersion version{.number = number, .author = {}, .when = 0, .message = {}};
    Failure failure;
    auto answer = ask_version(target, number, &failure);
    if (!answer && answer.error().code == Code::kNotFound && !listed) {
      auto numbers = numbers_of(target, current, &failure);
      // Who does not see the page any more learns nothing of its versions.
      if (!numbers) return failed_list(target.kind, std::move(numbers).error(), failure);
      listed = std::move(*numbers);
      if (!listed->contains(number)) continue;
      answer = ask_version(target, number, &failure);
    }
    if (!answer) {
      SG_TRY(failed_version(target, version, answer.error(), failure));
    } else {
      SG_TRY(emit_older(target, version, answer->json.root()));
    }
  }
  return {};
}

Result<std::set<int64_t>> ContentReader::numbers_of(const Target& target, int64_t current,
                                                    Failure* failure) {
  SG_TRY(host_.ask_content(item_, false, failure));
  const auto versions = host_.list_versions(target.id, failure);
  std::set<int64_t> numbers;
  if (versions) {
    for (const ContentVersion& version : *versions) numbers.insert(version.number);
  } else if (versions.error().code == Code::kNotFound) {
    // This host has no such list: what it does not give is said to be missing.
    for (int64_t number = 1; number < current; ++number) numbers.insert(number);
  } else {
    return fail(versions.error());
  }
  return numbers;
}

Result<Answer> ContentReader::ask_version(const Target& target, int64_t number, Failure* failure) {
  auto answer = host_.transport_.ask({.path = {"rest", "api", "content", target.id},
                                      .query = {{"status", "historical"},
                                                {"version", std::to_string(number)},
                                                {"expand", "body.storage,version"}},
                                      .failure = failure});
  // A host that gives another version instead does not have this one.
  if (answer && answer->json["version"]["number"].integer(number) != number) {
    return fail(Code::kNotFound,
                "content " + target.id + " has no version " + std::to_string(number));
  }
  return answer;
}

Status ContentReader::older_version(const Target& target, const ContentVersion& version) {
  Failure failure;
  auto answer = ask_version(target, version.number, &failure);
  if (!answer) return failed_version(target, version, answer.error(), failure);
  return emit_older(target, version, answer->json.root());
}

Status ContentReader::emit_older(const Target& target, const ContentVersion& version,
                                 JsonView content) {
  auto body = storage_body(content);
  if (!body) {
    return failed_version(target, version,
                          {Code::kCorrupt, "the host gave the version without its body"}, {});
  }
  ContentVersion told = ContentVersion::read(content["version"]);
  told.number = version.number;
  if (told.when == 0) told.when = version.when;
  if (told.author.empty()) told.author = version.author;
  return emit_version(target, content, told, std::move(*body));
}

Status ContentReader::emit_version(const Target& target, JsonView content,
                                   const ContentVersion& version, std::string body) {
  if (target.kind != "comment") {
    Part title = content_part("title", target.id, version);
    title.text = content["title"].text();
    if (!title.text.empty()) SG_TRY(sink_.on_part(std::move(title)));
  }
  if (!version.message.empty()) {
    Part message = content_part("version_message", target.id, version);
    message.text = version.message;
    SG_TRY(sink_.on_part(std::move(message)));
    has_messages_ = true;
  }
  if (body.empty()) return {};
  Part part = content_part(target.kind, target.id, version);
  part.markup = text::Markup::kStorage;
  part.text = std::move(body);
  return sink_.on_part(std::move(part));
}

Status ContentReader::emit_text(std::string_view kind, const std::string& id,
                                const ContentVersion& version, std::string text) {
  if (text.empty() || version.number <= highest(kind, id)) return {};
  Part part = content_part(kind, id, version);
  part.text = std::move(text);
  SG_TRY(sink_.on_part(std::move(part)));
  return emit_content(kind, id, version.number);
}

Status ContentReader::emit_now(std::string_view kind, const std::string& id,
                               const ContentVersion& version, std::string text) {
  if (text.empty()) return {};
  Part part = content_part(kind, id, version);
  part.text = std::move(text);
  SG_TRY(sink_.on_part(std::move(part)));
  return sink_.on_content({.content_kind = std::string(kind),
                           .content_id = id,
                           .newest = version.number,
                           .complete = true});
}

Status ContentReader::emit_messages(const std::string& id, int64_t newest) {
  if (!std::exchange(has_messages_, false)) return {};
  return emit_content("version_message", id, newest);
}

Status ContentReader::labels(JsonView content) {
  std::string words;
  const JsonView list = content["metadata"]["labels"]["results"];
  for (size_t i = 0; i < list.size(); ++i) {
    if (!words.empty()) words += '\n';
    words += list.at(i)["name"].string();
  }
  SG_TRY(sink_.on_kind("label"));
  return emit_now("label", item_.id, {.number = 1, .author = {}, .when = 0, .message = {}},
                  std::move(words));
}

Status ContentReader::properties() {
  Failure failure;
  Status sink_status;
  const auto list = [&] {
    return host_.each_result({.path = {"rest", "api", "content", item_.id, "property"},
                              .query = {{"expand", "version"}}},
                             kPropertyPage, &failure, [&](JsonView property) -> Status {
                               sink_status = emit_now("property", property["key"].text(),
                                                      ContentVersion::read(property["version"]),
                                                      jira_strings(property["value"]));
                               return sink_status;
                             });
  };
  Status listed = list();
  if (sink_status && !listed && listed.error().code == Code::kNotFound) {
    // Either this host has no properties, or the page itself was not to be seen, which must not
    // pass for a page that has none.
    if (auto page = host_.ask_content(item_, false, &failure); !page) {
      return failed_list("property", page.error(), failure);
    }
    listed = list();
    if (!listed && sink_status && listed.error().code == Code::kNotFound) return {};
  }
  if (!sink_status) return sink_status;
  if (!listed) return failed_list("property", listed.error(), failure);
  return sink_.on_kind("property");
}

Status ContentReader::emit_content(std::string_view kind, const std::string& id, int64_t newest) {
  return sink_.on_content({.content_kind = std::string(kind),
                           .content_id = id,
                           .newest = newest,
                           .complete = known_ == nullptr});
}

Status ContentReader::failed_version(const Target& target, const ContentVersion& version,
                                     const Error& error, const Failure& failure) {
  if (ends_reading(error, failure)) return fail(error);
  Part part = content_part(target.kind, target.id, version);
  const bool removed = error.code == Code::kNotFound;
  const bool hidden = error.code == Code::kPermissionDenied;
  part.state = removed || hidden ? Part::State::kNotVisible : Part::State::kFailed;
  part.reason = removed ? "version_removed" : failure.reason(error);
  part.detail = error.message;
  return sink_.on_part(std::move(part));
}

Status ContentReader::failed_list(std::string_view kind, Error error, const Failure& failure) {
  if (ends_reading(error, failure)) return fail(std::move(error));
  SG_TRY(begin());
  Part part = content_part(kind, "", {.number = 0, .author = {}, .when = 0, .message = {}});
  part.state = Part::State::kFailed;
  part.reason = failure.reason(error);
  part.detail = error.message;
  failed_ = std::move(error);
  return sink_.on_part(std::move(part));
}

Status ContentReader::comments() {
  std::set<std::string> seen;
  // An error of the sink must not be taken for one of the host.
  Status sink_status;
  Failure failure;
  const Status listed = host_.each_result(
      {.path = {"rest", "api", "content", item_.id, "child", "comment"},
       .query = {{"location", "footer"},
                 {"location", "inline"},
                 {"location", "resolved"},
                 {"depth", "all"},
                 {"expand", "body.storage,version,history,extensions.inlineProperties"}}},
      kCommentPage, &failure, [&](JsonView content) -> Status {
        if (!seen.insert(content["id"].text()).second) return {};
        sink_status = comment(content);
        return sink_status;
      });
  if (!sink_status) return sink_status;
  if (!listed) return failed_list("comment", listed.error(), failure);
  return {};
}

Status ContentReader::comment(JsonView content) {
  const Target target{"comment", content["id"].text()};
  const ContentVersion current = ContentVersion::read(content["version"]);
  const int64_t above = highest(target.kind, target.id);
  if (current.number <= above) return {};
  SG_TRY(begin());
  SG_TRY(older_versions(target, current.number, above));
  if (auto body = storage_body(content)) {
    SG_TRY(emit_version(target, content, current, std::move(*body)));
  } else {
    SG_TRY(failed_version(target, current,
                          {Code::kCorrupt, "the host listed the comment without its body"}, {}));
  }
  SG_TRY(emit_messages(target.id, current.number));
  // What the comment was set on: text of the page that may be gone from it since.
  // Set once, whatever becomes of the comment.
  SG_TRY(emit_text("selection", target.id,
                   {.number = 1, .author = current.author, .when = current.when, .message = {}},
                   content["extensions"]["inlineProperties"]["originalSelection"].text()));
  return emit_content(target.kind, target.id, current.number);
}

Status ContentReader::attachments() {
  std::set<std::string> seen;
  Status sink_status;
  Failure failure;
  const Status listed =
      host_.each_result({.path = {"rest", "api", "content", item_.id, "child", "attachment"},
                         .query = {{"expand", "version"}}},
                        kAttachmentPage, &failure, [&](JsonView content) -> Status {
                          if (!seen.insert(content["id"].text()).second) return {};
                          sink_status = attachment(content);
                          return sink_status;
                        });
  if (!sink_status) return sink_status;
  if (!listed) return failed_list("attachment", listed.error(), failure);
  return {};
}

Status ContentReader::attachment(JsonView content) {
  const std::string id = content["id"].text();
  const ContentVersion current = ContentVersion::read(content["version"]);
  if (current.number <= highest("attachment", id)) return {};
  SG_TRY(begin());
  SG_TRY(emit_text("attachment_name", id, current, content["title"].text()));
  std::string words = content["extensions"]["comment"].text();
  if (words.empty()) words = content["metadata"]["comment"].text();
  SG_TRY(emit_text("attachment_comment", id, current, std::move(words)));
  Part part = content_part("attachment", id, current);
  part.state = Part::State::kFile;
  part.file_name = content["title"].text();
  part.file_link = content["_links"]["download"].text();
  part.detail = content["extensions"]["mediaType"].text();
  if (part.detail.empty()) part.detail = content["metadata"]["mediaType"].text();
  part.bytes = content["extensions"]["fileSize"].integer();
  SG_TRY(sink_.on_part(std::move(part)));
  return emit_content("attachment", id, current.number);
}

}  // namespace spillguard::hosts
