#include "detect/validators_ids.h"

#include <algorithm>
#include <array>
#include <span>
#include <string>

namespace spillguard::detect {
namespace ids {
namespace {

bool is_figure(char c) { return c >= '0' && c <= '9'; }
bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }

// Letters in upper case and digits; what stands between them is dropped. Empty when there is
// anything but the usual marks between them.
std::string compact(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (is_figure(c) || is_capital(c)) {
      out += c;
    } else if (c >= 'a' && c <= 'z') {
      out += static_cast<char>(c - 'a' + 'A');
    } else if (c != ' ' && c != '.' && c != '-' && c != '/' && c != '+') {
      return {};
    }
  }
  return out;
}

// The digits of a text that holds nothing else (marks between them aside) and has `length` of them,
// not all of them the same.
std::string digits_of(const Candidate& candidate, size_t length) {
  std::string out = compact(candidate.secret_text());
  if (out.size() != length || !std::all_of(out.begin(), out.end(), is_figure) ||
      out.find_first_not_of(out.front()) == std::string::npos) {
    return {};
  }
  return out;
}

int figure(std::string_view digits, size_t at) { return digits[at] - '0'; }

int number(std::string_view digits) {  // up to nine digits
  int out = 0;
  for (const char c : digits) out = out * 10 + (c - '0');
  return out;
}

int weighted(std::string_view digits, std::span<const int> weights) {
  int sum = 0;
  for (size_t i = 0; i < weights.size(); ++i) sum += figure(digits, i) * weights[i];
  return sum;
}

// A day and a month that a calendar may have; the year is not looked at.
bool day_month(int day, int month) { return day >= 1 && day <= 31 && month >= 1 && month <= 12; }

bool luhn(std::string_view digits) {
  int sum = 0;
  for (size_t i = 0; i < digits.size(); ++i) {
    int digit = figure(digits, digits.size() - 1 - i);
    if (i % 2 == 1) digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
    sum += digit;
  }
  return sum % 10 == 0;
}

// The remainder modulo 97 of a number written with letters, A = 10 to Z = 35 (ISO/IEC 7064).
int modulo_97(std::string_view text) {
  int rest = 0;
  for (const char c : text) {
    rest = is_figure(c) ? (rest * 10 + (c - '0')) % 97 : (rest * 100 + (c - 'A' + 10)) % 97;
  }
  return rest;
}

// Lengths of the IBAN registry (ISO 13616-1), https://www.swift.com/resource/iban-registry-pdf
struct IbanLength {
  std::string_view country;
  size_t length;
};
constexpr std::array<IbanLength, 80> kIbanLengths = {
    {{"AD", 24}, {"AE", 23}, {"AL", 28}, {"AT", 20}, {"AZ", 28}, {"BA", 20}, {"BE", 16},
     {"BG", 22}, {"BH", 22}, {"BI", 27}, {"BR", 29}, {"BY", 28}, {"CH", 21}, {"CR", 22},
     {"CY", 28}, {"CZ", 24}, {"DE", 22}, {"DJ", 27}, {"DK", 18}, {"DO", 28}, {"EE", 20},
     {"EG", 29}, {"ES", 24}, {"FI", 18}, {"FK", 18}, {"FO", 18}, {"FR", 27}, {"GB", 22},
     {"GE", 22}, {"GI", 23}, {"GL", 18}, {"GR", 27}, {"GT", 28}, {"HR", 21}, {"HU", 28},
     {"IE", 22}, {"IL", 23}, {"IQ", 23}, {"IS", 26}, {"IT", 27}, {"JO", 30}, {"KW", 30},
     {"KZ", 20}, {"LB", 28}, {"LC", 32}, {"LI", 21}, {"LT", 20}, {"LU", 20}, {"LV", 21},
     {"LY", 25}, {"MC", 27}, {"MD", 24}, {"ME", 22}, {"MK", 19}, {"MN", 20}, {"MR", 27},
     {"MT", 31}, {"MU", 30}, {"NI", 28}, {"NL", 18}, {"NO", 15}, {"OM", 23}, {"PK", 24},
     {"PL", 28}, {"PS", 29}, {"PT", 25}, {"QA", 29}, {"RO", 24}, {"RS", 22}, {"SA", 24},
     {"SC", 31}, {"SD", 18}, {"SE", 24}, {"SI", 19}, {"SK", 24}, {"SM", 27}, {"ST", 25},
     {"TN", 24}, {"TR", 26}, {"UA", 29}}};

// Documentation everywhere shows these.
constexpr std::array<std::string_view, 4> kShownIbans = {
    "DE89370400440532013000", "GB29NWBK60161331926819", "GB82WEST12345698765432",
    "FR1420041010050500013M02606"};

}  // namespace
}  // namespace ids

