#include "http/client.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "base/strings.h"
#include "base/time.h"
#include "http/curl_library.h"
#include "http/curl_pool.h"

namespace spillguard::http {
namespace {

// Without a byte for that long a transfer is given up, however generous its own time-out is.
constexpr long kStallSeconds = 60;
constexpr size_t kMaxResponseHeaderBytes = 1 << 20;

struct CurlCloser {
  void operator()(curl_slist* list) const { curl().slist_free_all(list); }
  void operator()(CURLU* url) const { curl().url_cleanup(url); }
  void operator()(char* text) const { curl().free(text); }
};
using CurlList = std::unique_ptr<curl_slist, CurlCloser>;
using CurlUrl = std::unique_ptr<CURLU, CurlCloser>;
using CurlText = std::unique_ptr<char, CurlCloser>;

std::string url_part(CURLU* url, CURLUPart part) {
  char* raw = nullptr;
  if (curl().url_get(url, part, &raw, CURLU_DEFAULT_PORT) != CURLUE_OK) return {};
  const CurlText text(raw);
  return raw;
}

// "https://host:443", which is all that errors say of a URL.
Result<std::string> origin_of(const std::string& url) {
  for (const char c : url) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte == 0x7F) {
      return fail(Code::kInvalidArgument, "the URL has a blank or control character");
    }
  }
  const CurlUrl parsed(curl().url());
  if (!parsed) return fail(Code::kInternal, "no memory for a URL");
  const CURLUcode code = curl().url_set(parsed.get(), CURLUPART_URL, url.c_str(), CURLU_PATH_AS_IS);
  if (code != CURLUE_OK) {
    return fail(Code::kInvalidArgument, std::string("not a URL of the form https://host/path: ") +
                                            curl().url_strerror(code));
  }
  const std::string scheme = url_part(parsed.get(), CURLUPART_SCHEME);
  const std::string host = url_part(parsed.get(), CURLUPART_HOST);
  if ((scheme != "http" && scheme != "https") || host.empty()) {
    return fail(Code::kInvalidArgument, "a URL must start with http:// or https://");
  }
  if (!url_part(parsed.get(), CURLUPART_USER).empty() ||
      !url_part(parsed.get(), CURLUPART_PASSWORD).empty()) {
    return fail(Code::kInvalidArgument,
                scheme + "://" + host + ": a URL must not hold a user name or password");
  }
  return scheme + "://" + to_lower(host) + ":" + url_part(parsed.get(), CURLUPART_PORT);
}

bool is_field_name(std::string_view name) {
  constexpr std::string_view kPunctuation = "!#$%&'*+-.^_`|~";
  for (const char c : name) {
    const bool alphanumeric =
        (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!alphanumeric && kPunctuation.find(c) == std::string_view::npos) return false;
  }
  return !name.empty();
}

