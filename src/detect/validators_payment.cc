#include "detect/validators_payment.h"

#include <algorithm>
#include <array>
#include <string>

namespace spillguard::detect {
namespace {

// Issuer ranges of ISO/IEC 7812 as the networks publish them: the first digits between `first` and
// `last` (compared at their own length), and the lengths in use.
struct Network {
  std::string_view first;
  std::string_view last;
  size_t min_length;
  size_t max_length;
};
constexpr std::array<Network, 20> kNetworks = {{
    {"4", "4", 13, 19},        // Visa
    {"51", "55", 16, 16},      // Mastercard
    {"2221", "2720", 16, 16},  // Mastercard
    {"34", "34", 15, 15},      // American Express
    {"37", "37", 15, 15},      // American Express
    {"6011", "6011", 16, 19},  // Discover
    {"644", "649", 16, 19},    // Discover
    {"65", "65", 16, 19},      // Discover
    {"300", "305", 14, 19},    // Diners Club
    {"3095", "3095", 14, 19},  // Diners Club
    {"36", "36", 14, 19},      // Diners Club
    {"38", "39", 14, 19},      // Diners Club
    {"3528", "3589", 16, 19},  // JCB
    {"62", "62", 16, 19},      // UnionPay
    {"5018", "5018", 13, 19},  // Maestro
    {"5020", "5020", 13, 19},  // Maestro
    {"5038", "5038", 13, 19},  // Maestro
    {"5893", "5893", 13, 19},  // Maestro
    {"6304", "6304", 13, 19},  // Maestro
    {"6759", "6763", 13, 19},  // Maestro
}};

// Numbers for tests, from the public documentation of Stripe (docs.stripe.com/testing), PayPal,
// Braintree and Adyen. Numbers of 400000… are Stripe's, too.
constexpr std::array<std::string_view, 32> kTestNumbers = {
    "4242424242424242",    "4111111111111111", "4012888888881881", "4222222222222",
    "4000056655665556",    "5555555555554444", "2223003122003222", "5200828282828210",
    "5105105105105100",    "378282246310005",  "371449635398431",  "378734493671000",
    "6011111111111117",    "6011000990139424", "6011981111111113", "3056930009020004",
    "36227206271667",      "30569309025904",   "38520000023237",   "6555900000604105",
    "3566002020360505",    "3530111333300000", "6200000000000005", "6200000000000047",
    "6205500000000000004", "5431111111111111", "5454545454545454", "4444333322221111",
    "2222400070000005",    "4988438843884305", "370000000000002",  "4917610000000000"};

bool passes_luhn(std::string_view digits) {
  int sum = 0;
  for (size_t i = 0; i < digits.size(); ++i) {
    int digit = digits[digits.size() - 1 - i] - '0';
    if (i % 2 == 1) digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
    sum += digit;
  }
  return sum % 10 == 0;
}

bool of_known_network(std::string_view digits) {
  return std::any_of(kNetworks.begin(), kNetworks.end(), [&](const Network& network) {
    const std::string_view head = digits.substr(0, network.first.size());
    return head >= network.first && head <= network.last && digits.size() >= network.min_length &&
           digits.size() <= network.max_length;
  });
}

}  // namespace

bool payment_card(const Candidate& candidate) {
  std::string digits;
  for (const char c : candidate.secret_text()) {
    if (c >= '0' && c <= '9') {
      digits += c;
    } else if (c != ' ' && c != '-') {
      return false;
    }
  }
  if (digits.size() < 13 || digits.size() > 19) return false;
  if (digits.find_first_not_of(digits.front()) == std::string::npos) return false;
  if (!of_known_network(digits) || !passes_luhn(digits) || digits.starts_with("400000"))
    return false;
  return std::find(kTestNumbers.begin(), kTestNumbers.end(), digits) == kTestNumbers.end();
}

}  // namespace spillguard::detect
