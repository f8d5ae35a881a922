#include "base/crypto.h"

#include <gtest/gtest.h>

#include <array>
#include <set>
#include <string>

#include "base/encoding.h"

namespace spillguard {
namespace {

TEST(Crypto, KnownAnswers) {
  // RFC 4231, test cases 2 and 6 (a key longer than a block).
  EXPECT_EQ(hex_encode(hmac_sha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(hex_encode(hmac_sha256(std::string(131, '\xAA'),
                                   "Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
  // BLAKE2b with 32 bytes of output, of nothing.
  EXPECT_EQ(content_hash(""), "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
}

TEST(Crypto, FingerprintsAreOfKeyAndText) {
  const MasterKey key = MasterKey::generate();
  const MasterKey other = MasterKey::generate();
  const auto of_a = key.fingerprint("a");
  EXPECT_EQ(of_a, key.fingerprint("a"));
  EXPECT_NE(of_a, key.fingerprint("b"));
  EXPECT_NE(of_a, other.fingerprint("a"));
  EXPECT_NE(of_a, key.keyed_hash("caller-cache", "a"));
  EXPECT_NE(key.keyed_hash("x", "a"), key.keyed_hash("y", "a"));
  EXPECT_EQ(MasterKey::public_key().fingerprint("a"), MasterKey::public_key().fingerprint("a"));
  EXPECT_NE(MasterKey::public_key().fingerprint("a"), of_a);

  EXPECT_EQ(of_a.hex().size(), 64U);
  EXPECT_EQ(Fingerprint::parse(of_a.hex()).value(), of_a);
  EXPECT_EQ(Fingerprint::parse(of_a.raw()).value(), of_a);
  for (const auto& bad :
       {std::string(), std::string(63, 'a'), std::string(64, 'g'), std::string(31, 'x')}) {
    EXPECT_FALSE(Fingerprint::parse(bad)) << bad;
  }
}

TEST(Crypto, FingerprintsAreWrittenInHex) {
  Fingerprint fingerprint;
  for (size_t i = 0; i < fingerprint.bytes.size(); ++i) {
    fingerprint.bytes.at(i) = static_cast<uint8_t>(i * 37 + 200);
  }
  std::string out = "x";
  fingerprint.append_hex(out);
  EXPECT_EQ(out, "x" + hex_encode(fingerprint.raw()));
  EXPECT_EQ(fingerprint.hex(), hex_encode(fingerprint.raw()));
  EXPECT_EQ(*Fingerprint::parse(fingerprint.hex()), fingerprint);
}

TEST(Crypto, KeysTravelAsText) {
  const MasterKey key = MasterKey::generate();
  const std::string hex(key.to_hex().reveal());
  const std::string raw = *hex_decode(hex);
  for (const auto& text : {hex, hex + "\n", base64_encode(raw), base64url_encode(raw)}) {
    const auto parsed = MasterKey::parse(text);
    ASSERT_TRUE(parsed) << text.size();
    EXPECT_EQ(parsed->fingerprint("x"), key.fingerprint("x"));
  }
  for (const auto& bad :
       {std::string(), hex.substr(1), hex + "00", std::string(64, 'z'), std::string("short")}) {
    const auto parsed = MasterKey::parse(bad);
    ASSERT_FALSE(parsed);
    if (!bad.empty()) {
      EXPECT_EQ(parsed.error().message.find(bad), std::string::npos)
          << "a key is no word for errors";
    }
  }
}

TEST(Crypto, SealedIsBoundKeyedAndWhole) {
  const MasterKey key = MasterKey::generate();
  for (const auto& clear :
       {std::string(), std::string("x"), std::string("a\0b", 3), std::string(5000, 'y')}) {
    const std::string sealed = key.seal(clear, "item 1");
    EXPECT_EQ(key.open(sealed, "item 1").value(), clear);
    EXPECT_NE(sealed, key.seal(clear, "item 1")) << "the nonce is random";
    const auto refused = [](const Result<std::string>& opened) {
      return !opened && opened.error().code == Code::kCorrupt;
    };
    EXPECT_TRUE(refused(key.open(sealed, "item 2")));
    EXPECT_TRUE(refused(MasterKey::generate().open(sealed, "item 1")));
    EXPECT_TRUE(refused(key.open(sealed.substr(0, sealed.size() - 1), "item 1")));
    for (const size_t at : {size_t{0}, sealed.size() / 2, sealed.size() - 1}) {
      std::string changed = sealed;
      changed[at] = static_cast<char>(changed[at] ^ 1);
      EXPECT_TRUE(refused(key.open(changed, "item 1")));
    }
  }
  EXPECT_FALSE(key.open("", ""));
}

TEST(Crypto, RandomAndComparison) {
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) seen.insert(random_hex(16));
  EXPECT_EQ(seen.size(), 100U);
  EXPECT_EQ(seen.begin()->size(), 32U);
  EXPECT_TRUE(equal_constant_time("", ""));
  EXPECT_TRUE(equal_constant_time("abc", "abc"));
  EXPECT_FALSE(equal_constant_time("abc", "abd"));
  EXPECT_FALSE(equal_constant_time("abc", "ab"));
}

TEST(SecretText, NeverShowsAndForgets) {
  Secret secret(std::string("open ") + "sesame");
  EXPECT_EQ(fmt::format("{} {}", secret, secret), "*** ***");
  const Secret copy = secret;
  const char* const inside = secret.reveal().data();  // short: the bytes are in the object itself
  const Secret moved = std::move(secret);
  EXPECT_EQ(moved.reveal(), "open sesame");
  EXPECT_EQ(copy.reveal(), "open sesame");
  EXPECT_TRUE(secret.empty());
  EXPECT_EQ(std::string(inside, 11), std::string(11, '\0')) << "moving leaves nothing behind";
  Secret assigned(std::string(40, 'x'));
  assigned = moved;
  EXPECT_EQ(assigned.reveal(), "open sesame");
  const Secret& itself = assigned;
  assigned = itself;
  EXPECT_EQ(assigned.reveal(), "open sesame");
}

}  // namespace
}  // namespace spillguard
