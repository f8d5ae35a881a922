#include "detect/validators.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/encoding.h"
#include "base/strings.h"
#include "detect/stand_ins.h"
#include "detect/templates.h"
#include "detect/validators_ids.h"
#include "detect/validators_login.h"
#include "detect/validators_payment.h"
#include "detect/validators_pem.h"

namespace spillguard::detect {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_figure(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_figure(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

bool has_digit(const Candidate& candidate) {
  const std::string_view text = candidate.secret_text();
  return std::any_of(text.begin(), text.end(), is_figure);
}

bool mixed(const Candidate& candidate) {
  const std::string_view text = candidate.secret_text();
  return std::any_of(text.begin(), text.end(), is_figure) &&
         std::any_of(text.begin(), text.end(), is_letter);
}

bool not_hex_only(const Candidate& candidate) {
  const std::string_view text = candidate.secret_text();
  return !std::all_of(text.begin(), text.end(), is_hex);
}

bool not_placeholder(const Candidate& candidate) {
  return !is_placeholder(candidate.secret_text());
}
bool not_word(const Candidate& candidate) { return !reads_like_words(candidate.secret_text()); }

bool base64(const Candidate& candidate) {
  return base64_decode(candidate.secret_text()).has_value();
}

// prefix_ + random part + six characters of check sum, see base62_crc32.
bool github_checksum(const Candidate& candidate) {
  constexpr size_t kSum = 6;
  std::string_view token = candidate.secret_text();
  const size_t underscore = token.rfind('_');
  if (underscore != std::string_view::npos) token.remove_prefix(underscore + 1);
  if (token.size() <= kSum) return false;
  return base62_crc32(token.substr(0, token.size() - kSum)) == token.substr(token.size() - kSum);
}

// RFC 7519: three base64url parts, the first two of them JSON objects; RFC 7515: the header has
// "alg".
bool jwt(const Candidate& candidate) {
  const auto parts = split(candidate.secret_text(), '.');
  if (parts.size() != 3 || parts[2].empty()) return false;
  const auto header = base64_decode(parts[0]);
  const auto payload = base64_decode(parts[1]);
  if (!header || !payload || !header->starts_with('{') ||
      header->find("\"alg\"") == std::string::npos) {
    return false;
  }
  // The token that jwt.io shows to every visitor.
  const bool shown_everywhere = payload->find("John Doe") != std::string::npos &&
                                payload->find("1234567890") != std::string::npos;
  return payload->starts_with('{') && !shown_everywhere;
}

// RFC 9562, the text form; the nil and max values name nothing.
bool uuid(const Candidate& candidate) {
  const std::string_view text = candidate.secret_text();
  if (text.size() != 36) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !is_hex(text[i])) return false;
  }
  return text.find_first_not_of("0-") != std::string_view::npos &&
         to_lower(text).find_first_not_of("f-") != std::string::npos;
}

// Four letters of a known kind and 16 characters of base 32 (RFC 4648).
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
bool aws_key_id(const Candidate& candidate) {
  static constexpr std::array<std::string_view, 5> kKinds = {"AKIA", "ASIA", "ABIA", "ACCA", "A3T"};
  const std::string_view id = candidate.secret_text();
  if (id.size() != 20 || id.ends_with("EXAMPLE")) return false;
  if (std::none_of(kKinds.begin(), kKinds.end(),
                   [&](std::string_view k) { return id.starts_with(k); })) {
    return false;
  }
  return id.substr(4).find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") ==
         std::string_view::npos;
}

// RFC 3986, section 3.2.1: scheme://user:password@host. The secret is the URL or its password.
bool url_password(const Candidate& candidate) {
  std::string_view password = candidate.secret_text();
  if (const size_t scheme = password.find("://"); scheme != std::string_view::npos) {
    std::string_view authority = password.substr(scheme + 3);
    const size_t at = authority.substr(0, authority.find('/')).rfind('@');
    // A password may hold a slash that nobody escaped; then the last @ ends it.
    const size_t end = at != std::string_view::npos ? at : authority.rfind('@');
    if (end == std::string_view::npos) return false;
    authority = authority.substr(0, end);
    const size_t colon = authority.find(':');
    if (colon == std::string_view::npos) return false;
    password = authority.substr(colon + 1);
  }
  return !password.empty() && !is_variable(password) && !is_password_word(password) &&
         !is_placeholder(password);
}

constexpr std::array<Validator, 38> kTable = {{
    {"luhn", &payment_card,
     "a payment card number: network, length, Luhn's check digit, no test number"},
    {"github_checksum", &github_checksum,
     "ends with the base-62 CRC-32 that GitHub and npm tokens have"},
    {"jwt", &jwt, "a JSON web token whose header has an algorithm"},
    {"pem", &pem_block, "a PEM block with a plausible base64 body and equal labels"},
    {"not_placeholder", &not_placeholder, "no stand-in such as xxxx, changeme, <token>, ${TOKEN}"},
    {"url_password", &url_password, "a connection string with a password that is no stand-in"},
    {"mixed", &mixed, "has a letter and a digit"},
    {"has_digit", &has_digit, "has a digit"},
    {"not_word", &not_word, "does not read like words or an identifier"},
    {"base64", &base64, "decodes as base64"},
    {"base64_decodes", &base64, "the same as base64"},
    {"basic_credentials", &basic_credentials,
     "base64 of a user, a colon and a password that is no stand-in"},
    {"email_not_role", &email_not_role, "an address whose name is no role such as info or noreply"},
    {"email_not_example", &email_not_example,
     "an address in no domain for examples and tests, of no user called test, foo or demo"},
    {"not_hex_only", &not_hex_only, "has a character that is no hexadecimal digit"},
    {"uuid", &uuid, "a UUID that is not all zeros"},
    {"aws_key_id", &aws_key_id, "an AWS access key id in base 32"},
    {"iban", &iban, "an IBAN of a known country, its length, remainder 1 modulo 97"},
    {"us_ssn", &us_ssn, "a US social security number: area, group and serial in use"},
    {"id_at_svnr", &id_at_svnr, "an Austrian social insurance number"},
    {"id_au_tfn", &id_au_tfn, "an Australian tax file number"},
    {"id_be_rrn", &id_be_rrn, "a Belgian national register number"},
    {"id_br_cpf", &id_br_cpf, "a Brazilian CPF"},
    {"id_ca_sin", &id_ca_sin, "a Canadian social insurance number"},
    {"id_ch_ahv", &id_ch_ahv, "a Swiss AHV number"},
    {"id_de_tax", &id_de_tax, "a German tax identification number"},
    {"id_dk_cpr", &id_dk_cpr, "a Danish CPR number: a date, no serial 0000"},
    {"id_es_nif", &id_es_nif, "a Spanish DNI or NIE"},
    {"id_fi_hetu", &id_fi_hetu, "a Finnish personal identity code"},
    {"id_fr_nir", &id_fr_nir, "a French NIR"},
    {"id_gb_nino", &id_gb_nino, "a British national insurance number: letters in use"},
    {"id_in_aadhaar", &id_in_aadhaar, "an Indian Aadhaar number"},
    {"id_it_cf", &id_it_cf, "an Italian codice fiscale"},
    {"id_nl_bsn", &id_nl_bsn, "a Dutch BSN"},
    {"id_no_fnr", &id_no_fnr, "a Norwegian birth number"},
    {"id_pl_pesel", &id_pl_pesel, "a Polish PESEL"},
    {"id_pt_nif", &id_pt_nif, "a Portuguese NIF"},
    {"id_se_pnr", &id_se_pnr, "a Swedish personal number"},
}};

}  // namespace

std::span<const Validator> validators() { return kTable; }

const Validator* find_validator(std::string_view name) {
  const auto* const found = std::find_if(
      kTable.begin(), kTable.end(), [&](const Validator& entry) { return entry.name == name; });
  return found == kTable.end() ? nullptr : found;
}

}  // namespace spillguard::detect
