// spillguard admin: rotate-key, migrate-store, backup, restore, check
#include <fmt/format.h>

#include <memory>
#include <string>

#include "cli/commands.h"
#include "server/backup.h"
#include "server/key_rotation.h"
#include "server/store_admin.h"

namespace spillguard::cli {
namespace admin {
namespace {

struct RotateOptions {
  std::string config = "/etc/spillguard/spillguard.toml";
  std::string new_key_file;
};

int rotate(const RotateOptions& options, Io& io) {
  const auto config = server::load_config(options.config);
  const auto done = config ? server::rotate_key(*config, options.new_key_file)
                           : Result<server::KeyRotation>(fail(config.error()));
  if (!done) {
    io.err << "spillguard admin rotate-key: " << done.error().message << '\n';
    return kExitError;
  }
  const store::RekeyCounts& counts = done->counts;
  io.out << fmt::format("sealed anew: {} findings, {} titles, {} reviews\n", counts.findings,
                        counts.titles, counts.reviews);
  if (counts.lost_reviews > 0) {
    io.out << fmt::format("{} reviews hold no more: nobody knows their texts\n",
                          counts.lost_reviews);
  }
  if (done->from_file) {
    io.out << fmt::format("the new key is in {}: back it up apart from the data\n", done->new_file)
           << fmt::format("the old key is in {}: older backups need it; delete it when none does\n",
                          done->previous_file);
  } else {
    io.out << fmt::format(
        "the new key is in {}: bring it to where the old one came from ($SPILLGUARD_KEY or the "
        "credential spillguard-key) before the server starts\n",
        done->new_file);
  }
  io.out << "addresses and secrets of webhooks changed: see spillguard webhooks\n";
  return kExitNothing;
}

int fail_with(std::string_view verb, const Error& error, Io& io) {
  io.err << "spillguard admin " << verb << ": " << error.message << '\n';
  return kExitError;
}

int migrate(const std::string& path, Io& io) {
  const auto config = server::load_config(path);
  if (!config) return fail_with("migrate-store", config.error(), io);
  const auto moved = server::migrate_store(*config);
  if (!moved) return fail_with("migrate-store", moved.error(), io);
  for (const store::TableSum& table : *moved) {
    io.out << fmt::format("{:<20} {:>12} rows, check sum {:016x} in both\n", table.table,
                          table.rows, table.sum);
  }
  io.out << "moved; the SQLite store is as it was, and is not used any more\n";
  return kExitNothing;
}

int backup(const std::string& path, const std::string& file, Io& io) {
  const auto config = server::load_config(path);
  if (!config) return fail_with("backup", config.error(), io);
  const auto bytes = server::backup_store(*config, file);
  if (!bytes) return fail_with("backup", bytes.error(), io);
  io.out << fmt::format(
      "{}: {} bytes; the installation key is not in it: keep a copy of that apart\n", file, *bytes);
  return kExitNothing;
}

int restore(const std::string& path, const std::string& file, Io& io) {
  const auto config = server::load_config(path);
  if (!config) return fail_with("restore", config.error(), io);
  const auto wrong = server::restore_store(*config, file);
  if (!wrong) return fail_with("restore", wrong.error(), io);
  for (const std::string& line : *wrong) io.out << line << '\n';
  io.out << (wrong->empty() ? "restored; the store is sound\n"
                            : "restored, but the backup is damaged\n");
  return wrong->empty() ? kExitNothing : kExitError;
}

int check(const std::string& path, Io& io) {
  const auto config = server::load_config(path);
  if (!config) return fail_with("check", config.error(), io);
  const auto wrong = server::check_store(*config);
  if (!wrong) return fail_with("check", wrong.error(), io);
  for (const std::string& line : *wrong) io.out << line << '\n';
  io.out << (wrong->empty() ? "the store is sound\n" : "restore the last backup\n");
  return wrong->empty() ? kExitNothing : kExitError;
}

}  // namespace
}  // namespace admin

void add_admin(CommandLine& line) {
  CommandLine rotate =
      line.subcommand("rotate-key", "Seal everything in the store under a new installation key");
  const auto options = std::make_shared<admin::RotateOptions>();
  rotate.option("-c,--config", options->config, "the configuration file (docs/configuration.md)");
  rotate.option("--new-key-file", options->new_key_file,
                "A file with the new key; made when it is not there");
  rotate.run([options](Io& io) { return admin::rotate(*options, io); });

  const auto path = std::make_shared<std::string>(options->config);
  CommandLine move = line.subcommand(
      "migrate-store", "Move the SQLite store of the data folder into the PostgreSQL of [store]");
  move.option("-c,--config", *path, "the configuration file (docs/configuration.md)");
  move.run([path](Io& io) { return admin::migrate(*path, io); });
  const auto file = std::make_shared<std::string>();
  CommandLine backup = line.subcommand(
      "backup", "Write the store, as it is now, into a new file; servers may run meanwhile");
  backup.option("-c,--config", *path, "the configuration file (docs/configuration.md)");
  backup.positional("FILE", *file, "the backup, a file that is not there yet");
  backup.run([path, file](Io& io) { return admin::backup(*path, *file, io); });
  CommandLine restore =
      line.subcommand("restore", "Put a backup into the store, which must be new, and check it");
  restore.option("-c,--config", *path, "the configuration file (docs/configuration.md)");
  restore.positional("FILE", *file, "the backup");
  restore.run([path, file](Io& io) { return admin::restore(*path, *file, io); });
  CommandLine check =
      line.subcommand("check", "Read the whole store and say what is wrong with it");
  check.option("-c,--config", *path, "the configuration file (docs/configuration.md)");
  check.run([path](Io& io) { return admin::check(*path, io); });
}

}  // namespace spillguard::cli