bool iban(const Candidate& candidate) {
  const std::string text = ids::compact(candidate.secret_text());
  if (text.size() < 15 || !ids::is_figure(text[2]) || !ids::is_figure(text[3])) return false;
  const auto* const country =
      std::find_if(ids::kIbanLengths.begin(), ids::kIbanLengths.end(),
                   [&](const ids::IbanLength& entry) { return text.starts_with(entry.country); });
  if (country == ids::kIbanLengths.end() || text.size() != country->length) return false;
  if (std::find(ids::kShownIbans.begin(), ids::kShownIbans.end(), text) != ids::kShownIbans.end())
    return false;
  // An account number of zeros alone is a stand-in.
  if (text.find_first_not_of('0', 4) == std::string::npos) return false;
  return ids::modulo_97(text.substr(4) + text.substr(0, 4)) == 1;
}

bool us_ssn(const Candidate& candidate) {
  const std::string digits = ids::digits_of(candidate, 9);
  if (digits.empty()) return false;
  const int area = ids::number(std::string_view(digits).substr(0, 3));
  if (area == 0 || area == 666 || area >= 900) return false;
  if (digits.substr(3, 2) == "00" || digits.substr(5) == "0000") return false;
  return digits != "078051120" && digits != "219099999" && digits != "123456789";
}

// Austria: https://www.sozialversicherung.at (digit 4 checks the nine others, modulo 11)
bool id_at_svnr(const Candidate& candidate) {
  const std::string digits = ids::digits_of(candidate, 10);
  if (digits.empty() || digits[0] == '0') return false;
  static constexpr std::array<int, 10> kWeights = {3, 7, 9, 0, 5, 8, 4, 2, 1, 6};
  const std::string_view view = digits;
  return ids::weighted(digits, kWeights) % 11 == ids::figure(digits, 3) &&
         ids::number(view.substr(4, 2)) >= 1 && ids::number(view.substr(4, 2)) <= 31 &&
         ids::number(view.substr(6, 2)) >= 1 && ids::number(view.substr(6, 2)) <= 15;
}

// Australia's tax file number: https://www.ato.gov.au (weighted sum is a multiple of 11)
bool id_au_tfn(const Candidate& candidate) {
  const std::string digits = ids::digits_of(candidate, 9);
  static constexpr std::array<int, 9> kWeights = {1, 4, 3, 7, 5, 8, 6, 9, 10};
  return !digits.empty() && ids::weighted(digits, kWeights) % 11 == 0;
}

// Belgium's national register number: https://www.ibz.rrn.fgov.be (97 less the remainder; a 2
// stands before numbers of people born since 2000)
bool id_be_rrn(const Candidate& candidate) {
  const std::string digits = ids::digits_of(candidate, 11);
  if (digits.empty()) return false;
  const std::string_view view = digits;
  if (ids::number(view.substr(2, 2)) % 20 > 12 || ids::number(view.substr(4, 2)) > 31) return false;
  const int check = ids::number(view.substr(9));
  return 97 - ids::modulo_97(view.substr(0, 9)) == check ||
         97 - ids::modulo_97("2" + digits.substr(0, 9)) == check;
}

