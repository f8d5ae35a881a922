#include "cli/file_scan.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <iterator>
#include <mutex>
#include <thread>
#include <utility>

#include "base/file.h"
#include "base/strings.h"
#include "base/threads.h"
#include "cli/context.h"
#include "cli/pragma.h"
#include "cli/source_text.h"

namespace spillguard::cli {
namespace file_scanning {
namespace {

// Lets bytes in up to a limit; what is larger than the limit waits until it is alone.
class ByteBudget {
 public:
  explicit ByteBudget(uint64_t limit) : limit_(std::max<uint64_t>(limit, 1)) {}
  void take(uint64_t bytes) {
    bytes = std::min(bytes, limit_);
    std::unique_lock lock(mutex_);
    room_.wait(lock, [&] { return used_ + bytes <= limit_; });
    used_ += bytes;
  }
  void give_back(uint64_t bytes) {
    {
      const std::lock_guard lock(mutex_);
      used_ -= std::min(bytes, limit_);
    }
    room_.notify_all();
  }

 private:
  uint64_t limit_;
  std::mutex mutex_;
  std::condition_variable room_;
  uint64_t used_ = 0;
};

FileReport left_out(const std::string& path, std::string reason, bool failure) {
  FileReport report;
  report.left_out = LeftOut{.path = path, .reason = std::move(reason), .failure = failure};
  return report;
}

std::string too_large(uint64_t limit) {
  return "larger than " + human_bytes(limit) + " (--max-file-bytes)";
}

Result<std::string> read_all(std::istream& in, uint64_t limit) {
  std::string out;
  std::string block(1U << 16U, '\0');
  while (in.read(block.data(), static_cast<std::streamsize>(block.size())) || in.gcount() > 0) {
    out.append(block.data(), static_cast<size_t>(in.gcount()));
    if (out.size() > limit) {
      return fail(Code::kTooLarge, too_large(limit));
    }
  }
  if (in.bad()) {
    return fail(Code::kIo, "the standard input can not be read");
  }
  return out;
}

FileReport scan_one(const FileScanOptions& options, detect::Engine::Scratch& scratch,
                    const InputFile& file, std::istream& standard_input) {
  if (file.size > options.max_file_bytes) {
    return left_out(file.path, too_large(options.max_file_bytes), false);
  }
  auto bytes = file.path == "-" ? read_all(standard_input, options.max_file_bytes)
                                : read_file(file.path, options.max_file_bytes);
  if (!bytes) {
    const bool large = bytes.error().code == Code::kTooLarge;
    return left_out(file.path, large ? too_large(options.max_file_bytes) : bytes.error().message,
                    !large);
  }
  return scan_bytes(options, scratch, file.path == "-" ? std::string() : file.path,
                    std::move(*bytes));
}

}  // namespace
}  // namespace file_scanning

FileReport scan_bytes(const FileScanOptions& options, detect::Engine::Scratch& scratch,
                      const std::string& name, std::string bytes) {
  FileReport report;
  report.bytes = bytes.size();
  const auto source = to_text(std::move(bytes));
  if (!source) {
    return file_scanning::left_out(name, "binary", false);
  }
  const text::Markup markup = options.markup.value_or(text::guess_markup(name, *source));
  const text::Extracted extracted = text::extract(markup, *source);
  detect::ScanResult result;
  options.engine->scan(extracted.text.view(), scratch, result);
  report.limits = std::move(result.limits);
  if (result.matches.empty()) {
    return report;
  }
  // Two, as each is fast for ascending offsets alone.
  Places begins(*source);
  Places ends(*source);
  const AllowedLines allowed(options.pragmas ? std::string_view(*source) : std::string_view());
  const std::string_view text = extracted.text.text();
  const MaskedLines lines(text, result.matches);
  for (const detect::Match& match : result.matches) {
    const size_t source_begin = extracted.map.to_source(match.secret.begin);
    const size_t source_end = extracted.map.to_source(match.secret).end;
    const Place begin = begins.at(source_begin);
    // The last byte decides about the line: a secret that ends with its line ends on it.
    const Place last = ends.at(std::max(source_end, source_begin + 1) - 1);
    if (allowed.allow(begin.line, last.line)) {
      ++report.allowed;
      continue;
    }
    FileFinding finding;
    finding.line = begin.line;
    finding.column = begin.column;
    finding.end_line = last.line;
    finding.end_column = last.column + 1;
    finding.rule = match.rule;
    finding.secret = match.secret_text(text);
    finding.match = match.match_text(text);
    finding.fingerprint = options.key.fingerprint(finding.secret);
    finding.before = lines.before(match.secret);
    finding.masked = shown_secret(finding.secret);
    finding.after = lines.after(match.secret);
    report.findings.push_back(std::move(finding));
  }
  return report;
}

void scan_files(const FileScanOptions& options, const std::vector<InputFile>& files,
                std::istream& standard_input,
                const std::function<void(const InputFile&, FileReport)>& done) {
  std::atomic<size_t> next{0};
  std::mutex mutex;
  std::condition_variable ready;
  std::vector<std::optional<FileReport>> reports(files.size());
  file_scanning::ByteBudget budget(options.max_bytes_in_memory);
  const auto work = [&] {
    detect::Engine::Scratch scratch = options.engine->make_scratch();
    for (size_t i = next++; i < files.size(); i = next++) {
      budget.take(files[i].size);
      FileReport report = file_scanning::scan_one(options, scratch, files[i], standard_input);
      budget.give_back(files[i].size);
      {
        const std::lock_guard lock(mutex);
        reports[i] = std::move(report);
      }
      ready.notify_one();
    }
  };
  std::vector<std::jthread> threads;
  const size_t count = std::min(std::max<size_t>(options.threads, 1), files.size());
  threads.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    threads.emplace_back([&work, i] {
      set_thread_name("scan-" + std::to_string(i));
      work();
    });
  }
  for (size_t i = 0; i < files.size(); ++i) {
    std::unique_lock lock(mutex);
    ready.wait(lock, [&] { return reports[i].has_value(); });
    FileReport report = std::move(*reports[i]);
    reports[i].reset();
    lock.unlock();
    done(files[i], std::move(report));
  }
}

}  // namespace spillguard::cli
