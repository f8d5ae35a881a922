#include "extract_helper/archive_reader.h"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "base/strings.h"

namespace spillguard::extract {
namespace archives {
namespace {

struct FreeArchive {
  void operator()(archive* reader) const { archive_read_free(reader); }
};
using Reader = std::unique_ptr<archive, FreeArchive>;

// By name, one by one: "all" would run other programs for some.
void allow(archive* reader, ArchiveKind kind) {
  archive_read_support_filter_gzip(reader);
  archive_read_support_filter_bzip2(reader);
  archive_read_support_filter_xz(reader);
  archive_read_support_filter_lzma(reader);
  archive_read_support_filter_zstd(reader);
  archive_read_support_filter_lz4(reader);
  archive_read_support_filter_compress(reader);
  if (kind == ArchiveKind::kPacked) {
    archive_read_support_format_raw(reader);
    return;
  }
  archive_read_support_format_tar(reader);
  archive_read_support_format_cpio(reader);
  archive_read_support_format_ar(reader);
  archive_read_support_format_zip(reader);
  archive_read_support_format_7zip(reader);
  archive_read_support_format_rar(reader);
  archive_read_support_format_rar5(reader);
  archive_read_support_format_cab(reader);
  archive_read_support_format_iso9660(reader);
  archive_read_support_format_lha(reader);
}

std::string_view or_empty(const char* text) { return text == nullptr ? std::string_view() : text; }

// libarchive's words name the format's trouble, never the content.
Verdict broken(archive* reader) {
  const std::string message = to_valid_utf8(or_empty(archive_error_string(reader)));
  const std::string lower = to_lower(message);
  if (lower.find("ncrypt") != std::string::npos || lower.find("passphrase") != std::string::npos ||
      lower.find("password") != std::string::npos) {
    return {.reason = Reason::kEncrypted, .detail = {}};
  }
  if (lower.find("unsupported") != std::string::npos ||
      lower.find("not supported") != std::string::npos) {
    return {.reason = Reason::kUnsupported, .detail = message};
  }
  if (lower.find("allocate") != std::string::npos) {
    return {.reason = Reason::kMemory, .detail = message};
  }
  return {.reason = Reason::kBroken, .detail = message};
}

// The bytes of one entry. kRatio and the limits of the whole document end the archive, too.
Verdict read_bytes(Reading& reading, archive* reader, uint64_t packed, uint64_t& unpacked,
                   std::string& bytes) {
  std::array<char, size_t{64} << 10U> block{};
  for (;;) {
    const la_ssize_t count = archive_read_data(reader, block.data(), block.size());
    if (count < 0) {
      return broken(reader);
    }
    if (count == 0) {
      return {};
    }
    const auto size = static_cast<uint64_t>(count);
    if (const Reason reason = reading.unpack(size, unpacked, packed); reason != Reason::kRead) {
      return stopped_at(reason);
    }
    unpacked += size;
    if (bytes.size() + size > reading.limits().part_bytes) {
      return {.reason = Reason::kTooLarge, .detail = "one file; its begin was read"};
    }
    bytes.append(block.data(), size);
  }
}

}  // namespace
}  // namespace archives

Verdict for_each_entry(Reading& reading, std::string_view bytes, ArchiveKind kind,
                       const std::function<bool(ArchiveEntry&)>& each) {
  const archives::Reader reader(archive_read_new());
  if (reader == nullptr) {
    return {.reason = Reason::kMemory, .detail = {}};
  }
  archives::allow(reader.get(), kind);
  if (archive_read_open_memory(reader.get(), bytes.data(), bytes.size()) != ARCHIVE_OK) {
    return archives::broken(reader.get());
  }
  uint64_t unpacked = 0;
  size_t numbered = 0;
  for (;;) {
    archive_entry* head = nullptr;
    const int status = archive_read_next_header(reader.get(), &head);
    if (status == ARCHIVE_EOF) {
      return {};
    }
    if (status == ARCHIVE_RETRY) {
      continue;
    }
    if (status < ARCHIVE_WARN) {
      return archives::broken(reader.get());
    }
    if (const Reason reason = reading.entry(); reason != Reason::kRead) {
      return stopped_at(reason);
    }
    ArchiveEntry entry;
    ++numbered;
    entry.path = archives::or_empty(archive_entry_pathname(head));
    if (entry.path.empty()) {
      entry.path = archives::or_empty(archive_entry_pathname_utf8(head));
    }
    if (entry.path.empty() && kind == ArchiveKind::kFiles) {
      entry.path = "entry " + std::to_string(numbered);
    }
    entry.is_folder = archive_entry_filetype(head) == AE_IFDIR;
    entry.link = archives::or_empty(archive_entry_symlink(head));
    entry.link += archives::or_empty(archive_entry_hardlink(head));
    entry.is_link = !entry.link.empty();
    entry.encrypted = archive_entry_is_data_encrypted(head) != 0;
    entry.told_bytes =
        archive_entry_size_is_set(head) != 0
            ? static_cast<uint64_t>(std::max<la_int64_t>(archive_entry_size(head), 0))
            : 0;
    if (entry.encrypted) {
      entry.verdict = {.reason = Reason::kEncrypted, .detail = {}};
    } else if (!entry.is_folder && !entry.is_link) {
      entry.verdict =
          archives::read_bytes(reading, reader.get(), bytes.size(), unpacked, entry.bytes);
    }
    const Reason reason = entry.verdict.reason;
    if (!each(entry)) {
      return {};
    }
    if (reason == Reason::kRatio || reading.stopped()) {
      return stopped_at(reason == Reason::kRatio ? reason : reading.stop_reason());
    }
    if (reason != Reason::kRead && reason != Reason::kTooLarge &&
        archive_read_data_skip(reader.get()) < ARCHIVE_WARN) {
      return archives::broken(reader.get());
    }
  }
}

}  // namespace spillguard::extract
