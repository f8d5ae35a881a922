// Tests for the form of a value; value_class.h puts them in order.
// Thread-safety: pure functions.
#pragma once

#include <string_view>

namespace spillguard::detect::generic {

bool is_number(std::string_view value);   // digits with signs and separators of numbers
bool is_version(std::string_view value);  // 1.2.3, v2.0-rc1
bool is_date(std::string_view value);     // 2024-05-01, 01/05/2024, with a time or without
bool is_uuid(std::string_view value);
bool is_url(std::string_view value);
bool is_email(std::string_view value);
bool is_path(std::string_view value);
bool is_file_name(std::string_view value);
bool is_dotted_name(std::string_view value);  // names joined by '.', '->' or '::'
bool is_digest(std::string_view value);       // named so: "sha256:…", "SHA1(…)"
bool is_encrypted(std::string_view value);
bool is_password_hash(std::string_view value);
bool is_public_key(std::string_view value);
bool is_masked(std::string_view value);
bool is_variable_form(std::string_view value);  // all ways to write "what X holds"
bool is_code(std::string_view value, bool quoted);
bool is_literal(std::string_view value);              // a word that states: true, null, required
bool is_stand_in(std::string_view value);             // what documents write for "your own here"
bool is_stand_in(std::string_view value, int share);  // its stand_in_share() is known
bool encodes_stand_in(std::string_view value);        // the same in base64
bool is_phrase(std::string_view value);
bool is_word_row(std::string_view value);   // four words or more: correct-horse-battery-staple7
bool is_issue_key(std::string_view value);  // PROJ-123
bool is_byte_row(std::string_view value);   // 3c:15:c2:d1:58:5a: an address or a fingerprint; 0x…

// The share of characters in rows such as "1234", "cdef", "aaaa", "qwer", in 1/1024.
int sequence_share(std::string_view value);

}  // namespace spillguard::detect::generic
