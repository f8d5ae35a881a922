// Of findings, those whose items the caller can see on the host. The rest is counted, not shown.
#pragma once

#include <vector>

#include "api/access.h"

namespace spillguard::api {

// In place; returns how many were taken out. Texts of the scope itself are for whoever sees the
// scope; what the host has no more is for administrators of the product: nobody can be asked who
// could see it.
Result<int64_t> remove_invisible(const ApiContext& context, const Caller& caller,
                                 std::vector<store::Finding>& findings);

}  // namespace spillguard::api
