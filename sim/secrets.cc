#include "sim/secrets.h"

#include <fmt/format.h>
#include <zlib.h>

#include <array>

#include "base/encoding.h"

namespace spillguard::sim {
namespace {

constexpr std::string_view kUrlAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view kBase64Alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// In the order of make_secret()'s cases.
constexpr std::array<SecretKind, 20> kKinds = {{
    {"AWS_CLIENT_ID", "aws_access_key_id", false, true, true, true},
    {"AWS_SECRET_ACCESS_KEY", "aws_secret_access_key", true, true, false, true},
    {"GITHUB_PERSONAL_ACCESS_TOKEN", "github_token", false, true, true, true},
    {"GITLAB_PERSONAL_ACCESS_TOKEN", "gitlab_token", false, true, true, true},
    {"SLACK_BOT_TOKEN", "slack_bot_token", false, true, true, true},
    {"STRIPE_SECRET_KEY", "stripe_key", false, true, true, true},
    {"SENDGRID_API_KEY", "sendgrid_api_key", false, true, true, true},
    {"NPM_ACCESS_TOKEN", "npm_token", false, true, true, true},
    {"GOOGLE_API_KEY", "google_api_key", false, true, true, true},
    {"RSA_PRIVATE_KEY", "private key", false, false, false, false},
    {"SSH_PRIVATE_KEY", "ssh key", false, false, false, false},
    {"JSON_WEB_TOKEN", "token", false, true, true, false},
    {"POSTGRES_CONNECTION_STRING", "DATABASE_URL", false, true, false, true},
    {"MONGODB_CONNECTION_STRING", "MONGO_URL", false, true, false, true},
    {"PAYMENT_CARD", "card number", true, true, true, true},
    {"ANTHROPIC_API_KEY", "anthropic_api_key", false, true, true, true},
    {"OPENAI_API_KEY", "openai_api_key", false, true, true, true},
    {"TELEGRAM_BOT_TOKEN", "telegram_bot_token", true, true, true, true},
    {"TWILIO_API_KEY", "twilio_api_key", true, true, true, true},
    {"MAILCHIMP_API_KEY", "mailchimp_api_key", true, true, true, true},
}};

// Letters at both ends: a token that ends in "-" would lose its end to any word boundary.
std::string url_chars(Random& random, size_t length) {
  return random.chars(1, kBase62) + random.chars(length - 2, kUrlAlphabet) +
         random.chars(1, kBase62);
}

std::string bytes(Random& random, size_t length) {
  std::string out;
  for (size_t i = 0; i < length; ++i) out += static_cast<char>(random.below(256));
  return out;
}

std::string pem(std::string_view label, std::string_view der) {
  const auto base64 = base64_encode(der);
  std::string text = fmt::format("-----BEGIN {}-----\n", label);
  for (size_t at = 0; at < base64.size(); at += 64) text += base64.substr(at, 64) + "\n";
  return text + fmt::format("-----END {}-----", label);
}

// A DER SEQUENCE with version 0 and a modulus, as an RSA key begins; the numbers are noise.
std::string rsa_key(Random& random) {
  const std::string head("\x30\x82\x02\x5c\x02\x01\x00\x02\x81\x81\x00", 11);
  return pem("RSA PRIVATE KEY", head + bytes(random, 597));
}

std::string ssh_key(Random& random) {
  const std::string head(
      "openssh-key-v1\0\0\0\0\4none\0\0\0\4none\0\0\0\0\0\0\0\1\0\0\0\x33"
      "\0\0\0\x0bssh-ed25519\0\0\0 ",
      62);
  return pem("OPENSSH PRIVATE KEY", head + bytes(random, 190));
}

std::string web_token(Random& random) {
  const auto head = base64url_encode(R"({"alg":"HS256","typ":"JWT"})");
  const auto body = base64url_encode(fmt::format(R"({{"sub":"{}","iss":"login","iat":{}}})",
                                                 random.chars(12, kDigits),
                                                 random.between(1600000000, 1700000000)));
  return head + "." + body + "." + base64url_encode(bytes(random, 31) + "x");
}

std::string connection(Random& random, std::string_view scheme, std::string_view tail) {
  return fmt::format("{}://svc_{}:{}@db{}.prod.internal.net/{}", scheme,
                     random.chars(5, "abcdefghjkmnpqrstuvwxyz"), random.chars(18, kBase62),
                     random.between(1, 40), tail);
}

std::string card_number(Random& random) {
  std::string digits = "4" + random.chars(1, "35679") + random.chars(13, kDigits);
  return digits + luhn_digit(digits);
}

}  // namespace

size_t secret_kind_count() { return kKinds.size(); }
const SecretKind& secret_kind(size_t index) { return kKinds.at(index); }

std::string base62_checksum(std::string_view payload) {
  uint64_t crc =
      crc32(0L, reinterpret_cast<const Bytef*>(payload.data()), static_cast<uInt>(payload.size()));
  std::string digits(6, '0');
  for (size_t i = 6; i-- > 0; crc /= 62) digits[i] = kBase62[static_cast<size_t>(crc % 62)];
  return digits;
}

char luhn_digit(std::string_view digits) {
  int sum = 0;
  bool twice = true;
  for (size_t i = digits.size(); i-- > 0; twice = !twice) {
    int value = digits[i] - '0';
    if (twice) value = value * 2 > 9 ? value * 2 - 9 : value * 2;
    sum += value;
  }
  return static_cast<char>('0' + (10 - sum % 10) % 10);
}

std::string make_secret(size_t kind, Random& random) {
  // Prefixes stand apart from what follows, so that no scanner of the repository takes this file
  // for a leak.
  switch (kind) {
    case 0:
      return std::string("AK") + "IA" + random.chars(16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567");
    case 1:
      return random.chars(1, kBase62) + random.chars(38, kBase64Alphabet) +
             random.chars(1, kBase62);
    case 2: {
      const auto payload = random.chars(30, kBase62);
      return "ghp_" + payload + base62_checksum(payload);
    }
    case 3:
      return "glpat-" + url_chars(random, 20);
    case 4:
      return "xoxb-" + random.chars(1, "123456789") + random.chars(11, kDigits) + "-" +
             random.chars(1, "123456789") + random.chars(11, kDigits) + "-" +
             random.chars(24, kBase62);
    case 5:
      return std::string("sk_") + "live_" + random.chars(24, kBase62);
    case 6:
      return "SG." + url_chars(random, 22) + "." + url_chars(random, 43);
    case 7: {
      const auto payload = random.chars(30, kBase62);
      return "npm_" + payload + base62_checksum(payload);
    }
    case 8:
      return std::string("AI") + "za" + url_chars(random, 35);
    case 9:
      return rsa_key(random);
    case 10:
      return ssh_key(random);
    case 11:
      return web_token(random);
    case 12:
      return connection(random, "postgres", "orders?sslmode=require&connect_timeout=10");
    case 13:
      return connection(random, "mongodb", "catalog?replicaSet=rs0&authSource=admin");
    case 14:
      return card_number(random);
    case 15:
      return std::string("sk-ant-") + "api03-" + url_chars(random, 93) + "AA";
    case 16:
      return std::string("sk-") + "proj-" + url_chars(random, 74) + "T3Blbk" + "FJ" +
             url_chars(random, 74);
    case 17:
      return random.chars(1, "123456789") + random.chars(9, kDigits) + ":AA" +
             url_chars(random, 33);
    case 18:
      return "SK" + random.chars(32, kHexDigits);
    default:
      return random.chars(32, kHexDigits) + "-us" + std::to_string(random.between(1, 21));
  }
}

}  // namespace spillguard::sim
