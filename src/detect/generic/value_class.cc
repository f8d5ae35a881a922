#include "detect/generic/value_class.h"

#include <array>

#include "detect/generic/byte_set.h"
#include "detect/generic/value_forms.h"

namespace spillguard::detect::generic {
namespace {

constexpr std::array<std::string_view, kValueClassCount> kClassNames = {
    "opaque",        "empty",      "placeholder", "masked",         "variable",       "code",
    "dotted name",   "literal",    "number",      "version",        "date",           "UUID",
    "digest",        "path",       "URL",         "e-mail address", "file name",      "encrypted",
    "password hash", "public key", "phrase",      "issue key",      "named otherwise"};

// Which bytes a value has says which forms it may have: most need a sign that most values lack.
constexpr ByteSet kAlnums("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
// What the forms below can not do without.
constexpr ByteSet kOfEncrypted("([{}:$!");
constexpr ByteSet kOfVariables(".([:$@%#<{&");
constexpr ByteSet kOfDigests(":(-=");
constexpr ByteSet kOfUrls(":.");
constexpr ByteSet kOfEmails("@");
constexpr ByteSet kOfIssueKeys("-");
constexpr ByteSet kOfPaths("/\\:");
constexpr ByteSet kOfFileNames(".");
constexpr ByteSet kOfCode("<>([{=:|&\"'\\ +");
constexpr ByteSet kOfPhrases(" \t\n\v\f\r");
constexpr ByteSet kOfDottedNames(".>:");

}  // namespace

std::string_view value_class_name(ValueClass value_class) {
  return kClassNames.at(static_cast<size_t>(value_class));
}

ValueClass classify_value(std::string_view value, bool quoted) {
  const ValueClass value_class = classify_but_stand_ins(value, quoted);
  return may_stand_in(value_class) && is_stand_in(value) ? ValueClass::kPlaceholder : value_class;
}

bool may_stand_in(ValueClass value_class) {
  using enum ValueClass;
  return value_class == kOpaque || value_class == kCode || value_class == kPhrase ||
         value_class == kDottedName;
}

ValueClass classify_but_stand_ins(std::string_view value, bool quoted) {
  using enum ValueClass;
  const ByteSet bytes(value);
  if (!bytes.any_of(kAlnums)) return is_masked(value) ? kMasked : kEmpty;
  if (is_literal(value)) return kLiteral;
  if (bytes.any_of(kOfEncrypted) && is_encrypted(value)) return kEncrypted;
  if (is_password_hash(value)) return kPasswordHash;
  if (bytes.any_of(kOfVariables) && is_variable_form(value)) return kVariable;
  if (is_masked(value)) return kMasked;
  if (is_public_key(value)) return kPublicKey;
  if (bytes.any_of(kOfDigests) && is_digest(value)) return kDigest;
  if (is_byte_row(value)) return kDigest;
  if (is_uuid(value)) return kUuid;
  if (bytes.any_of(kOfUrls) && is_url(value)) return kUrl;
  if (bytes.any_of(kOfEmails) && is_email(value)) return kEmail;
  if (is_number(value)) return kNumber;
  if (is_date(value)) return kDate;
  if (is_version(value)) return kVersion;
  if (bytes.any_of(kOfIssueKeys) && is_issue_key(value)) return kIssueKey;
  if (bytes.any_of(kOfPaths) && is_path(value)) return kPath;
  if (bytes.any_of(kOfFileNames) && is_file_name(value)) return kFileName;
  if ((bytes.any_of(kOfCode) || value.front() == 'f') && is_code(value, quoted)) return kCode;
  if (bytes.any_of(kOfPhrases) && is_phrase(value)) return kPhrase;
  if (bytes.any_of(kOfDottedNames) && is_dotted_name(value)) return kDottedName;
  return kOpaque;
}

bool never_secret(ValueClass value_class) {
  using enum ValueClass;
  switch (value_class) {
    case kOpaque:
    case kNumber:
    case kUuid:
    case kPhrase:
    case kDottedName:
      return false;
    default:
      return true;
  }
}

}  // namespace spillguard::detect::generic
