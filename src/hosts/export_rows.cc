#include <expat.h>

#include <memory>
#include <vector>

#include "hosts/export.h"
#include "hosts/export_source.h"

namespace spillguard::hosts {

namespace {

constexpr size_t kChunkBytes = 256 * 1024;
constexpr int kDeepest = 64;
constexpr size_t kLongestText = size_t{256} << 20U;

struct ParserFreer {
  void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
};
using ParserPtr = std::unique_ptr<XML_ParserStruct, ParserFreer>;

// What expat's callbacks work on; the first error stops the parser.
class RowBuilder {
 public:
  RowBuilder(XML_Parser parser, const std::function<Status(const ExportRow&)>& each)
      : parser_(parser), each_(each) {
    XML_SetUserData(parser, this);
    XML_SetElementHandler(
        parser,
        [](void* self, const XML_Char* name, const XML_Char** attributes) {
          static_cast<RowBuilder*>(self)->start(name, attributes);
        },
        [](void* self, const XML_Char* name) { static_cast<RowBuilder*>(self)->end(name); });
    XML_SetCharacterDataHandler(parser, [](void* self, const XML_Char* text, int length) {
      static_cast<RowBuilder*>(self)->text({text, static_cast<size_t>(length)});
    });
    XML_SetStartDoctypeDeclHandler(
        parser, [](void* self, const XML_Char*, const XML_Char*, const XML_Char*, int) {
          static_cast<RowBuilder*>(self)->stop(
              {Code::kCorrupt,
               "declares a document type: exports have none, and its entities could be an attack"});
        });
  }

  [[nodiscard]] const Status& status() const { return status_; }

 private:
  void stop(Error error) {
    if (!status_) return;
    status_ = fail(std::move(error));
    XML_StopParser(parser_, XML_FALSE);
  }

  static std::string attribute(const XML_Char** attributes, std::string_view name) {
    for (const XML_Char** at = attributes; *at != nullptr; at += 2) {
      if (name == at[0]) return at[1];
    }
    return {};
  }

  void start(std::string_view name, const XML_Char** attributes) {
    if (++depth_ > kDeepest) return stop({Code::kCorrupt, "its elements are nested too deep"});
    if (name == "object" && depth_ == 2) {
      row_ = {};
      row_.type = attribute(attributes, "class");
    } else if (name == "property" && depth_ == 3) {
      property_ = attribute(attributes, "name");
      text_.clear();
    } else if (name == "collection" && depth_ == 3) {
      in_collection_ = true;
    } else if (name == "id" && !in_collection_ && (depth_ == 3 || depth_ == 4)) {
      text_.clear();
    }
  }

  void end(std::string_view name) {
    if (name == "id" && depth_ == 3) {
      row_.id = text_;
    } else if (name == "id" && depth_ == 4 && !in_collection_) {
      row_.references[property_] = text_;
      text_.clear();
    } else if (name == "property" && depth_ == 3) {
      if (!row_.references.contains(property_)) row_.values[property_] = std::move(text_);
      text_.clear();
    } else if (name == "collection" && depth_ == 3) {
      in_collection_ = false;
    } else if (name == "object" && depth_ == 2) {
      if (auto taken = each_(row_); !taken) stop(std::move(taken).error());
    }
    --depth_;
  }

  void text(std::string_view more) {
    if (in_collection_ || depth_ < 3) return;
    if (text_.size() + more.size() > kLongestText) {
      return stop({Code::kTooLarge, "one text is longer than 256 MiB"});
    }
    text_ += more;
  }

  XML_Parser parser_;
  const std::function<Status(const ExportRow&)>& each_;
  Status status_;
  ExportRow row_;
  std::string property_;
  std::string text_;
  int depth_ = 0;
  bool in_collection_ = false;
};

const std::string& of(const std::map<std::string, std::string>& map, const std::string& name) {
  static const std::string nothing;
  const auto found = map.find(name);
  return found == map.end() ? nothing : found->second;
}

}  // namespace

const std::string& ExportRow::value(const std::string& name) const { return of(values, name); }
const std::string& ExportRow::reference(const std::string& name) const {
  return of(references, name);
}

Status read_export_rows(const std::string& path,
                        const std::function<Status(const ExportRow&)>& each) {
  SG_ASSIGN(const auto source, open_export(path));
  const ParserPtr parser(XML_ParserCreate("UTF-8"));
  if (parser == nullptr) return fail(Code::kInternal, "no memory for an XML parser");
  RowBuilder builder(parser.get(), each);
  std::vector<char> buffer(kChunkBytes);
  while (true) {
    auto read = source->read(buffer.data(), buffer.size());
    if (!read) return fail(std::move(read).error().context(path));
    const size_t size = *read;
    // Exports hold control characters that XML 1.0 has not.
    for (size_t i = 0; i < size; ++i) {
      const auto c = static_cast<unsigned char>(buffer[i]);
      if (c < 0x20 && c != '\t' && c != '\n' && c != '\r') buffer[i] = ' ';
    }
    const bool last = size == 0;
    if (XML_Parse(parser.get(), buffer.data(), static_cast<int>(size), last ? 1 : 0) !=
        XML_STATUS_OK) {
      std::string where = path;
      where += ", line ";
      where += std::to_string(XML_GetCurrentLineNumber(parser.get()));
      if (!builder.status()) {
        Error error = builder.status().error();
        return fail(std::move(error).context(where));
      }
      where += ": ";
      where += XML_ErrorString(XML_GetErrorCode(parser.get()));
      return fail(Code::kCorrupt, std::move(where));
    }
    if (last) return {};
  }
}

}  // namespace spillguard::hosts
