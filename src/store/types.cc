#include "store/types.h"

#include <array>

namespace spillguard::store {

std::string_view product_name(Product product) {
  return product == Product::kJira ? "jira" : "confluence";
}

std::string_view scan_state_name(ScanState state) {
  static constexpr std::array<std::string_view, 5> kNames = {"UNSCANNED", "SCHEDULED", "SCANNING",
                                                             "SCANNED", "ERROR"};
  return kNames.at(static_cast<size_t>(state));
}

std::string_view item_kind_name(ItemKind kind) {
  static constexpr std::array<std::string_view, 3> kNames = {"issue", "page", "blogpost"};
  return kNames.at(static_cast<size_t>(kind));
}

std::string_view part_status_name(PartStatus status) {
  static constexpr std::array<std::string_view, 4> kNames = {"scanned", "skipped", "failed",
                                                             "not_visible"};
  return kNames.at(static_cast<size_t>(status));
}

}  // namespace spillguard::store
