#include "hosts/json.h"

#include <boost/json.hpp>
#include <optional>

#include "base/strings.h"

namespace spillguard::hosts {

namespace {

// Deeper than any answer of a host; shallow enough that a hostile one can not use up the stack.
constexpr size_t kMaxJsonDepth = 256;

const boost::json::value* json_value(const void* value) {
  return static_cast<const boost::json::value*>(value);
}

}  // namespace

// The document lives in one growing block: thousands of small allocations become a few.
struct Json::State {
  boost::json::monotonic_resource memory;
  std::optional<boost::json::value> value;
};

Json::Json() = default;
Json::~Json() = default;
Json::Json(Json&&) noexcept = default;
Json& Json::operator=(Json&&) noexcept = default;

Result<Json> Json::parse(std::string_view text) {
  Json json;
  json.state_ = std::make_unique<State>();
  boost::json::parse_options options;
  options.max_depth = kMaxJsonDepth;
  options.allow_invalid_utf8 = true;  // old databases hold it; the text module cleans it
  boost::json::error_code error;
  // Emplaced, not assigned: an assignment between different memories would copy the whole tree.
  json.state_->value.emplace(boost::json::parse(boost::json::string_view(text.data(), text.size()),
                                                error, &json.state_->memory, options));
  if (error) return fail(Code::kCorrupt, "not valid JSON: " + error.message());
  return json;
}

JsonView Json::root() const { return state_ ? JsonView(&*state_->value) : JsonView(); }

JsonView JsonView::operator[](std::string_view key) const {
  if (!is_object()) return {};
  const auto& object = json_value(value_)->get_object();
  const auto* found = object.if_contains(boost::json::string_view(key.data(), key.size()));
  return found == nullptr ? JsonView() : JsonView(found);
}

bool JsonView::is_null() const { return value_ == nullptr || json_value(value_)->is_null(); }
bool JsonView::is_object() const { return value_ != nullptr && json_value(value_)->is_object(); }
bool JsonView::is_array() const { return value_ != nullptr && json_value(value_)->is_array(); }
bool JsonView::is_string() const { return value_ != nullptr && json_value(value_)->is_string(); }

std::string_view JsonView::string() const {
  if (!is_string()) return {};
  const auto& text = json_value(value_)->get_string();
  return {text.data(), text.size()};
}

std::string JsonView::text() const {
  if (is_string()) return std::string(string());
  if (value_ == nullptr) return {};
  const auto* value = json_value(value_);
  if (value->is_int64()) return std::to_string(value->get_int64());
  if (value->is_uint64()) return std::to_string(value->get_uint64());
  return {};
}

int64_t JsonView::integer(int64_t fallback) const {
  if (value_ == nullptr) return fallback;
  const auto* value = json_value(value_);
  if (value->is_int64()) return value->get_int64();
  if (value->is_string()) return parse_int(string()).value_or(fallback);
  return fallback;
}

bool JsonView::boolean(bool fallback) const {
  if (value_ == nullptr) return fallback;
  const auto* value = json_value(value_);
  if (value->is_bool()) return value->get_bool();
  if (value->is_string()) return parse_bool(string()).value_or(fallback);
  return fallback;
}

TimeMs JsonView::time() const {
  if (is_string()) return parse_iso8601(string()).value_or(0);
  return integer(0);
}

size_t JsonView::size() const {
  if (is_array()) return json_value(value_)->get_array().size();
  if (is_object()) return json_value(value_)->get_object().size();
  return 0;
}

JsonView JsonView::at(size_t index) const {
  if (index >= size()) return {};
  if (is_array()) return JsonView(&json_value(value_)->get_array()[index]);
  return JsonView(&json_value(value_)->get_object().begin()[index].value());
}

std::string_view JsonView::key_at(size_t index) const {
  if (!is_object() || index >= size()) return {};
  const auto key = json_value(value_)->get_object().begin()[index].key();
  return {key.data(), key.size()};
}

}  // namespace spillguard::hosts
