// Reads one page or blog post of Confluence into a sink: its versions, comments with their
// versions, attachments. Whole, or only what is newer than what is known. One object per item.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "hosts/confluence_host.h"

namespace spillguard::hosts {

class ContentReader {
 public:
  // `known`: read only versions above those that it has, and only `parts`; nullptr = all of all.
  ContentReader(ConfluenceHost& host, const ItemRef& item, const Known* known, ItemSink& sink,
                ContentParts parts = {})
      : host_(host), item_(item), known_(known), sink_(sink) {
    if (known != nullptr) parts_ = parts;
  }

  // `content` is the item's JSON, with or without its body. Calls on_unchanged when nothing is new.
  Status read(JsonView content);
  // One version alone, whatever is known.
  Status read_only(const ContentVersion& version);

 private:
  // What a content is called in the ledger, and where its findings belong.
  struct Target {
    std::string kind;
    std::string id;
  };
  Status begin();
  [[nodiscard]] int64_t highest(std::string_view kind, const std::string& id) const;
  Status versions(JsonView content);
  Status comments();
  Status comment(JsonView content);
  Status attachments();
  // The content of the messages of a content's versions, if there were any.
  Status emit_messages(const std::string& id, int64_t newest);
  // Neither labels nor properties count with the page: all come with each new version of it.
  Status labels(JsonView content);
  Status properties();
  Status attachment(JsonView content);
  // All versions of a content above `above` but the current one.
  Status older_versions(const Target& target, int64_t current, int64_t above);
  // The numbers that are to be asked for; an error when the page itself is not to be seen any more.
  Result<std::set<int64_t>> numbers_of(const Target& target, int64_t current, Failure* failure);
  Result<Answer> ask_version(const Target& target, int64_t number, Failure* failure);
  Status older_version(const Target& target, const ContentVersion& version);
  Status emit_older(const Target& target, const ContentVersion& version, JsonView content);
  Status emit_version(const Target& target, JsonView content, const ContentVersion& version,
                      std::string body);
  // A text that is not the body; nothing when it is empty.
  Status emit_text(std::string_view kind, const std::string& id, const ContentVersion& version,
                   std::string text);
  // One of a kind that comes whole each time; nothing when it is empty.
  Status emit_now(std::string_view kind, const std::string& id, const ContentVersion& version,
                  std::string text);
  Status emit_content(std::string_view kind, const std::string& id, int64_t newest);
  // A version that could not be had: noted, unless the error ends the whole reading.
  Status failed_version(const Target& target, const ContentVersion& version, const Error& error,
                        const Failure& failure);
  // A list that could not be had: noted, and the item ends as failed.
  Status failed_list(std::string_view kind, Error error, const Failure& failure);

  ConfluenceHost& host_;
  const ItemRef& item_;
  const Known* known_;
  ItemSink& sink_;
  ContentParts parts_;
  bool begun_ = false;
  bool has_messages_ = false;
  std::optional<Error> failed_;
};

}  // namespace spillguard::hosts
