// What a value plainly is, by its form alone.
// Thread-safety: pure functions.
#pragma once

#include <cstdint>
#include <string_view>

namespace spillguard::detect::generic {

enum class ValueClass : uint8_t {
  kOpaque,       // nothing of what follows
  kEmpty,        // nothing, or signs alone
  kPlaceholder,  // <password>, changeme, yourToken, the examples of documentation
  kMasked,       // ****, xxxx, abc…
  kVariable,     // ${X}, $X, %X%, {{x}}, @x@, process.env.X, os.getenv(…)
  kCode,         // a call, an index, an expression
  kDottedName,   // config.password, org.example.Thing
  kLiteral,      // true, null, none, required: words that settings and sentences put there
  kNumber,       // digits alone
  kVersion,      // 1.2.3-beta
  kDate,         // 2024-05-01T10:00
  kUuid,
  kDigest,  // sha256:…, SHA1(…)
  kPath,    // /etc/shadow, C:\keys, ./x
  kUrl,
  kEmail,
  kFileName,        // key.pem, default.properties
  kEncrypted,       // ENC(…), {cipher}…, AES:…, !vault
  kPasswordHash,    // $2a$…, {SSHA}…: rules of their own tell them
  kPublicKey,       // ssh-rsa …, BEGIN CERTIFICATE
  kPhrase,          // several words of prose
  kIssueKey,        // PROJ-123
  kNamedOtherwise,  // whatever it is, its key says that it is no secret
};
inline constexpr size_t kValueClassCount = 23;

// "placeholder", "dotted name" …; for people.
std::string_view value_class_name(ValueClass value_class);

// quoted: whether quotes stand around the value, so that it is no code.
ValueClass classify_value(std::string_view value, bool quoted);
// The same without a look for stand-ins, which takes longest; what may still be one is told by
// may_stand_in().
ValueClass classify_but_stand_ins(std::string_view value, bool quoted);
// Whether a value that is of this class so far is a placeholder if is_stand_in() says so.
bool may_stand_in(ValueClass value_class);

// Whether a value of this class is never a secret, whatever stands around it.
bool never_secret(ValueClass value_class);

}  // namespace spillguard::detect::generic
