#include "cli/scan.h"

#include <fmt/format.h>

#include <memory>
#include <utility>

#include "base/file.h"
#include "base/strings.h"
#include "base/threads.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/file_scan.h"
#include "cli/file_walk.h"
#include "cli/findings_writer.h"
#include "cli/scan_summary.h"

namespace spillguard::cli {
namespace scanning {
namespace {

constexpr uint64_t kMostThreads = 256;
constexpr uint64_t kProgressEvery = 64;  // files

Result<MasterKey> load_key(const std::string& path) {
  if (path.empty()) {
    return MasterKey::public_key();
  }
  SG_ASSIGN(const std::string text, read_file(path, 4096));
  auto key = MasterKey::parse(trim(text));
  if (!key) {
    return fail(std::move(key).error().context(path));
  }
  return key;
}

Result<FileScanOptions> prepare(const ScanOptions& options) {
  FileScanOptions prepared;
  SG_ASSIGN(prepared.key, load_key(options.key_file));
  if (options.markup != "auto") {
    prepared.markup = text::parse_markup(options.markup);
  }
  if (options.threads > kMostThreads) {
    return fail(Code::kInvalidArgument,
                fmt::format("--threads {} is more than {}", options.threads, kMostThreads));
  }
  prepared.threads = options.threads == 0 ? usable_processors() : options.threads;
  prepared.max_file_bytes = options.max_file_bytes;
  SG_ASSIGN(const detect::RuleSet rules, load_rules(options.rules));
  SG_ASSIGN(prepared.engine, detect::Engine::build(rules));
  return prepared;
}

void report_left_out(const LeftOut& left_out, Io& io) {
  if (!left_out.failure) {
    return;
  }
  const bool named = left_out.reason.find(left_out.path) != std::string::npos;
  io.err << "spillguard scan: " << (named ? "" : for_terminal(left_out.path) + ": ")
         << for_terminal(left_out.reason) << '\n';
}

// A line on a terminal that is written over and over.
class Progress {
 public:
  Progress(Io& io, bool on, size_t files) : io_(io), on_(on && io.err_is_terminal), files_(files) {}
  void step(size_t done) {
    if (on_ && (done % kProgressEvery == 0 || done == files_)) {
      clear();
      io_.err << done << " of " << files_ << " files";
      io_.err.flush();
      shown_ = true;
    }
  }
  void clear() {
    if (shown_) {
      io_.err << "\r\x1b[K";
      shown_ = false;
    }
  }

 private:
  Io& io_;
  bool on_;
  size_t files_;
  bool shown_ = false;
};

}  // namespace
}  // namespace scanning

int run_scan(const ScanOptions& options, Io& io) {
  const auto prepared = scanning::prepare(options);
  if (!prepared) {
    io.err << "spillguard scan: " << prepared.error().message << '\n';
    return kExitError;
  }
  const auto rules = prepared->engine->rules();
  const auto writer = options.format == "jsonl"
                          ? make_jsonl_writer(io.out, rules, options.redact)
                          : make_text_writer(io.out, rules, io.out_is_terminal);
  const WalkResult walked = walk(options.paths);
  ScanSummary summary;
  for (const LeftOut& left_out : walked.left_out) {
    scanning::report_left_out(left_out, io);
    summary.add(left_out);
  }
  scanning::Progress progress(io, !options.quiet, walked.files.size());
  size_t done = 0;
  scan_files(*prepared, walked.files, io.in, [&](const InputFile& file, FileReport report) {
    if (!report.findings.empty() || report.left_out) {
      progress.clear();
    }
    for (const FileFinding& finding : report.findings) {
      writer->write(file, finding);
    }
    if (report.left_out) {
      report.left_out->path = file.path;
      scanning::report_left_out(*report.left_out, io);
    }
    summary.add(report);
    progress.step(++done);
  });
  progress.clear();
  io.out.flush();
  if (options.summary && !options.quiet) {
    summary.print(io.err);
  }
  return summary.exit_code();
}

void add_scan(CommandLine& line) {
  // Shared by the declared options and the runner.
  const auto options = std::make_shared<ScanOptions>();
  line.positionals("PATH", options->paths, "Files and folders; - is the standard input");
  line.choice("--format", options->format, {"text", "jsonl"}, "Form of the findings");
  line.flag("--redact", options->redact, "Mask secrets in jsonl (text masks them always)");
  line.choice("--markup", options->markup, {"auto", "plain", "wiki", "storage", "adf", "html"},
              "How files are written; auto decides file by file");
  line.option("--key-file", options->key_file,
              "An installation's key, so that fingerprints are those of its findings");
  line.option("--threads", options->threads, "Threads; 0 means one a processor");
  line.option("--max-file-bytes", options->max_file_bytes, "Larger files are skipped and counted");
  line.flag("--summary,!--no-summary", options->summary, "Counts at the end, on standard error");
  line.flag("-q,--quiet", options->quiet, "No progress and no summary");
  declare_rule_options(line, options->rules);
  line.run([options](Io& io) { return run_scan(*options, io); });
}

}  // namespace spillguard::cli
