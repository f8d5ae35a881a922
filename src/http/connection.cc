#include "http/connection.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <memory>
#include <tuple>
#include <utility>
#include <vector>

#include "base/log.h"
#include "base/time.h"
#include "http/exchange.h"
#include "http/request_reader.h"
#include "http/response_head.h"

namespace spillguard::http {

namespace asio = boost::asio;
using Tcp = asio::ip::tcp;
using SteadyTime = std::chrono::steady_clock::time_point;

namespace {

// Operations give their error as a value.
constexpr auto kAwaitTuple = asio::as_tuple(asio::use_awaitable);
using IoError = boost::system::error_code;
using IoResult = std::tuple<IoError, size_t>;

// Plain TCP and TLS behind one face. Uses a socket that somebody else owns, closes and cancels.
class Transport {
 public:
  virtual ~Transport() = default;
  virtual asio::awaitable<IoResult> read_some(asio::mutable_buffer buffer) = 0;
  virtual asio::awaitable<IoResult> write_some(asio::const_buffer buffer) = 0;
  // Tells the peer that no more will come, where the protocol has a word for it.
  virtual asio::awaitable<void> say_goodbye() = 0;
  [[nodiscard]] virtual bool is_tls() const = 0;
};

class PlainTransport final : public Transport {
 public:
  explicit PlainTransport(Tcp::socket& socket) : socket_(socket) {}
  asio::awaitable<IoResult> read_some(asio::mutable_buffer buffer) override {
    return socket_.async_read_some(buffer, kAwaitTuple);
  }
  asio::awaitable<IoResult> write_some(asio::const_buffer buffer) override {
    return socket_.async_write_some(buffer, kAwaitTuple);
  }
  asio::awaitable<void> say_goodbye() override { co_return; }
  [[nodiscard]] bool is_tls() const override { return false; }

 private:
  Tcp::socket& socket_;
};

class TlsTransport final : public Transport {
 public:
  TlsTransport(Tcp::socket& socket, asio::ssl::context& context) : stream_(socket, context) {}
  asio::awaitable<std::tuple<IoError>> handshake() {
    return stream_.async_handshake(asio::ssl::stream_base::server, kAwaitTuple);
  }
  asio::awaitable<IoResult> read_some(asio::mutable_buffer buffer) override {
    return stream_.async_read_some(buffer, kAwaitTuple);
  }
  asio::awaitable<IoResult> write_some(asio::const_buffer buffer) override {
    return stream_.async_write_some(buffer, kAwaitTuple);
  }
  asio::awaitable<void> say_goodbye() override {
    // Without this OpenSSL would wait for the peer's own goodbye, which an idle peer never sends.
    SSL_set_shutdown(stream_.native_handle(), SSL_RECEIVED_SHUTDOWN);
    co_await stream_.async_shutdown(kAwaitTuple);
  }
  [[nodiscard]] bool is_tls() const override { return true; }

 private:
  asio::ssl::stream<Tcp::socket&> stream_;
};

constexpr auto kNoDeadline = SteadyTime::max();
// After the last response we read on for a moment: closing with unread bytes makes the kernel send
// a reset, which may overtake the response.
constexpr int64_t kLingerMs = 1'000;
constexpr size_t kLingerBytes = 1 << 20;
constexpr size_t kInputInitial = 4 * 1024;
constexpr size_t kInputForBodies = 64 * 1024;
constexpr size_t kInputRoom = 1024;
// Smaller bodies go out with their header: copying costs less than waking the peer twice.
constexpr size_t kJoinHeadAndBody = 128 * 1024;
constexpr unsigned char kTlsHandshakeRecord = 0x16;

SteadyTime after_ms(int64_t milliseconds) {
  return std::chrono::steady_clock::now() + std::chrono::milliseconds(milliseconds);
}

// Bytes that came and are not parsed yet.
class InputBuffer {
 public:
  [[nodiscard]] std::string_view pending() const { return {data_.data() + begin_, end_ - begin_}; }
  void consume(size_t bytes) { begin_ += bytes; }
  asio::mutable_buffer prepare() {
    if (begin_ == end_) begin_ = end_ = 0;
    if (data_.size() - end_ < kInputRoom && begin_ > 0) {
      std::copy(data_.begin() + static_cast<std::ptrdiff_t>(begin_),
                data_.begin() + static_cast<std::ptrdiff_t>(end_), data_.begin());
      end_ -= begin_;
      begin_ = 0;
    }
    const bool crowded = data_.size() - end_ < kInputRoom;
    if (crowded || (filled_up_ && data_.size() < kInputForBodies)) {
      data_.resize(std::max(kInputInitial, data_.size() * 2));
    }
    return {data_.data() + end_, data_.size() - end_};
  }
  void commit(size_t bytes) {
    end_ += bytes;
    filled_up_ = end_ == data_.size();
  }

