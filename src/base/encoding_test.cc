#include "base/encoding.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace spillguard {
namespace {

std::string bytes_of_length(int length) {
  std::string out;
  for (int i = 0; i < length; ++i) out += static_cast<char>(i * 37 + length);
  return out;
}

TEST(Encoding, Hex) {
  EXPECT_EQ(hex_encode(std::string_view("\x00\x7F\x80\xFF", 4)), "007f80ff");
  EXPECT_EQ(hex_decode("00fF7a"), std::string("\0\xFF\x7A", 3));
  EXPECT_EQ(hex_decode(""), "");
  for (const auto* bad : {"0", "0g", "g0", " 0", "0x"})
    EXPECT_EQ(hex_decode(bad), std::nullopt) << bad;
}

TEST(Encoding, Base64) {
  // RFC 4648, section 10.
  const std::pair<const char*, const char*> vectors[] = {
      {"", ""},
      {"f", "Zg=="},
      {"fo", "Zm8="},
      {"foo", "Zm9v"},
      {"foob", "Zm9vYg=="},
      {"fooba", "Zm9vYmE="},
      {"foobar", "Zm9vYmFy"},
  };
  for (const auto& [clear, encoded] : vectors) {
    EXPECT_EQ(base64_encode(clear), encoded);
    EXPECT_EQ(base64_decode(encoded), clear);
  }
  EXPECT_EQ(base64_encode("\xFB\xEF\xFF"), "++//");
  EXPECT_EQ(base64url_encode("\xFB\xEF\xFF\xFF"), "--___w");
  for (int length = 0; length < 70; ++length) {
    const std::string bytes = bytes_of_length(length);
    EXPECT_EQ(base64_decode(base64_encode(bytes)), bytes);
    EXPECT_EQ(base64_decode(base64url_encode(bytes)), bytes);
  }
  for (const auto* bad :
       {"A", "AAAAA", "AA=", "AA===", "=", "====", "A A=", "AA==\n", "AA=A", "Zm9v="}) {
    EXPECT_EQ(base64_decode(bad), std::nullopt) << bad;
  }
}

}  // namespace
}  // namespace spillguard
