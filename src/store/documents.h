// What the bytes of a document gave under some rules and settings, kept so that equal bytes are
// opened once, in whatever items they hang. Sealed: places in a document are names that people and
// programs gave. Rows nobody names any more go with the last attachment that named them.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/crypto.h"
#include "db/database.h"
#include "store/evidence.h"
#include "store/types.h"

namespace spillguard::store {

struct DocumentFinding {
  int32_t rule_id = 0;
  std::string rule_name;
  int severity = 0;
  Fingerprint fingerprint;
  Evidence evidence;  // its place is the one within the document
};

struct DocumentResult {
  PartStatus status = PartStatus::kFailed;
  std::string reason;
  std::string detail;
  std::string type;       // "zip", "pdf"; see extract/type.h
  bool is_final = false;  // reading it again gives the same: findings that did not come are gone
  bool is_kept = false;   // may be taken again instead of reading the bytes again
  int64_t bytes = 0;
  int64_t parts = 0;
  int64_t files = 0;
  std::vector<DocumentFinding> findings;
};

// kCorrupt when the bytes are not what seal_document() wrote under this key.
std::string seal_document(const MasterKey& key, const Fingerprint& document,
                          const DocumentResult& result);
Result<DocumentResult> open_document(const MasterKey& key, const Fingerprint& document,
                                     std::string_view sealed);

// An attachment as the host lists it.
struct AttachmentKey {
  int64_t site_id = 0;
  std::string item_host_id;
  std::string content_id;
  int64_t version = 0;
  int64_t bytes = 0;
};
// The document that this attachment had when it was read last, if that was under these rules.
Result<std::optional<DocumentRow>> known_document(db::Database& database, const AttachmentKey& of,
                                                  std::string_view rules);
// The document with these bytes, if it was read under these rules.
Result<std::optional<DocumentRow>> find_document(db::Database& database, const Fingerprint& key,
                                                 std::string_view rules);

// Within a transaction.
Status write_document(db::Connection& connection, const DocumentRow& document);
// Those of them that no attachment names any more.
Status forget_documents(db::Connection& connection, const std::set<Fingerprint>& keys);
// All attachments of an item.
Status forget_attachments(db::Connection& connection, int64_t item_id);

}  // namespace spillguard::store
