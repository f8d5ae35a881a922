#include "server/credentials.h"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>

#include "base/crypto.h"
#include "base/file.h"
#include "base/log.h"
#include "base/strings.h"

namespace spillguard::server {
namespace {

constexpr uint64_t kMaxSecretBytes = 64 * 1024;

std::string credential_path(const std::string& name) {
  const char* folder = std::getenv("CREDENTIALS_DIRECTORY");
  return folder == nullptr ? "" : fmt::format("{}/{}", folder, name);
}

Result<Secret> secret_from_file(const std::string& path) {
  SG_ASSIGN(auto text, read_file(path, kMaxSecretBytes));
  Secret secret{std::string(trim(text))};
  wipe(text.data(), text.size());
  if (secret.empty()) return fail(Code::kInvalidArgument, fmt::format("{} is empty", path));
  return secret;
}

}  // namespace

Result<std::optional<Secret>> read_secret(ConfigTable& table, const std::string& what) {
  const auto file = table.string(what + "_file");
  const auto variable = table.string(what + "_env");
  const auto credential = table.string(what + "_credential");
  const int given = (file ? 1 : 0) + (variable ? 1 : 0) + (credential ? 1 : 0);
  if (given == 0) return std::optional<Secret>{};
  if (given > 1) {
    return fail(Code::kInvalidArgument,
                fmt::format("give one of {0}_file, {0}_env and {0}_credential, not several", what));
  }
  if (variable) {
    const char* value = std::getenv(variable->c_str());
    if (value == nullptr || *value == '\0') {
      return fail(Code::kInvalidArgument,
                  fmt::format("{}: the environment variable {} ({}_env) is not set",
                              table.where(what + "_env"), *variable, what));
    }
    return std::optional<Secret>(Secret(value));
  }
  const std::string path = file ? *file : credential_path(*credential);
  if (path.empty()) {
    return fail(Code::kInvalidArgument,
                fmt::format("{}: {}_credential needs a systemd unit with LoadCredential={}",
                            table.where(what + "_credential"), what, *credential));
  }
  SG_ASSIGN(auto secret, secret_from_file(path));
  return std::optional<Secret>(std::move(secret));
}

bool key_comes_from_elsewhere() {
  const char* value = std::getenv("SPILLGUARD_KEY");
  if (value != nullptr && *value != '\0') return true;
  const std::string credential = credential_path("spillguard-key");
  return !credential.empty() && std::filesystem::exists(credential);
}

Result<MasterKey> load_installation_key(const std::string& path, bool store_exists) {
  if (const char* value = std::getenv("SPILLGUARD_KEY"); value != nullptr && *value != '\0') {
    auto key = MasterKey::parse(value);
    if (!key) return fail(key.error().context("SPILLGUARD_KEY"));
    return key;
  }
  const std::string credential = credential_path("spillguard-key");
  for (const std::string& from : {credential, path}) {
    if (from.empty()) continue;
    auto secret = secret_from_file(from);
    if (secret) {
      auto key = MasterKey::parse(secret->reveal());
      if (!key) return fail(key.error().context(from));
      return key;
    }
    if (secret.error().code != Code::kNotFound) return fail(secret.error());
  }
  if (store_exists) {
    return fail(
        Code::kNotFound,
        fmt::format(
            "the installation key {} is gone, and the store beside it needs it: put it back "
            "from its backup, or move the data folder away to start anew; a new node needs a copy "
            "of the other nodes' key",
            path));
  }
  MasterKey key = MasterKey::generate();
  const Secret hex = key.to_hex();
  const std::string own = fmt::format("{}.made.{}", path, random_hex(8));
  SG_TRY(write_file_atomically(own, fmt::format("{}\n", hex.reveal()), 0600));
  // Another node may make one in the same place at the same moment: the first counts for both.
  std::error_code taken;
  std::filesystem::create_hard_link(own, path, taken);
  std::error_code ignored;
  std::filesystem::remove(own, ignored);
  if (taken == std::errc::file_exists) return load_installation_key(path, true);
  // A file system without links: one data folder, one node, nobody else makes one there.
  if (taken) SG_TRY(write_file_atomically(path, fmt::format("{}\n", hex.reveal()), 0600));
  log::warn("made a new installation key in {}: back it up apart from the data", path);
  return key;
}

}  // namespace spillguard::server
