// Keys of NATS ("nkeys"), of which the public ones stand in settings, logs and documents.
// Thread-safety: pure functions.
#pragma once

#include <string_view>

namespace spillguard::detect::generic {

// True for the public key of a user, account, operator, server, cluster, curve, module or service:
// base32 of a byte that says which, 32 bytes and a CRC-16, which is right. Seeds are none.
// Source: https://github.com/nats-io/nkeys, "strkey.go"; for modules and services
// https://github.com/wasmCloud/nkeys.
[[nodiscard]] bool is_nats_public_key(std::string_view value);

}  // namespace spillguard::detect::generic
