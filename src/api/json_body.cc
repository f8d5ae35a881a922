#include "api/json_body.h"

#include <fmt/format.h>

#include <boost/json.hpp>

namespace spillguard::api {
namespace json_body_detail {
namespace {

Result<JsonValue> convert(const boost::json::value& from) {
  JsonValue to;
  using Kind = JsonValue::Kind;
  switch (from.kind()) {
    case boost::json::kind::null:
      break;
    case boost::json::kind::bool_:
      to.kind = Kind::kBool;
      to.flag = from.get_bool();
      break;
    case boost::json::kind::int64:
      to.kind = Kind::kInteger;
      to.integer = from.get_int64();
      break;
    case boost::json::kind::uint64:
    case boost::json::kind::double_:
      to.kind = Kind::kDouble;
      break;
    case boost::json::kind::string:
      to.kind = Kind::kString;
      to.text = std::string_view(from.get_string());
      break;
    case boost::json::kind::array:
      to.kind = Kind::kArray;
      for (const auto& item : from.get_array()) {
        SG_ASSIGN(auto value, convert(item));
        to.items.push_back(std::move(value));
      }
      break;
    case boost::json::kind::object:
      to.kind = Kind::kObject;
      for (const auto& member : from.get_object()) {
        SG_ASSIGN(auto value, convert(member.value()));
        to.members.push_back(
            {.name = std::string(std::string_view(member.key())), .value = std::move(value)});
      }
      break;
  }
  return to;
}

}  // namespace
}  // namespace json_body_detail

const JsonValue* JsonValue::find(std::string_view name) const {
  for (const auto& [key, value] : members) {
    if (key == name) return &value;
  }
  return nullptr;
}

Result<JsonValue> parse_json(std::string_view text) {
  boost::json::stream_parser parser({}, {.max_depth = 32});
  boost::json::error_code error;
  const size_t read = parser.write_some(text.data(), text.size(), error);
  // What stands after the document must be blank; write() would not say where it is not.
  if (!error && text.find_first_not_of(" \t\r\n", read) != std::string_view::npos) {
    error = boost::json::error::extra_data;
  }
  if (!error) parser.finish(error);
  if (error) {
    return fail(Code::kInvalidArgument,
                fmt::format("The body is not valid JSON: {} at byte {}.", error.message(), read));
  }
  return json_body_detail::convert(parser.release());
}

Result<JsonValue> json_body(const http::Request& request) {
  std::string_view text = request.body;
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    return fail(Code::kInvalidArgument, "The request needs a JSON body.");
  }
  return parse_json(text);
}

}  // namespace spillguard::api
