// One helper process and the talk with it. One thread at a time.
#pragma once

#include <memory>
#include <string>

#include "extract/channel.h"
#include "extract/extractor.h"
#include "extract/process.h"

namespace spillguard::extract {

class Helper {
 public:
  // Waits until it says that its sandbox stands.
  static Result<std::unique_ptr<Helper>> start(const ExtractorOptions& options);

  // Reads one document. False when the process is of no use any more.
  bool read(const std::string& name, const DocumentSource& source, const Limits& limits,
            const Sink& sink, Outcome& own);
  [[nodiscard]] const std::string& sandbox() const { return sandbox_; }
  [[nodiscard]] int pid() const { return child_.pid(); }
  [[nodiscard]] bool is_alive() { return child_.is_alive(); }
  [[nodiscard]] bool worn_out() const { return documents_ >= options_.documents; }

 private:
  Helper(const ExtractorOptions& options, Child child, Pipe to, Pipe from);
  Status send_document(const DocumentSource& source, const Limits& limits);
  Status answer_tool(const std::string& body, const Limits& limits);
  Status talk(const Limits& limits, const Sink& sink, Outcome& own);
  // Whether time is left.
  [[nodiscard]] Status look() const;
  [[nodiscard]] Reason reason_of(const Error& error);

  ExtractorOptions options_;
  Child child_;
  Pipe to_;
  Pipe from_;
  Channel channel_;
  std::string sandbox_;
  uint32_t documents_ = 0;
  bool source_failed_ = false;
  // Of the document being read.
  uint64_t cpu_until_ = 0;
  uint64_t wall_begin_ = 0;
  uint64_t wall_most_ = 0;
};

}  // namespace spillguard::extract