// Brazil's CPF: https://www.gov.br/receitafederal (two digits, each modulo 11)
bool id_br_cpf(const Candidate& candidate) {
  const std::string digits = ids::digits_of(candidate, 11);
  if (digits.empty()) return false;
  for (const size_t length : {size_t{9}, size_t{10}}) {
    int sum = 0;
    for (size_t i = 0; i < length; ++i)
      sum += ids::figure(digits, i) * static_cast<int>(length + 1 - i);
    if (sum * 10 % 11 % 10 != ids::figure(digits, length)) return false;
  }
  return digits != "12345678909";
}

// Canada: https://www.canada.ca/en/employment-social-development (Luhn; 0 and 8 are not given out)
bool id_ca_sin(const Candidate& candidate) {
  const std::string digits = ids::digits_of(candidate, 9);
  return !digits.empty() && digits[0] != '0' && digits[0] != '8' && ids::luhn(digits) &&
         digits != "123456782";
}

// Switzerland: https://www.zas.admin.ch (EAN-13, begins with 756)
bool id_ch_ahv(const Candidate& candidate) {
  const std::string digits = ids::digits_of(candidate, 13);
  if (!digits.starts_with("756") || digits == "7569217076985" || digits == "7561234567897")
    return false;
  static constexpr std::array<int, 13> kWeights = {1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1};
  return ids::weighted(digits, kWeights) % 10 == 0;
}

// Germany's tax number: https://www.bzst.de (ISO/IEC 7064 MOD 11,10; among the first ten digits one
// stands two or three times, the others at most once)
bool id_de_tax(const Candidate& candidate) {
  const std::string digits = ids::digits_of(candidate, 11);
  if (digits.empty() || digits[0] == '0') return false;
  std::array<int, 10> counts{};
  int product = 10;
  for (size_t i = 0; i < 10; ++i) {
    ++counts[static_cast<size_t>(ids::figure(digits, i))];
    int sum = (ids::figure(digits, i) + product) % 10;
    if (sum == 0) sum = 10;
    product = sum * 2 % 11;
  }
  const auto repeated = std::count_if(counts.begin(), counts.end(), [](int n) { return n > 1; });
  if (repeated != 1 || *std::max_element(counts.begin(), counts.end()) > 3) return false;
  return (11 - product) % 10 == ids::figure(digits, 10);
}

// Denmark: https://cpr.dk (since 2007 numbers are given out that the old check digit does not
// hold for: the date decides)
bool id_dk_cpr(const Candidate& candidate) {
  const std::string digits = ids::digits_of(candidate, 10);
  if (digits.empty()) return false;
  const std::string_view view = digits;
  return ids::day_month(ids::number(view.substr(0, 2)), ids::number(view.substr(2, 2))) &&
         view.substr(6) != "0000";
}

// Spain's DNI and NIE: https://www.interior.gob.es (the letter at the number's remainder of 23)
bool id_es_nif(const Candidate& candidate) {
  std::string text = ids::compact(candidate.secret_text());
  if (text.size() != 9 || !ids::is_capital(text[8])) return false;
  if (text[0] >= 'X' && text[0] <= 'Z') text[0] = static_cast<char>('0' + (text[0] - 'X'));
  if (!std::all_of(text.begin(), text.begin() + 8, ids::is_figure)) return false;
  const int value = ids::number(std::string_view(text).substr(0, 8));
  if (value == 0 || value == 12345678) return false;
  static constexpr std::string_view kLetters = "TRWAGMYFPDXBNJZSQVHLCKE";
  return text[8] == kLetters[static_cast<size_t>(value % 23)];
}

