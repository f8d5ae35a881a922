#include "api/errors.h"

#include "base/json_writer.h"
#include "base/log.h"

namespace spillguard::api {

http::Response error_response(store::Product product, int status, std::string_view message) {
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  if (product == store::Product::kJira) {
    json.key("errorMessages");
    json.begin_array();
    json.value(message);
    json.end_array();
    json.key("errors");
    json.begin_object();
    json.end_object();
  } else {
    json.field("statusCode", status);
    json.field("message", message);
    json.field("reason", http::reason_phrase(status));
  }
  json.end_object();
  return http::Response::json(status, std::move(body));
}

http::Response error_response(store::Product product, const Error& error) {
  const int status = http_status(error.code);
  std::string_view message = error.message;
  if (status == 500) {
    log::error("API: {}", error.message);
    message =
        "An internal error, which is in the log. Please try again, and report it if it stays.";
  }
  http::Response response = error_response(product, status, message);
  if (status == 401) response.headers.add("WWW-Authenticate", "Basic realm=\"Spillguard\"");
  if (status == 429) response.headers.add("Retry-After", "60");
  if (status == 503 || status == 504) response.headers.add("Retry-After", "10");
  return response;
}

}  // namespace spillguard::api
