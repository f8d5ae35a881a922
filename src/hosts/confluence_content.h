// Reading the JSON of Confluence's content: what a page, a version and a comment say of themselves.
// Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "hosts/host.h"
#include "hosts/json.h"

namespace spillguard::hosts {

// kCorrupt when the JSON has no id or is neither page nor blog post.
Result<ItemRef> confluence_ref(JsonView content);

// The ledger's word: "page" or "blogpost".
std::string_view confluence_kind(ItemKind kind);

// A text as CQL quotes it.
std::string cql_text(std::string_view text);

// One version of a content, as {by, when, message, number} tells it.
struct ContentVersion {
  int64_t number = 1;
  std::string author;
  TimeMs when = 0;
  std::string message;

  static ContentVersion read(JsonView version);
};

// The storage format of a content that was asked for with expand=body.storage; nothing when the
// answer has no body at all (which is not the same as an empty one).
std::optional<std::string> storage_body(JsonView content);

}  // namespace spillguard::hosts
