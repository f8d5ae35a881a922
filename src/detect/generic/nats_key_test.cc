#include "detect/generic/nats_key.h"

#include <gtest/gtest.h>

#include <string>

namespace spillguard::detect::generic {
namespace {

// Keys of NATS' own documentation, all public.
const std::string kUser =
    std::string("UC435ZYS52HF72E2VMQF4GO6CUJO") + "CHDUUPEBU7XDXW5AQLIC6JZ46PO5";
const std::string kAccount =
    std::string("AD2M34WBNGQFYK37IDX53DPRG74R") + "LLT7FFWBOBMBUXMAVBCVAU5VKWIY";
const std::string kOperator =
    std::string("ODMFND7EIJ2MBHNPO2JHCKOZIAY6") + "NAK7OT4V2ZT2C5O6LEB3DPKYV3QL";

TEST(NatsKey, PublicKeysHaveARightSum) {
  for (const std::string& key : {kUser, kAccount, kOperator}) {
    EXPECT_TRUE(is_nats_public_key(key)) << key;
  }
}

TEST(NatsKey, EachChangedCharacterMakesItAnother) {
  for (size_t i = 0; i < kUser.size(); ++i) {
    for (const char c : {'A', 'Q', '2', '7'}) {
      std::string key = kUser;
      if (key[i] == c) continue;
      key[i] = c;
      EXPECT_FALSE(is_nats_public_key(key)) << i << " " << c;
    }
  }
}

TEST(NatsKey, OthersAreNone) {
  EXPECT_FALSE(is_nats_public_key(""));
  EXPECT_FALSE(is_nats_public_key(kUser.substr(1)));
  EXPECT_FALSE(is_nats_public_key(kUser + "A"));
  EXPECT_FALSE(is_nats_public_key("S" + kUser.substr(1)));
  EXPECT_FALSE(is_nats_public_key("u" + kUser.substr(1)));
  EXPECT_FALSE(is_nats_public_key(kUser.substr(0, 55) + "1"));
  EXPECT_FALSE(is_nats_public_key(kUser.substr(0, 55) + "="));
}

}  // namespace
}  // namespace spillguard::detect::generic
