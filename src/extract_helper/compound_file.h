// Compound files (MS-CFB, "OLE2"): streams and storages in one file. Every number of the file is
// checked; chains that run in a circle end. Views into the bytes it was opened on.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spillguard::extract {

struct CompoundStream {
  std::string storage;  // path of the storages that it is in, with / behind each; empty at the top
  std::string name;
  uint32_t start = 0;
  uint64_t size = 0;
};

class CompoundFile {
 public:
  // Nothing when the header is none.
  static std::optional<CompoundFile> open(std::string_view bytes);
  [[nodiscard]] const std::vector<CompoundStream>& streams() const { return streams_; }
  [[nodiscard]] const CompoundStream* find(std::string_view storage, std::string_view name) const;
  // What is there of it: less than its size when the file is cut.
  [[nodiscard]] std::string read(const CompoundStream& stream) const;
  // The file broke its own rules somewhere.
  [[nodiscard]] bool damaged() const { return damaged_; }

 private:
  explicit CompoundFile(std::string_view bytes) : bytes_(bytes) {}
  bool load();
  void load_table();
  void load_directory(uint32_t first);
  [[nodiscard]] std::string_view sector(uint32_t number) const;
  [[nodiscard]] std::string chain(uint32_t start, uint64_t most) const;
  [[nodiscard]] std::string small_chain(uint32_t start, uint64_t size) const;

  std::string_view bytes_;
  uint64_t sector_size_ = 512;
  uint64_t small_size_ = 64;
  uint64_t cutoff_ = 4096;
  std::vector<uint32_t> table_;        // sector -> next
  std::vector<uint32_t> small_table_;  // of small sectors
  std::string small_stream_;
  std::vector<CompoundStream> streams_;
  bool damaged_ = false;
};

}  // namespace spillguard::extract
