#include "cli/scan.h"

#include <fmt/format.h>

#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/file.h"
#include "base/strings.h"
#include "base/threads.h"
#include "cli/baseline.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/document_account.h"
#include "cli/documents.h"
#include "cli/export_scan.h"
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

// Rules below the least severity do not run at all: one of them must not stand in front of another
// that finds the same.
Status drop_below(const std::string& least, detect::RuleSet& rules) {
  const auto severity = detect::parse_severity(least);
  SG_CHECK(severity.has_value());
  std::vector<std::string> lower;
  bool any = false;
  for (const detect::Rule& rule : rules.rules()) {
    if (rule.severity < *severity) {
      lower.push_back(rule.name);
    } else {
      any = any || rule.enabled;
    }
  }
  if (!any) {
    return fail(Code::kInvalidArgument, fmt::format("no rule that is on has a severity of {} or "
                                                    "more; `spillguard rules list` shows them",
                                                    least));
  }
  for (const std::string& name : lower) {
    SG_TRY(rules.set_enabled(name, false));
  }
  return {};
}

// The findings that are known, before and after the scan.
class KnownFindings {
 public:
  static Result<KnownFindings> load(const ScanOptions& options, const MasterKey& key) {
    KnownFindings known;
    known.collects_ = !options.write_baseline.empty();
    if (!options.baseline.empty()) {
      auto read = Baseline::read(options.baseline, key);
      if (!read) {
        return fail(std::move(read).error());
      }
      known.before_ = std::move(*read);
    }
    return known;
  }

  // Takes out of the report what the baseline knows.
  void filter(const InputFile& file, std::span<const detect::Rule> rules, FileReport& report) {
    const std::string shown = to_valid_utf8(file.shown);
    const auto known = [&](const FileFinding& finding) {
      KnownFinding one{
          .file = shown, .rule = rules[finding.rule].name, .fingerprint = finding.fingerprint};
      const bool found = before_.contains(one);
      if (collects_) {
        after_.add(std::move(one));
      }
      return found;
    };
    report.known += std::erase_if(report.findings, known);
  }

  Status write(const std::string& path, const MasterKey& key, const ScanSummary& summary) const {
    if (summary.failures() != 0) {
      return fail(Code::kIo, path +
                                 " is not written: findings of what could not be read would be "
                                 "missing in it");
    }
    return after_.write(path, key);
  }

 private:
  Baseline before_;
  Baseline after_;
  bool collects_ = false;  // only then memory grows with the findings
};

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
  prepared.pragmas = !options.no_ignore;
  prepared.explain = options.explain;
  if (options.attachments) {
    DocumentOptions documents;
    documents.extractor.sandbox_required = options.sandbox == "required";
    documents.extractor.helpers = prepared.threads;
    documents.limits.ocr = options.ocr;
    prepared.documents = std::make_shared<Documents>(std::move(documents));
  }
  SG_ASSIGN(detect::RuleSet rules, load_rules(options.rules));
  SG_TRY(drop_below(options.min_severity, rules));
  SG_ASSIGN(prepared.engine, detect::Engine::build(std::move(rules)));
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

