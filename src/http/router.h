// Finds the handler of a path. Routes are literal segments and {name} segments; literal ones win. A
// trailing slash of the request is ignored. Built once, then read by many threads.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"
#include "http/server.h"

namespace spillguard::http {

class Router {
 public:
  Router();
  ~Router();
  Router(Router&&) noexcept;
  Router& operator=(Router&&) noexcept;

  // add("GET", "/rest/security/latest/project/{key}", handler). The same route twice is a
  // programmer's error. GET also serves HEAD.
  void add(std::string_view method, std::string_view pattern, Handler handler);
  // What to answer for unknown paths (404) and methods (405, Allow is set).
  void set_error_handler(std::function<Response(const Request&, int status)> handler);

  // Fills request.params and calls the handler.
  [[nodiscard]] Response handle(const Request& request) const;

 private:
  struct Node;
  std::unique_ptr<Node> root_;
  std::function<Response(const Request&, int)> on_error_;
};

}  // namespace spillguard::http
