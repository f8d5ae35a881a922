// A new installation key for what the store holds: evidence, titles and reviewed texts are opened
// under the old key and sealed under the new one, and fingerprints are made anew from the texts.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/crypto.h"
#include "db/database.h"

namespace spillguard::store {

struct RekeyCounts {
  int64_t findings = 0;
  int64_t titles = 0;
  int64_t reviews = 0;
  // Reviews whose text is known to nobody: they can not be carried over, and hold for nothing from
  // then on.
  int64_t lost_reviews = 0;
};

// All of it in one transaction: before and after it everything is under one key. Memory is flat.
// kCorrupt when something does not open under `from`; nothing is changed then. `also` writes beside
// it.
Result<RekeyCounts> change_key(
    db::Database& database, const MasterKey& from, const MasterKey& to,
    const std::function<Status(db::Connection&, const RekeyCounts&)>& also);

// Which key the store was written under, without telling anything of it. kConflict when it is
// another one than `key`; a store that does not say is told.
Status check_key(db::Database& database, const MasterKey& key);
// The same as a question: nothing when the store does not say.
Result<std::optional<bool>> is_key_of(db::Database& database, const MasterKey& key);

}  // namespace spillguard::store
