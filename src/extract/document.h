// What comes out of a document: texts with their places, and an account of everything in it.
// Plain values.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace spillguard::extract {

// How one file, or one file within another, ended. Names go into the ledger: never change them.
enum class Reason : uint8_t {
  kRead,            // all text that we know how to find was read
  kEmpty,           // no bytes
  kMedia,           // picture, sound, film, font: nothing to read in it but what was read
  kNotWanted,       // switched off by the settings
  kEncrypted,       // protected by a password
  kUnsupported,     // of a kind whose text we can not read
  kBroken,          // breaks its own format; what was readable was read
  kNoText,          // bytes, but no text came out of them
  kTooLarge,        // over a limit of bytes
  kTooManyEntries,  // over the limit of entries
  kTooDeep,         // over the limit of documents within documents
  kRatio,           // grows more than a real document does
  kTime,            // took longer than allowed
  kMemory,          // needed more memory than allowed
  kToolMissing,     // a program that reads this kind is not installed
  kToolFailed,      // the program that reads this kind failed
  kHelperDied,      // the process that read it ended before its time
  kNoSandbox,       // the kernel refuses a layer of the sandbox that is required
  kHostFailed,      // the host did not hand it out
};
inline constexpr uint8_t kReasons = 19;

// The word for answers and ledgers, for example "too_large".
std::string_view reason_name(Reason reason);
// Whether text may have been missed that somebody should know of. The others are read or hold none.
bool is_failure(Reason reason);

// From this byte of a text on, its place within the document has this name: "page 3", "Sheet2!C14".
struct Mark {
  uint64_t offset = 0;
  std::string label;
};

// One text, valid UTF-8.
struct Part {
  std::string location;    // within the document: "data/a.xlsx"; empty for the document itself
  std::string name;        // of the innermost file, for guessing its markup; may be empty
  bool is_source = false;  // a text file as it stands: may be markup, and has lines of its own
  std::string text;
  std::vector<Mark> marks;  // by offset; may be empty
  // Of a long text that comes in several parts: what begins before or from here on is decided by
  // the part before or behind this one, and stands here to be its context.
  uint64_t decide_from = 0;
  uint64_t decide_to = UINT64_MAX;
};

// One line of the account: the document, or a file in it.
struct Outcome {
  std::string location;
  std::string type;  // as type_name() says
  Reason reason = Reason::kRead;
  std::string detail;       // for people; no text of the document but names of files
  uint64_t bytes = 0;       // of the file
  uint64_t text_bytes = 0;  // that came out of it, without what is in files within
};

// What stands between the names of a location.
inline constexpr std::string_view kWithin = " › ";

// Both names with kWithin between them; the other when one is empty.
std::string join_location(std::string_view outer, std::string_view inner);
// The place of a byte of a part.
std::string location_at(const Part& part, uint64_t offset);

// Takes what a document gives, in its order, on the thread that asked for it.
struct Sink {
  std::function<void(Part)> part;
  std::function<void(Outcome)> outcome;
};

}  // namespace spillguard::extract
