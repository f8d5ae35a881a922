#include "sim/random.h"

namespace spillguard::sim {
namespace {

uint64_t mix(uint64_t value) {
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ULL;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebULL;
  return value ^ (value >> 31);
}

}  // namespace

Random::Random(uint64_t seed, std::string_view purpose, uint64_t index) : state_(mix(seed + 1)) {
  for (const char c : purpose) state_ = mix(state_ + static_cast<unsigned char>(c) + 1);
  state_ = mix(state_ ^ mix(index + 0x632be59bd9b4e019ULL));
}

uint64_t Random::next() {
  state_ += 0x9e3779b97f4a7c15ULL;
  return mix(state_);
}

std::string Random::chars(size_t length, std::string_view alphabet) {
  std::string text;
  text.reserve(length);
  for (size_t i = 0; i < length; ++i) text += alphabet[static_cast<size_t>(below(alphabet.size()))];
  return text;
}

}  // namespace spillguard::sim
