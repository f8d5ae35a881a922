// For tests: commands as they are called, on streams of the test, and a rule of its own.
#pragma once

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "base/crypto.h"
#include "base/strings.h"
#include "cli/commands.h"
#include "cli/test_folder.h"

namespace spillguard::cli {

inline constexpr const char* kTestRule = R"(provider = "Test"
source = "https://example.org/tokens"
[[rule]]
id = 990001
name = "TEST_TOKEN"
title = "A token of this test"
category = "token"
severity = "high"
pattern = '''(SGT_[0-9a-f]{16})(?![0-9a-f])'''
anchors = ["SGT_"]
examples = ["SGT_{{hex:16}}"]
)";

struct TestOutcome {
  int code = 0;
  std::string out;
  std::string err;
};

class TestCommands : public ::testing::Test {
 protected:
  TestCommands() : rule_file_(settings_.write("test.toml", kTestRule)) {}

  TestOutcome run(std::vector<std::string> arguments, const std::string& input = {}) {
    std::istringstream in(input);
    std::ostringstream out;
    std::ostringstream err;
    Io io{.in = in, .out = out, .err = err, .out_is_terminal = false, .err_is_terminal = false};
    const std::vector<Command> commands = {
        {"scan", "", add_scan}, {"rules", "", add_rules}, {"version", "", add_version}};
    const int code = run_command_line(arguments, commands, io);
    return {.code = code, .out = out.str(), .err = err.str()};
  }
  TestOutcome scan(std::vector<std::string> arguments, const std::string& input = {}) {
    arguments.insert(arguments.begin(), {"scan", "--no-built-in", "--rules", rule_file_});
    return run(std::move(arguments), input);
  }
  static std::string token(int number) { return "SGT_" + hex_token(number); }
  static std::string hex_token(int number) {
    return content_hash(std::to_string(number)).substr(0, 16);
  }
  static std::vector<boost::json::object> lines(const std::string& out) {
    std::vector<boost::json::object> all;
    for (const auto line : split(out, '\n')) {
      if (!line.empty()) {
        all.push_back(boost::json::parse({line.data(), line.size()}).as_object());
      }
    }
    return all;
  }

  TestFolder settings_;
  TestFolder folder_;
  std::string rule_file_;
};

}  // namespace spillguard::cli
