#include "http/server.h"

#include <openssl/ssl.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "base/log.h"
#include "http/connection.h"

namespace spillguard::http {

ServerShared::ServerShared(ServerOptions given, Handler serve)
    : options(std::move(given)), handler(std::move(serve)) {
  shed = metrics::counter("spillguard_http_shed_total",
                          "Requests answered 503 because the queue was full",
                          {{"server", options.name}});
  for (size_t digit = 0; digit < answered.size(); ++digit) {
    answered.at(digit) =
        metrics::counter("spillguard_http_responses_total", "Responses by class of their status",
                         {{"server", options.name}, {"class", std::to_string(digit) + "xx"}});
  }
  open =
      metrics::gauge("spillguard_http_connections", "Open connections", {{"server", options.name}});
}

bool ServerShared::enter() {
  const std::lock_guard lock(mutex_);
  if (live_ >= options.max_connections) return false;
  ++live_;
  open.set(static_cast<double>(live_));
  return true;
}

void ServerShared::leave() {
  const std::lock_guard lock(mutex_);
  --live_;
  open.set(static_cast<double>(live_));
  if (live_ == 0) none_.notify_all();
}

bool ServerShared::wait_for_none(int64_t milliseconds) {
  std::unique_lock lock(mutex_);
  if (milliseconds < 0) {
    none_.wait(lock, [this] { return live_ == 0; });
    return true;
  }
  return none_.wait_for(lock, std::chrono::milliseconds(milliseconds),
                        [this] { return live_ == 0; });
}

namespace {

namespace net = boost::asio;
using NetError = boost::system::error_code;
constexpr auto kAcceptTuple = net::as_tuple(net::use_awaitable);
// Out of descriptors: waiting is all that helps, and a tight loop would make it worse.
constexpr auto kAcceptPause = std::chrono::milliseconds(100);

std::string tls_cause(const NetError& error) { return error.message(); }

Result<net::ssl::context> make_tls_context(const ServerOptions& options) {
  try {
    net::ssl::context context(net::ssl::context::tls_server);
    SSL_CTX* raw = context.native_handle();
    SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
    SSL_CTX_set_options(raw, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
                                 SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_mode(raw, SSL_MODE_RELEASE_BUFFERS);
    // For TLS 1.2: forward secrecy and authenticated encryption only. 1.3 has nothing else.
    if (SSL_CTX_set_cipher_list(raw, "ECDHE+AESGCM:ECDHE+CHACHA20") != 1) {
      return fail(Code::kInternal, "the TLS library has none of the ciphers that we allow");
    }
    NetError error;
    // A key with a pass phrase must fail, not ask on the terminal.
    context.set_password_callback(
        [](size_t, net::ssl::context::password_purpose) { return std::string(); }, error);
    context.use_certificate_chain_file(options.certificate_file, error);
    if (error) {
      return fail(Code::kInvalidArgument, "certificate file " + options.certificate_file + ": " +
                                              tls_cause(error) + " (a PEM chain is expected)");
    }
    context.use_private_key_file(options.private_key_file, net::ssl::context::pem, error);
    if (error) {
      return fail(Code::kInvalidArgument,
                  "private key file " + options.private_key_file + ": " + tls_cause(error) +
                      " (a PEM key without pass phrase that fits the certificate is expected)");
    }
    return context;
  } catch (const std::exception& e) {
    return fail(Code::kInternal, std::string("cannot set up TLS: ") + e.what());
  }
}

Result<net::ip::tcp::endpoint> resolve(net::io_context& context, const ServerOptions& options) {
  std::string address = options.address;
  if (address.size() > 2 && address.front() == '[' && address.back() == ']') {
    address = address.substr(1, address.size() - 2);
  }
  NetError error;
  const auto numeric = net::ip::make_address(address, error);
  if (!error) return net::ip::tcp::endpoint(numeric, options.port);
  net::ip::tcp::resolver resolver(context);
  const auto found = resolver.resolve(address, std::to_string(options.port), error);
  if (error || found.empty()) {
    return fail(Code::kInvalidArgument,
                "cannot listen on \"" + options.address + "\": " + error.message());
  }
  return found.begin()->endpoint();
}

// A loop with the thread that runs it.
struct LoopThread {
  net::io_context context{1};
  std::optional<net::executor_work_guard<net::io_context::executor_type>> work{
      context.get_executor()};
  IoLoop loop{.context = context, .connections = {}};
  std::thread thread;
};

}  // namespace

struct Server::State {
  State(ServerOptions options, Handler handler)
      : shared(std::move(options), std::move(handler)),
        loops(std::max<size_t>(1, shared.options.io_threads)) {
    for (auto& loop : loops) loop = std::make_unique<LoopThread>();
    acceptor.emplace(loops.front()->context);
  }

  Status listen();
  void run_threads();
  net::awaitable<void> accept_all();
  void stop(int64_t grace_ms);
  void close_all(bool all) {
    for (auto& loop : loops) {
      net::post(loop->context, [&l = loop->loop, all] { close_connections(l, all); });
    }
  }

