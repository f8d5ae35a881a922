#include "extract_helper/outlook.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "base/encoding.h"
#include "base/strings.h"
#include "extract_helper/charset.h"
#include "extract_helper/legacy_office.h"
#include "extract_helper/marked_text.h"

namespace spillguard::extract {
namespace outlook {
namespace {

constexpr std::string_view kProperty = "__substg1.0_";
constexpr std::string_view kAttachment = "__attach_version1.0_";

struct Named {
  std::string_view tag;  // MS-OXPROPS
  std::string_view name;
};
constexpr std::array kNames = {
    Named{"0037", "Subject"}, Named{"007D", "Headers"}, Named{"0C1A", "From"},
    Named{"0C1F", "From"},    Named{"0E04", "To"},      Named{"0E03", "Cc"},
    Named{"1000", "Body"},    Named{"3001", "Name"},    Named{"3003", "Address"},
    Named{"3704", "File"},    Named{"3707", "File"},    Named{"0070", "Topic"},
    Named{"5D01", "From"},    Named{"39FE", "Address"}};

std::string name_of(std::string_view tag) {
  const auto found =
      std::find_if(kNames.begin(), kNames.end(), [&](const Named& one) { return one.tag == tag; });
  return found == kNames.end() ? "property " + std::string(tag) : std::string(found->name);
}

// What one storage of the file holds: the mail, a recipient, an attachment, a mail within.
struct Storage {
  std::string file_name;
  const CompoundStream* data = nullptr;
};

std::string text_of(const CompoundFile& compound, const CompoundStream& stream) {
  const std::string bytes = compound.read(stream);
  return stream.name.ends_with("001F") ? decode_utf16_le(bytes) : decode_text(bytes);
}

// People know an attachment by its name, and a storage's path by the attachments that it leads
// through.
std::string shown_storage(const std::map<std::string, Storage, std::less<>>& storages,
                          std::string_view path) {
  std::string shown;
  size_t at = 0;
  while (at < path.size()) {
    const size_t end = path.find('/', at);
    const std::string_view so_far = path.substr(0, end + 1);
    const std::string_view piece = path.substr(at, end - at);
    at = end + 1;
    const auto found = storages.find(so_far);
    if (found != storages.end() && piece.starts_with(kAttachment)) {
      shown = join_location(
          shown, found->second.file_name.empty() ? "attachment" : found->second.file_name);
    } else if (piece.starts_with("__recip")) {
      shown = join_location(shown, "recipients");
    } else if (piece.starts_with("__nameid")) {
      shown = join_location(shown, "names of properties");
    }
  }
  return shown;
}

}  // namespace
}  // namespace outlook

Verdict read_outlook(Reading& reading, File& file, const CompoundFile& compound) {
  std::map<std::string, outlook::Storage, std::less<>> storages;
  for (const CompoundStream& stream : compound.streams()) {
    outlook::Storage& storage = storages[stream.storage];
    const std::string_view name = stream.name;
    if (name.starts_with("__substg1.0_3707") ||
        (name.starts_with("__substg1.0_3704") && storage.file_name.empty())) {
      storage.file_name = outlook::text_of(compound, stream);
    } else if (name == "__substg1.0_37010102") {
      storage.data = &stream;
    }
  }
  MarkedText out;
  std::string current;
  for (const CompoundStream& stream : compound.streams()) {
    if (reading.entry() != Reason::kRead) {
      return stopped_at(reading.stop_reason());
    }
    if (stream.storage != current) {
      out.give(reading, file, outlook::shown_storage(storages, current));
      current = stream.storage;
    }
    const std::string_view name = stream.name;
    const outlook::Storage& storage = storages[stream.storage];
    if (!name.starts_with(outlook::kProperty) || name.size() < outlook::kProperty.size() + 8) {
      continue;
    }
    const std::string_view tag = name.substr(outlook::kProperty.size(), 4);
    const std::string_view type = name.substr(outlook::kProperty.size() + 4, 4);
    const std::string where = outlook::shown_storage(storages, stream.storage);
    if (&stream == storage.data) {
      const std::string bytes = compound.read(stream);
      reading.within(file, where.empty() ? "attachment" : where, bytes);
    } else if (tag == "1013") {
      const std::string html =
          type == "0102" ? compound.read(stream) : outlook::text_of(compound, stream);
      reading.within(file, join_location(where, "body.html"), html);
    } else if (tag == "1009" && type == "0102") {
      const std::string rtf = decompress_rtf(compound.read(stream));
      if (!rtf.empty()) {
        reading.within(file, join_location(where, "body.rtf"), rtf);
      }
    } else if (type == "001F" || type == "001E") {
      const std::string text = outlook::text_of(compound, stream);
      if (!trim(text).empty()) {
        out.line();
        out.mark(outlook::name_of(tag));
        out.put(outlook::name_of(tag));
        out.put(": ");
        out.put(text);
      }
    }
    if (const Reason reason = reading.unpack(std::min<uint64_t>(stream.size, file.bytes.size()), 0,
                                             file.bytes.size());
        reason != Reason::kRead) {
      return stopped_at(reason);
    }
  }
  out.give(reading, file, outlook::shown_storage(storages, current));
  Verdict verdict{.reason = Reason::kRead, .detail = {}, .type = "msg"};
  if (compound.damaged()) {
    verdict.reason = Reason::kBroken;
    verdict.detail = "its tables are damaged; what they lead to was read";
  }
  return verdict;
}

}  // namespace spillguard::extract
