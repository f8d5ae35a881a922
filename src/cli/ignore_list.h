// Which files of a folder a scan leaves out: patterns as those of .gitignore
// (https://git-scm.com/docs/gitignore, "Pattern format"), one a line.
//
//   *.log          files and folders of that name, at any depth
//   /build/        the folder build of the root alone
//   docs/**/*.png  ** stands for any number of folders
//   !keep.log      what an earlier line ignores and this one does not
//
// Characters are those of UTF-8; a broken byte is one character. Matching costs at most the
// pattern's length times the path's. Thread-safety: immutable once made.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace spillguard::cli {

// One pattern, ready to match.
class PathPattern {
 public:
  // Without `!`, comment and white space around. Errors say what is wrong, not where.
  static Result<PathPattern> compile(std::string_view pattern);

  // A path relative to the root, with `/` between names and none at the ends.
  [[nodiscard]] bool matches(std::string_view path, bool folder) const;

 private:
  friend class PathPatternParser;
  enum class Kind {
    kCharacter,      // this one
    kAnyCharacter,   // ?
    kOneOf,          // […]
    kNoneOf,         // [!…]
    kAnyCharacters,  // *: any number, none of them a slash
    kFolders,        // **/: any number of whole folders with their slashes
    kAnything,       // ** at the end
  };
  struct Range {
    char32_t first = 0;
    char32_t last = 0;
  };
  struct Token {
    Kind kind = Kind::kCharacter;
    char32_t character = 0;
    std::vector<Range> ranges;
    [[nodiscard]] bool takes(char32_t c) const;
  };

  std::vector<Token> tokens_;
  bool folders_only_ = false;
};

// The lines of any number of files; of the lines that match a path, the last one decides.
class IgnoreList {
 public:
  // Appends the lines of a file. kInvalidArgument names file and line of the first bad one.
  Status add(std::string_view file_name, std::string_view text);

  // Whether the path itself is ignored. What lies in an ignored folder is the caller's matter: a
  // walk does not enter it.
  [[nodiscard]] bool ignores(std::string_view path, bool folder) const;
  [[nodiscard]] bool empty() const { return lines_.empty(); }

 private:
  struct Line {
    PathPattern pattern;
    bool keeps = false;  // begins with `!`
  };
  std::vector<Line> lines_;
};

}  // namespace spillguard::cli
