#include "cli/file_scan.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <utility>

#include "base/strings.h"
#include "base/threads.h"
#include "cli/byte_source.h"
#include "cli/documents.h"
#include "cli/finding_maker.h"
#include "cli/source_text.h"
#include "cli/window_scan.h"

namespace spillguard::cli {
namespace file_scanning {
namespace {

FileReport left_out(const std::string& path, std::string reason, bool failure) {
  FileReport report;
  report.left_out = LeftOut{.path = path, .reason = std::move(reason), .failure = failure};
  return report;
}

constexpr size_t kBlock = size_t{1} << 18U;  // bytes of one read

std::string too_large(uint64_t limit) {
  return "larger than " + human_bytes(limit) + " (--max-file-bytes)";
}

using Emit = std::function<void(FileReport)>;

// Reads to the end and gives windows of it to the engine. `head` is what was read already.
void scan_large(const FileScanOptions& options, detect::Engine::Scratch& scratch,
                const std::string& path, std::string head, ByteSource& source, const Emit& emit) {
  uint64_t bytes = head.size();
  WindowScan windows(options, scratch, emit);
  TextStream stream;
  std::string text;
  if (!stream.begin(head, text)) {
    return emit(left_out(path, "binary", false));
  }
  head = {};
  std::optional<LeftOut> cut;
  std::vector<char> block(kBlock);
  while (!cut) {
    windows.add(text);
    text.clear();
    const auto count = source.read(block);
    if (!count) {
      cut = LeftOut{.path = path, .reason = count.error().message, .failure = true};
      break;
    }
    if (*count == 0) {
      break;
    }
    bytes += *count;
    if (bytes > options.max_file_bytes) {
      cut = LeftOut{.path = path, .reason = too_large(options.max_file_bytes), .failure = false};
      break;
    }
    stream.add(std::string_view(block.data(), *count), text);
  }
  stream.finish(text);
  windows.add(text);
  FileReport last = windows.finish();
  last.bytes = bytes;
  last.left_out = std::move(cut);
  emit(std::move(last));
}

void scan_one(const FileScanOptions& options, detect::Engine::Scratch& scratch,
              const InputFile& file, std::istream& standard_input, const Emit& emit) {
  if (file.size > options.max_file_bytes) {
    return emit(left_out(file.path, too_large(options.max_file_bytes), false));
  }
  const bool standard = file.path == "-";
  std::unique_ptr<ByteSource> source;
  if (standard) {
    source = open_stream(standard_input);
  } else {
    auto opened = open_file(file.path);
    if (!opened) {
      return emit(left_out(file.path, opened.error().message, true));
    }
    source = std::move(*opened);
  }
  // Room for what the size says, and a byte more that must stay empty.
  const uint64_t listed = standard ? options.whole_bytes : file.size;
  const size_t most = options.whole_bytes + 1;
  std::string head(static_cast<size_t>(std::min<uint64_t>(listed + 1, most)), '\0');
  size_t filled = 0;
  for (;;) {
    const auto count = source->read(std::span(head).subspan(filled));
    if (!count) {
      return emit(left_out(file.path, count.error().message, true));
    }
    filled += *count;
    if (filled < head.size() || head.size() == most) {
      break;
    }
    head.resize(std::min(most, head.size() * 2));  // it grew since it was listed
  }
  head.resize(filled);
  if (filled > options.max_file_bytes) {
    return emit(left_out(file.path, too_large(options.max_file_bytes), false));
  }
  if (options.documents != nullptr && Documents::is_document(head, file.path)) {
    return emit(options.documents->scan(options, scratch, standard ? std::string() : file.path,
                                        head, *source));
  }
  if (filled == most) {
    return scan_large(options, scratch, file.path, std::move(head), *source, emit);
  }
  emit(scan_bytes(options, scratch, standard ? std::string() : file.path, std::move(head)));
}

// Reports of files that are worked on at the same time, handed on in the files' order. Who is far
// ahead of the file whose turn it is waits, so that reports do not pile up; who has that file never
// does.
class InOrder {
 public:
  explicit InOrder(size_t files) : waiting_(files) {}

  void give(size_t file, FileReport report) {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [&] {
      return file == turn_ || (file - turn_ < kAhead && waiting_[file].size() < kParts);
    });
    waiting_[file].push_back(std::move(report));
    const bool awaited = file == turn_;
    lock.unlock();
    if (awaited) ready_.notify_one();
  }

  // All that is there of this file, at least one; those before it were taken to their end.
  std::vector<FileReport> take(size_t file) {
    std::unique_lock lock(mutex_);
    if (turn_ != file) {
      turn_ = file;
      room_.notify_all();
    }
    ready_.wait(lock, [&] { return !waiting_[file].empty(); });
    return std::exchange(waiting_[file], {});
  }

 private:
  static constexpr size_t kAhead = 4096;  // files
  static constexpr size_t kParts = 4;     // of one file
  std::mutex mutex_;
  std::condition_variable ready_;
  std::condition_variable room_;
  std::vector<std::vector<FileReport>> waiting_;  // by file
  size_t turn_ = 0;
};

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
  FindingMaker maker(options, *source, extracted, result.matches);
  for (const detect::Match& match : result.matches) {
    if (auto finding = maker.make(match)) {
      report.findings.push_back(std::move(*finding));
    } else {
      ++report.allowed;
    }
  }
  return report;
}

void scan_files(const FileScanOptions& options, const std::vector<InputFile>& files,
                std::istream& standard_input,
                const std::function<void(const InputFile&, FileReport)>& done) {
  std::atomic<size_t> next{0};
  file_scanning::InOrder reports(files.size());
  const auto work = [&] {
    detect::Engine::Scratch scratch = options.engine->make_scratch();
    for (size_t i = next++; i < files.size(); i = next++) {
      file_scanning::scan_one(options, scratch, files[i], standard_input,
                              [&](FileReport report) { reports.give(i, std::move(report)); });
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
    for (bool more = true; more;) {
      for (FileReport& report : reports.take(i)) {
        more = report.more;
        done(files[i], std::move(report));
      }
    }
  }
}

}  // namespace spillguard::cli
