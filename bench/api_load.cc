// Clients of the API for bench/api_bench.py, which sees to server and store:
//   api_load ADDRESS PORT CLIENTS SECONDS PAUSE_MS < HEADER-AND-PATHS
// The first line of the standard input is the value of the Authorization header, each other line a
// path. Every client keeps one connection and asks for one path after the other, drawn anew each
// time, with a pause of PAUSE_MS between an answer and the next question (the first one at a random
// moment of it). Prints as JSON: answers, bytes, and of the time from the first byte sent to the
// last one received p50, p90, p99 and the longest, in microseconds. One thread, which costs some
// 10 us of processor an answer: a client that competes with the server for it measures itself.
#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <queue>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "base/strings.h"

namespace spillguard::bench {
namespace {

using Clock = std::chrono::steady_clock;

struct Client {
  int socket = -1;
  Clock::time_point asked;
  std::string head;      // of the answer, until it is whole
  size_t body_left = 0;  // bytes of the body that are still to come
  bool in_body = false;
};

[[noreturn]] void die(std::string_view why) {
  fmt::print(stderr, "api_load: {}\n", why);
  std::exit(2);  // NOLINT(concurrency-mt-unsafe): one thread
}

class Load {
 public:
  Load(sockaddr_in address, int64_t clients, int64_t seconds, int64_t pause_ms)
      : address_(address),
        clients_(static_cast<size_t>(clients)),
        end_(Clock::now() + std::chrono::seconds(seconds)),
        pause_(pause_ms),
        poll_(::epoll_create1(EPOLL_CLOEXEC)) {}
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;
  ~Load() {
    for (const Client& client : clients_) ::close(client.socket);
    ::close(poll_);
  }

  void read_questions() {
    std::string authorization;
    std::getline(std::cin, authorization);
    std::string path;
    while (std::getline(std::cin, path)) {
      questions_.push_back(fmt::format(
          "GET {} HTTP/1.1\r\nHost: bench\r\nAuthorization: {}\r\n\r\n", path, authorization));
    }
    if (questions_.empty()) die("no paths");
  }

  void run() {
    std::uniform_int_distribution<int64_t> moment(0, std::max<int64_t>(1, pause_.count()) * 1000);
    for (size_t i = 0; i < clients_.size(); ++i) {
      connect(i);
      due_.push({Clock::now() + std::chrono::microseconds(moment(draw_)), i});
    }
    std::array<epoll_event, 256> events{};
    while (Clock::now() < end_) {
      while (!due_.empty() && due_.top().first <= Clock::now()) {
        const size_t next = due_.top().second;
        due_.pop();
        ask(next);
      }
      const auto until = due_.empty() ? end_ : std::min(end_, due_.top().first);
      const auto wait = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
      const int ready = ::epoll_wait(poll_, events.data(), static_cast<int>(events.size()),
                                     static_cast<int>(std::max<int64_t>(0, wait)));
      for (int i = 0; i < ready; ++i) take(events.at(static_cast<size_t>(i)).data.u64);
    }
  }

  void report() {
    std::sort(took_.begin(), took_.end());
    const auto at = [&](double part) {
      const auto place = static_cast<size_t>(static_cast<double>(took_.size()) * part);
      return took_.empty() ? 0 : took_[std::min(place, took_.size() - 1)];
    };
    fmt::print(R"({{"answers":{},"bytes":{},"p50":{},"p90":{},"p99":{},"longest":{}}})"
               "\n",
               took_.size(), bytes_, at(0.5), at(0.9), at(0.99), at(1.0));
  }

 private:
  void connect(size_t index) {
    Client& client = clients_[index];
    client.socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int on = 1;
    ::setsockopt(client.socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the interface of sockets
    if (::connect(client.socket, reinterpret_cast<const sockaddr*>(&address_), sizeof(address_)) !=
        0) {
      die("can not connect");
    }
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = index;
    ::epoll_ctl(poll_, EPOLL_CTL_ADD, client.socket, &event);
  }

  void ask(size_t index) {
    Client& client = clients_[index];
    std::uniform_int_distribution<size_t> any(0, questions_.size() - 1);
    const std::string& question = questions_[any(draw_)];
    client.asked = Clock::now();
    // Questions are far shorter than what a socket takes at once.
    if (::send(client.socket, question.data(), question.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(question.size())) {
      die("the server closed a connection");
    }
  }

  void take(size_t index) {
    Client& client = clients_[index];
    const ssize_t got = ::recv(client.socket, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) die("the server closed a connection");
    bytes_ += static_cast<size_t>(got);
    std::string_view rest(buffer_.data(), static_cast<size_t>(got));
    if (!client.in_body) {
      client.head += rest;
      const size_t blank = client.head.find("\r\n\r\n");
      if (blank == std::string::npos) return;
      const size_t body = client.head.size() - blank - 4;
      client.head.resize(blank);
      client.body_left = length_of(client.head);
      client.in_body = true;
      rest = rest.substr(rest.size() - body);
      client.head.clear();
    }
    if (rest.size() > client.body_left) die("more came than was announced");
    client.body_left -= rest.size();
    if (client.body_left > 0) return;
    client.in_body = false;
    const auto now = Clock::now();
    took_.push_back(
        std::chrono::duration_cast<std::chrono::microseconds>(now - client.asked).count());
    due_.push({now + pause_, index});
  }

  static size_t length_of(std::string_view head) {
    if (head.find(" 200 ") > head.find("\r\n")) {
      die(fmt::format("not 200: {}", head.substr(0, head.find("\r\n"))));
    }
    const size_t at = to_lower(head).find("\r\ncontent-length:");
    if (at == std::string::npos) die("an answer without a length");
    std::string_view value = head.substr(at + 17);
    return static_cast<size_t>(parse_int(trim(value.substr(0, value.find("\r\n")))).value_or(0));
  }

  sockaddr_in address_;
  std::vector<Client> clients_;
  Clock::time_point end_;
  std::chrono::milliseconds pause_;
  int poll_;
  std::vector<std::string> questions_;
  using Due = std::pair<Clock::time_point, size_t>;
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
  std::vector<int64_t> took_;
  size_t bytes_ = 0;
  std::mt19937_64 draw_{1};
  std::array<char, 64 * 1024> buffer_{};
};

}  // namespace
}  // namespace spillguard::bench

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  std::array<int64_t, 4> numbers{};
  sockaddr_in address{};
  bool good =
      arguments.size() == 5 && ::inet_pton(AF_INET, arguments[0].c_str(), &address.sin_addr) == 1;
  for (size_t i = 0; good && i < numbers.size(); ++i) {
    const auto number = spillguard::parse_int(arguments[i + 1]);
    good = number && *number >= 0;
    numbers.at(i) = number.value_or(0);
  }
  if (!good || numbers[1] == 0) {
    std::fputs("usage: api_load ADDRESS PORT CLIENTS SECONDS PAUSE_MS\n", stderr);
    return 2;
  }
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(numbers[0]));
  spillguard::bench::Load load(address, numbers[1], numbers[2], numbers[3]);
  load.read_questions();
  load.run();
  load.report();
  return 0;
}
