// What the command line of spillguard-sim says.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"

namespace spillguard::sim {

struct Options {
  uint16_t jira_port = 0;
  uint16_t confluence_port = 0;
  std::string address = "127.0.0.1";
  uint64_t seed = 1;
  // Generated content. With data_dir only what is asked for by name is generated as well.
  size_t projects = 4;
  size_t issues = 2000;
  size_t spaces = 3;
  size_t pages = 300;
  size_t max_versions = 8;
  size_t blogs = 20;
  std::string data_dir;
  size_t plants_per_kind = 20;
  size_t extras = 0;  // of each further kind
  std::string manifest_file;
  std::string counts_file;
  std::string jira_context = "/jira";
  std::string confluence_context = "/confluence";
  std::string jira_base_url;  // in links, when another than the one listened at
  std::string confluence_base_url;
  size_t page_cap = 1000;
  uint64_t rate_bucket = 0;  // 0 = no rate limit
  uint64_t rate_fill = 5;    // tokens a second
  size_t captcha_after = 1000;
  size_t anonymous_scopes = 0;
  int rate_status = 429;
  bool basic_auth = true;
  size_t threads = 8;
  bool random_faults = false;
  uint64_t fault_seed = 0;
  std::string fault_plan_file;
  uint64_t churn = 0;  // changes a second
  int jira_version = 10;
  std::string ready_file;
  bool help = false;
};

// Arguments without the program's name: "--name value" or "--name=value".
// kInvalidArgument names the option and what it takes.
Result<Options> parse_options(const std::vector<std::string>& arguments);

// The text of --help.
std::string usage();

}  // namespace spillguard::sim
