// What HTTP requests and responses consist of, for server and client. Plain data.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace spillguard::http {

// Header fields in order; names compare in any case.
class Headers {
 public:
  void add(std::string name, std::string value) {
    fields_.emplace_back(std::move(name), std::move(value));
  }
  void set(std::string_view name, std::string value);  // replaces all of that name
  // The first value of that name, or nothing.
  [[nodiscard]] std::optional<std::string_view> get(std::string_view name) const;
  [[nodiscard]] std::vector<std::string_view> all(std::string_view name) const;
  [[nodiscard]] bool has(std::string_view name) const { return get(name).has_value(); }
  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& fields() const {
    return fields_;
  }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

// A request as the server hands it to a handler. `path` is normalised: percent escapes decoded once
// per segment, no empty, "." or ".." segments; requests whose raw path holds traversal tricks
// (encoded slashes or dots, ";", NUL, backslashes) never get here (400).
struct Request {
  std::string method;                                      // upper case
  std::string raw_target;                                  // as sent
  std::string path;                                        // "/rest/security/latest/project/FOO"
  std::vector<std::string> segments;                       // path cut at the slashes, decoded
  std::vector<std::pair<std::string, std::string>> query;  // decoded, in order
  // {name} parts of the route, decoded. Mutable: the router fills it in a request that handlers
  // only read, and copying the request for that would copy its body.
  mutable std::vector<std::pair<std::string, std::string>> params;
  Headers headers;
  std::string body;
  std::string remote_address;
  bool tls = false;

  // First value of a query parameter / route parameter.
  [[nodiscard]] std::optional<std::string_view> query_value(std::string_view name) const;
  [[nodiscard]] std::vector<std::string_view> query_values(std::string_view name) const;
  [[nodiscard]] std::string_view param(std::string_view name) const;  // "" when the route has none
  // The value of a cookie.
  [[nodiscard]] std::optional<std::string_view> cookie(std::string_view name) const;
};

// Where a streamed body goes. write() blocks while the peer is slow; an error means that the peer
// is gone and the producer should stop.
class BodyWriter {
 public:
  virtual ~BodyWriter() = default;
  virtual Status write(std::string_view data) = 0;
};

struct Response {
  int status = 200;
  Headers headers;
  std::string body;
  // When set, called after the headers are sent (chunked) instead of sending `body`.
  std::function<Status(BodyWriter&)> stream;

  static Response json(int status, std::string body);
  // {"message":…,"status-code":…}, the shape of the hosts' own errors.
  static Response error(int status, std::string_view message);
  static Response text(int status, std::string body,
                       std::string content_type = "text/plain; charset=utf-8");
  static Response empty(int status);
};

// The reason phrase of a status, "Unknown" for strange ones.
std::string_view reason_phrase(int status);

}  // namespace spillguard::http
