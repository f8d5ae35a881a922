// Opens documents in helper processes that hold nothing and may nothing. Any number of threads;
// each document has a helper of its own while it is read. A helper that ends, hangs or misbehaves
// costs its document, and no other.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/threads.h"
#include "extract/document.h"
#include "extract/limits.h"

namespace spillguard::extract {

struct ExtractorOptions {
  std::string helper;            // path of spillguard-extract; empty: beside this program
  bool sandbox_required = true;  // else what the kernel gives
  size_t helpers = 2;            // at most, at the same time
  uint32_t documents = 64;       // read by one helper before it is replaced
  uint32_t lifetime_cpu_seconds = 600;
  const StopFlag* stop = nullptr;  // ends what is being read, as kHelperDied; outlives this
};

// Fills the span from its begin and gives the number of bytes, 0 at the end. Its error becomes
// Reason::kHostFailed.
using DocumentSource = std::function<Result<size_t>(std::span<char>)>;

class Helper;

class Extractor {
 public:
  // Starts a first helper. kUnsupported when the kernel refuses a layer that is required, with the
  // way out; kNotFound when there is no helper program.
  static Result<std::unique_ptr<Extractor>> start(ExtractorOptions options);
  Extractor(const Extractor&) = delete;
  Extractor& operator=(const Extractor&) = delete;
  ~Extractor();

  // Hands out all texts and the account of one document; the last outcome is the document's own,
  // with an empty location, and always comes. `name` is what the document is called.
  Outcome extract(const std::string& name, const DocumentSource& source, const Limits& limits,
                  const Sink& sink);
  Outcome extract(const std::string& name, std::string_view bytes, const Limits& limits,
                  const Sink& sink);

  // What is in force, for logs: "rlimits, no_new_privs, landlock 7, seccomp".
  [[nodiscard]] const std::string& sandbox() const { return sandbox_; }
  // Of the helpers that are alive, for tests.
  [[nodiscard]] std::vector<int> helper_pids();

 private:
  explicit Extractor(ExtractorOptions options);
  Result<std::unique_ptr<Helper>> take();
  void give_back(std::unique_ptr<Helper> helper);

  ExtractorOptions options_;
  std::string sandbox_;
  std::mutex mutex_;
  std::condition_variable freed_;
  std::vector<std::unique_ptr<Helper>> idle_;
  std::vector<int> busy_;
  size_t out_ = 0;  // helpers that are with a caller
};

}  // namespace spillguard::extract