// Finland: https://dvv.fi/en/personal-identity-code (date, sign of the century, three digits, the
// character at the remainder of 31)
bool id_fi_hetu(const Candidate& candidate) {
  const std::string_view text = candidate.secret_text();
  if (text.size() != 11) return false;
  const std::string digits = std::string(text.substr(0, 6)) + std::string(text.substr(7, 3));
  if (!std::all_of(digits.begin(), digits.end(), ids::is_figure)) return false;
  if (std::string_view("+-ABCDEFYXWVU").find(text[6]) == std::string_view::npos) return false;
  const std::string_view view = digits;
  if (!ids::day_month(ids::number(view.substr(0, 2)), ids::number(view.substr(2, 2)))) return false;
  static constexpr std::string_view kChecks = "0123456789ABCDEFHJKLMNPRSTUVWXY";
  return text[10] == kChecks[static_cast<size_t>(ids::number(digits) % 31)] &&
         text != "131052-308T";
}

// France: https://www.insee.fr (97 less the remainder of the 13 digits; Corsica's 2A and 2B count
// as 19 and 18)
bool id_fr_nir(const Candidate& candidate) {
  std::string text = ids::compact(candidate.secret_text());
  if (text.size() != 15) return false;
  if (text[5] == '2' && (text[6] == 'A' || text[6] == 'B')) {
    text.replace(5, 2, text[6] == 'A' ? "19" : "18");
  }
  if (!std::all_of(text.begin(), text.end(), ids::is_figure)) return false;
  const std::string_view view = text;
  const int month = ids::number(view.substr(3, 2));
  if ((text[0] != '1' && text[0] != '2') || month == 0 || (month > 12 && month < 20)) return false;
  return 97 - ids::modulo_97(view.substr(0, 13)) == ids::number(view.substr(13));
}

// United Kingdom: https://www.gov.uk/hmrc-internal-manuals/national-insurance-manual/nim39110 (no
// check digit; letters and prefixes that are not used)
bool id_gb_nino(const Candidate& candidate) {
  const std::string text = ids::compact(candidate.secret_text());
  if (text.size() != 9 || text[8] < 'A' || text[8] > 'D') return false;
  static constexpr std::string_view kNever = "DFIQUV";
  if (!ids::is_capital(text[0]) || !ids::is_capital(text[1]) ||
      kNever.find(text[0]) != std::string_view::npos ||
      kNever.find(text[1]) != std::string_view::npos || text[1] == 'O') {
    return false;
  }
  static constexpr std::array<std::string_view, 7> kUnused = {"BG", "GB", "KN", "NK",
                                                              "NT", "TN", "ZZ"};
  const std::string_view digits = std::string_view(text).substr(2, 6);
  return std::find(kUnused.begin(), kUnused.end(), text.substr(0, 2)) == kUnused.end() &&
         std::all_of(digits.begin(), digits.end(), ids::is_figure) && digits != "123456";
}

// India: https://uidai.gov.in (Verhoeff's check digit over the dihedral group D5)
bool id_in_aadhaar(const Candidate& candidate) {
  const std::string digits = ids::digits_of(candidate, 12);
  if (digits.empty() || digits[0] < '2') return false;
  static constexpr std::array<size_t, 10> kTurn = {1, 5, 7, 6, 2, 8, 3, 0, 9, 4};
  const auto times = [](size_t a, size_t b) {  // the group's table, from its definition
    if (a < 5) return b < 5 ? (a + b) % 5 : 5 + (a + b - 5) % 5;
    return b < 5 ? 5 + (a - 5 + 5 - b) % 5 : (a - b + 5) % 5;
  };
  size_t check = 0;
  for (size_t i = 0; i < digits.size(); ++i) {
    auto digit = static_cast<size_t>(ids::figure(digits, digits.size() - 1 - i));
    for (size_t turn = 0; turn < i % 8; ++turn) digit = kTurn[digit];
    check = times(check, digit);
  }
  return check == 0;
}

