#include "detect/generic/name.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace spillguard::detect::generic {
namespace {

struct NameCase {
  std::string text;
  size_t at = 0;
};

bool same_name(const std::optional<Name>& a, const std::optional<Name>& b) {
  if (!a || !b) return a.has_value() == b.has_value();
  return a->key == b->key && a->keyword == b->keyword && a->noun == b->noun && a->pair == b->pair &&
         a->plain == b->plain && a->tail == b->tail;
}

// A cache that has seen other names answers as a new one does.
TEST(GenericName, DoesNotDependOnTheNamesBefore) {
  const std::vector<std::string> words = {
      "api",   "key", "Key", "token", "pass", "word", "Word",  "reset", "hash",   "nonce",
      "oauth", "has", "_",   ".",     "-",    "7",    "clave", "passe", "\u00C9", "secret"};
  std::mt19937 random(11);
  NameCache seasoned;
  size_t named = 0;
  for (int round = 0; round < 4000; ++round) {
    NameCase test;
    for (size_t i = random() % 3; i > 0; --i) test.text += words[random() % words.size()];
    if (random() % 2 == 0) test.text += ' ';
    for (size_t i = 1 + random() % 5; i > 0; --i) {
      test.at = test.text.size();
      test.text += words[random() % words.size()];
    }
    test.text += random() % 2 == 0 ? " = x" : ": ";
    if (random() % 2 == 0) test.text.append(40, 'x');
    const Span hit{test.at, test.at + 1};
    NameCache fresh;
    const auto expected = name_at(test.text, hit, fresh);
    EXPECT_TRUE(same_name(name_at(test.text, hit, seasoned), expected)) << test.text;
    named += expected ? 1 : 0;
  }
  EXPECT_GT(named, 500U);
}

TEST(GenericName, BytesBehindAShortNameAreNotItsOwn) {
  NameCache names;
  const std::string first = "password=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
  const std::string second = "password_policy=bbbbbbbbbbbbbbbbbbbbbbbbbb";
  EXPECT_TRUE(name_at(first, {0, 4}, names).has_value());
  EXPECT_FALSE(name_at(second, {0, 4}, names).has_value());
  EXPECT_TRUE(name_at("password=c", {0, 4}, names).has_value());
}

// Wherever the pair begins, and in any case.
TEST(GenericName, UsersStandBeforeAName) {
  NameCache cache;
  for (const std::string_view tie : {"/", "&", "+", "y", "E", "et", "ET", "and", "Und", "und"}) {
    for (const std::string_view before : {"user ", "the user ", "say: user "}) {
      const std::string text = std::string(before) + std::string(tie) + " password: x";
      const size_t at = text.find("password");
      EXPECT_TRUE(may_have_user_before(text, at)) << text;
      const auto name = name_at(text, {at, at + 4}, cache);
      ASSERT_TRUE(name.has_value()) << text;
      EXPECT_TRUE(name->pair) << text;
    }
  }
  for (const std::string_view text :
       {"of the password", "to password", "a password", "end. password"}) {
    EXPECT_FALSE(may_have_user_before(text, text.find("password"))) << text;
  }
}

TEST(GenericName, GluedWordsNameNoCredential) {
  const auto glued = [](std::string_view text) { return is_glued_credential(text, {0, 4}); };
  for (const std::string_view text : {"authButton: x", "auth_type", "auth.js", "auth-token",
                                      "AUTH_WHEN", "authorizationStatus"}) {
    EXPECT_TRUE(glued(text)) << text;
    NameCache cache;
    const auto name = name_at(text, {0, 4}, cache);
    EXPECT_TRUE(!name || name->noun != Noun::kCredential) << text;
  }
  for (const std::string_view text :
       {"auth", "auth: x", "auth2=x", "auth_2", "auth.", "authorization:", "AUTHORIZATION", "auth-",
        "auth\u00E9: x"}) {
    EXPECT_FALSE(glued(text)) << text;
  }
}

TEST(GenericName, OwnersFollowAKey) {
  for (const std::string_view tie : {"", "de ", "de la ", "DA ", "d'", "d\u2019"}) {
    for (const std::string_view owner :
         {"API", "acceso", "acc\u00E8s", "acesso", "secreta", "secr\u00E8te", "privada",
          "priv\u00E9e", "cifrado", "chiffrement", "criptografia"}) {
      const std::string text = "la clave " + std::string(tie) + std::string(owner) + ": x";
      const auto key = owned_key(text, {3, 8});
      ASSERT_TRUE(key.has_value()) << text;
      EXPECT_EQ(text.substr(key->end), ": x");
    }
  }
  EXPECT_FALSE(owned_key("a key and a door", {2, 5}).has_value());
  EXPECT_FALSE(owned_key("a key does it", {2, 5}).has_value());
}

}  // namespace
}  // namespace spillguard::detect::generic