bool is_field_value(std::string_view value) {
  return value.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

// A header list whose Authorization line is wiped before its memory is given back.
class HeaderList {
 public:
  HeaderList() = default;
  HeaderList(const HeaderList&) = delete;
  HeaderList& operator=(const HeaderList&) = delete;
  ~HeaderList() {
    for (curl_slist* item = list_.get(); item != nullptr; item = item->next) {
      const std::string_view line(item->data);
      if (starts_with_ignore_case(line, "authorization:") ||
          starts_with_ignore_case(line, "cookie:")) {
        wipe(item->data, line.size());
      }
    }
  }

  // libcurl copies the line.
  bool append(const char* line) {
    curl_slist* grown = curl().slist_append(list_.get(), line);
    if (grown == nullptr) return false;
    (void)list_.release();
    list_.reset(grown);
    return true;
  }
  [[nodiscard]] curl_slist* get() const { return list_.get(); }

 private:
  CurlList list_;
};

Status add_field(HeaderList& list, std::string_view name, std::string_view value) {
  if (!is_field_name(name)) {
    return fail(Code::kInvalidArgument, "a header field of the request has an impossible name");
  }
  if (!is_field_value(value)) {
    return fail(Code::kInvalidArgument,
                "the value of header field " + std::string(name) + " has a line break or NUL");
  }
  std::string line(name);
  // For libcurl a field without value ends in a semicolon ("Name:" would remove it).
  line += value.empty() ? ";" : ": ";
  line += value;
  const bool added = list.append(line.c_str());
  wipe(line.data(), line.size());
  if (!added) return fail(Code::kInternal, "no memory for the header of a request");
  return {};
}

Status fill_headers(HeaderList& list, const ClientRequest& request) {
  for (const auto& [name, value] : request.headers.fields()) {
    SG_TRY(add_field(list, name, value));
  }
  if (!request.authorization.empty()) {
    SG_TRY(add_field(list, "Authorization", request.authorization.reveal()));
  }
  // Two fields that libcurl would add by itself: a wait for "100 Continue" before larger bodies,
  // and the content type of forms.
  if (!request.headers.has("Expect") && !list.append("Expect:")) {
    return fail(Code::kInternal, "no memory for the header of a request");
  }
  if (!request.headers.has("Content-Type") && !list.append("Content-Type:")) {
    return fail(Code::kInternal, "no memory for the header of a request");
  }
  return {};
}

// What the callbacks of one transfer fill.
struct Transfer {
  CURL* handle = nullptr;
  const ClientRequest* request = nullptr;
  uint64_t max_body_bytes = 0;
  ClientResponse response;
  uint64_t received = 0;  // after decompression
  size_t header_bytes = 0;
  Status stopped;  // why a callback ended the transfer
  bool header_ended = false;
  bool body_began = false;
};

// Nothing may be thrown through libcurl: what goes wrong ends the transfer.
template <typename Body>
size_t guarded(Transfer& transfer, const Body& body) {  // 1: go on, 0: stop
  try {
    transfer.stopped = body();
  } catch (const std::exception& e) {
    transfer.stopped = fail(Code::kInternal, e.what());
  }
  return transfer.stopped ? 1 : 0;
}

Status take_header(Transfer& transfer, std::string_view line) {
  transfer.header_bytes += line.size();
  if (transfer.header_bytes > kMaxResponseHeaderBytes) {
    return fail(Code::kTooLarge, "the header of the answer is too large");
  }
  if (transfer.body_began) return {};  // a trailer
  if (line.starts_with("HTTP/")) {
    transfer.response.headers = {};  // an interim answer came before
    transfer.header_ended = false;
    return {};
  }
  if (line == "\r\n" || line == "\n") transfer.header_ended = true;
  const size_t colon = line.find(':');
  if (colon != std::string_view::npos && colon > 0) {
    transfer.response.headers.add(std::string(trim(line.substr(0, colon))),
                                  std::string(trim(line.substr(colon + 1))));
  }
  return {};
}

Status take_body(Transfer& transfer, std::string_view piece) {
  transfer.body_began = true;
  transfer.received += piece.size();
  if (transfer.received > transfer.max_body_bytes) {
    return fail(Code::kTooLarge,
                "the answer is larger than " + human_bytes(transfer.max_body_bytes));
  }
  long status = 0;
  curl().easy_getinfo(transfer.handle, CURLINFO_RESPONSE_CODE, &status);
  if (transfer.request->sink && status >= 200 && status < 300) {
    return transfer.request->sink(piece);
  }
  transfer.response.body.append(piece);
  return {};
}

size_t on_header(const char* data, size_t size, size_t count, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  const std::string_view line(data, size * count);
  return guarded(transfer, [&] { return take_header(transfer, line); }) * line.size();
}

size_t on_body(const char* data, size_t size, size_t count, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  const std::string_view piece(data, size * count);
  return guarded(transfer, [&] { return take_body(transfer, piece); }) * piece.size();
}

// Whether libcurl's detailed text for an error speaks of nothing but hosts, ports, certificates
// and times.
bool detail_is_harmless(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_PARTIAL_FILE:
    case CURLE_GOT_NOTHING:
    case CURLE_PROXY:
      return true;
    default:
      return false;
  }
}

Error explain_curl(CURLcode code, const char* detail, const Transfer& transfer) {
  if (!transfer.stopped) return transfer.stopped.error();
  const std::string cause =
      detail_is_harmless(code) && *detail != '\0' ? detail : curl().easy_strerror(code);
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
      return {Code::kTimeout, cause};
    case CURLE_FILESIZE_EXCEEDED:
      return {Code::kTooLarge, "the answer is larger than " + human_bytes(transfer.max_body_bytes)};
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
      return {Code::kInvalidArgument, cause};
    case CURLE_PARTIAL_FILE:
      return {Code::kUnavailable, "the answer was cut: " + cause};
    case CURLE_BAD_CONTENT_ENCODING:
      return {Code::kUnavailable, "the answer can not be decompressed: " + cause};
    case CURLE_OUT_OF_MEMORY:
    case CURLE_FAILED_INIT:
      return {Code::kInternal, cause};
    default:
      return {Code::kUnavailable, cause};
  }
}

long to_curl_ms(int64_t milliseconds) {
  return static_cast<long>(
      std::clamp<int64_t>(milliseconds, 1, std::numeric_limits<int32_t>::max()));
}

// Remembers the first option that libcurl refused.
class Setter {
 public:
  explicit Setter(CURL* handle) : handle_(handle) {}
  template <typename T>
  void operator()(CURLoption option, T value) {
    const CURLcode code = curl().easy_setopt(handle_, option, value);
    if (code_ == CURLE_OK) code_ = code;
  }
  [[nodiscard]] CURLcode code() const { return code_; }

 private:
  CURL* handle_;
  CURLcode code_ = CURLE_OK;
};

