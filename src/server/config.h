// The server's configuration file (docs/configuration.md): TOML, unknown keys refused. Secrets are
// never in it: it names the file, environment variable or systemd credential that holds them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/log.h"
#include "db/database.h"
#include "hosts/host.h"
#include "http/server.h"
#include "jobs/queue.h"
#include "scan/attachment_reader.h"
#include "scan/scheduler.h"

namespace spillguard::server {

struct ListenAddress {
  std::string address;
  uint16_t port = 0;
};
// "127.0.0.1:8080", "[::1]:8080", ":8080" (all addresses).
Result<ListenAddress> parse_listen(std::string_view text);

struct SiteConfig {
  std::string name;
  hosts::HostOptions host;   // with the credential, read from where the file says
  std::string public_url;    // for links; base_url when not given
  std::string context_path;  // in front of /rest/security
  ListenAddress listen;
  http::TlsMode tls = http::TlsMode::kOff;
  scan::QuietHours quiet;
  std::string
      webhook_url;  // where the host reaches /rest/security/hooks; "" = not registered by us
  bool webhook_signed = false;
  std::string certificate;
  std::string private_key;
};

struct ServerConfig {
  std::string data_dir;
  std::string node;  // name of this node; the machine's name when not given
  std::string
      key_file;  // installation key; "" = data_dir/installation.key, made at the first start
  log::Level log_level = log::Level::kInfo;
  log::Format log_format = log::Format::kText;
  ListenAddress health;  // port 0 = none
  int64_t parallel_scans = 2;
  int64_t job_retry_ms = jobs::Queue::kFirstBackOffMs;
  scan::ScheduleOptions schedule;
  bool scan_new_scopes = true;
  scan::AttachmentOptions attachments;
  int64_t handler_threads = 8;
  db::PostgresOptions store;  // url "" = SQLite in data_dir
  std::vector<SiteConfig> sites;
};

// Parses and checks; reads the credentials. Errors name file, line and key.
Result<ServerConfig> parse_config(std::string_view text, const std::string& origin);
Result<ServerConfig> load_config(const std::string& path);

}  // namespace spillguard::server
