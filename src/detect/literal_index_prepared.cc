// What the build step plans for the built-in rules: where the quads of their literals are.
#include <fmt/format.h>

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

struct Prepared {
  std::optional<QuadHash> hash;
  std::unordered_map<std::string, QuadPlan::Offsets> offsets;  // by literal
};

// As much of it as can be read.
Prepared read_prepared(std::string_view prepared) {
  Prepared out;
  WireReader in(prepared);
  QuadHash hash;
  for (uint16_t* factor : {&hash.first, &hash.last, &hash.both}) {
    *factor = static_cast<uint16_t>(in.number(UINT16_MAX));
  }
  if (!in.ok()) return out;
  out.hash = hash;
  while (!in.rest().empty() && in.ok()) {
    Literal literal;
    literal.bytes = in.text();
    const uint64_t flags = in.number();
    literal.ignore_case = (flags & kIgnoreCase) != 0;
    literal.any_digit = (flags & kAnyDigit) != 0;
    QuadPlan::Offsets offsets{};
    for (int8_t& offset : offsets) {
      offset = static_cast<int8_t>(static_cast<int>(in.number(UINT8_MAX)) - kOffsetBias);
    }
    if (in.ok()) out.offsets.emplace(key_of(literal), offsets);
  }
  return out;
}

}  // namespace

Result<LiteralIndex> LiteralIndex::build(const std::vector<Literal>& literals,
                                         std::string_view prepared) {
  for (const Literal& literal : literals) {
    if (literal.bytes.size() <= kMaxLength) continue;
    return fail(Code::kInvalidArgument,
                fmt::format("an anchor is longer than {} bytes", kMaxLength));
  }
  const Prepared before = read_prepared(prepared);
  std::vector<std::optional<QuadPlan::Offsets>> known(literals.size());
  for (size_t i = 0; i < literals.size() && !before.offsets.empty(); ++i) {
    const auto place = before.offsets.find(key_of(literals[i]));
    if (place != before.offsets.end()) known[i] = place->second;
  }
  SG_ASSIGN(const QuadPlan plan, QuadPlan::make(literals, known));
  LiteralIndex out;
  out.fill(literals, plan, before.hash.value_or(QuadHash()));
  out.prepared_ = before.hash.has_value() && plan.newly_placed() == 0;
  return out;
}

Result<std::string> LiteralIndex::prepare(const std::vector<Literal>& literals) {
  SG_ASSIGN(const QuadPlan plan, QuadPlan::make(literals));
  const QuadHash hash = QuadPlan::choose_hash(plan);
  WireWriter out;
  for (const uint16_t factor : {hash.first, hash.last, hash.both}) out.number(factor);
  for (size_t i = 0; i < literals.size(); ++i) {
    out.text(literals[i].bytes);
    out.number(flags_of(literals[i]));
    for (const int8_t offset : plan.offsets()[i]) {
      out.number(static_cast<uint8_t>(offset + kOffsetBias));
    }
  }
  return out.take();
}

}  // namespace spillguard::detect