 private:
  std::vector<char> data_;
  size_t begin_ = 0;
  size_t end_ = 0;
  bool filled_up_ = false;  // the last read took all the room: more is waiting
};

// The address of a webhook is as good as a password.
std::string_view logged_path(std::string_view path) {
  constexpr std::string_view kHooks = "/hooks/";
  const size_t at = path.find(kHooks);
  return at == std::string_view::npos ? path : path.substr(0, at + kHooks.size());
}

}  // namespace

// All of it runs on the thread of its loop. Shared by the coroutine that serves it, its timer and
// what handlers post to it.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(ServerShared& shared, IoLoop& loop, Tcp::socket socket)
      : shared_(shared),
        loop_(loop),
        socket_(std::move(socket)),
        timer_(loop.context),
        limits_{.max_header_bytes = shared.options.max_header_bytes,
                .max_target_bytes = shared.options.max_target_bytes,
                .max_body_bytes = shared.options.max_body_bytes} {}

  void start() {
    loop_.connections.insert(this);
    asio::co_spawn(
        loop_.context, run(),
        [self = shared_from_this()](const std::exception_ptr& error) { self->ended(error); });
  }
  void close_if_idle() {
    if (idle_) socket_.cancel(ignored_);
  }
  void abort() {
    aborted_ = true;
    socket_.close(ignored_);
    wake();
  }

 private:
  enum class Read { kRequest, kRefused, kTimedOut, kGone };

  asio::awaitable<void> run();
  asio::awaitable<bool> open_transport();
  asio::awaitable<Read> read_request(RequestReader& reader);
  asio::awaitable<bool> serve_one();
  asio::awaitable<bool> answer(const Response& response, const ResponseFrame& frame,
                               Exchange* exchange);
  asio::awaitable<bool> stream_body(Exchange& exchange, BodyFraming framing);
  asio::awaitable<bool> write_all(std::string_view data);
  asio::awaitable<void> linger();
  asio::awaitable<void> wait_for_wake();
  void ended(const std::exception_ptr& error) noexcept;
  std::function<void()> make_notifier();
  void wake();
  void set_deadline(SteadyTime deadline);
  void start_timer();
  bool take_timed_out() { return std::exchange(timed_out_, false); }

  ServerShared& shared_;
  IoLoop& loop_;
  Tcp::socket socket_;
  asio::steady_timer timer_;
  RequestLimits limits_;
  std::unique_ptr<Transport> transport_;
  InputBuffer input_;
  std::string remote_;
  IoError ignored_;
  std::function<void()> resume_;  // of the coroutine that waits for the handler
  bool woken_ = false;
  bool idle_ = false;  // waits for the first byte of a request
  bool aborted_ = false;
  bool answered_ = false;  // the peer may still be reading our last answer
  bool reset_ = false;     // end with a reset: the peer must not take the body for whole
  // One timer that is rarely touched: it looks at the deadline only when it fires.
  SteadyTime deadline_ = kNoDeadline;
  SteadyTime timer_at_ = kNoDeadline;
  bool timed_out_ = false;
};

void Connection::set_deadline(SteadyTime deadline) {
  deadline_ = deadline;
  if (deadline_ < timer_at_) start_timer();
}

void Connection::start_timer() {
  timer_at_ = deadline_;
  timer_.expires_at(timer_at_);
  timer_.async_wait([self = shared_from_this()](const IoError& error) {
    if (error) return;
    self->timer_at_ = kNoDeadline;
    if (self->deadline_ == kNoDeadline) return;
    if (std::chrono::steady_clock::now() < self->deadline_) return self->start_timer();
    self->deadline_ = kNoDeadline;
    self->timed_out_ = true;
    self->socket_.cancel(self->ignored_);
  });
}

void Connection::wake() {
  if (!resume_) {
    woken_ = true;
    return;
  }
  const auto resume = std::exchange(resume_, nullptr);
  resume();
}

asio::awaitable<void> Connection::wait_for_wake() {
  if (std::exchange(woken_, false)) co_return;
  auto initiate = [this](auto handler) {
    // A std::function must be copyable, the handler is not.
    auto kept = std::make_shared<decltype(handler)>(std::move(handler));
    resume_ = [kept] { std::move (*kept)(); };
  };
  co_await asio::async_initiate<const asio::use_awaitable_t<>&, void()>(initiate,
                                                                        asio::use_awaitable);
}

std::function<void()> Connection::make_notifier() {
  return [self = shared_from_this()] { asio::post(self->loop_.context, [self] { self->wake(); }); };
}

