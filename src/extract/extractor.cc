#include "extract/extractor.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "extract/helper.h"

namespace spillguard::extract {
namespace extracting {
namespace {

constexpr const char* kProgram = "spillguard-extract";

// Beside this program, or where a package puts what nobody starts by hand.
Result<std::string> find_helper() {
  std::array<char, 4096> buffer{};
  const ssize_t length = ::readlink("/proc/self/exe", buffer.data(), buffer.size());
  std::string folder = length > 0 ? std::string(buffer.data(), static_cast<size_t>(length)) : "";
  folder.resize(folder.rfind('/') == std::string::npos ? 0 : folder.rfind('/'));
  for (const std::string& path :
       {folder + "/" + kProgram, folder + "/../lib/spillguard/" + kProgram,
        std::string("/usr/lib/spillguard/") + kProgram}) {
    if (::access(path.c_str(), X_OK) == 0) {
      return path;
    }
  }
  return fail(Code::kNotFound, std::string(kProgram) + " is not in " + folder +
                                   ": attachments and binary files can not be opened without it");
}

}  // namespace
}  // namespace extracting

Result<std::unique_ptr<Extractor>> Extractor::start(ExtractorOptions options) {
  if (options.helper.empty()) {
    SG_ASSIGN(options.helper, extracting::find_helper());
  }
  std::unique_ptr<Extractor> extractor(new Extractor(std::move(options)));
  SG_ASSIGN(auto first, Helper::start(extractor->options_));
  extractor->sandbox_ = first->sandbox();
  extractor->idle_.push_back(std::move(first));
  return extractor;
}

Extractor::Extractor(ExtractorOptions options) : options_(std::move(options)) {}
Extractor::~Extractor() = default;

Result<std::unique_ptr<Helper>> Extractor::take() {
  std::unique_ptr<Helper> helper;
  {
    std::unique_lock lock(mutex_);
    freed_.wait(lock, [&] { return out_ < std::max<size_t>(options_.helpers, 1); });
    ++out_;
    // One that ended while it was idle costs no document.
    while (helper == nullptr && !idle_.empty()) {
      helper = idle_.back()->is_alive() ? std::move(idle_.back()) : nullptr;
      idle_.pop_back();
    }
  }
  if (helper == nullptr) {
    auto started = Helper::start(options_);
    if (!started) {
      give_back(nullptr);
      return fail(std::move(started).error());
    }
    helper = std::move(*started);
  }
  const std::lock_guard lock(mutex_);
  busy_.push_back(helper->pid());
  return helper;
}

void Extractor::give_back(std::unique_ptr<Helper> helper) {
  {
    const std::lock_guard lock(mutex_);
    --out_;
    if (helper != nullptr) {
      std::erase(busy_, helper->pid());
      if (!helper->worn_out()) {
        idle_.push_back(std::move(helper));
      }
    }
  }
  freed_.notify_one();
}

Outcome Extractor::extract(const std::string& name, const DocumentSource& source,
                           const Limits& limits, const Sink& sink) {
  const NoBrokenPipeSignal quiet;
  Outcome own;
  own.type = "unknown";
  own.reason = Reason::kHelperDied;
  auto helper = take();
  if (!helper) {
    own.reason =
        helper.error().code == Code::kUnsupported ? Reason::kNoSandbox : Reason::kHelperDied;
    own.detail = helper.error().message;
  } else {
    const int pid = (*helper)->pid();
    if ((*helper)->read(name, source, limits, sink, own)) {
      give_back(std::move(*helper));
    } else {
      {
        const std::lock_guard lock(mutex_);
        std::erase(busy_, pid);
      }
      give_back(nullptr);
    }
  }
  sink.outcome(own);
  return own;
}

Outcome Extractor::extract(const std::string& name, std::string_view bytes, const Limits& limits,
                           const Sink& sink) {
  const auto source = [&bytes](std::span<char> block) -> Result<size_t> {
    const size_t count = std::min(block.size(), bytes.size());
    if (count != 0) {
      std::memcpy(block.data(), bytes.data(), count);
    }
    bytes.remove_prefix(count);
    return count;
  };
  return extract(name, source, limits, sink);
}

std::vector<int> Extractor::helper_pids() {
  const std::lock_guard lock(mutex_);
  std::vector<int> pids = busy_;
  for (const auto& helper : idle_) {
    pids.push_back(helper->pid());
  }
  return pids;
}

}  // namespace spillguard::extract
