// From bytes in any charset to UTF-8.
#pragma once

#include <string>
#include <string_view>

namespace spillguard::extract {

// By byte order mark, by the zeros of wide characters, as UTF-8 when it is that, else by ICU's
// guess.
std::string decode_text(std::string_view bytes);
// By a charset's name as mails and RTF have it; as decode_text() when nobody knows the name.
std::string decode_text(std::string_view bytes, std::string_view charset);
std::string decode_utf16_le(std::string_view bytes);

}  // namespace spillguard::extract
