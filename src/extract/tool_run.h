// One run of a program of tools.h on one file.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "extract/document.h"
#include "extract/limits.h"
#include "extract/tools.h"

namespace spillguard::extract {

struct ToolResult {
  Reason reason = Reason::kRead;  // kToolMissing, kToolFailed, kTime, kTooLarge
  std::string text;               // what it wrote, also when it failed later
};

// `helper` is the path of spillguard-extract, which locks itself up and becomes the program.
// `number` is what the tool needs to know besides the file; see ToolProgram.
ToolResult run_tool(const std::string& helper, bool sandbox_required, const Limits& limits,
                    Tool tool, uint32_t number, std::string_view file);

}  // namespace spillguard::extract
