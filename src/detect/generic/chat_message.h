// Lines of talks: of Slack, Teams, WhatsApp, Skype, IRC and mail.
// Thread-safety: pure functions.
#pragma once

#include <string_view>

#include "base/span.h"

namespace spillguard::detect::generic {

// A line without what says who wrote it, and when.
struct Message {
  Span body;
  bool signed_by = false;
};

Message message_in(std::string_view text, Span line);

// Whether a line of a talk begins at an offset: "[09:13", "09:13", "<igor>".
bool begins_message(std::string_view text, size_t begin);

// The line that begins at an offset, cut at kReach; and where the next one does.
Span line_from(std::string_view text, size_t begin);
size_t behind_line(std::string_view text, size_t end);

}  // namespace spillguard::detect::generic
