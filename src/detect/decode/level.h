// Decoded text and the way back: what the runs of encoded text in one text stand for, joined to a
// text of its own that is scanned as any other, with a map from each decoded byte to the bytes that
// it came from.
//
// Thread-safety: none; belongs to one scan.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/padded_text.h"
#include "base/span.h"

namespace spillguard::detect::decode {

enum class Encoding : uint8_t {
  kBase64,           // RFC 4648 sections 4 and 5, padded or not, wrapped as MIME does or not
  kHex,              // pairs of hexadecimal digits
  kPercent,          // RFC 3986 section 2.1, and %uXXXX of old scripts
  kBackslash,        // escapes of JSON, Java, C, JavaScript and Python
  kEntity,           // character references of HTML and XML
  kQuotedPrintable,  // RFC 2045 section 6.7
  kUtf16,            // two bytes a character, inside of another encoding
};
inline constexpr size_t kEncodings = 7;
std::string_view encoding_name(Encoding encoding);  // "base64", "quoted-printable" …

// A stretch of decoded bytes and where it came from. It ends where the next one begins.
struct Piece {
  enum class Kind : uint8_t {
    kLiteral,  // a byte for a byte
    kPairs,    // two bytes for each
    kBase64,   // four for three
    kUnit,     // all of source_size for all of it: one escape
  };
  size_t decoded = 0;  // offset in the level's text
  size_t source = 0;   // offset in the text above
  uint32_t source_size = 0;
  Kind kind = Kind::kLiteral;
};

// One decoded run.
struct Section {
  Encoding encoding = Encoding::kBase64;
  Span source;             // in the text above
  Span text;               // in the level's text
  size_t first_piece = 0;  // its pieces end where those of the next section begin
  // The run was cut in the middle of a word: a match that touches this end may be half of one.
  bool cut_begin = false;
  bool cut_end = false;
};

// All that was decoded from one text.
class Level {
 public:
  void clear();
  [[nodiscard]] bool empty() const { return sections_.empty(); }
  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] const std::vector<Section>& sections() const { return sections_; }
  // Moves the text there; an empty one stays.
  void move_text(PaddedText& to) { to.take_in_turn(text_); }

  // One section at a time: begin, bytes, then commit or drop.
  void begin(Encoding encoding);
  void commit(Span source, bool cut_begin = false, bool cut_end = false);
  void drop();
  void undo();  // the last one committed
  // Bytes of the section that is being written.
  [[nodiscard]] std::string_view written() const {
    return std::string_view(text_).substr(open_.text.begin);
  }
  // Takes back all but the first `length` bytes of it.
  void shorten(size_t length) { text_.resize(open_.text.begin + length); }

  // Bytes that stand for themselves.
  void literal(size_t source, std::string_view bytes);
  // Bytes for one escape.
  void unit(Span source, std::string_view bytes);
  // What push() adds from here on comes from `source` on, in this way.
  void stretch(Piece::Kind kind, size_t source);
  void push(char byte) { text_ += byte; }

  // Where the section of an offset stands in sections(); the text's separators belong to the
  // section before them.
  [[nodiscard]] size_t section_at(size_t offset) const;
  // The bytes of the text above that a not empty span of one section came from.
  [[nodiscard]] Span to_source(const Section& section, Span span) const;
  // Whether something of the span was written in another form above.
  [[nodiscard]] bool changed(Span span) const;

 private:
  [[nodiscard]] size_t piece_at(size_t offset) const;

  std::string text_;
  std::vector<Section> sections_;
  std::vector<Piece> pieces_;
  Section open_;
};

}  // namespace spillguard::detect::decode
