// The state of one lowering; see lower.h.
#pragma once

#include <map>
#include <string>

#include "base/error.h"
#include "regex/java/parser.h"

namespace spillguard::regex::java {

class Lowering {
 public:
  Lowering(const Parsed& parsed, bool attached) : parsed_(&parsed), attached_(attached) {}

  // Text that can be quantified as it stands.
  Result<std::string> atom(const Node& node);
  // Text that can stand in a sequence.
  Result<std::string> piece(const Node& node);

  [[nodiscard]] bool beyond_ascii() const { return beyond_ascii_; }
  // Some part is settled once it has matched.
  [[nodiscard]] bool settles() const { return settles_; }

 private:
  // What a node matches at each length in characters that it can have.
  using ByLength = std::map<uint32_t, std::string>;

  Result<std::string> joined(const Node& node, std::string_view between);
  Result<std::string> repeat(const Node& node);
  Result<std::string> back_reference(const Node& node);
  Result<std::string> look(const Node& node);

  Result<ByLength> by_length(const Node& node);
  Result<ByLength> concat_by_length(const Node& node);
  Result<ByLength> repeat_by_length(const Node& node);
  static Result<ByLength> product(const ByLength& a, const ByLength& b);
  static Result<ByLength> fixed_only(ByLength lengths, const Node& node);

  [[nodiscard]] static tl::unexpected<Error> beyond_pcre2();

  const Parsed* parsed_;
  bool attached_;
  bool beyond_ascii_ = false;
  bool settles_ = false;
};

}  // namespace spillguard::regex::java
