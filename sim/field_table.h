// The fields of the simulated Jira: what GET /field lists and what search may ask for.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spillguard::sim {

struct FieldInfo {
  std::string_view id;
  std::string_view name;
  std::string_view type;    // schema.type
  std::string_view items;   // schema.items, "" when not an array
  std::string_view custom;  // schema.custom, "" for system fields
  bool navigable = true;    // part of *navigable
};

const std::vector<FieldInfo>& all_fields();
std::optional<size_t> field_index(std::string_view id);

// Custom fields that carry text; the places where plants go.
inline constexpr std::string_view kNotesField = "customfield_10100";        // textarea
inline constexpr std::string_view kContactField = "customfield_10101";      // textfield
inline constexpr std::string_view kRunbookField = "customfield_10200";      // textarea
inline constexpr std::string_view kAreasField = "customfield_10300";        // multiselect
inline constexpr std::string_view kTagsField = "customfield_10400";         // labels
inline constexpr std::string_view kPointsField = "customfield_10500";       // float
inline constexpr std::string_view kRegionField = "customfield_10600";       // cascading select
inline constexpr std::string_view kIntegrationField = "customfield_10700";  // a plugin's object

// The whole answer of GET /field.
std::string fields_json();

}  // namespace spillguard::sim
