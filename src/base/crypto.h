// The few cryptographic tools that the product uses, over libsodium.
// Thread-safety: all functions and const methods may be called from any thread.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/secret.h"

namespace spillguard {

// Keyed BLAKE2b-256 of an exact text: equality of secrets is equality of fingerprints.
struct Fingerprint {
  std::array<uint8_t, 32> bytes{};
  auto operator<=>(const Fingerprint&) const = default;

  [[nodiscard]] std::string hex() const;
  void append_hex(std::string& out) const;
  [[nodiscard]] std::string_view raw() const;  // the 32 bytes, a view into this object
  // From the 32 raw bytes or 64 hex digits.
  static Result<Fingerprint> parse(std::string_view raw_or_hex);
};

// A keyed hash of bytes that come piece by piece. One thread.
class KeyedHasher {
 public:
  KeyedHasher(const KeyedHasher&) = delete;
  KeyedHasher& operator=(const KeyedHasher&) = delete;
  KeyedHasher(KeyedHasher&&) noexcept;
  KeyedHasher& operator=(KeyedHasher&&) noexcept;
  ~KeyedHasher();
  void add(std::string_view piece);
  // Of all that was added. Once.
  [[nodiscard]] Fingerprint finish();

 private:
  friend class MasterKey;
  struct State;
  explicit KeyedHasher(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// The installation's key material: fingerprints and evidence hang on it. 32 random bytes, from
// which one sub-key a purpose is derived. Losing it makes evidence unreadable and reviews
// unmatchable.
class MasterKey {
 public:
  static constexpr size_t kSize = 32;
  static MasterKey generate();
  // The form of files and environment variables: 64 hex digits or base64 of 32 bytes.
  static Result<MasterKey> parse(std::string_view text);
  // A fixed, public key for uses without an installation (the scan command): fingerprints then
  // compare across machines, and protect nothing.
  static MasterKey public_key();

  [[nodiscard]] Secret to_hex() const;
  // Keyed hash under a sub-key named by purpose, for example "fingerprint" or "caller-cache".
  [[nodiscard]] Fingerprint keyed_hash(std::string_view purpose, std::string_view text) const;
  // The same for bytes in pieces.
  [[nodiscard]] KeyedHasher hasher(std::string_view purpose) const;
  [[nodiscard]] Fingerprint fingerprint(std::string_view secret) const;
  // XChaCha20-Poly1305 with a random nonce in front. `bound_to` must be the same at opening.
  [[nodiscard]] std::string seal(std::string_view clear, std::string_view bound_to) const;
  // kCorrupt when the bytes were changed, bound to something else, or sealed under another key.
  [[nodiscard]] Result<std::string> open(std::string_view sealed, std::string_view bound_to) const;
  // The same into a string whose memory is used again: for many, one after the other.
  Status open_into(std::string_view sealed, std::string_view bound_to, std::string& clear) const;

 private:
  explicit MasterKey(std::array<uint8_t, kSize> key);
  std::array<uint8_t, 32> fingerprint_key_{};
  std::array<uint8_t, 32> evidence_key_{};
  Secret key_;
};

void random_bytes(void* out, size_t size);
std::string random_hex(size_t bytes);

// HMAC-SHA256, raw 32 bytes (webhook signatures).
std::string hmac_sha256(std::string_view key, std::string_view text);
// BLAKE2b-256 without a key, in hex: check sums of rules, migrations, settings. Not for secrets.
std::string content_hash(std::string_view text);
// Compares without telling by its time where the difference is.
bool equal_constant_time(std::string_view a, std::string_view b);

}  // namespace spillguard