// Which rules could not decide a place of the file, each once.
void report_limits(const std::string& path, const FileReport& report,
                   std::span<const detect::Rule> rules, Io& io) {
  std::map<uint32_t, size_t> first;  // place by rule; limits come by their places
  for (const detect::LimitHit& hit : report.limits) first.try_emplace(hit.rule, hit.offset);
  for (const auto& [rule, offset] : first) {
    io.err << fmt::format(
        "spillguard scan: {}: rule {} gave up at its limit of work, first at byte {}: findings of "
        "it "
        "may be missing; give it a simpler pattern\n",
        for_terminal(path), rules[rule].name, offset);
  }
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
  const auto refuse = [&](const Error& error) {
    io.err << "spillguard scan: " << for_terminal(error.message) << '\n';
    return kExitError;
  };
  const auto prepared = scanning::prepare(options);
  if (!prepared) {
    return refuse(prepared.error());
  }
  auto known = scanning::KnownFindings::load(options, prepared->key);
  if (!known) {
    return refuse(known.error());
  }
  if (!options.export_path.empty()) {
    if (!options.paths.empty()) {
      return refuse({Code::kInvalidArgument, "--export stands alone: give no other PATH"});
    }
    return run_export_scan(options, *prepared, io);
  }
  if (options.paths.empty()) {
    return refuse({Code::kInvalidArgument, "PATH is required (or --export FILE)"});
  }
  const auto walked =
      walk(options.paths, {.folder_files = !options.no_ignore, .files = options.ignore_files});
  if (!walked) {
    return refuse(walked.error());
  }
  const auto rules = prepared->engine->rules();
  const auto writer = make_writer(io.out, {.format = options.format,
                                           .rules = rules,
                                           .redact = options.redact,
                                           .colour = io.out_is_terminal});
  ScanSummary summary;
  for (const LeftOut& left_out : walked->left_out) {
    scanning::report_left_out(left_out, io);
    summary.add(left_out);
  }
  for (const std::string& warning : walked->warnings) {
    io.err << "spillguard scan: warning: " << for_terminal(warning) << '\n';
  }
  DocumentAccount account;
  if (const Status opened = account.open(options.account); !opened) {
    return refuse(opened.error());
  }
  scanning::Progress progress(io, !options.quiet, walked->files.size());
  size_t done = 0;
  scan_files(*prepared, walked->files, io.in, [&](const InputFile& file, FileReport report) {
    known->filter(file, rules, report);
    account.write(file, report);
    if (!report.findings.empty() || report.left_out || !report.limits.empty()) {
      progress.clear();
    }
    for (const FileFinding& finding : report.findings) {
      writer->write(file, finding);
    }
    if (report.left_out) {
      report.left_out->path = file.path;
      scanning::report_left_out(*report.left_out, io);
    }
    scanning::report_limits(file.path, report, rules, io);
    summary.add(report);
    if (!report.more) {
      progress.step(++done);
    }
  });
  progress.clear();
  if (const std::string trouble = prepared->documents ? prepared->documents->trouble() : "";
      !trouble.empty()) {
    io.err << "spillguard scan: warning: documents were not opened: " << for_terminal(trouble)
           << '\n';
  }
  if (const Status written = account.finish(); !written) {
    return refuse(written.error());
  }
  writer->finish(summary.failures() == 0);
  io.out.flush();
  if (options.summary && !options.quiet) {
    summary.print(io.err);
  }
  if (!options.write_baseline.empty()) {
    if (const Status written = known->write(options.write_baseline, prepared->key, summary);
        !written) {
      return refuse(written.error());
    }
  }
  return summary.exit_code();
}

void add_scan(CommandLine& line) {
  // Shared by the declared options and the runner.
  const auto options = std::make_shared<ScanOptions>();
  line.positionals("PATH", options->paths, "Files and folders; - is the standard input", false);
  line.option("--export", options->export_path,
              "An export instead: entities.xml of Confluence, or issues of Jira as REST JSON");
  line.choice("--format", options->format, {"text", "jsonl", "json", "csv", "sarif"},
              "Form of the findings");
  line.flag("--redact", options->redact,
            "Mask secrets in jsonl, json and csv (text does always, sarif holds none)");
  line.flag("--explain", options->explain,
            "Say of each finding why it is one: filters, values, scores (not in csv)");
  line.choice("--min-severity", options->min_severity,
              {"info", "low", "medium", "high", "critical"},
              "Use the rules of this severity and above alone");
  line.option("--baseline", options->baseline,
              "Do not report the findings of this file: a baseline, or an earlier jsonl or json");
  line.option("--write-baseline", options->write_baseline,
              "Write all findings to this file, as fingerprints");
  line.options("--ignore-file", options->ignore_files,
               "A file as .spillguardignore, for all folders (may be repeated)");
  line.flag("--attachments,!--no-attachments", options->attachments,
            "Open archives, Office, PDF, mail and other files that are no plain text");
  line.choice("--sandbox", options->sandbox, {"required", "best-effort"},
              "Whether they are opened where the kernel refuses a layer of the sandbox");
  line.flag("--ocr", options->ocr, "Read the text in pictures, too (tesseract)");
  line.option("--account", options->account,
              "Write what came of every file that was opened, and of those within, as jsonl");
  line.flag("--no-ignore", options->no_ignore,
            "Heed no .spillguardignore in folders and no pragma in files");
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
