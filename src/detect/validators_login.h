// Credentials of HTTP's Basic scheme, and whose address an e-mail address is.
#pragma once

#include "detect/validators.h"

namespace spillguard::detect {

// RFC 7617, section 2: base64 of a user (which may be empty), a colon and a password that is no
// stand-in, all of it text.
bool basic_credentials(const Candidate& candidate);

// An address of a person: its local part names no role such as info or postmaster (RFC 2142 and
// what is common).
bool email_not_role(const Candidate& candidate);
// Neither one of the names and domains that are for examples and tests (RFC 2606, RFC 6761), nor of
// a user called test, foo or demo.
bool email_not_example(const Candidate& candidate);

}  // namespace spillguard::detect
