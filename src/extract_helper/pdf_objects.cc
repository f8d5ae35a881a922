#include "extract_helper/pdf_objects.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/strings.h"
#include "extract_helper/charset.h"
#include "extract_helper/inflate.h"
#include "extract_helper/marked_text.h"
#include "extract_helper/office_xml.h"

namespace spillguard::extract {
namespace pdf_objects {
namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == '\0';
}
bool is_regular(char c) {
  return !is_blank(c) && std::string_view("()<>[]{}/%").find(c) == std::string_view::npos;
}
int hex_digit(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// The bytes of a literal string with its escapes decoded: 7.3.4.2.
std::string literal(std::string_view text, size_t& length) {
  std::string out;
  int depth = 0;
  size_t i = 0;
  for (; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '(') {
      if (depth++ != 0) {
        out += c;
      }
    } else if (c == ')') {
      if (--depth == 0) {
        ++i;
        break;
      }
      out += c;
    } else if (c == '\\' && i + 1 < text.size()) {
      const char next = text[++i];
      if (next >= '0' && next <= '7') {
        unsigned value = 0;
        size_t digits = 0;
        while (digits < 3 && i + digits < text.size() && text[i + digits] >= '0' &&
               text[i + digits] <= '7') {
          value = value * 8 + static_cast<unsigned>(text[i + digits++] - '0');
        }
        out += static_cast<char>(static_cast<unsigned char>(value));
        i += digits - 1;
      } else if (next == '\r' || next == '\n') {
        i += next == '\r' && i + 1 < text.size() && text[i + 1] == '\n' ? 1 : 0;
      } else {
        constexpr std::string_view kNames = "nrtbf";
        constexpr std::string_view kMeant = "\n\r\t\b\f";
        const size_t at = kNames.find(next);
        out += at == std::string_view::npos ? next : kMeant[at];
      }
    } else {
      out += c;
    }
  }
  length = i;
  return out;
}

std::string hexadecimal(std::string_view text, size_t& length) {
  std::string out;
  int high = -1;
  size_t i = 1;
  for (; i < text.size() && text[i] != '>'; ++i) {
    const int digit = hex_digit(text[i]);
    if (digit < 0) {
      continue;
    }
    if (high < 0) {
      high = digit;
    } else {
      out += static_cast<char>(static_cast<unsigned char>(high * 16 + digit));
      high = -1;
    }
  }
  if (high >= 0) {
    out += static_cast<char>(static_cast<unsigned char>(high * 16));
  }
  length = std::min(i + 1, text.size());
  return out;
}

std::string readable(const std::string& bytes) {
  if (bytes.starts_with("\xFE\xFF") || bytes.starts_with("\xFF\xFE") ||
      bytes.starts_with("\xEF\xBB\xBF")) {
    return decode_text(bytes);
  }
  return is_valid_utf8(bytes) ? bytes : decode_text(bytes, "ISO-8859-1");
}

// Whether a string is words: check sums and packed data are not.
bool is_words(std::string_view text) {
  const auto odd = static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 && c != '\n' && c != '\r' && c != '\t';
  }));
  return text.size() >= 2 && odd * 10 <= text.size();
}

// Page descriptions are read by pdftotext; their operators tell them from scripts and forms.
bool is_page_description(std::string_view text) {
  const std::string_view head = text.substr(0, 4096);
  size_t seen = 0;
  for (const std::string_view word :
       {" Tf", "BT\n", "BT ", " re\n", " cm\n", " cm ", "Tj", "TJ", "BDC", " Do", " rg\n", " l\n",
        " m\n", "begincmap", "BT\r", " re ", " gs", "/CIDInit"}) {
    seen += head.find(word) != std::string_view::npos ? 1 : 0;
  }
  return seen != 0;
}

class ObjectReader {
 public:
  ObjectReader(Reading& reading, File& file) : reading_(reading), file_(file) {}

  PdfFindings run() {
    scan(file_.bytes, false);
    if (!findings_.encrypted) {
      words_.give(reading_, file_, {});
    }
    return findings_;
  }

