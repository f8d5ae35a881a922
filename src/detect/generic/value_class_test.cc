#include "detect/generic/value_class.h"

#include <gtest/gtest.h>

#include <string>

#include "detect/generic/letter_model.h"
#include "detect/generic/stand_in_words.h"
#include "detect/generic/value_forms.h"

namespace spillguard::detect::generic {
namespace {

struct ValueCase {
  std::string_view value;
  ValueClass expected;
  bool quoted = false;
};

class ValueClassTest : public testing::TestWithParam<ValueCase> {};

TEST_P(ValueClassTest, TellsTheForm) {
  const ValueCase& c = GetParam();
  EXPECT_EQ(value_class_name(classify_value(c.value, c.quoted)), value_class_name(c.expected))
      << c.value;
}

using enum ValueClass;
INSTANTIATE_TEST_SUITE_P(
    Forms, ValueClassTest,
    testing::Values(
        ValueCase{"", kEmpty}, ValueCase{"---", kMasked}, ValueCase{"!!", kEmpty},
        ValueCase{"****", kMasked}, ValueCase{"xxxxxxxx", kMasked}, ValueCase{"yyyy", kMasked},
        ValueCase{"ab12...", kMasked}, ValueCase{"qw\xE2\x80\xA6", kMasked},
        ValueCase{"${DB_PASSWORD}", kVariable}, ValueCase{"$PASSWORD", kVariable},
        ValueCase{"%PASSWORD%", kVariable}, ValueCase{"{{ vault.token }}", kVariable, true},
        ValueCase{"<your password>", kVariable}, ValueCase{"process.env.TOKEN", kVariable},
        ValueCase{"os.getenv('KEY')", kVariable}, ValueCase{"config.get('secret')", kVariable},
        ValueCase{"@db.password@", kVariable}, ValueCase{"readPassword()", kCode},
        ValueCase{"rows[kNumber]", kCode}, ValueCase{"node->child", kCode},
        ValueCase{"width:320,", kCode}, ValueCase{"hintText=", kCode},
        ValueCase{"<p>There", kCode, true}, ValueCase{"node.child", kDottedName},
        ValueCase{"org.acme.StringEncoder", kDottedName}, ValueCase{"true", kLiteral},
        ValueCase{"null", kLiteral}, ValueCase{"required.", kLiteral}, ValueCase{"123456", kNumber},
        ValueCase{"-1.5", kNumber}, ValueCase{"1.2.3-SNAPSHOT", kVersion},
        ValueCase{"2024-05-01", kDate}, ValueCase{"PT30M", kDate}, ValueCase{"P1DT12H", kDate},
        ValueCase{"PT30", kOpaque}, ValueCase{"PIN30M", kOpaque},
        ValueCase{"01/05/2024 10:00", kDate},
        ValueCase{"6f1c2b34-0a1b-4c2d-8e3f-0123456789ab", kUuid},
        ValueCase{"sha256:96eab3188bb0", kDigest}, ValueCase{"3c:15:c2:d1:58:5a", kDigest},
        ValueCase{"0x7fffdead10", kDigest}, ValueCase{"/etc/ssl/private", kPath},
        ValueCase{"C:\\keys", kPath},
        ValueCase{"/home/a/.196fd35b51c3961222120dab2b07c9bc.pk", kPath},
        ValueCase{"./secret", kPath}, ValueCase{"https://host.example.org/x", kUrl},
        ValueCase{"someone@example.org", kEmail}, ValueCase{"server-key.pem", kFileName},
        ValueCase{"ENC(abcd1234)", kEncrypted}, ValueCase{"{cipher}0a1b2c", kEncrypted},
        ValueCase{"$ANSIBLE_VAULT;1.1", kEncrypted}, ValueCase{"{bcrypt}$2a$10$abc", kPasswordHash},
        ValueCase{"$2a$11$PWIFxyz", kPasswordHash}, ValueCase{"ssh-rsa AAAAB3Nza", kPublicKey},
        ValueCase{"changeme", kPlaceholder}, ValueCase{"myPassword", kPlaceholder},
        ValueCase{"your_api_key", kPlaceholder}, ValueCase{"admin123", kPlaceholder},
        ValueCase{"s3cr3t", kPlaceholder}, ValueCase{"cGFzc3dvcmQ=", kPlaceholder},
        ValueCase{"PROJ-2596", kIssueKey}, ValueCase{"please see the manual", kPhrase}));

INSTANTIATE_TEST_SUITE_P(
    Secrets, ValueClassTest,
    testing::Values(ValueCase{"Hydra#Kestrel8677!", kOpaque}, ValueCase{"zvlqyxbfjx", kOpaque},
                    ValueCase{"r4ac4l!", kOpaque}, ValueCase{"Winter2019!", kOpaque},
                    ValueCase{"eQvTXrWxhKkvT6nEQsTXuLDw", kOpaque},
                    ValueCase{"edc8d8b4d143b591d6dddf12cf72ef91acf183e3", kOpaque},
                    ValueCase{"2hYyLW2naLvP5ejMMOptwgUc/hNtrnn9", kOpaque, true},
                    ValueCase{"v6Rpzd03f0MV+rQPIDNuFTKSZhClMgzd==", kOpaque},
                    ValueCase{"dP#8,x:Q", kOpaque}, ValueCase{"Tr0ub4dor&3", kOpaque}));

TEST(ValueForms, RowsOfCharacters) {
  EXPECT_EQ(sequence_share("1234"), 1024);
  EXPECT_EQ(sequence_share("qwertz"), 1024);
  EXPECT_EQ(sequence_share("aaab"), 1024);
  EXPECT_EQ(sequence_share("x9k2"), 0);
  EXPECT_EQ(sequence_share("x9k2456z"), 3 * 1024 / 8);
}

TEST(ValueForms, RowsOfWords) {
  for (const std::string_view row :
       {"correct-horse-battery-staple", "Mango-Violet-Plinth-Rocket", "mango-violet-plinth-rocket7",
        "mango-violet-plinth-rocket-2041", "mango.violet.plinth.rocket42", "lamp_fern_dusk_coil!",
        "mango-violet-plinth-rocket-horse9!"}) {
    EXPECT_TRUE(is_word_row(row)) << row;
  }
  for (const std::string_view none :
       {"", "-", "mango-violet-plinth", "mango.violet.plinth.rocket", "first_info_read_timeout",
        "MANGO-VIOLET-PLINTH-ROCKET", "mango-violet.plinth-rocket", "mango-violet-plinth-",
        "mango--violet-plinth-rocket", "see-the-vault-entry", "your-own-value-here",
        "same-as-last-time", "mango-violet-token-rocket", "a1b2-c3d4-e5f6-a7b8",
        "mango-violet-plinth-rocket12345", "mango-violet-plinth-rocket7x",
        "mango-violet-plinth-rocket!!"}) {
    EXPECT_FALSE(is_word_row(none)) << none;
  }
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
