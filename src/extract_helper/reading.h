// The reading of one document: what it may still cost, where its texts go, and the way into the
// files within it. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "extract/document.h"
#include "extract/limits.h"
#include "extract/tools.h"

namespace spillguard::extract {

// One file that is being read: the document, or something within it.
struct File {
  std::string location;  // empty: the document
  std::string name;      // without folders
  std::string_view bytes;
  uint32_t depth = 0;
  uint64_t text_bytes = 0;  // that came out so far
  uint64_t children = 0;    // files found within
};

// How the reading of one file ended.
struct Verdict {
  Reason reason = Reason::kRead;
  std::string detail;
  std::string_view type = {};  // when it is known better than by its first bytes
};

struct ToolAnswer {
  Reason reason = Reason::kToolFailed;
  std::string text;
};

// Where a reading's results go and who runs its tools.
struct Output {
  std::function<void(const Part&)> part;
  std::function<void(const Outcome&)> outcome;
  std::function<ToolAnswer(Tool, uint32_t number, std::string_view file)> tool;
};

class Reading {
 public:
  Reading(const Limits& limits, const Output& output);

  // The whole document, with its outcome and those of all within.
  void document(const std::string& name, std::string_view bytes);

  // A file within another, with its outcome. The location is the outer one's with `inner` behind
  // it.
  void within(File& outer, std::string_view inner, std::string_view bytes);
  // The account of something within that can not be read.
  void not_read(File& outer, std::string_view inner, std::string_view type, Verdict verdict,
                uint64_t bytes);

  // A text of the file. `inner` names its place within; parts without text are no parts. Broken
  // UTF-8 is mended.
  void text(File& file, std::string_view inner, std::string text, std::vector<Mark> marks = {});
  // The file itself is a text.
  void source(File& file, std::string text);

  // Whether `more` unpacked bytes are still allowed, of a container of `packed` bytes which gave
  // `so_far` before. kRead: they are, and counted.
  Reason unpack(uint64_t more, uint64_t so_far, uint64_t packed);
  // One more file, stream, row: kRead, kTooManyEntries or kTime.
  Reason entry();
  // A limit of the whole document was met; nothing more comes.
  [[nodiscard]] bool stopped() const { return stopped_ != Reason::kRead; }
  [[nodiscard]] Reason stop_reason() const { return stopped_; }

  ToolAnswer tool(Tool tool, uint32_t number, std::string_view file);
  [[nodiscard]] const Limits& limits() const { return limits_; }

 private:
  Verdict read(File& file);
  void finish(const File& file, Verdict verdict);
  void emit(File& file, Part part);
  Reason stop(Reason reason);

  const Limits& limits_;
  const Output& output_;
  uint64_t expanded_ = 0;
  uint64_t entries_ = 0;
  uint64_t texts_ = 0;
  uint64_t cpu_begin_ = 0;
  uint64_t cpu_asked_ = 0;
  Reason stopped_ = Reason::kRead;
};

// Why reading stopped, as the verdict of a container that could not be read to its end.
Verdict stopped_at(Reason reason);

}  // namespace spillguard::extract
