// Plain TCP and TLS behind one face. Internal to the module.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <tuple>

namespace spillguard::http {

// Operations give their error as a value.
inline constexpr auto kAwaitTuple = boost::asio::as_tuple(boost::asio::use_awaitable);
using IoError = boost::system::error_code;
using IoResult = std::tuple<IoError, size_t>;

// Uses a socket that somebody else owns, closes and cancels.
class Transport {
 public:
  virtual ~Transport() = default;
  virtual boost::asio::awaitable<IoResult> read_some(boost::asio::mutable_buffer buffer) = 0;
  virtual boost::asio::awaitable<IoResult> write_some(boost::asio::const_buffer buffer) = 0;
  // Tells the peer that no more will come, where the protocol has a word for it.
  virtual boost::asio::awaitable<void> say_goodbye() = 0;
  [[nodiscard]] virtual bool is_tls() const = 0;
};

class PlainTransport final : public Transport {
 public:
  explicit PlainTransport(boost::asio::ip::tcp::socket& socket) : socket_(socket) {}
  boost::asio::awaitable<IoResult> read_some(boost::asio::mutable_buffer buffer) override {
    return socket_.async_read_some(buffer, kAwaitTuple);
  }
  boost::asio::awaitable<IoResult> write_some(boost::asio::const_buffer buffer) override {
    return socket_.async_write_some(buffer, kAwaitTuple);
  }
  boost::asio::awaitable<void> say_goodbye() override { co_return; }
  [[nodiscard]] bool is_tls() const override { return false; }

 private:
  boost::asio::ip::tcp::socket& socket_;
};

class TlsTransport final : public Transport {
 public:
  TlsTransport(boost::asio::ip::tcp::socket& socket, boost::asio::ssl::context& context)
      : stream_(socket, context) {}
  boost::asio::awaitable<std::tuple<IoError>> handshake() {
    return stream_.async_handshake(boost::asio::ssl::stream_base::server, kAwaitTuple);
  }
  boost::asio::awaitable<IoResult> read_some(boost::asio::mutable_buffer buffer) override {
    return stream_.async_read_some(buffer, kAwaitTuple);
  }
  boost::asio::awaitable<IoResult> write_some(boost::asio::const_buffer buffer) override {
    return stream_.async_write_some(buffer, kAwaitTuple);
  }
  boost::asio::awaitable<void> say_goodbye() override {
    // Without this OpenSSL would wait for the peer's own goodbye, which an idle peer never sends.
    SSL_set_shutdown(stream_.native_handle(), SSL_RECEIVED_SHUTDOWN);
    co_await stream_.async_shutdown(kAwaitTuple);
  }
  [[nodiscard]] bool is_tls() const override { return true; }

 private:
  boost::asio::ssl::stream<boost::asio::ip::tcp::socket&> stream_;
};

}  // namespace spillguard::http