 private:
  // Goes through objects; `packed` says that they stand in an object stream, without numbers.
  void scan(std::string_view bytes, bool packed) {
    size_t i = 0;
    size_t object = 0;  // where the one being read began
    std::string key;
    std::string number;  // the last two integers, of which the first may be an object's
    std::string before;
    while (i < bytes.size()) {
      const char c = bytes[i];
      if (c == '%' && !packed) {
        const size_t end = bytes.find_first_of("\r\n", i);
        i = end == std::string_view::npos ? bytes.size() : end;
      } else if (c == '(' || (c == '<' && i + 1 < bytes.size() && bytes[i + 1] != '<')) {
        size_t length = 1;
        put(key, decode_pdf_string(bytes.substr(i), length));
        i += std::max<size_t>(length, 1);
      } else if (c == '<' || c == '>') {
        i += 2;
      } else if (c == '/') {
        size_t end = i + 1;
        while (end < bytes.size() && is_regular(bytes[end])) {
          ++end;
        }
        key = bytes.substr(i + 1, end - i - 1);
        findings_.encrypted = findings_.encrypted || key == "Encrypt";
        findings_.embedded_files = findings_.embedded_files || key == "EmbeddedFile" ||
                                   key == "EmbeddedFiles" || key == "EF";
        i = end;
      } else if (is_regular(c)) {
        size_t end = i;
        while (end < bytes.size() && is_regular(bytes[end])) {
          ++end;
        }
        const std::string_view word = bytes.substr(i, end - i);
        i = end;
        if (word == "obj" && !packed) {
          if (reading_.entry() != Reason::kRead) {
            findings_.reason = reading_.stop_reason();
            return;
          }
          object = end;
          words_.line();
          words_.mark("object " + before);
        } else if (word == "stream" && !packed) {
          i = stream(bytes, object, end);
        } else if (word.size() < 12) {
          before = std::exchange(number, std::string(word));
        }
      } else {
        ++i;
      }
    }
  }

  void put(const std::string& key, const std::string& bytes) {
    if (key == "ID" || key == "O" || key == "U" || key == "OE" || key == "UE" ||
        key == "CheckSum") {
      return;
    }
    const std::string text = readable(bytes);
    if (is_words(text)) {
      words_.line();
      words_.put(key);
      words_.put(": ");
      words_.put(text);
      words_.line();
    }
  }

  // A stream whose dictionary began at `object`; gives the place behind it.
  size_t stream(std::string_view bytes, size_t object, size_t at) {
    if (at < bytes.size() && bytes[at] == '\r') {
      ++at;
    }
    if (at < bytes.size() && bytes[at] == '\n') {
      ++at;
    }
    size_t end = bytes.find("endstream", at);
    end = end == std::string_view::npos ? bytes.size() : end;
    const std::string_view dictionary = bytes.substr(object, std::min<size_t>(at - object, 4096));
    const std::string_view data = bytes.substr(at, end - at);
    const auto has = [&](std::string_view word) {
      return dictionary.find(word) != std::string_view::npos;
    };
    // Pictures, fonts, cross references; embedded files come out by another way.
    if (findings_.encrypted || has("/Image") || has("/XRef") || has("/Length1") ||
        has("/FontFile") || has("/EmbeddedFile") || has("/Type1C") || has("/CIDFont") ||
        has("/OpenType") || has("/FunctionType") || has("/ICCBased") || has("/Alternate")) {
      return end;
    }
    if (!has("/Filter")) {
      give(data, has("/ObjStm"), has("/Metadata"));
    } else if (has("/FlateDecode") || has("/Fl ")) {
      const uint64_t room = reading_.limits().part_bytes;
      const Inflated inflated = inflate_bytes(data, Deflated::kZlib, room);
      if (const Reason reason =
              reading_.unpack(inflated.bytes.size(), unpacked_, file_.bytes.size());
          reason != Reason::kRead) {
        findings_.reason = reason;
        return bytes.size();
      }
      unpacked_ += inflated.bytes.size();
      give(inflated.bytes, has("/ObjStm"), has("/Metadata"));
    }
    return end;
  }

  void give(std::string_view data, bool objects, bool metadata) {
    if (objects) {
      return scan(data, true);
    }
    const std::string_view begin = trim(data.substr(0, 256));
    if (metadata || begin.starts_with("<")) {
      words_.line();
      if (!put_xml_words(data, words_).empty()) {
        words_.put(to_valid_utf8(data));
      }
    } else if (!is_page_description(data) && is_words(data.substr(0, 4096)) &&
               is_valid_utf8(data.substr(0, 64))) {
      words_.line();
      words_.put(to_valid_utf8(data));
    }
    words_.line();
  }

  Reading& reading_;
  File& file_;
  MarkedText words_;
  PdfFindings findings_;
  uint64_t unpacked_ = 0;
};

}  // namespace
}  // namespace pdf_objects

std::string decode_pdf_string(std::string_view text, size_t& length) {
  length = 0;
  if (text.starts_with('(')) {
    return pdf_objects::literal(text, length);
  }
  return text.starts_with('<') ? pdf_objects::hexadecimal(text, length) : std::string();
}

PdfFindings read_pdf_objects(Reading& reading, File& file) {
  return pdf_objects::ObjectReader(reading, file).run();
}

}  // namespace spillguard::extract
