#include "http/router.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/strings.h"

namespace spillguard::http {
namespace {

struct Route {
  Handler handler;
  std::vector<std::string> names;  // of the {name} segments, from the left
};

Response default_route_error(const Request& request, int status) {
  if (status == 405) {
    return Response::error(status, "the method " + request.method + " is not allowed here");
  }
  return Response::error(status, "there is nothing at this path");
}

}  // namespace

struct Router::Node {
  std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
  std::unique_ptr<Node> any;                         // the {name} child
  std::map<std::string, Route, std::less<>> routes;  // by method

  [[nodiscard]] const Route* route_for(std::string_view method) const {
    if (const auto found = routes.find(method); found != routes.end()) return &found->second;
    if (method != "HEAD") return nullptr;
    const auto get = routes.find("GET");
    return get == routes.end() ? nullptr : &get->second;
  }
};

namespace {

// One walk through the tree. `values` are what stood at the {name} segments so far; `reached` says
// of a failed walk whether some route has the path under another method.
struct RouteSearch {
  const Request& request;
  std::vector<std::string_view> values;
  std::vector<std::string> allowed;
  bool reached = false;

  template <typename Node>
  const Route* find(const Node& node, size_t depth) {
    if (depth == request.segments.size()) {
      if (const Route* route = node.route_for(request.method)) return route;
      for (const auto& [method, route] : node.routes) {
        reached = true;
        allowed.push_back(method);
        if (method == "GET") allowed.emplace_back("HEAD");
      }
      return nullptr;
    }
    const std::string& segment = request.segments[depth];
    if (const auto child = node.literals.find(segment); child != node.literals.end()) {
      if (const Route* route = find(*child->second, depth + 1)) return route;
    }
    if (!node.any) return nullptr;
    values.emplace_back(segment);
    if (const Route* route = find(*node.any, depth + 1)) return route;
    values.pop_back();
    return nullptr;
  }
};

std::string join_methods(std::vector<std::string> methods) {
  std::sort(methods.begin(), methods.end());
  methods.erase(std::unique(methods.begin(), methods.end()), methods.end());
  std::string out;
  for (const std::string& method : methods) {
    if (!out.empty()) out += ", ";
    out += method;
  }
  return out;
}

}  // namespace

Router::Router() : root_(std::make_unique<Node>()), on_error_(default_route_error) {}
Router::~Router() = default;
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;

void Router::add(std::string_view method, std::string_view pattern, Handler handler) {
  SG_CHECK(!pattern.empty() && pattern.front() == '/');
  Route route{.handler = std::move(handler), .names = {}};
  Node* node = root_.get();
  for (const std::string_view segment : split(pattern.substr(1), '/')) {
    if (segment.empty()) continue;  // "/" alone, or a slash at the end
    std::unique_ptr<Node>* child = nullptr;
    if (segment.size() > 2 && segment.front() == '{' && segment.back() == '}') {
      route.names.emplace_back(segment.substr(1, segment.size() - 2));
      child = &node->any;
    } else {
      child = &node->literals[std::string(segment)];
    }
    if (!*child) *child = std::make_unique<Node>();
    node = child->get();
  }
  const bool is_new = node->routes.emplace(std::string(method), std::move(route)).second;
  SG_CHECK(is_new);
}

void Router::set_error_handler(std::function<Response(const Request&, int status)> handler) {
  on_error_ = std::move(handler);
}

Response Router::handle(const Request& request) const {
  RouteSearch search{.request = request, .values = {}, .allowed = {}};
  if (const Route* route = search.find(*root_, 0)) {
    request.params.clear();
    for (size_t i = 0; i < route->names.size(); ++i) {
      request.params.emplace_back(route->names[i], std::string(search.values[i]));
    }
    return route->handler(request);
  }
  if (!search.reached) return on_error_(request, 404);
  Response response = on_error_(request, 405);
  response.headers.set("Allow", join_methods(std::move(search.allowed)));
  return response;
}

}  // namespace spillguard::http
