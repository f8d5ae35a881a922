// Exports as an offline source: a Confluence space export (entities.xml) and a Jira dump of REST
// issues in JSON (a search page, an array, one issue, or a JSON document a line). The same parts as
// from the hosts; what an export does not hold is not there.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "base/error.h"
#include "hosts/host.h"

namespace spillguard::hosts {

// `path`: the XML or JSON file, the zip of a space export, or its folder when unpacked. Streams XML
// in two passes, so that memory goes by the number of objects and not by their texts. kCorrupt
// names the line; document types (and with them entities) are refused. Items come in the order of
// the file.
Status read_export(const std::string& path, ItemSink& sink);

// One object of an entities.xml.
struct ExportRow {
  std::string type;
  std::string id;
  std::map<std::string, std::string> values;      // properties with text
  std::map<std::string, std::string> references;  // properties that are another object's id

  [[nodiscard]] const std::string& value(const std::string& name) const;
  [[nodiscard]] const std::string& reference(const std::string& name) const;
};
// Calls `each` for every object of an XML file.
Status read_export_rows(const std::string& path,
                        const std::function<Status(const ExportRow&)>& each);

}  // namespace spillguard::hosts
