// The programs of other projects that read what we have no reader for. They are executed, never
// linked, each run in a sandbox of its own (extract_helper/tool_profile.h), with the file as its
// standard input.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace spillguard::extract {

enum class Tool : uint8_t {
  kPdfToText,
  kPdfList,
  kPdfAttachment,
  kWord,
  kExcel,
  kPowerPoint,
  kOcr
};
inline constexpr uint8_t kTools = 7;

struct ToolProgram {
  std::string_view path;  // on Debian
  std::span<const std::string_view>
      arguments;  // behind the program's own name; "%" is the number asked for
  std::span<const std::string_view> readable;  // folders it needs besides the system's libraries
  std::string_view package;
};

const ToolProgram& tool_program(Tool tool);
bool is_installed(Tool tool);

}  // namespace spillguard::extract
