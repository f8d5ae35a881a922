// Reading XML by events (expat behind it). Names come without their prefix; no entity is ever
// looked up.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace spillguard::extract {

struct XmlAttribute {
  std::string_view name;  // without prefix
  std::string_view value;
};

// The value of the first attribute with this name; empty when there is none.
std::string_view attribute(const std::vector<XmlAttribute>& attributes, std::string_view name);

// What is called for each event. Unset ones are left out.
struct XmlEvents {
  std::function<void(std::string_view name, const std::vector<XmlAttribute>& attributes)> start;
  std::function<void(std::string_view name)> end;
  std::function<void(std::string_view text)> text;
  std::function<void(std::string_view text)> comment;
};

// Empty when all was read; else why not, after the events of what came before. A document that
// declares entities is refused where it does.
std::string read_xml(std::string_view source, const XmlEvents& events);

}  // namespace spillguard::extract
