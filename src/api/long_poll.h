// Answers that wait until a scan has ended: ?wait=SECONDS. A waiting request holds one of the
// threads that answer, so only some may wait; the rest is answered at once and told to come back.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>

#include "api/context.h"
#include "http/message.h"

namespace spillguard::api {

// Returns when `busy` says no, the time that the request gives is over, too many wait already, or
// the server stops; at once without the parameter. The value is the last that `busy` said.
Result<bool> wait_while(const ApiContext& context, const http::Request& request,
                        const std::function<Result<bool>()>& busy);

// When a client should look again: `eta_ms` from now, within reason.
std::string retry_after(int64_t eta_ms);

}  // namespace spillguard::api
