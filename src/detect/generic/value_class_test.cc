#include "detect/generic/value_class.h"

#include <gtest/gtest.h>

#include <string>

#include "detect/generic/letter_model.h"
#include "detect/generic/stand_in_words.h"
#include "detect/generic/value_forms.h"

namespace spillguard::detect::generic {
namespace {

struct Case {
  std::string_view value;
  ValueClass expected;
  bool quoted = false;
};

class ValueClassTest : public testing::TestWithParam<Case> {};

TEST_P(ValueClassTest, TellsTheForm) {
  const Case& c = GetParam();
  EXPECT_EQ(value_class_name(classify_value(c.value, c.quoted)), value_class_name(c.expected))
      << c.value;
}

using enum ValueClass;
INSTANTIATE_TEST_SUITE_P(
    Forms, ValueClassTest,
    testing::Values(
        Case{"", kEmpty}, Case{"---", kMasked}, Case{"!!", kEmpty}, Case{"****", kMasked},
        Case{"xxxxxxxx", kMasked}, Case{"yyyy", kMasked}, Case{"ab12...", kMasked},
        Case{"qw\xE2\x80\xA6", kMasked}, Case{"${DB_PASSWORD}", kVariable},
        Case{"$PASSWORD", kVariable}, Case{"%PASSWORD%", kVariable},
        Case{"{{ vault.token }}", kVariable, true}, Case{"<your password>", kVariable},
        Case{"process.env.TOKEN", kVariable}, Case{"os.getenv('KEY')", kVariable},
        Case{"config.get('secret')", kVariable}, Case{"@db.password@", kVariable},
        Case{"readPassword()", kCode}, Case{"rows[kNumber]", kCode}, Case{"node->child", kCode},
        Case{"width:320,", kCode}, Case{"hintText=", kCode}, Case{"<p>There", kCode, true},
        Case{"node.child", kDottedName}, Case{"org.acme.StringEncoder", kDottedName},
        Case{"true", kLiteral}, Case{"null", kLiteral}, Case{"required.", kLiteral},
        Case{"123456", kNumber}, Case{"-1.5", kNumber}, Case{"1.2.3-SNAPSHOT", kVersion},
        Case{"2024-05-01", kDate}, Case{"01/05/2024 10:00", kDate},
        Case{"6f1c2b34-0a1b-4c2d-8e3f-0123456789ab", kUuid}, Case{"sha256:96eab3188bb0", kDigest},
        Case{"3c:15:c2:d1:58:5a", kDigest}, Case{"0x7fffdead10", kDigest},
        Case{"/etc/ssl/private", kPath}, Case{"C:\\keys", kPath}, Case{"./secret", kPath},
        Case{"https://host.example.org/x", kUrl}, Case{"someone@example.org", kEmail},
        Case{"server-key.pem", kFileName}, Case{"ENC(abcd1234)", kEncrypted},
        Case{"{cipher}0a1b2c", kEncrypted}, Case{"$ANSIBLE_VAULT;1.1", kEncrypted},
        Case{"{bcrypt}$2a$10$abc", kPasswordHash}, Case{"$2a$11$PWIFxyz", kPasswordHash},
        Case{"ssh-rsa AAAAB3Nza", kPublicKey}, Case{"changeme", kPlaceholder},
        Case{"myPassword", kPlaceholder}, Case{"your_api_key", kPlaceholder},
        Case{"admin123", kPlaceholder}, Case{"s3cr3t", kPlaceholder},
        Case{"cGFzc3dvcmQ=", kPlaceholder}, Case{"PROJ-2596", kIssueKey},
        Case{"please see the manual", kPhrase}));

INSTANTIATE_TEST_SUITE_P(Secrets, ValueClassTest,
                         testing::Values(Case{"Hydra#Kestrel8677!", kOpaque},
                                         Case{"zvlqyxbfjx", kOpaque}, Case{"r4ac4l!", kOpaque},
                                         Case{"Winter2019!", kOpaque},
                                         Case{"eQvTXrWxhKkvT6nEQsTXuLDw", kOpaque},
                                         Case{"edc8d8b4d143b591d6dddf12cf72ef91acf183e3", kOpaque},
                                         Case{"2hYyLW2naLvP5ejMMOptwgUc/hNtrnn9", kOpaque, true},
                                         Case{"v6Rpzd03f0MV+rQPIDNuFTKSZhClMgzd==", kOpaque},
                                         Case{"dP#8,x:Q", kOpaque}, Case{"Tr0ub4dor&3", kOpaque}));

TEST(ValueForms, RowsOfCharacters) {
  EXPECT_EQ(sequence_share("1234"), 1024);
  EXPECT_EQ(sequence_share("qwertz"), 1024);
  EXPECT_EQ(sequence_share("aaab"), 1024);
  EXPECT_EQ(sequence_share("x9k2"), 0);
  EXPECT_EQ(sequence_share("x9k2456z"), 3 * 1024 / 8);
}

TEST(StandInWords, ShareOfTheValue) {
  EXPECT_EQ(stand_in_share("password"), 1024);
  EXPECT_EQ(stand_in_share("my-secret_token1"), 1024);
  EXPECT_EQ(stand_in_share("P4ssw0rd"), 1024);
  EXPECT_EQ(stand_in_share("testqx"), 4 * 1024 / 6);
  EXPECT_LT(stand_in_share("eQvTXrWxhKkvT6nEQs"), 300);
  EXPECT_EQ(stand_in_share(std::string(4096, 'a')), 0);  // longer than any stand-in
}

}  // namespace
}  // namespace spillguard::detect::generic
