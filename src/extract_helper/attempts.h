// What a helper that was taken over would try. For the tests of the sandbox.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace spillguard::extract {

// "open", "socket", "fork", …
std::vector<std::string_view> attempt_names();
// Tries it in this process. Empty when it was refused, else what was possible.
std::string attempt(std::string_view name);

}  // namespace spillguard::extract
