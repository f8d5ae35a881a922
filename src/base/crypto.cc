#include "base/crypto.h"

#include <sodium.h>

#include <cstring>

#include "base/encoding.h"
#include "base/strings.h"

namespace spillguard {
namespace {

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

void ensure_sodium() {
  static const int initialised = sodium_init();
  SG_CHECK(initialised >= 0);
}

std::array<uint8_t, 32> derive(std::string_view key, std::string_view purpose) {
  std::array<uint8_t, 32> out{};
  crypto_generichash(out.data(), out.size(), bytes_of(purpose), purpose.size(), bytes_of(key),
                     key.size());
  return out;
}

constexpr size_t kNonce = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr size_t kTag = crypto_aead_xchacha20poly1305_ietf_ABYTES;

}  // namespace

void wipe(void* data, size_t size) {
  if (size > 0) sodium_memzero(data, size);
}

std::string Fingerprint::hex() const {
  std::string out;
  append_hex(out);
  return out;
}

void Fingerprint::append_hex(std::string& out) const {
  // Both digits of every byte at once: lists and downloads write millions.
  static constexpr auto kPairs = [] {
    constexpr std::string_view kHex = "0123456789abcdef";
    std::array<char, 512> pairs{};
    for (size_t byte = 0; byte < 256; ++byte) {
      pairs[2 * byte] = kHex[byte >> 4];
      pairs[2 * byte + 1] = kHex[byte & 15];
    }
    return pairs;
  }();
  std::array<char, 2 * sizeof(bytes)> digits;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  size_t at = 0;
  for (const uint8_t byte : bytes) {
    std::memcpy(digits.data() + at, kPairs.data() + 2 * static_cast<size_t>(byte), 2);
    at += 2;
  }
  out.append(digits.data(), digits.size());
}

std::string_view Fingerprint::raw() const {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Result<Fingerprint> Fingerprint::parse(std::string_view raw_or_hex) {
  std::string decoded;
  std::string_view raw = raw_or_hex;
  if (raw.size() == 64) {
    decoded = hex_decode(raw).value_or("");
    raw = decoded;
  }
  if (raw.size() != 32) return fail(Code::kInvalidArgument, "a fingerprint is 64 hex digits");
  Fingerprint out;
  std::memcpy(out.bytes.data(), raw.data(), raw.size());
  return out;
}

MasterKey::MasterKey(std::array<uint8_t, kSize> key)
    : key_(std::string(reinterpret_cast<const char*>(key.data()), key.size())) {
  ensure_sodium();
  fingerprint_key_ = derive(key_.reveal(), "spillguard fingerprint 1");
  evidence_key_ = derive(key_.reveal(), "spillguard evidence 1");
}

MasterKey MasterKey::generate() {
  std::array<uint8_t, kSize> key{};
  random_bytes(key.data(), key.size());
  return MasterKey(key);
}

Result<MasterKey> MasterKey::parse(std::string_view text) {
  text = trim(text);
  std::string raw;
  if (text.size() == 2 * kSize) raw = hex_decode(text).value_or("");
  if (raw.empty()) raw = base64_decode(text).value_or("");
  if (raw.size() != kSize) {
    return fail(Code::kInvalidArgument,
                "an installation key is 64 hex digits or the base64 of 32 bytes; make one with "
                "'openssl rand -hex 32'");
  }
  std::array<uint8_t, kSize> key{};
  std::memcpy(key.data(), raw.data(), key.size());
  wipe(raw.data(), raw.size());
  return MasterKey(key);
}

MasterKey MasterKey::public_key() {
  ensure_sodium();
  return MasterKey(derive("", "spillguard public key 1"));
}

Secret MasterKey::to_hex() const { return Secret(hex_encode(key_.reveal())); }

Fingerprint MasterKey::keyed_hash(std::string_view purpose, std::string_view text) const {
  const auto sub_key = derive(key_.reveal(), purpose);
  Fingerprint out;
  crypto_generichash(out.bytes.data(), out.bytes.size(), bytes_of(text), text.size(),
                     sub_key.data(), sub_key.size());
  return out;
}

struct KeyedHasher::State {
  crypto_generichash_state hash;
};

KeyedHasher::KeyedHasher(std::unique_ptr<State> state) : state_(std::move(state)) {}
KeyedHasher::KeyedHasher(KeyedHasher&&) noexcept = default;
KeyedHasher& KeyedHasher::operator=(KeyedHasher&&) noexcept = default;
KeyedHasher::~KeyedHasher() = default;

void KeyedHasher::add(std::string_view piece) {
  crypto_generichash_update(&state_->hash, bytes_of(piece), piece.size());
}

Fingerprint KeyedHasher::finish() {
  Fingerprint out;
  crypto_generichash_final(&state_->hash, out.bytes.data(), out.bytes.size());
  return out;
}

KeyedHasher MasterKey::hasher(std::string_view purpose) const {
  const auto sub_key = derive(key_.reveal(), purpose);
  auto state = std::make_unique<KeyedHasher::State>();
  crypto_generichash_init(&state->hash, sub_key.data(), sub_key.size(), sizeof(Fingerprint::bytes));
  return KeyedHasher(std::move(state));
}

Fingerprint MasterKey::fingerprint(std::string_view secret) const {
  Fingerprint out;
  crypto_generichash(out.bytes.data(), out.bytes.size(), bytes_of(secret), secret.size(),
                     fingerprint_key_.data(), fingerprint_key_.size());
  return out;
}

std::string MasterKey::seal(std::string_view clear, std::string_view bound_to) const {
  std::string out(kNonce + clear.size() + kTag, '\0');
  auto* data = reinterpret_cast<unsigned char*>(out.data());
  random_bytes(data, kNonce);
  unsigned long long written = 0;
  crypto_aead_xchacha20poly1305_ietf_encrypt(data + kNonce, &written, bytes_of(clear), clear.size(),
                                             bytes_of(bound_to), bound_to.size(), nullptr, data,
                                             evidence_key_.data());
  SG_CHECK(written == clear.size() + kTag);
  return out;
}

Result<std::string> MasterKey::open(std::string_view sealed, std::string_view bound_to) const {
  std::string out;
  SG_TRY(open_into(sealed, bound_to, out));
  return out;
}

Status MasterKey::open_into(std::string_view sealed, std::string_view bound_to,
                            std::string& out) const {
  if (sealed.size() < kNonce + kTag) {
    return fail(Code::kCorrupt, "sealed evidence is too short to be whole");
  }
  const size_t size = sealed.size() - kNonce - kTag;
  // Growing would leave what was there in freed memory.
  if (size > out.capacity()) wipe(out.data(), out.size());
  out.resize(size);
  unsigned long long written = 0;
  const int status = crypto_aead_xchacha20poly1305_ietf_decrypt(
      reinterpret_cast<unsigned char*>(out.data()), &written, nullptr, bytes_of(sealed) + kNonce,
      sealed.size() - kNonce, bytes_of(bound_to), bound_to.size(), bytes_of(sealed),
      evidence_key_.data());
  if (status != 0) {
    return fail(Code::kCorrupt,
                "sealed evidence does not open: it was changed, or sealed under another key");
  }
  return {};
}

void random_bytes(void* out, size_t size) {
  ensure_sodium();
  randombytes_buf(out, size);
}

std::string random_hex(size_t bytes) {
  std::string raw(bytes, '\0');
  random_bytes(raw.data(), raw.size());
  return hex_encode(raw);
}

std::string hmac_sha256(std::string_view key, std::string_view text) {
  ensure_sodium();
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, bytes_of(key), key.size());
  crypto_auth_hmacsha256_update(&state, bytes_of(text), text.size());
  std::string out(crypto_auth_hmacsha256_BYTES, '\0');
  crypto_auth_hmacsha256_final(&state, reinterpret_cast<unsigned char*>(out.data()));
  return out;
}

std::string content_hash(std::string_view text) {
  ensure_sodium();
  std::string out(32, '\0');
  crypto_generichash(reinterpret_cast<unsigned char*>(out.data()), out.size(), bytes_of(text),
                     text.size(), nullptr, 0);
  return hex_encode(out);
}

bool equal_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace spillguard