// Italy's codice fiscale: https://www.agenziaentrate.gov.it (decree of 12 March 1974: values of
// characters in odd and even places, the letter at the remainder of 26)
bool id_it_cf(const Candidate& candidate) {
  const std::string text = ids::compact(candidate.secret_text());
  if (text.size() != 16 || !ids::is_capital(text[15])) return false;
  static constexpr std::array<int, 26> kOdd = {1,  0,  5, 7, 9, 13, 15, 17, 19, 21, 2,  4,  18,
                                               20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23};
  if (std::string_view("ABCDEHLMPRST").find(text[8]) == std::string_view::npos) return false;
  int sum = 0;
  for (size_t i = 0; i < 15; ++i) {
    const int value = ids::is_figure(text[i]) ? text[i] - '0' : text[i] - 'A';
    sum += i % 2 == 0 ? kOdd[static_cast<size_t>(value)] : value;
  }
  return text[15] - 'A' == sum % 26 && text != "RSSMRA85T10A562S";
}

// Netherlands: https://www.rvig.nl (weights 9 to 2 and -1, a multiple of 11)
bool id_nl_bsn(const Candidate& candidate) {
  const std::string digits = ids::digits_of(candidate, 9);
  static constexpr std::array<int, 9> kWeights = {9, 8, 7, 6, 5, 4, 3, 2, -1};
  return !digits.empty() && ids::weighted(digits, kWeights) % 11 == 0 && digits != "123456782" &&
         digits != "111222333";
}

// Norway: https://www.skatteetaten.no (two digits modulo 11; 40 is added to the day of D numbers)
bool id_no_fnr(const Candidate& candidate) {
  const std::string digits = ids::digits_of(candidate, 11);
  if (digits.empty()) return false;
  const std::string_view view = digits;
  if (!ids::day_month(ids::number(view.substr(0, 2)) % 40, ids::number(view.substr(2, 2))))
    return false;
  static constexpr std::array<int, 10> kFirst = {3, 7, 6, 1, 8, 9, 4, 5, 2, 1};
  static constexpr std::array<int, 11> kSecond = {5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1};
  return ids::weighted(digits, kFirst) % 11 == 0 && ids::weighted(digits, kSecond) % 11 == 0;
}

// Poland: https://www.gov.pl/web/gov/czym-jest-numer-pesel (month carries the century)
bool id_pl_pesel(const Candidate& candidate) {
  const std::string digits = ids::digits_of(candidate, 11);
  if (digits.empty()) return false;
  const std::string_view view = digits;
  if (!ids::day_month(ids::number(view.substr(4, 2)), ids::number(view.substr(2, 2)) % 20))
    return false;
  static constexpr std::array<int, 11> kWeights = {1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1};
  return ids::weighted(digits, kWeights) % 10 == 0 && digits != "44051401359";
}

// Portugal: https://www.portaldasfinancas.gov.pt (modulo 11)
bool id_pt_nif(const Candidate& candidate) {
  const std::string digits = ids::digits_of(candidate, 9);
  if (digits.empty() || digits[0] == '0' || digits[0] == '4' || digits[0] == '7') return false;
  static constexpr std::array<int, 8> kWeights = {9, 8, 7, 6, 5, 4, 3, 2};
  const int rest = ids::weighted(digits, kWeights) % 11;
  return ids::figure(digits, 8) == (rest < 2 ? 0 : 11 - rest) && digits != "123456789";
}

// Sweden: https://www.skatteverket.se (Luhn over ten digits; 60 is added to the day of coordination
// numbers)
bool id_se_pnr(const Candidate& candidate) {
  std::string digits = ids::digits_of(candidate, 12);
  if (!digits.empty()) {
    digits.erase(0, 2);
  } else {
    digits = ids::digits_of(candidate, 10);
  }
  if (digits.empty()) return false;
  const std::string_view view = digits;
  return ids::day_month(ids::number(view.substr(4, 2)) % 60, ids::number(view.substr(2, 2))) &&
         ids::luhn(digits);
}

}  // namespace spillguard::detect
