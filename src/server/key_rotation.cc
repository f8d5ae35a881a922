#include "server/key_rotation.h"

#include <fmt/format.h>

#include <filesystem>

#include "base/file.h"
#include "base/log.h"
#include "server/credentials.h"
#include "server/open_store.h"
#include "store/audit.h"

namespace spillguard::server {
namespace key_rotation_detail {
namespace {

std::string pending_file(const std::string& key_file) { return key_file + ".new"; }

Result<MasterKey> read_key(const std::string& path) {
  SG_ASSIGN(std::string text, read_file(path, 4096));
  auto key = MasterKey::parse(text);
  wipe(text.data(), text.size());
  if (!key) return fail(std::move(key).error().context(path));
  return key;
}

Status write_key(const std::string& path, const MasterKey& key) {
  return write_file_atomically(path, fmt::format("{}\n", key.to_hex().reveal()), 0600);
}

Status rename_file(const std::string& from, const std::string& to) {
  std::error_code error;
  std::filesystem::rename(from, to, error);
  if (!error) return {};
  return fail(Code::kIo, fmt::format("{} can not become {}: {}", from, to, error.message()));
}

Status change(db::Database& database, const MasterKey& from, const MasterKey& to,
              store::RekeyCounts& counts) {
  SG_ASSIGN(counts,
            store::change_key(
                database, from, to, [](db::Connection& connection, const store::RekeyCounts& done) {
                  store::AuditEvent event;
                  event.kind = store::AuditKind::kKeyRotated;
                  event.entity = "installation";
                  event.details =
                      fmt::format(R"({{"findings":{},"titles":{},"reviews":{},"lostReviews":{}}})",
                                  done.findings, done.titles, done.reviews, done.lost_reviews);
                  return store::append_audit(connection, event);
                }));
  return {};
}

}  // namespace
}  // namespace key_rotation_detail

Result<MasterKey> settle_installation_key(const std::string& key_file, MasterKey loaded,
                                          db::Database& database) {
  namespace own = key_rotation_detail;
  SG_ASSIGN(const auto same, store::is_key_of(database, loaded));
  if (same && !*same && !key_comes_from_elsewhere()) {
    if (auto pending = own::read_key(own::pending_file(key_file))) {
      SG_ASSIGN(const auto fits, store::is_key_of(database, *pending));
      if (fits && *fits) {
        log::warn("a change of keys was cut off; it is brought to its end");
        SG_TRY(own::rename_file(key_file, key_file + ".previous"));
        SG_TRY(own::rename_file(own::pending_file(key_file), key_file));
        return *std::move(pending);
      }
    }
  }
  SG_TRY(store::check_key(database, loaded));
  return loaded;
}

Result<KeyRotation> rotate_key(const ServerConfig& config, const std::string& new_key_file) {
  namespace own = key_rotation_detail;
  if (is_embedded(config) && !std::filesystem::exists(store_file(config))) {
    return fail(Code::kNotFound, store_file(config) + " is not there: there is nothing to change");
  }
  auto lock = FileLock::take(config.data_dir + "/spillguard.lock");
  if (!lock) return fail(std::move(lock).error().context("stop the server first"));
  KeyRotation done;
  done.from_file = !key_comes_from_elsewhere();
  if (!done.from_file && new_key_file.empty()) {
    return fail(Code::kInvalidArgument,
                "the key comes from the environment or a credential: name a file for the new one "
                "with --new-key-file, and bring it there afterwards");
  }
  SG_ASSIGN(auto loaded, load_installation_key(config.key_file, true));
  SG_ASSIGN(const auto database, open_store(config));
  SG_ASSIGN(const MasterKey from,
            settle_installation_key(config.key_file, std::move(loaded), *database));
  MasterKey to = MasterKey::generate();
  done.new_file = new_key_file.empty() ? config.key_file : new_key_file;
  const std::string pending = done.from_file ? own::pending_file(config.key_file) : done.new_file;
  if (!new_key_file.empty() && std::filesystem::exists(new_key_file)) {
    SG_ASSIGN(to, own::read_key(new_key_file));
  }
  // The new key is on the disk before anything hangs on it.
  SG_TRY(own::write_key(pending, to));
  SG_TRY(own::change(*database, from, to, done.counts));
  // What was sealed under the old key is not kept, not even in free pages: the new one may be there
  // because somebody has the old one. The key has changed all the same when this fails.
  if (auto compacted = database->compact(); !compacted) {
    log::warn("the key has changed, but the store may hold what was sealed under the old one: {}",
              compacted.error().message);
  }
  if (done.from_file) {
    done.previous_file = config.key_file + ".previous";
    SG_TRY(own::rename_file(config.key_file, done.previous_file));
    SG_TRY(own::rename_file(pending, config.key_file));
    done.new_file = config.key_file;
  }
  return done;
}

}  // namespace spillguard::server
