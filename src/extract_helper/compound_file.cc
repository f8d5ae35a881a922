#include "extract_helper/compound_file.h"

#include <algorithm>
#include <utility>

#include "extract_helper/charset.h"

namespace spillguard::extract {
namespace compound {
namespace {

// MS-CFB 2.2 to 2.6: places in the header and in a directory entry.
constexpr size_t kHeader = 512;
constexpr size_t kEntry = 128;
constexpr uint32_t kLastSector = 0xFFFFFFFA;  // above are marks: end of chain, free, tables
constexpr uint32_t kNoEntry = 0xFFFFFFFF;
constexpr size_t kMostEntries = 1'000'000;

uint64_t little(std::string_view bytes, size_t at, size_t size) {
  uint64_t value = 0;
  for (size_t i = 0; i < size && at + i < bytes.size(); ++i) {
    value |= uint64_t{static_cast<unsigned char>(bytes[at + i])} << (8 * i);
  }
  return value;
}

uint32_t word(std::string_view bytes, size_t at) {
  return static_cast<uint32_t>(little(bytes, at, 4));
}

std::vector<uint32_t> words(std::string_view bytes) {
  std::vector<uint32_t> numbers;
  numbers.reserve(bytes.size() / 4);
  for (size_t at = 0; at + 4 <= bytes.size(); at += 4) {
    numbers.push_back(word(bytes, at));
  }
  return numbers;
}

}  // namespace
}  // namespace compound

std::optional<CompoundFile> CompoundFile::open(std::string_view bytes) {
  CompoundFile file(bytes);
  if (!file.load()) {
    return std::nullopt;
  }
  return file;
}

bool CompoundFile::load() {
  using compound::word;
  if (bytes_.size() < compound::kHeader ||
      !bytes_.starts_with("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")) {
    return false;
  }
  const uint64_t shift = compound::little(bytes_, 30, 2);
  const uint64_t small_shift = compound::little(bytes_, 32, 2);
  if (shift < 7 || shift > 16 || small_shift < 4 || small_shift > shift) {
    return false;
  }
  sector_size_ = uint64_t{1} << shift;
  small_size_ = uint64_t{1} << small_shift;
  cutoff_ = word(bytes_, 56);
  load_table();
  small_table_ = compound::words(chain(word(bytes_, 60), bytes_.size()));
  load_directory(word(bytes_, 48));
  return true;
}

std::string_view CompoundFile::sector(uint32_t number) const {
  const uint64_t begin = (uint64_t{number} + 1) * sector_size_;
  return begin >= bytes_.size() ? std::string_view() : bytes_.substr(begin, sector_size_);
}

// The table's own sectors are named in the header, and in a chain when there are many.
void CompoundFile::load_table() {
  constexpr size_t kInHeader = 109;
  const size_t most = bytes_.size() / sector_size_ + 1;
  std::vector<uint32_t> places;
  for (size_t i = 0; i < kInHeader; ++i) {
    places.push_back(compound::word(bytes_, 76 + 4 * i));
  }
  uint32_t next = compound::word(bytes_, 68);
  for (size_t i = 0; i < most && next < compound::kLastSector; ++i) {
    std::vector<uint32_t> more = compound::words(sector(next));
    if (more.empty()) {
      damaged_ = true;
      break;
    }
    next = more.back();
    more.pop_back();
    places.insert(places.end(), more.begin(), more.end());
  }
  for (const uint32_t place : places) {
    if (place >= compound::kLastSector || table_.size() > most) {
      continue;
    }
    const std::vector<uint32_t> some = compound::words(sector(place));
    damaged_ = damaged_ || some.empty();
    table_.insert(table_.end(), some.begin(), some.end());
  }
}

std::string CompoundFile::chain(uint32_t start, uint64_t most) const {
  std::string out;
  size_t steps = 0;
  for (uint32_t at = start;
       at < compound::kLastSector && out.size() < most && steps <= table_.size(); ++steps) {
    const std::string_view part = sector(at);
    if (part.empty()) {
      break;
    }
    out += part.substr(0, most - out.size());
    at = at < table_.size() ? table_[at] : compound::kNoEntry;
  }
  return out;
}

std::string CompoundFile::small_chain(uint32_t start, uint64_t size) const {
  std::string out;
  size_t steps = 0;
  for (uint32_t at = start;
       at < compound::kLastSector && out.size() < size && steps <= small_table_.size(); ++steps) {
    const uint64_t begin = uint64_t{at} * small_size_;
    if (begin >= small_stream_.size()) {
      break;
    }
    out += std::string_view(small_stream_).substr(begin, std::min(small_size_, size - out.size()));
    at = at < small_table_.size() ? small_table_[at] : compound::kNoEntry;
  }
  return out;
}

void CompoundFile::load_directory(uint32_t first) {
  const std::string directory = chain(first, bytes_.size());
  const size_t count = std::min(directory.size() / compound::kEntry, compound::kMostEntries);
  if (count == 0) {
    damaged_ = true;
    return;
  }
  const auto entry = [&](uint32_t id) {
    return std::string_view(directory).substr(size_t{id} * compound::kEntry, compound::kEntry);
  };
  small_stream_ = chain(compound::word(entry(0), 116), compound::little(entry(0), 120, 8));
  struct Waiting {
    uint32_t id;
    std::string storage;
  };
  std::vector<bool> seen(count);
  seen[0] = true;
  std::vector<Waiting> waiting = {{.id = compound::word(entry(0), 76), .storage = {}}};
  while (!waiting.empty()) {
    const Waiting one = std::move(waiting.back());
    waiting.pop_back();
    if (one.id >= count || seen[one.id]) {
      damaged_ = damaged_ || one.id != compound::kNoEntry;
      continue;
    }
    seen[one.id] = true;
    const std::string_view bytes = entry(one.id);
    const auto name_bytes = std::min<uint64_t>(compound::little(bytes, 64, 2), 64);
    const std::string name = decode_utf16_le(bytes.substr(0, name_bytes < 2 ? 0 : name_bytes - 2));
    const auto kind = static_cast<unsigned char>(bytes[66]);
    if (kind == 2) {
      // Version 3 files leave rubbish in the upper half of the size.
      const uint64_t size = compound::little(bytes, 120, sector_size_ == 512 ? 4 : 8);
      streams_.push_back({.storage = one.storage,
                          .name = name,
                          .start = compound::word(bytes, 116),
                          .size = size});
    } else if (kind == 1 && one.storage.size() < 4096) {
      waiting.push_back({.id = compound::word(bytes, 76), .storage = one.storage + name + "/"});
    }
    waiting.push_back({.id = compound::word(bytes, 72), .storage = one.storage});
    waiting.push_back({.id = compound::word(bytes, 68), .storage = one.storage});
  }
  std::sort(streams_.begin(), streams_.end(), [](const CompoundStream& a, const CompoundStream& b) {
    return std::pair(a.storage, a.name) < std::pair(b.storage, b.name);
  });
}

const CompoundStream* CompoundFile::find(std::string_view storage, std::string_view name) const {
  const auto found = std::find_if(streams_.begin(), streams_.end(), [&](const CompoundStream& one) {
    return one.storage == storage && one.name == name;
  });
  return found == streams_.end() ? nullptr : &*found;
}

std::string CompoundFile::read(const CompoundStream& stream) const {
  return stream.size < cutoff_
             ? small_chain(stream.start, stream.size)
             : chain(stream.start, std::min<uint64_t>(stream.size, bytes_.size()));
}

}  // namespace spillguard::extract
