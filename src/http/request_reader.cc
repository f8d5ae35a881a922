#include "http/request_reader.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <limits>
#include <utility>

#include "base/strings.h"
#include "http/target.h"

namespace spillguard::http {
namespace {

namespace beast_http = boost::beast::http;
using BeastError = boost::beast::error_code;
using BeastText = boost::beast::string_view;

// The shortest end of a chunked body, "0\r\n\r\n". Beast's parser asserts that it is never asked
// to resume at the last chunk with less than that, so we wait for as much.
constexpr size_t kChunkedTail = 5;
// What a request line holds beside its target: a method, two blanks, the version.
constexpr size_t kRequestLineRest = 64;
constexpr size_t kMaxMethodBytes = 32;
constexpr size_t kMaxFields = 256;

std::string_view to_std(BeastText text) { return {text.data(), text.size()}; }

bool is_plain_method(std::string_view method) {
  if (method.size() > kMaxMethodBytes) return false;
  for (const char c : method) {
    if ((c < 'A' || c > 'Z') && c != '-' && c != '_') return false;
  }
  return !method.empty();
}

std::pair<int, std::string> explain(const BeastError& error) {
  using E = beast_http::error;
  if (error == E::body_limit) return {413, "the body is larger than this server takes"};
  if (error == E::header_limit) return {431, "the header is larger than this server takes"};
  if (error == E::bad_version) return {505, "only HTTP/1.0 and HTTP/1.1 are spoken here"};
  if (error == E::bad_content_length || error == E::multiple_content_length) {
    return {400, "the Content-Length is not one number, or comes with a Transfer-Encoding"};
  }
  if (error == E::bad_transfer_encoding) {
    return {400, "the Transfer-Encoding comes twice or with a Content-Length"};
  }
  if (error == E::bad_chunk || error == E::bad_chunk_extension) {
    return {400, "the chunked body is malformed"};
  }
  return {400, "the request is not HTTP: " + error.message()};
}

}  // namespace

// Fills a Request directly instead of Beast's own containers.
struct RequestReader::Parser final : beast_http::basic_parser<true> {
  explicit Parser(const RequestLimits& given) : limits(given) {
    eager(true);
    // Beast counts only what lies in front of it at a time; we count the whole (see on_field_impl).
    header_limit(std::numeric_limits<uint32_t>::max() / 2);
    body_limit(given.max_body_bytes);
  }

  void refuse(BeastError& error, int new_status, std::string why) {
    status = new_status;
    message = std::move(why);
    error = make_error_code(beast_http::error::bad_value);
  }

  void on_request_impl(beast_http::verb /*verb*/, BeastText method, BeastText target, int version,
                       BeastError& error) override {
    line_done = true;
    is_11 = version >= 11;
    if (target.size() > limits.max_target_bytes) {
      return refuse(error, 414, "the target is longer than this server takes");
    }
    if (!is_plain_method(to_std(method))) {
      return refuse(error, 400, "the method is not one of capital letters");
    }
    header_bytes = method.size() + target.size() + 12;
    request.method = to_std(method);
    request.raw_target = to_std(target);
  }

  void on_field_impl(beast_http::field field, BeastText name, BeastText value,
                     BeastError& error) override {
    // Trailers come here too. They must not pass for header fields that were checked.
    if (header_done) return;
    header_bytes += name.size() + value.size() + 4;
    if (header_bytes > limits.max_header_bytes || request.headers.fields().size() >= kMaxFields) {
      return refuse(error, 431, "the header is larger than this server takes");
    }
    if (field == beast_http::field::transfer_encoding &&
        !equals_ignore_case(trim(to_std(value)), "chunked")) {
      return refuse(error, 501, "the only Transfer-Encoding taken here is \"chunked\"");
    }
    if (field == beast_http::field::host) ++hosts;
    if (field == beast_http::field::expect) {
      if (!equals_ignore_case(trim(to_std(value)), "100-continue")) {
        return refuse(error, 417, "the only Expect taken here is \"100-continue\"");
      }
      expects_continue = true;
    }
    request.headers.add(std::string(to_std(name)), std::string(to_std(value)));
  }

