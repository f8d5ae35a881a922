#include "detect/generic/value_class.h"

#include <algorithm>
#include <array>

#include "detect/generic/characters.h"
#include "detect/generic/value_forms.h"

namespace spillguard::detect::generic {
namespace {

constexpr std::array<std::string_view, kValueClassCount> kClassNames = {
    "opaque",        "empty",      "placeholder", "masked",         "variable",       "code",
    "dotted name",   "literal",    "number",      "version",        "date",           "UUID",
    "digest",        "path",       "URL",         "e-mail address", "file name",      "encrypted",
    "password hash", "public key", "phrase",      "issue key",      "named otherwise"};

}  // namespace

std::string_view value_class_name(ValueClass value_class) {
  return kClassNames.at(static_cast<size_t>(value_class));
}

ValueClass classify_value(std::string_view value, bool quoted) {
  using enum ValueClass;
  if (std::none_of(value.begin(), value.end(), is_alnum)) {
    return is_masked(value) ? kMasked : kEmpty;
  }
  if (is_literal(value)) return kLiteral;
  if (is_encrypted(value)) return kEncrypted;
  if (is_password_hash(value)) return kPasswordHash;
  if (is_variable_form(value)) return kVariable;
  if (is_masked(value)) return kMasked;
  if (is_public_key(value)) return kPublicKey;
  if (is_digest(value) || is_byte_row(value)) return kDigest;
  if (is_uuid(value)) return kUuid;
  if (is_url(value)) return kUrl;
  if (is_email(value)) return kEmail;
  if (is_number(value)) return kNumber;
  if (is_date(value)) return kDate;
  if (is_version(value)) return kVersion;
  if (is_issue_key(value)) return kIssueKey;
  if (is_path(value)) return kPath;
  if (is_file_name(value)) return kFileName;
  if (is_stand_in(value)) return kPlaceholder;
  if (is_code(value, quoted)) return kCode;
  if (is_phrase(value)) return kPhrase;
  if (is_dotted_name(value)) return kDottedName;
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