asio::awaitable<void> Connection::run() {
  socket_.set_option(Tcp::no_delay(true), ignored_);
  IoError error;
  const auto peer = socket_.remote_endpoint(error);
  if (error) co_return;
  remote_ = peer.address().to_string();
  const bool open = co_await open_transport();
  if (!open) co_return;
  bool again = true;
  while (again && !aborted_) again = co_await serve_one();
  if (answered_ && !reset_ && !aborted_) co_await linger();
}

asio::awaitable<bool> Connection::open_transport() {
  bool tls = shared_.options.tls == TlsMode::kRequired;
  if (shared_.options.tls == TlsMode::kOptional) {
    unsigned char first = 0;
    set_deadline(after_ms(shared_.options.idle_timeout_ms));
    idle_ = true;
    auto [error, size] = co_await socket_.async_receive(
        asio::mutable_buffer(&first, 1), asio::socket_base::message_peek, kAwaitTuple);
    idle_ = false;
    set_deadline(kNoDeadline);
    if (error || size == 0 || take_timed_out()) co_return false;
    tls = first == kTlsHandshakeRecord;
  }
  if (!tls) {
    transport_ = std::make_unique<PlainTransport>(socket_);
    co_return true;
  }
  auto transport = std::make_unique<TlsTransport>(socket_, *shared_.tls);
  set_deadline(after_ms(shared_.options.read_timeout_ms));
  auto [error] = co_await transport->handshake();
  set_deadline(kNoDeadline);
  if (take_timed_out()) co_return false;
  if (error) {
    log::debug("{}: TLS handshake with {} failed: {}", shared_.options.name, remote_,
               error.message());
    co_return false;
  }
  transport_ = std::move(transport);
  co_return true;
}

asio::awaitable<Connection::Read> Connection::read_request(RequestReader& reader) {
  const SteadyTime idle_deadline = after_ms(shared_.options.idle_timeout_ms);
  SteadyTime request_deadline = kNoDeadline;
  while (true) {
    if (!input_.pending().empty()) input_.consume(reader.feed(input_.pending()));
    if (reader.state() == RequestReader::State::kDone) co_return Read::kRequest;
    if (reader.state() == RequestReader::State::kFailed) co_return Read::kRefused;
    if (reader.take_wants_continue()) {
      const bool sent = co_await write_all("HTTP/1.1 100 Continue\r\n\r\n");
      if (!sent) co_return Read::kGone;
    }
    idle_ = !reader.started();
    if (idle_ && shared_.stopping) co_return Read::kGone;
    if (!idle_ && request_deadline == kNoDeadline) {
      request_deadline = after_ms(shared_.options.read_timeout_ms);
    }
    set_deadline(idle_ ? idle_deadline : request_deadline);
    auto [error, size] = co_await transport_->read_some(input_.prepare());
    set_deadline(kNoDeadline);
    idle_ = false;
    if (take_timed_out()) co_return reader.started() ? Read::kTimedOut : Read::kGone;
    if (error) co_return Read::kGone;
    input_.commit(size);
  }
}

// Reads, handles and answers one request; false when the connection ends with it.
asio::awaitable<bool> Connection::serve_one() {
  RequestReader reader(limits_);
  const Read read = co_await read_request(reader);
  answered_ = false;
  if (read == Read::kGone) co_return false;
  ResponseFrame frame;
  if (read != Read::kRequest) {
    const Response refusal = read == Read::kTimedOut
                                 ? Response::error(408, "the request did not arrive in time")
                                 : Response::error(reader.error_status(), reader.error_message());
    frame.keep_alive = false;
    co_await answer(refusal, frame, nullptr);
    co_return false;
  }

  const int64_t started_ms = monotonic_ms();
  Request request = reader.take_request();
  request.remote_address = remote_;
  request.tls = transport_->is_tls();
  frame.head = request.method == "HEAD";
  frame.http11 = reader.is_http11();
  const auto exchange = std::make_shared<Exchange>(std::move(request), make_notifier());
  // However this coroutine ends, the handler's thread must not wait for it.
  const std::unique_ptr<Exchange, void (*)(Exchange*)> guard(exchange.get(),
                                                             [](Exchange* e) { e->abandon(); });
  const bool accepted = shared_.pool->try_submit([&shared = shared_, exchange] {
    // Handlers that had to wait until the server was told to let go are not begun any more.
    if (!shared.aborting) exchange->run(shared.handler, shared.options.name);
  });
  const Response* response = nullptr;
  Response shed;
  if (accepted) {
    while ((response = exchange->response()) == nullptr) {
      co_await wait_for_wake();
      if (aborted_) co_return false;
    }
  } else {
    shared_.shed.add();
    shed = Response::error(503, "the server is busy; try again in a moment");
    shed.headers.add("Retry-After", "1");
    response = &shed;
  }
  frame.framing = choose_framing(*response, frame.http11);
  frame.keep_alive = reader.keep_alive() && !shared_.stopping &&
                     (frame.framing != BodyFraming::kToClose || frame.head);
  const bool whole = co_await answer(*response, frame, exchange.get());
  if (shared_.options.access_log) {
    log::debug("{}: {} {} {} {} ms", shared_.options.name, exchange->request().method,
               logged_path(exchange->request().path), response->status,
               monotonic_ms() - started_ms);
  }
  co_return whole&& frame.keep_alive;
}

