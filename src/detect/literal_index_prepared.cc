// Literal databases that the build step compiled. What is prepared names the literals and the
// version of the library that it is of; whatever differs at run time is compiled there and then.
#include <fmt/format.h>
#include <hs.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/crypto.h"
#include "detect/literal_index.h"
#include "detect/wire.h"

namespace spillguard::detect {
namespace {

// Compiled for each of these, the best first; a processor takes the first that it can run. Debian's
// Hyperscan has no code for more than AVX2.
constexpr std::array<unsigned long long, 2> kTargets = {HS_CPU_FEATURES_AVX2, 0};
// Searching for many literals only to drop their hits costs more than compiling a few.
constexpr size_t kMostDroppedTimes = 8;

std::string text_of(const std::vector<Literal>& literals) {
  WireWriter out;
  for (const Literal& literal : literals) {
    out.text(literal.bytes);
    out.number(literal.ignore_case ? 1 : 0);
  }
  return out.take();
}

std::string key_of(const Literal& literal) {
  return literal.bytes + (literal.ignore_case ? '\1' : '\0');
}

// For each prepared literal its number among the wanted, or kDropped; nothing when one that is
// wanted was not prepared, or too few of them are wanted.
std::vector<uint32_t> numbers_of(std::string_view prepared, const std::vector<Literal>& wanted,
                                 uint32_t dropped) {
  std::unordered_map<std::string, uint32_t> numbers;
  for (const Literal& literal : wanted) {
    numbers.emplace(key_of(literal), static_cast<uint32_t>(numbers.size()));
  }
  std::vector<uint32_t> out;
  size_t found = 0;
  for (WireReader in(prepared); !in.rest().empty();) {
    Literal literal;
    literal.bytes = in.text();
    literal.ignore_case = in.number() != 0;
    const auto place = numbers.find(key_of(literal));
    out.push_back(place == numbers.end() ? dropped : place->second);
    found += place == numbers.end() ? 0 : 1;
  }
  if (found != wanted.size() || found * kMostDroppedTimes < out.size()) out.clear();
  return out;
}

}  // namespace

Result<std::string> LiteralIndex::prepare(const std::vector<Literal>& literals) {
  WireWriter out;
  const std::string text = text_of(literals);
  out.text(hs_version());
  out.text(content_hash(text));
  out.text(text);
  out.number(literals.empty() ? 0 : kTargets.size());
  for (const unsigned long long features : kTargets) {
    if (literals.empty()) break;
    SG_ASSIGN(const LiteralIndex index, compile(literals, &features));
    char* bytes = nullptr;
    size_t size = 0;
    if (hs_serialize_database(index.database_.get(), &bytes, &size) != HS_SUCCESS) {
      return fail(Code::kInternal,
                  fmt::format("Hyperscan {} can not serialise a database", hs_version()));
    }
    const std::unique_ptr<char, decltype(&std::free)> owner(bytes, &std::free);
    out.number(features);
    out.text(std::string_view(bytes, size));
  }
  return out.take();
}

std::optional<LiteralIndex> LiteralIndex::take(const std::vector<Literal>& literals,
                                               std::string_view prepared) {
  hs_platform_info_t here{};
  if (literals.empty() || hs_populate_platform(&here) != HS_SUCCESS) return std::nullopt;
  WireReader in(prepared);
  if (in.text() != hs_version()) return std::nullopt;
  const std::string_view hash = in.text();
  const std::string_view text = in.text();
  if (!in.ok() || content_hash(text) != hash) return std::nullopt;
  LiteralIndex out;
  if (text != text_of(literals)) {
    out.numbers_ = numbers_of(text, literals, kDropped);
    if (out.numbers_.empty()) return std::nullopt;
  }
  for (uint64_t left = in.number(); left > 0 && in.ok(); --left) {
    const uint64_t features = in.number();
    const std::string_view bytes = in.text();
    if (!in.ok() || (features & ~uint64_t{here.cpu_features}) != 0) continue;
    hs_database_t* database = nullptr;
    // Checks the library's version, the processor and a check sum of its own.
    if (hs_deserialize_database(bytes.data(), bytes.size(), &database) != HS_SUCCESS) continue;
    out.database_.reset(database);
    if (!out.make_prototype()) return std::nullopt;
    out.prepared_ = true;
    return out;
  }
  return std::nullopt;
}

}  // namespace spillguard::detect
