// Writes the status line and header of a response. Internal to the module; any thread.
#pragma once

#include <string>

#include "http/message.h"

namespace spillguard::http {

// How the body follows the header.
enum class BodyFraming {
  kLength,   // Content-Length, from Response.body
  kChunked,  // Response.stream to an HTTP/1.1 peer
  kToClose,  // Response.stream to an HTTP/1.0 peer
  kNone,     // 1xx, 204 and 304 have none
};

struct ResponseFrame {
  BodyFraming framing = BodyFraming::kLength;
  bool http11 = true;
  bool keep_alive = true;
  bool head = false;  // answers HEAD: the fields of a body without the body
};

// The framing that a response needs.
BodyFraming choose_framing(const Response& response, bool http11);

// Everything up to and with the empty line. Fields that frame the message (Content-Length,
// Transfer-Encoding, Connection, Date, Server) are ours; control characters in values of the
// handler become blanks, so that no value can add a field.
std::string response_head(const Response& response, const ResponseFrame& frame);

}  // namespace spillguard::http
