#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/file.h"
#include "base/strings.h"
#include "sim/extras.h"
#include "sim/jira_generator.h"

namespace spillguard::sim {
namespace {

constexpr size_t kBlock = 512;

// A text field of a header, up to its first NUL.
std::string_view tar_field(std::string_view head, size_t place, size_t size) {
  const std::string_view field = head.substr(place, size);
  return field.substr(0, field.find('\0'));
}

uint64_t octal(std::string_view digits) {
  uint64_t number = 0;
  for (const char c : digits) {
    if (c >= '0' && c <= '7') number = number * 8 + static_cast<uint64_t>(c - '0');
  }
  return number;
}

// The regular files of a tar archive.
std::vector<FilePtr> read_tar(std::string_view bytes) {
  std::vector<FilePtr> files;
  std::string long_name;
  for (size_t at = 0; at + kBlock <= bytes.size();) {
    const std::string_view head = bytes.substr(at, kBlock);
    if (head.front() == '\0') break;
    const uint64_t size = octal(tar_field(head, 124, 12));
    const char type = head[156];
    at += kBlock;
    if (size > bytes.size() - at) break;
    const std::string_view data = bytes.substr(at, size);
    at += (size + kBlock - 1) / kBlock * kBlock;
    if (type == 'L') {
      long_name = data.substr(0, data.find('\0'));
      continue;
    }
    std::string path = long_name;
    if (path.empty()) {
      const auto prefix = tar_field(head, 345, 155);
      path =
          (prefix.empty() ? "" : std::string(prefix) + "/") + std::string(tar_field(head, 0, 100));
    }
    long_name.clear();
    if (type != '0' && type != '\0') continue;
    auto file = std::make_shared<File>();
    file->name = path.substr(path.rfind('/') + 1);
    file->bytes = data;
    files.push_back(std::move(file));
  }
  return files;
}

}  // namespace

Status add_real_files(JiraSite& site, const std::string& path) {
  constexpr uint64_t kMost = uint64_t{256} << 20U;
  auto bytes = read_file(path, kMost);
  if (!bytes && bytes.error().code == Code::kNotFound) return {};
  if (!bytes) return fail(std::move(bytes).error());
  std::vector<size_t> issues;
  for (size_t i = 0; i < site.records().size(); ++i) {
    if (site.records()[i].loaded && site.editable(i)) issues.push_back(i);
  }
  if (issues.empty()) return {};
  const auto files = read_tar(*bytes);
  TimeMs now = kLastCreation;
  for (size_t i = 0; i < files.size(); ++i) {
    now += 1'000;
    site.edit(issues[i * issues.size() / files.size()], now, [&](JiraIssue& issue) {
      issue.attachments.push_back({.id = site.next_id(),
                                   .author = site.people().front(),
                                   .name = files[i]->name,
                                   .mime_type = "application/octet-stream",
                                   .created = issue.created,
                                   .size = files[i]->bytes.size(),
                                   .file = files[i]});
    });
  }
  return {};
}

}  // namespace spillguard::sim