  void on_header_impl(BeastError& error) override {
    header_done = true;
    if (is_11 ? hosts != 1 : hosts > 1) {
      return refuse(error, 400, "the request must have one Host field");
    }
    if (chunked() && !is_11) {
      return refuse(error, 400, "HTTP/1.0 has no chunked bodies");
    }
    auto target = http::parse_target(request.raw_target);
    if (!target) return refuse(error, 400, std::move(target).error().message);
    request.path = std::move(target->path);
    request.segments = std::move(target->segments);
    request.query = std::move(target->query);
  }

  // The body grows as it comes: a Content-Length alone allocates nothing.
  void on_body_init_impl(boost::optional<uint64_t> const& /*length*/, BeastError& error) override {
    error = {};
  }
  size_t on_body_impl(BeastText body, BeastError& error) override {
    error = {};
    request.body.append(body.data(), body.size());
    return body.size();
  }
  void on_chunk_header_impl(uint64_t /*size*/, BeastText /*extensions*/,
                            BeastError& error) override {
    error = {};
  }
  size_t on_chunk_body_impl(uint64_t /*remain*/, BeastText body, BeastError& error) override {
    return on_body_impl(body, error);
  }
  void on_finish_impl(BeastError& error) override { error = {}; }

  void on_response_impl(int /*code*/, BeastText /*reason*/, int /*version*/,
                        BeastError& error) override {
    error = make_error_code(beast_http::error::bad_version);
  }

  const RequestLimits& limits;
  Request request;
  size_t header_bytes = 0;
  size_t hosts = 0;
  bool line_done = false;
  bool header_done = false;
  bool expects_continue = false;
  bool is_11 = false;
  int status = 0;
  std::string message;
};

RequestReader::RequestReader(const RequestLimits& limits)
    : limits_(limits), parser_(std::make_unique<Parser>(limits_)) {}
RequestReader::~RequestReader() = default;

void RequestReader::fail_with(int status, std::string message) {
  state_ = State::kFailed;
  error_status_ = status;
  error_message_ = std::move(message);
}

void RequestReader::check_pending(std::string_view pending) {
  const size_t line_limit = limits_.max_target_bytes + kRequestLineRest;
  if (!parser_->line_done && pending.size() > line_limit &&
      pending.substr(0, line_limit).find("\r\n") == std::string_view::npos) {
    return fail_with(414, "the target is longer than this server takes");
  }
  if (!parser_->header_done && parser_->header_bytes + pending.size() > limits_.max_header_bytes) {
    return fail_with(431, "the header is larger than this server takes");
  }
  if (parser_->header_done && pending.size() > limits_.max_header_bytes) {
    return fail_with(400, "the chunked body is malformed");
  }
}

size_t RequestReader::feed(std::string_view bytes) {
  if (state_ != State::kReading) return 0;
  size_t taken = 0;
  if (!started_) {
    // RFC 9112 section 2.2: empty lines before a request are ignored.
    while (bytes.substr(taken, 2) == "\r\n") taken += 2;
    bytes.remove_prefix(taken);
    if (bytes.empty() || bytes == "\r") return taken;
    started_ = true;
  }
  if (parser_->header_done && parser_->chunked() && bytes.size() < kChunkedTail) return taken;
  BeastError error;
  const size_t used = parser_->put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
  if (error == beast_http::error::need_more) error = {};
  if (error) {
    if (parser_->status != 0) {
      fail_with(parser_->status, std::move(parser_->message));
    } else {
      auto [status, message] = explain(error);
      fail_with(status, std::move(message));
    }
  } else if (parser_->is_done()) {
    state_ = State::kDone;
  } else {
    check_pending(bytes.substr(used));
  }
  return taken + used;
}

bool RequestReader::take_wants_continue() {
  if (continue_answered_ || state_ != State::kReading || !parser_->header_done) return false;
  continue_answered_ = true;
  return parser_->expects_continue && parser_->is_11 && parser_->request.body.empty();
}

bool RequestReader::is_http11() const { return parser_->is_11; }
bool RequestReader::keep_alive() const { return parser_->keep_alive(); }
Request RequestReader::take_request() { return std::move(parser_->request); }

}  // namespace spillguard::http
