// The clear text of a finding, sealed for the database: the match and a little text around it.
#pragma once

#include <string>
#include <string_view>

#include "base/crypto.h"

namespace spillguard::store {

struct Evidence {
  std::string match;   // group 0 of the rule: what is reported and reviewed
  std::string secret;  // the secret inside it
  std::string before;  // up to kContextBytes of the text in front, whole UTF-8 characters
  std::string after;
  std::string place = {};  // where in a document: "data/a.xlsx › Sheet2!C14"; may be empty
  static constexpr size_t kContextBytes = 80;
};

// Bound to the finding's fingerprint: evidence moved to another row does not open.
std::string seal_evidence(const MasterKey& key, const Fingerprint& fingerprint,
                          const Evidence& evidence);
Result<Evidence> open_evidence(const MasterKey& key, const Fingerprint& fingerprint,
                               std::string_view sealed);

// All of it as views into `clear`, whose memory is used again and which the caller wipes in the
// end.
struct EvidenceView {
  std::string_view match;
  std::string_view secret;
  std::string_view before;
  std::string_view after;
  std::string_view place;
};
Result<EvidenceView> view_evidence(const MasterKey& key, const Fingerprint& fingerprint,
                                   std::string_view sealed, std::string& clear);

// The match alone, for lists of many: a view into `clear`, whose memory is used again and which the
// caller wipes in the end.
Result<std::string_view> open_match(const MasterKey& key, const Fingerprint& fingerprint,
                                    std::string_view sealed, std::string& clear);

// The place, of what open_match() opened: empty when it has none.
std::string_view place_of(std::string_view clear);

// The evidence of a review: the reviewed text alone.
inline std::string seal_reviewed_text(const MasterKey& key, const Fingerprint& fingerprint,
                                      const std::string& text) {
  return seal_evidence(key, fingerprint, {.match = text, .secret = {}, .before = {}, .after = {}});
}

// Titles are text of the host's users and may hold secrets as any other: they are sealed too, bound
// to the item's id on the host. In base64, for a text column. An empty title stays empty.
std::string seal_title(const MasterKey& key, std::string_view item_host_id, std::string_view title);
Result<std::string> open_title(const MasterKey& key, std::string_view item_host_id,
                               std::string_view sealed);

}  // namespace spillguard::store