  std::optional<net::ssl::context> tls;
  ServerShared shared;
  std::vector<std::unique_ptr<LoopThread>> loops;  // the first one accepts
  std::optional<net::ip::tcp::acceptor> acceptor;
  uint16_t port = 0;
  bool stopped = false;
};

Status Server::State::listen() {
  SG_ASSIGN(const auto endpoint, resolve(loops.front()->context, shared.options));
  NetError error;
  acceptor->open(endpoint.protocol(), error);
  if (!error) acceptor->set_option(net::socket_base::reuse_address(true), error);
  if (!error) acceptor->bind(endpoint, error);
  if (!error) acceptor->listen(net::socket_base::max_listen_connections, error);
  if (error) {
    const std::string where = endpoint.address().is_v6()
                                  ? "[" + endpoint.address().to_string() + "]"
                                  : endpoint.address().to_string();
    return fail(Code::kIo, "cannot listen on " + where + ":" + std::to_string(endpoint.port()) +
                               ": " + error.message());
  }
  port = acceptor->local_endpoint(error).port();
  return {};
}

net::awaitable<void> Server::State::accept_all() {
  net::steady_timer pause(loops.front()->context);
  size_t next = 0;
  while (!shared.stopping) {
    bool failed = false;
    bool entered = false;
    try {
      net::ip::tcp::socket socket(loops.front()->context);
      auto [error] = co_await acceptor->async_accept(socket, kAcceptTuple);
      if (error == net::error::operation_aborted || shared.stopping) break;
      if (error) {
        log::warn("{}: cannot accept a connection: {}", shared.options.name, error.message());
        failed = true;
      } else {
        entered = shared.enter();
      }
      if (entered) {
        // The descriptor moves to the loop that will serve it.
        IoLoop& loop = loops[next++ % loops.size()]->loop;
        const bool ipv6 = acceptor->local_endpoint().protocol() == net::ip::tcp::v6();
        const int descriptor = socket.release();
        net::post(loop.context, [&owner = shared, &loop, descriptor, ipv6] {
          serve_connection(owner, loop, descriptor, ipv6);
        });
        entered = false;  // from here on the connection leaves by itself
      }  // else the socket closes as it goes out of scope
    } catch (const std::exception& e) {
      log::warn("{}: cannot accept a connection: {}", shared.options.name, e.what());
      failed = true;
    }
    if (entered) shared.leave();
    if (failed) {
      pause.expires_after(kAcceptPause);
      co_await pause.async_wait(kAcceptTuple);
    }
  }
}

void Server::State::run_threads() {
  shared.pool = std::make_unique<ThreadPool>(
      shared.options.name, std::max<size_t>(1, shared.options.handler_threads),
      shared.options.max_queued_requests, ask_for_short_turns);
  net::co_spawn(loops.front()->context, accept_all(), net::detached);
  for (auto& loop : loops) {
    loop->thread = std::thread([&l = *loop, name = shared.options.name + "-io"] {
      set_thread_name(name);
      ask_for_short_turns();
      while (true) {
        try {
          l.context.run();
          return;
        } catch (const std::exception& e) {
          log::error("{}: {}", name, e.what());
        }
      }
    });
  }
}

void Server::State::stop(int64_t grace_ms) {
  if (stopped) return;
  stopped = true;
  shared.stopping = true;
  net::post(loops.front()->context, [this] {
    NetError ignored;
    acceptor->close(ignored);
  });
  close_all(/*all=*/false);
  if (grace_ms > 0 && !shared.wait_for_none(grace_ms)) {
    log::warn("{}: requests were still running after {} ms of grace", shared.options.name,
              grace_ms);
  }
  shared.aborting = true;
  close_all(/*all=*/true);
  shared.wait_for_none(-1);
  // Handlers that run can not be interrupted; what they stream to is gone, so they end soon. They
  // post to the loops, which therefore end last.
  shared.pool.reset();
  for (auto& loop : loops) loop->work.reset();
  for (auto& loop : loops) {
    if (loop->thread.joinable()) loop->thread.join();
  }
}

Server::Server(std::unique_ptr<State> state) : state_(std::move(state)) {}
Server::~Server() { stop(0); }

Result<std::unique_ptr<Server>> Server::start(ServerOptions options, Handler handler) {
  try {
    auto state = std::make_unique<State>(std::move(options), std::move(handler));
    if (state->shared.options.tls != TlsMode::kOff) {
      SG_ASSIGN(auto context, make_tls_context(state->shared.options));
      state->tls.emplace(std::move(context));
      state->shared.tls = &*state->tls;
    }
    SG_TRY(state->listen());
    auto server = std::unique_ptr<Server>(new Server(std::move(state)));
    server->state_->run_threads();
    return server;
  } catch (const std::exception& e) {
    return fail(Code::kInternal, std::string("cannot start the HTTP server: ") + e.what());
  }
}

uint16_t Server::port() const { return state_->port; }
void Server::stop(int64_t grace_ms) { state_->stop(grace_ms); }

}  // namespace spillguard::http
