// libarchive is loaded when a zip comes: it and what it needs would make every start slower.
#include "hosts/export_source.h"

#include <archive.h>
#include <archive_entry.h>
#include <dlfcn.h>

#include <array>
#include <cstdio>
#include <string_view>

namespace spillguard::hosts {

namespace {

constexpr const char* kArchiveLibrary = "libarchive.so.13";
constexpr size_t kArchiveBlock = 256 * 1024;
constexpr std::string_view kEntities = "entities.xml";

struct ArchiveLibrary {
  decltype(&archive_read_new) read_new = nullptr;
  decltype(&archive_read_support_format_zip) support_zip = nullptr;
  decltype(&archive_read_open_filename) open = nullptr;
  decltype(&archive_read_next_header) next_header = nullptr;
  decltype(&archive_read_data) data = nullptr;
  decltype(&archive_read_free) free = nullptr;
  decltype(&archive_error_string) error_string = nullptr;
  decltype(&archive_entry_pathname_utf8) pathname = nullptr;
  std::string missing;  // why it can not be used
};

ArchiveLibrary load_archive() {
  ArchiveLibrary out;
  void* handle = dlopen(kArchiveLibrary, RTLD_NOW | RTLD_LOCAL);  // for as long as the program runs
  const auto take = [&](const char* name, auto& function) {
    if (handle != nullptr) {
      function = reinterpret_cast<std::decay_t<decltype(function)>>(dlsym(handle, name));
    }
    return handle != nullptr && function != nullptr;
  };
  const bool complete =
      take("archive_read_new", out.read_new) &&
      take("archive_read_support_format_zip", out.support_zip) &&
      take("archive_read_open_filename", out.open) &&
      take("archive_read_next_header", out.next_header) && take("archive_read_data", out.data) &&
      take("archive_read_free", out.free) && take("archive_error_string", out.error_string) &&
      take("archive_entry_pathname_utf8", out.pathname);
  if (!complete) {
    out.missing = "zips need libarchive: install Debian's libarchive13, or unpack the zip";
  }
  return out;
}

const ArchiveLibrary& archive_library() {
  static const ArchiveLibrary library = load_archive();
  return library;
}

class PlainFile : public ExportSource {
 public:
  explicit PlainFile(std::FILE* file) : file_(file) {}
  PlainFile(const PlainFile&) = delete;
  PlainFile& operator=(const PlainFile&) = delete;
  ~PlainFile() override { (void)std::fclose(file_); }
  Result<size_t> read(char* buffer, size_t size) override {
    const size_t got = std::fread(buffer, 1, size, file_);
    if (got == 0 && std::ferror(file_) != 0)
      return fail(Code::kUnavailable, "the file can not be read");
    return got;
  }

 private:
  std::FILE* file_;
};

class ZippedEntities : public ExportSource {
 public:
  explicit ZippedEntities(struct archive* zip) : zip_(zip) {}
  ZippedEntities(const ZippedEntities&) = delete;
  ZippedEntities& operator=(const ZippedEntities&) = delete;
  ~ZippedEntities() override { (void)archive_library().free(zip_); }

  // To the first entities.xml, in whatever folder.
  Status find(const std::string& path) {
    if (archive_library().open(zip_, path.c_str(), kArchiveBlock) != ARCHIVE_OK) return broken();
    while (true) {
      struct archive_entry* entry = nullptr;
      const int status = archive_library().next_header(zip_, &entry);
      if (status == ARCHIVE_EOF) {
        return fail(Code::kNotFound, "the zip has no entities.xml: is it a space export as XML?");
      }
      if (status != ARCHIVE_OK && status != ARCHIVE_WARN) return broken();
      const char* name = archive_library().pathname(entry);
      const std::string_view where = name == nullptr ? "" : name;
      if (where == kEntities || where.ends_with("/entities.xml")) return {};
    }
  }
  Result<size_t> read(char* buffer, size_t size) override {
    const auto got = archive_library().data(zip_, buffer, size);
    if (got < 0) return fail(broken().error());
    return static_cast<size_t>(got);
  }

 private:
  Status broken() const {
    const char* why = archive_library().error_string(zip_);
    return fail(Code::kCorrupt, std::string("the zip is broken: ") + (why == nullptr ? "?" : why));
  }
  struct archive* zip_;
};

}  // namespace

bool is_zip(const std::string& path) {
  std::array<char, 4> head{};
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) return false;
  const size_t got = std::fread(head.data(), 1, head.size(), file);
  (void)std::fclose(file);
  return got == head.size() && std::string_view(head.data(), 4) == "PK\x03\x04";
}

Result<std::unique_ptr<ExportSource>> open_export(const std::string& path) {
  if (is_zip(path)) {
    if (!archive_library().missing.empty()) {
      return fail(Code::kUnsupported, path + ": " + archive_library().missing);
    }
    struct archive* zip = archive_library().read_new();
    if (zip == nullptr) return fail(Code::kInternal, "no memory for a zip");
    auto entities = std::make_unique<ZippedEntities>(zip);
    (void)archive_library().support_zip(zip);
    if (auto found = entities->find(path); !found) {
      return fail(std::move(found).error().context(path));
    }
    return std::unique_ptr<ExportSource>(std::move(entities));
  }
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) return fail(Code::kNotFound, path + " can not be opened");
  return std::unique_ptr<ExportSource>(std::make_unique<PlainFile>(file));
}

}  // namespace spillguard::hosts
