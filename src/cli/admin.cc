// spillguard admin rotate-key
#include <fmt/format.h>

#include <memory>
#include <string>

#include "cli/commands.h"
#include "server/key_rotation.h"

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
}

}  // namespace spillguard::cli
