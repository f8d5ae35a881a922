// Reads the target of a request line: which path and query a client means. Everything that two
// programs in a row could read differently is refused rather than repaired, because our reverse
// proxy decides on the raw text and we on the decoded one. No input or output; any thread.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace spillguard::http {

struct Target {
  std::string path;                   // "/" and the segments joined by "/", no trailing slash
  std::vector<std::string> segments;  // decoded once
  std::vector<std::pair<std::string, std::string>> query;  // decoded, in order
};

// Origin-form ("/path?query") or absolute-form ("http://host/path?query", the host is not looked
// at) of RFC 9112 section 3.2. Every error is kInvalidArgument, says what is wrong and does not
// repeat the target.
Result<Target> parse_target(std::string_view raw);

// "a=1&b=x+y" as of application/x-www-form-urlencoded; also good for form bodies.
Result<std::vector<std::pair<std::string, std::string>>> parse_query(std::string_view raw);

}  // namespace spillguard::http
