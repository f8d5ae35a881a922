// What the build step plans for the built-in rules: where the windows of their literals are.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "detect/literal_index.h"
#include "detect/wire.h"

namespace spillguard::detect {
namespace {

constexpr int kOffsetBias = 128;  // numbers of the form have no sign

constexpr unsigned kIgnoreCase = 1;
constexpr unsigned kAnyDigit = 2;

unsigned flags_of(const Literal& literal) {
  return (literal.ignore_case ? kIgnoreCase : 0) | (literal.any_digit ? kAnyDigit : 0);
}

std::string key_of(const Literal& literal) {
  return literal.bytes + static_cast<char>(flags_of(literal));
}

// Where literals were placed; as many of them as can be read.
std::unordered_map<std::string, WindowPlan::Places> read_places(std::string_view prepared) {
  std::unordered_map<std::string, WindowPlan::Places> out;
  for (WireReader in(prepared); !in.rest().empty() && in.ok();) {
    Literal literal;
    literal.bytes = in.text();
    const uint64_t flags = in.number();
    literal.ignore_case = (flags & kIgnoreCase) != 0;
    literal.any_digit = (flags & kAnyDigit) != 0;
    WindowPlan::Places places;
    for (WindowPlan::Place& place : places) {
      place.offset = static_cast<int8_t>(static_cast<int>(in.number(UINT8_MAX)) - kOffsetBias);
      place.bucket = static_cast<uint8_t>(in.number(UINT8_MAX));
    }
    if (in.ok()) out.emplace(key_of(literal), places);
  }
  return out;
}

}  // namespace

Result<LiteralIndex> LiteralIndex::build(const std::vector<Literal>& literals,
                                         std::string_view prepared) {
  const auto places = read_places(prepared);
  std::vector<std::optional<WindowPlan::Places>> known(literals.size());
  for (size_t i = 0; i < literals.size() && !places.empty(); ++i) {
    const auto place = places.find(key_of(literals[i]));
    if (place != places.end()) known[i] = place->second;
  }
  SG_ASSIGN(const WindowPlan plan, WindowPlan::make(literals, known));
  LiteralIndex out;
  out.fill(literals, plan);
  out.prepared_ = !places.empty() && plan.newly_placed() == 0;
  return out;
}

Result<std::string> LiteralIndex::prepare(const std::vector<Literal>& literals) {
  SG_ASSIGN(const WindowPlan plan, WindowPlan::make(literals));
  WireWriter out;
  for (size_t i = 0; i < literals.size(); ++i) {
    out.text(literals[i].bytes);
    out.number(flags_of(literals[i]));
    for (const WindowPlan::Place& place : plan.places()[i]) {
      out.number(static_cast<uint8_t>(place.offset + kOffsetBias));
      out.number(place.bucket);
    }
  }
  return out.take();
}

}  // namespace spillguard::detect
