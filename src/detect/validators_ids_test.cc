#include "detect/validators_ids.h"

#include <gtest/gtest.h>

#include <string>

namespace spillguard::detect {
namespace {

struct IdCase {
  std::string_view validator;
  std::string_view good;
  std::string_view bad;  // the same with one mistake, or of a form that is not given out
};

// Made up after the published rule of each number with an independent program.
constexpr IdCase kIdCases[] = {
    {"iban", "DE44 5001 0517 5407 3249 31", "DE45 5001 0517 5407 3249 31"},
    {"iban", "NL39RABO0300065264", "NL39RABO03000652640"},
    {"iban", "GB26MIDL40051512345674", "GB26MIDL40051512345675"},
    {"iban", "FR273000600001127489610018X", "XX273000600001127489610018X"},
    {"us_ssn", "412-56-7893", "666-56-7893"},
    {"us_ssn", "001-01-0001", "412-00-7893"},
    {"id_at_svnr", "4788 240971", "4787 240971"},
    {"id_au_tfn", "865 400 009", "865 400 008"},
    {"id_be_rrn", "85.07.30-033.28", "85.07.30-033.29"},
    {"id_br_cpf", "529.982.247-25", "529.982.247-26"},
    {"id_ca_sin", "530 472 703", "530 472 704"},
    {"id_ch_ahv", "756.3847.1930.05", "756.3847.1930.06"},
    {"id_de_tax", "86 095 742 719", "86 095 742 718"},
    {"id_dk_cpr", "241184-1234", "241384-1234"},
    {"id_es_nif", "48213765S", "48213765T"},
    {"id_es_nif", "X4821376R", "Y4821376R"},
    {"id_fi_hetu", "241184-567A", "241184-567B"},
    {"id_fr_nir", "2 84 07 76 451 089 13", "2 84 07 76 451 089 14"},
    {"id_gb_nino", "JG 12 13 16 A", "BG 12 13 16 A"},
    {"id_in_aadhaar", "4821 3765 0914", "4821 3765 0941"},
    {"id_it_cf", "BNCGLI84L57H501B", "BNCGLI84L57H501C"},
    {"id_nl_bsn", "285630003", "285630030"},
    {"id_no_fnr", "241184 00026", "241184 00027"},
    {"id_pl_pesel", "84112450005", "84112450006"},
    {"id_pt_nif", "284 619 370", "284 619 371"},
    {"id_se_pnr", "841124-5601", "841124-5602"},
    {"id_se_pnr", "19841124-5601", "841324-5601"},
};

bool accepts(std::string_view name, std::string_view secret) {
  const Validator* validator = find_validator(name);
  EXPECT_NE(validator, nullptr) << name;
  const Span all{0, secret.size()};
  return validator != nullptr && validator->function({.text = secret, .match = all, .secret = all});
}

TEST(ValidatorsIds, AcceptWhatIsGivenOutAndNothingElse) {
  for (const IdCase& c : kIdCases) {
    EXPECT_TRUE(accepts(c.validator, c.good)) << c.validator << " " << c.good;
    EXPECT_FALSE(accepts(c.validator, c.bad)) << c.validator << " " << c.bad;
  }
}

TEST(ValidatorsIds, RefuseEveryOtherShape) {
  for (const IdCase& c : kIdCases) {
    for (const std::string_view text : {"", "1", "---", "\xC3\xA9", "000000000", "0000000000000",
                                        "abcdefghijklmnop", "11111111111", "999999999999999999"}) {
      EXPECT_FALSE(accepts(c.validator, text)) << c.validator << " " << text;
    }
    EXPECT_FALSE(accepts(c.validator, std::string(c.good) + "#")) << c.validator;
    EXPECT_FALSE(accepts(c.validator, c.good.substr(0, c.good.size() - 1))) << c.validator;
  }
}

}  // namespace
}  // namespace spillguard::detect
