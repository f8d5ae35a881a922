// Rich Text Format (Microsoft's specification 1.9.1): its text with runs joined, field codes,
// notes, properties, and embedded objects. No recursion: groups are a stack with a bound.
#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/encoding.h"
#include "base/strings.h"
#include "extract_helper/charset.h"
#include "extract_helper/formats.h"
#include "extract_helper/marked_text.h"

namespace spillguard::extract {
namespace rtf {
namespace {

constexpr size_t kMostGroups = 10'000;

enum class Destination : uint8_t { kText, kSkipped, kObject };

struct Group {
  Destination destination = Destination::kText;
  int unicode_skip = 1;    // characters that stand for one \u
  bool ends_line = false;  // a note, a property: what follows it is another text
};

struct Control {
  std::string_view word;
  std::optional<int64_t> value;
};

bool is_one(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

class RtfReader {
 public:
  explicit RtfReader(std::string_view source) : source_(source) {}

  // False when groups are left open or too many.
  bool run() {
    groups_.push_back({});
    bool sound = true;
    while (at_ < source_.size()) {
      const char c = source_[at_];
      if (c == '{') {
        flush();
        if (groups_.size() >= kMostGroups) {
          sound = false;
          break;
        }
        groups_.push_back(groups_.back());
        group().ends_line = false;
        ++at_;
      } else if (c == '}') {
        flush();
        close();
        ++at_;
      } else if (c == '\\') {
        control();
      } else {
        ++at_;
        if (c != '\r' && c != '\n') {
          plain(c);
        }
      }
    }
    flush();
    return sound && groups_.size() == 1;
  }

  MarkedText& text() { return text_; }
  std::vector<std::string>& objects() { return objects_; }

 private:
  Group& group() { return groups_.back(); }

  void close() {
    if (group().destination == Destination::kObject && !hex_.empty()) {
      if (auto bytes = hex_decode(std::string_view(hex_).substr(0, hex_.size() & ~size_t{1}))) {
        objects_.push_back(std::move(*bytes));
      }
      hex_.clear();
    }
    if (group().ends_line) {
      text_.line();
    }
    if (groups_.size() > 1) {
      groups_.pop_back();
    }
  }

  void plain(char c) {
    if (skip_ > 0) {
      --skip_;
      return;
    }
    if (group().destination == Destination::kText) {
      bytes_ += c;
    } else if (group().destination == Destination::kObject && c != ' ' && c != '\t') {
      hex_ += c;
    }
  }

  // Bytes wait until a run of the same charset is whole: charsets of more than one byte need both.
  void flush() {
    if (!bytes_.empty()) {
      text_.put(is_valid_utf8(bytes_) ? std::string(bytes_)
                                      : decode_text(bytes_, "cp" + std::to_string(code_page_)));
      bytes_.clear();
    }
  }

  void control() {
    ++at_;
    if (at_ >= source_.size()) {
      return;
    }
    const char c = source_[at_];
    if ((c < 'a' || c > 'z') && (c < 'A' || c > 'Z')) {
      ++at_;
      symbol(c);
      return;
    }
    const size_t begin = at_;
    const auto is_letter = [&] {
      const char d = static_cast<char>(source_[at_] | 0x20);
      return d >= 'a' && d <= 'z';
    };
    while (at_ < source_.size() && at_ - begin < 32 && is_letter()) {
      ++at_;
    }
    Control found{.word = source_.substr(begin, at_ - begin), .value = {}};
    const size_t digits = at_;
    if (at_ < source_.size() && source_[at_] == '-') {
      ++at_;
    }
    while (at_ < source_.size() && at_ - digits < 11 && source_[at_] >= '0' &&
           source_[at_] <= '9') {
      ++at_;
    }
    found.value = parse_int(source_.substr(digits, at_ - digits));
    if (at_ < source_.size() && source_[at_] == ' ') {
      ++at_;
    }
    word(found);
  }

  void symbol(char c) {
    if (c == '\'') {
      const auto byte = hex_decode(source_.substr(at_, 2));
      at_ = std::min(at_ + 2, source_.size());
      if (byte) {
        plain((*byte)[0]);
      }
    } else if (c == '*') {
      starred_ = true;
    } else if (c == '~') {
      plain(' ');
    } else if (c == '_') {
      plain('-');
    } else if (c == '\n' || c == '\r') {
      put_line();
    } else if (c == '\\' || c == '{' || c == '}') {
      plain(c);
    }
  }

  void put_line() {
    flush();
    if (group().destination == Destination::kText) {
      text_.line();
    }
  }

  void word(const Control& control) {
    const std::string_view name = control.word;
    const bool starred = std::exchange(starred_, false);
    if (is_one(name, {"par", "line", "sect", "page", "row", "pard", "footnote", "annotation",
                      "header", "footer", "fldinst", "fldrslt", "title", "subject", "author",
                      "doccomm", "keywords", "company"})) {
      // Fields stand within a line; what they point at is read beside what they show.
      if (is_one(name, {"fldinst", "fldrslt"})) {
        flush();
        text_.put(' ');
      } else {
        put_line();
        group().ends_line = !is_one(name, {"par", "line", "sect", "page", "row", "pard"});
      }
    } else if (is_one(name, {"cell", "tab", "nestcell"})) {
      plain('\t');
    } else if (name == "u" && control.value) {
      if (skip_ == 0 && group().destination == Destination::kText) {
        flush();
        const auto unit =
            static_cast<char32_t>(*control.value < 0 ? *control.value + 65536 : *control.value);
        put_unit(unit);
      }
      skip_ = group().unicode_skip;
    } else if (name == "uc" && control.value) {
      group().unicode_skip = static_cast<int>(std::clamp<int64_t>(*control.value, 0, 8));
    } else if (name == "ansicpg" && control.value) {
      code_page_ = *control.value;
    } else if (name == "bin" && control.value) {
      const auto size = static_cast<uint64_t>(std::max<int64_t>(*control.value, 0));
      const size_t room = source_.size() - at_;
      if (group().destination == Destination::kObject) {
        objects_.emplace_back(source_.substr(at_, std::min<uint64_t>(size, room)));
      }
      at_ += std::min<uint64_t>(size, room);
    } else if (name == "objdata") {
      group().destination = Destination::kObject;
    } else if (is_one(name, {"fonttbl", "colortbl", "stylesheet", "pict", "listtable",
                             "listoverridetable", "rsidtbl", "themedata", "colorschememapping",
                             "latentstyles", "datastore", "generator", "xmlnstbl", "panose", "falt",
                             "bkmkstart", "bkmkend", "blipuid"})) {
      flush();
      group().destination = Destination::kSkipped;
    } else if (is_one(name, {"emdash", "endash"})) {
      plain('-');
    } else if (is_one(name, {"lquote", "rquote"})) {
      plain('\'');
    } else if (is_one(name, {"ldblquote", "rdblquote"})) {
      plain('"');
    } else if (starred) {
      // A destination that readers may leave out: its words are read all the same.
      put_line();
    }
  }

  void put_unit(char32_t unit) {
    if (unit >= 0xD800 && unit < 0xDC00) {
      high_ = unit;
      return;
    }
    std::string out;
    if (unit >= 0xDC00 && unit < 0xE000 && high_ != 0) {
      append_utf8(out, 0x10000 + ((high_ - 0xD800) << 10U) + (unit - 0xDC00));
    } else {
      append_utf8(out, unit);
    }
    high_ = 0;
    text_.put(out);
  }

  std::string_view source_;
  size_t at_ = 0;
  std::vector<Group> groups_;
  MarkedText text_;
  std::string bytes_;
  std::string hex_;
  std::vector<std::string> objects_;
  int64_t code_page_ = 1252;
  int skip_ = 0;
  char32_t high_ = 0;
  bool starred_ = false;
};

}  // namespace
}  // namespace rtf

Verdict read_rtf(Reading& reading, File& file) {
  rtf::RtfReader reader(file.bytes);
  const bool sound = reader.run();
  reader.text().give(reading, file, {});
  size_t number = 0;
  for (const std::string& object : reader.objects()) {
    if (reading.entry() != Reason::kRead) {
      return stopped_at(reading.stop_reason());
    }
    // An OLE 1 wrapper may stand around a compound file or a packed one.
    std::string_view inner = object;
    for (const std::string_view magic : {"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "PK\x03\x04"}) {
      if (const size_t found = object.substr(0, 4096).find(magic); found != std::string::npos) {
        inner = std::string_view(object).substr(found);
        break;
      }
    }
    reading.within(file, "object " + std::to_string(++number), inner);
  }
  if (!sound) {
    return {.reason = Reason::kBroken,
            .detail = "its groups do not close; what came before was read"};
  }
  return {};
}

}  // namespace spillguard::extract