asio::awaitable<bool> Connection::answer(const Response& response, const ResponseFrame& frame,
                                         Exchange* exchange) {
  const auto digit = static_cast<size_t>(response.status / 100);
  shared_.answered.at(digit < shared_.answered.size() ? digit : 0).add();
  std::string head = response_head(response, frame);
  bool sent = false;
  if (frame.head || frame.framing == BodyFraming::kNone) {
    sent = co_await write_all(head);
  } else if (frame.framing != BodyFraming::kLength) {
    sent = co_await write_all(head);
    if (sent) sent = co_await stream_body(*exchange, frame.framing);
  } else if (response.body.size() <= kJoinHeadAndBody) {
    head += response.body;
    sent = co_await write_all(head);
  } else {
    sent = co_await write_all(head);
    if (sent) sent = co_await write_all(response.body);
  }
  answered_ = sent;
  co_return sent;
}

asio::awaitable<bool> Connection::stream_body(Exchange& exchange, BodyFraming framing) {
  const bool chunked = framing == BodyFraming::kChunked;
  while (true) {
    Exchange::Piece piece = exchange.take();
    if (aborted_) co_return false;
    if (piece.failed) {
      reset_ = true;
      co_return false;
    }
    std::string out;
    if (chunked && !piece.data.empty()) {
      out = fmt::format("{:x}\r\n", piece.data.size());
      out += piece.data;
      out += "\r\n";
    } else {
      out = std::move(piece.data);
    }
    if (piece.finished && chunked) out += "0\r\n\r\n";
    if (!out.empty()) {
      const bool sent = co_await write_all(out);
      if (!sent) co_return false;
    }
    if (piece.finished) co_return true;
    if (out.empty()) co_await wait_for_wake();
  }
}

asio::awaitable<bool> Connection::write_all(std::string_view data) {
  while (!data.empty()) {
    set_deadline(after_ms(shared_.options.write_timeout_ms));
    auto [error, size] =
        co_await transport_->write_some(asio::const_buffer(data.data(), data.size()));
    set_deadline(kNoDeadline);
    if (take_timed_out() || error) co_return false;
    data.remove_prefix(size);
  }
  co_return true;
}

asio::awaitable<void> Connection::linger() {
  const SteadyTime deadline = after_ms(kLingerMs);
  set_deadline(deadline);
  co_await transport_->say_goodbye();
  socket_.shutdown(Tcp::socket::shutdown_send, ignored_);
  std::array<char, 4096> waste;
  size_t total = 0;
  while (total < kLingerBytes && !timed_out_) {
    set_deadline(deadline);
    auto [error, size] = co_await socket_.async_read_some(
        asio::mutable_buffer(waste.data(), waste.size()), kAwaitTuple);
    if (error) break;
    total += size;
  }
  set_deadline(kNoDeadline);
}

void Connection::ended(const std::exception_ptr& error) noexcept {
  try {
    if (error) std::rethrow_exception(error);
  } catch (const std::exception& e) {
    log::error("{}: a connection ended with an internal error: {}", shared_.options.name, e.what());
  } catch (...) {
    log::error("{}: a connection ended with an internal error", shared_.options.name);
  }
  if (reset_) socket_.set_option(asio::socket_base::linger(true, 0), ignored_);
  socket_.close(ignored_);
  deadline_ = kNoDeadline;
  timer_.cancel();
  resume_ = nullptr;
  loop_.connections.erase(this);
  shared_.leave();
}

void serve_connection(ServerShared& shared, IoLoop& loop, int descriptor, bool ipv6) {
  Tcp::socket socket(loop.context);
  IoError error;
  socket.assign(ipv6 ? Tcp::v6() : Tcp::v4(), descriptor, error);
  if (error) ::close(descriptor);
  if (error || shared.stopping) {
    shared.leave();
    return;
  }
  std::make_shared<Connection>(shared, loop, std::move(socket))->start();
}

void close_connections(IoLoop& loop, bool all) {
  // A copy, because aborting one may end it and take it out of the set.
  const std::vector<Connection*> connections(loop.connections.begin(), loop.connections.end());
  for (Connection* connection : connections) {
    if (!loop.connections.contains(connection)) continue;
    if (all) {
      connection->abort();
    } else {
      connection->close_if_idle();
    }
  }
}

}  // namespace spillguard::http
