#include "detect/templates.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/encoding.h"
#include "base/strings.h"

namespace spillguard::detect {
namespace {

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kUpper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view kLower = "abcdefghijklmnopqrstuvwxyz";
constexpr size_t kMaxLength = 20'000;

// A small generator of our own (SplitMix64), so that examples do not depend on a library's version.
class Random {
 public:
  explicit Random(std::string_view seed) {
    for (const char c : seed) {  // FNV-1a
      state_ = (state_ ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
    }
  }
  uint64_t next() {
    uint64_t z = (state_ += 0x9E3779B97F4A7C15ULL);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
  }
  char pick(std::string_view alphabet) { return alphabet[next() % alphabet.size()]; }
  std::string text(std::string_view alphabet, size_t length) {
    std::string out;
    while (out.size() < length) out += pick(alphabet);
    return out;
  }

 private:
  uint64_t state_ = 0xCBF29CE484222325ULL;
};

// The alphabet of a named class, or of an explicit set such as [A-Z2-7]; empty when neither.
std::string alphabet_of(std::string_view name) {
  std::string alpha = std::string(kUpper) + std::string(kLower);
  std::string alnum = std::string(kDigits) + alpha;
  if (name == "hex") return "0123456789abcdef";
  if (name == "HEX") return "0123456789ABCDEF";
  if (name == "digit") return std::string(kDigits);
  if (name == "lower") return std::string(kLower);
  if (name == "upper") return std::string(kUpper);
  if (name == "alpha") return alpha;
  if (name == "alnum") return alnum;
  if (name == "ALNUM") return std::string(kUpper) + std::string(kDigits);
  if (name == "b32") return std::string(kUpper) + "234567";
  if (name == "b64") return alnum + "+/";
  if (name == "b64url") return alnum + "-_";
  if (name == "base58") return "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
  std::string out;
  if (name.size() < 3 || name.front() != '[' || name.back() != ']') return out;
  name = name.substr(1, name.size() - 2);
  for (size_t i = 0; i < name.size(); ++i) {
    if (i + 2 < name.size() && name[i + 1] == '-') {
      for (char c = name[i]; c < name[i + 2]; ++c) out += c;
      out += name[i + 2];
      i += 2;
    } else {
      out += name[i];
    }
  }
  return out;
}

std::optional<size_t> length_of(std::string_view text) {
  const auto value = parse_int(text);
  if (!value || *value < 1 || *value > static_cast<int64_t>(kMaxLength)) return std::nullopt;
  return static_cast<size_t>(*value);
}

// PREFIX, random digits and the check digit that makes the number pass Luhn's test (ISO/IEC
// 7812-1).
std::string luhn_number(Random& random, std::string prefix, size_t length) {
  while (prefix.size() + 1 < length) prefix += random.pick(kDigits);
  int sum = 0;
  for (size_t i = 0; i < prefix.size(); ++i) {
    int digit = prefix[prefix.size() - 1 - i] - '0';
    if (i % 2 == 0) digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
    sum += digit;
  }
  prefix += static_cast<char>('0' + (10 - sum % 10) % 10);
  return prefix;
}

std::string jwt(Random& random) {
  const std::string header = R"({"alg":"HS256","typ":"JWT"})";
  const std::string body =
      fmt::format(R"({{"sub":"{}","name":"{}","iat":{}}})", random.text(kDigits, 10),
                  random.text(kLower, 8), 1'500'000'000 + random.next() % 200'000'000);
  return base64url_encode(header) + "." + base64url_encode(body) + "." +
         random.text(alphabet_of("b64url"), 43);
}

std::string uuid(Random& random) {
  const std::string hex = alphabet_of("hex");
  return random.text(hex, 8) + "-" + random.text(hex, 4) + "-4" + random.text(hex, 3) + "-" +
         random.pick("89ab") + random.text(hex, 3) + "-" + random.text(hex, 12);
}

std::string pem(Random& random, std::string_view label) {
  constexpr size_t kBytes = 600;
  std::string bytes = "\x30\x82\x02\x54";  // a DER sequence of 596 bytes, as keys begin
  while (bytes.size() < kBytes) bytes += static_cast<char>(random.next() & 0xFF);
  const std::string body = base64_encode(bytes);
  std::string out = fmt::format("-----BEGIN {}-----\n", label);
  for (size_t i = 0; i < body.size(); i += 64) out += body.substr(i, 64) + "\n";
  return out + fmt::format("-----END {}-----", label);
}

Result<std::string> expand_one(std::string_view inside, Random& random) {
  const auto broken = [&] {
    return fail(Code::kInvalidArgument,
                fmt::format("unknown template {{{{{}}}}}; docs/rules.md lists them", inside));
  };
  if (inside == "uuid") return uuid(random);
  if (inside == "jwt") return jwt(random);
  if (inside == "open") return std::string("{{");
  if (inside == "close") return std::string("}}");
  if (inside.starts_with("pem:") && inside.size() > 4) return pem(random, inside.substr(4));
  const size_t colon = inside.rfind(':');
  if (colon == std::string_view::npos) return broken();
  const auto length = length_of(inside.substr(colon + 1));
  const std::string_view name = inside.substr(0, colon);
  if (!length) return broken();
  if (name == "github_checksum") {
    const std::string part = random.text(alphabet_of("alnum"), *length);
    return part + base62_crc32(part);
  }
  if (name.starts_with("luhn:")) {
    const std::string_view prefix = name.substr(5);
    if (prefix.size() >= *length || prefix.find_first_not_of(kDigits) != std::string_view::npos) {
      return broken();
    }
    return luhn_number(random, std::string(prefix), *length);
  }
  const std::string alphabet = alphabet_of(name);
  if (alphabet.empty()) return broken();
  return random.text(alphabet, *length);
}

// The seed names rule, list and place, so that no two examples are the same text.
Result<std::vector<std::string>> expand_list(std::string_view rule, std::string_view list,
                                             const std::vector<std::string>& templates) {
  std::vector<std::string> out;
  for (const std::string& text : templates) {
    SG_ASSIGN(std::string expanded,
              expand_template(text, fmt::format("{} {} {}", rule, list, out.size())));
    out.push_back(std::move(expanded));
  }
  return out;
}

}  // namespace

std::string base62_crc32(std::string_view random_part) {
  uint32_t crc = 0xFFFFFFFFU;  // the CRC of zlib and Ethernet
  for (const char c : random_part) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1U) != 0 ? 0xEDB88320U : 0U);
  }
  crc = ~crc;
  const std::string alphabet = std::string(kDigits) + std::string(kUpper) + std::string(kLower);
  std::string out;
  while (out.size() < 6) {
    out += alphabet[crc % 62];
    crc /= 62;
  }
  std::reverse(out.begin(), out.end());
  return out;
}

Result<std::string> expand_template(std::string_view text, std::string_view seed) {
  Random random(seed);
  std::string out;
  while (true) {
    const size_t open = text.find("{{");
    if (open == std::string_view::npos) break;
    const size_t close = text.find("}}", open);
    if (close == std::string_view::npos) {
      return fail(Code::kInvalidArgument, "a template is opened with {{ and not closed with }}");
    }
    out += text.substr(0, open);
    SG_ASSIGN(const std::string part, expand_one(text.substr(open + 2, close - open - 2), random));
    out += part;
    text.remove_prefix(close + 2);
  }
  out += text;
  return out;
}

Result<std::vector<std::string>> expand_examples(const Rule& rule) {
  return expand_list(rule.name, "examples", rule.examples);
}

Result<std::vector<std::string>> expand_counter_examples(const Rule& rule) {
  return expand_list(rule.name, "counter_examples", rule.counter_examples);
}

}  // namespace spillguard::detect
