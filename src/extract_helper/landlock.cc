#include "extract_helper/landlock.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <system_error>

namespace spillguard::extract {
namespace landlock {
namespace {

// Newer than Debian 12's headers: the kernel's include/uapi/linux/landlock.h.
constexpr uint64_t kTruncate = uint64_t{1} << 14U;
constexpr uint64_t kIoctl = uint64_t{1} << 15U;
constexpr uint64_t kBindTcp = uint64_t{1} << 0U;
constexpr uint64_t kConnectTcp = uint64_t{1} << 1U;
constexpr uint64_t kAbstractSockets = uint64_t{1} << 0U;
constexpr uint64_t kSignals = uint64_t{1} << 1U;

struct Attributes {
  uint64_t files = 0;
  uint64_t net = 0;
  uint64_t scoped = 0;
};

Attributes all_of(int version) {
  Attributes all;
  all.files = (uint64_t{1} << 13U) - 1;
  if (version >= 2) {
    all.files |= uint64_t{LANDLOCK_ACCESS_FS_REFER};
  }
  if (version >= 3) {
    all.files |= kTruncate;
  }
  if (version >= 4) {
    all.net = kBindTcp | kConnectTcp;
  }
  if (version >= 5) {
    all.files |= kIoctl;
  }
  if (version >= 6) {
    all.scoped = kAbstractSockets | kSignals;
  }
  return all;
}

// An older kernel refuses a longer structure with more than zeros in it: it gets what it knows.
size_t size_of(int version) {
  constexpr size_t kField = sizeof(uint64_t);
  return version >= 6 ? 3 * kField : version >= 4 ? 2 * kField : kField;
}

Status allow(int ruleset, std::string_view path, uint64_t access) {
  const int place = ::open(std::string(path).c_str(), O_PATH | O_CLOEXEC);
  if (place < 0) {
    return {};  // what is not there needs no permission
  }
  struct stat about{};
  if (::fstat(place, &about) == 0 && !S_ISDIR(about.st_mode)) {
    access &= ~uint64_t{LANDLOCK_ACCESS_FS_READ_DIR};
  }
  landlock_path_beneath_attr rule{};
  rule.allowed_access = access;
  rule.parent_fd = place;
  const long added =
      ::syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
  const int error = errno;
  ::close(place);
  if (added != 0) {
    return fail(Code::kUnsupported, "landlock_add_rule: " + std::generic_category().message(error));
  }
  return {};
}

}  // namespace
}  // namespace landlock

Result<int> restrict_files(const LandlockRules& rules) {
  const long version =
      ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  if (version < 1) {
    return fail(Code::kUnsupported, "Landlock: " + std::generic_category().message(errno));
  }
  const landlock::Attributes all = landlock::all_of(static_cast<int>(version));
  const auto ruleset = static_cast<int>(::syscall(SYS_landlock_create_ruleset, &all,
                                                  landlock::size_of(static_cast<int>(version)), 0));
  if (ruleset < 0) {
    return fail(Code::kUnsupported, "Landlock: " + std::generic_category().message(errno));
  }
  Status status;
  constexpr uint64_t kRead = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
  for (const std::string_view path : rules.readable) {
    if (status) {
      status = landlock::allow(ruleset, path, kRead);
    }
  }
  for (const std::string_view path : rules.executable) {
    if (status) {
      status = landlock::allow(ruleset, path, kRead | LANDLOCK_ACCESS_FS_EXECUTE);
    }
  }
  if (status && ::syscall(SYS_landlock_restrict_self, ruleset, 0) != 0) {
    status = fail(Code::kUnsupported,
                  "landlock_restrict_self: " + std::generic_category().message(errno));
  }
  ::close(ruleset);
  SG_TRY(std::move(status));
  return static_cast<int>(version);
}

}  // namespace spillguard::extract
