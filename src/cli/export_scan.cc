#include "cli/export_scan.h"

#include <fmt/format.h>

#include <map>
#include <tuple>

#include "cli/findings_writer.h"
#include "hosts/export.h"

namespace spillguard::cli {
namespace export_scan {
namespace {

struct Cell {
  uint64_t parts = 0;
  uint64_t bytes = 0;
};

// Scans the parts as they come, and counts each.
class ExportSink : public hosts::ItemSink {
 public:
  ExportSink(const FileScanOptions& options, FindingsWriter& writer)
      : options_(options), writer_(writer), scratch_(options.engine->make_scratch()) {}

  Status begin_item(const hosts::ItemRef& item) override {
    // "OPS/OPS-7", "DS/98306"; a content whose page is not in the export has its own id.
    item_ = (item.scope_key.empty() ? "?" : item.scope_key) + "/" + item.key;
    return {};
  }

  Status on_part(hosts::Part&& part) override {
    const auto bytes = part.state == hosts::Part::State::kText ? part.text.size()
                                                               : static_cast<uint64_t>(part.bytes);
    if (part.state != hosts::Part::State::kText) {
      const bool failed = part.state == hosts::Part::State::kFailed;
      failures_ += failed ? 1 : 0;
      count(part.kind, failed ? "failed" : "skipped", part.reason, bytes);
      return {};
    }
    InputFile file;
    file.path = file.shown =
        fmt::format("{}/{}/{}@{}", item_, part.kind, part.content_id, part.version);
    file.size = bytes;
    FileScanOptions options = options_;
    options.markup = part.markup;
    const FileReport report = scan_bytes(options, scratch_, file.path, std::move(part.text));
    for (const FileFinding& finding : report.findings) writer_.write(file, finding);
    findings_ += report.findings.size();
    if (report.left_out) {
      failures_ += report.left_out->failure ? 1 : 0;
      count(part.kind, "failed", report.left_out->reason, bytes);
    } else {
      count(part.kind, "scanned", "", bytes);
    }
    return {};
  }
  Status on_content(const hosts::ContentState& /*content*/) override { return {}; }
  Status end_item(const std::optional<Error>& /*failed*/) override { return {}; }
  Status on_unchanged(const hosts::ItemRef& /*item*/) override { return {}; }

  void print(std::ostream& out) const {
    for (const auto& [key, cell] : cells_) {
      const auto& [kind, status, reason] = key;
      out << fmt::format("{:<20} {:>9} {}{}{}, {} bytes\n", kind, cell.parts, status,
                         reason.empty() ? "" : ": ", reason, cell.bytes);
    }
  }
  [[nodiscard]] int exit_code() const {
    if (failures_ > 0) return kExitError;
    return findings_ > 0 ? kExitFindings : kExitNothing;
  }
  [[nodiscard]] bool complete() const { return failures_ == 0; }

 private:
  void count(const std::string& kind, const std::string& status, const std::string& reason,
             uint64_t bytes) {
    Cell& cell = cells_[{kind, status, reason}];
    ++cell.parts;
    cell.bytes += bytes;
  }

  const FileScanOptions& options_;
  FindingsWriter& writer_;
  detect::Engine::Scratch scratch_;
  std::string item_;
  std::map<std::tuple<std::string, std::string, std::string>, Cell> cells_;
  uint64_t findings_ = 0;
  uint64_t failures_ = 0;
};

}  // namespace
}  // namespace export_scan

int run_export_scan(const ScanOptions& options, const FileScanOptions& prepared, Io& io) {
  FileScanOptions settings = prepared;
  // A page does not speak for itself as a file of source does.
  settings.pragmas = false;
  const auto writer = make_writer(io.out, {.format = options.format,
                                           .rules = settings.engine->rules(),
                                           .redact = options.redact,
                                           .colour = io.out_is_terminal});
  export_scan::ExportSink sink(settings, *writer);
  const Status read = hosts::read_export(options.export_path, sink);
  writer->finish(read && sink.complete());
  io.out.flush();
  if (options.summary && !options.quiet) sink.print(io.err);
  if (!read) {
    io.err << "spillguard scan: " << read.error().message << '\n';
    return kExitError;
  }
  return sink.exit_code();
}

}  // namespace spillguard::cli
