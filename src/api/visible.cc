#include "api/visible.h"

namespace spillguard::api {

Result<int64_t> remove_invisible(const ApiContext& context, const Caller& caller,
                                 std::vector<store::Finding>& findings) {
  std::vector<std::string> ids;
  bool any_gone = false;
  for (const store::Finding& finding : findings) {
    any_gone = any_gone || finding.item_is_gone;
    if (finding.item_is_gone || finding.item_is_scope) continue;
    // Findings of an item mostly stand together.
    if (ids.empty() || ids.back() != finding.item_host_id) ids.push_back(finding.item_host_id);
  }
  bool sees_gone = false;
  if (any_gone) {
    SG_ASSIGN(sees_gone, context.callers.is_product_admin(caller.credential));
  }
  SG_ASSIGN(const auto visible, context.callers.visible_items(caller.credential, ids));
  const size_t removed = std::erase_if(findings, [&](const store::Finding& finding) {
    if (finding.item_is_gone) return !sees_gone;
    return !finding.item_is_scope && !visible.contains(finding.item_host_id);
  });
  return static_cast<int64_t>(removed);
}

}  // namespace spillguard::api