void set_connection_options(Setter& set, const ClientOptions& options) {
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
  set(CURLOPT_PATH_AS_IS, 1L);
  set(CURLOPT_TCP_KEEPALIVE, 1L);
  set(CURLOPT_MAXCONNECTS, 1L);
  set(CURLOPT_CONNECTTIMEOUT_MS, to_curl_ms(options.connect_timeout_ms));
  set(CURLOPT_LOW_SPEED_LIMIT, 1L);
  set(CURLOPT_LOW_SPEED_TIME, kStallSeconds);
  // Empty, not unset: the environment's http_proxy and no_proxy must not reach into a service.
  set(CURLOPT_PROXY, options.proxy.c_str());
  set(CURLOPT_NOPROXY, "");
  set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set(CURLOPT_SSL_VERIFYPEER, options.verify_tls ? 1L : 0L);
  set(CURLOPT_SSL_VERIFYHOST, options.verify_tls ? 2L : 0L);
  if (!options.ca_file.empty()) {
    set(CURLOPT_CAINFO, options.ca_file.c_str());
    // Else the system's authorities would be trusted beside the private one.
    set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));
  }
  if (!options.client_certificate_file.empty()) {
    set(CURLOPT_SSLCERT, options.client_certificate_file.c_str());
  }
  if (!options.client_key_file.empty()) set(CURLOPT_SSLKEY, options.client_key_file.c_str());
  set(CURLOPT_USERAGENT, options.user_agent.c_str());
  set(CURLOPT_ACCEPT_ENCODING, "gzip");
}

void set_request_options(Setter& set, const ClientOptions& options, const ClientRequest& request,
                         const HeaderList& headers) {
  set(CURLOPT_URL, request.url.c_str());
  set(CURLOPT_TIMEOUT_MS,
      to_curl_ms(request.timeout_ms > 0 ? request.timeout_ms : options.timeout_ms));
  set(CURLOPT_HTTPHEADER, headers.get());
  if (request.method == "HEAD") {
    set(CURLOPT_NOBODY, 1L);
  } else if (request.method != "GET" || !request.body.empty()) {
    const bool has_body =
        !request.body.empty() || request.method == "POST" || request.method == "PUT";
    if (has_body) {
      set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
      set(CURLOPT_POSTFIELDS, request.body.data());
    }
    set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
  }
}

void set_callbacks(Setter& set, Transfer& transfer, char* error_text) {
  set(CURLOPT_ERRORBUFFER, error_text);
  set(CURLOPT_HEADERFUNCTION, &on_header);
  set(CURLOPT_HEADERDATA, &transfer);
  set(CURLOPT_WRITEFUNCTION, &on_body);
  set(CURLOPT_WRITEDATA, &transfer);
  // Refuses by the announced size at once; on_body counts what really comes.
  if (transfer.request->method != "HEAD" &&
      transfer.max_body_bytes <= static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
    set(CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(transfer.max_body_bytes));
  }
}

}  // namespace

struct Client::State {
  explicit State(ClientOptions given)
      : options(std::move(given)), pool(options.max_idle_connections) {}
  const ClientOptions options;
  CurlPool pool;
};

Client::Client(ClientOptions options) : state_(std::make_unique<State>(std::move(options))) {}
Client::~Client() = default;

Result<ClientResponse> Client::send(const ClientRequest& request) {
  SG_TRY(load_curl());
  SG_ASSIGN(const std::string origin, origin_of(request.url));
  if (!is_field_name(request.method)) {
    return fail(Code::kInvalidArgument, origin + ": the method of the request is not a word");
  }
  const int64_t started_ms = monotonic_ms();
  CurlHandle handle = state_->pool.take(origin);
  if (!handle) return fail(Code::kInternal, origin + ": no memory for a connection");
  HeaderList headers;
  if (Status filled = fill_headers(headers, request); !filled) {
    state_->pool.give_back(origin, std::move(handle));
    return fail(std::move(filled).error().context(origin));
  }

  Transfer transfer;
  transfer.handle = handle.get();
  transfer.request = &request;
  transfer.max_body_bytes =
      request.max_body_bytes > 0 ? request.max_body_bytes : state_->options.max_body_bytes;
  std::array<char, CURL_ERROR_SIZE> error_text{};
  Setter set(handle.get());
  set_connection_options(set, state_->options);
  set_request_options(set, state_->options, request, headers);
  set_callbacks(set, transfer, error_text.data());

  CURLcode code = set.code();
  if (code == CURLE_OK) code = curl().easy_perform(handle.get());
  if (code == CURLE_OK && !transfer.stopped) code = CURLE_WRITE_ERROR;
  // libcurl takes a connection that closes in the middle of the header for an answer.
  if (code == CURLE_OK && !transfer.header_ended) code = CURLE_PARTIAL_FILE;
  long status = 0;
  curl().easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &status);
  state_->pool.give_back(origin, std::move(handle));
  if (code != CURLE_OK) {
    return fail(explain_curl(code, error_text.data(), transfer).context(origin));
  }
  transfer.response.status = static_cast<int>(status);
  transfer.response.elapsed_ms = monotonic_ms() - started_ms;
  return std::move(transfer.response);
}

}  // namespace spillguard::http
