#include "cli/baseline.h"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <optional>
#include <utility>

#include "base/file.h"
#include "base/json_writer.h"
#include "base/strings.h"

namespace spillguard::cli {
namespace known {
namespace {

constexpr uint64_t kMostBytes = UINT64_C(1) << 30U;
constexpr int64_t kFormat = 1;
constexpr size_t kKeyIdDigits = 16;

std::string key_id(const MasterKey& key) {
  return key.keyed_hash("baseline-key-id", "spillguard").hex().substr(0, kKeyIdDigits);
}

tl::unexpected<Error> wrong_key() {
  return fail(Code::kInvalidArgument,
              "its fingerprints were made under another key, so that nothing would be recognised; "
              "give that key with --key-file (or leave it out, when the baseline was made without "
              "one), or make a new baseline with --write-baseline");
}

// Null when there is none, or no text.
const boost::json::string* text_of(const boost::json::object& object, std::string_view name) {
  const boost::json::value* value = object.if_contains({name.data(), name.size()});
  return value == nullptr ? nullptr : value->if_string();
}

std::string_view view(const boost::json::string& text) { return {text.data(), text.size()}; }

// Reads the objects of one file.
class Reader {
 public:
  explicit Reader(const MasterKey& key) : key_(key) {}

  Status take(const boost::json::value& value) {
    const boost::json::object* object = value.if_object();
    if (object == nullptr) {
      return fail(Code::kCorrupt, "not an object");
    }
    if (const boost::json::value* format = object->if_contains("spillguard_baseline")) {
      return header(*format, *object);
    }
    return finding(*object);
  }

  Result<Baseline> finish() && {
    // One finding whose secret has its fingerprint proves the key; masked ones prove nothing.
    if (!proven_ && disproved_) {
      return wrong_key();
    }
    return std::move(baseline_);
  }

 private:
  Status header(const boost::json::value& format, const boost::json::object& object) {
    if (!format.is_int64() || format.get_int64() != kFormat) {
      return fail(Code::kUnsupported,
                  "a baseline of another version of spillguard; make a new one with "
                  "--write-baseline");
    }
    const boost::json::string* key = text_of(object, "key");
    if (key == nullptr) {
      return fail(Code::kCorrupt, "the first line lacks its key");
    }
    if (view(*key) != key_id(key_)) {
      return wrong_key();
    }
    proven_ = true;
    return {};
  }

  Status finding(const boost::json::object& object) {
    const boost::json::string* file = text_of(object, "file");
    const boost::json::string* rule = text_of(object, "rule");
    const boost::json::string* fingerprint = text_of(object, "fingerprint");
    if (file == nullptr || rule == nullptr || fingerprint == nullptr) {
      return fail(Code::kCorrupt, "lacks file, rule or fingerprint");
    }
    if (fingerprint->size() != 2 * sizeof(Fingerprint::bytes)) {
      return fail(Code::kCorrupt, "the fingerprint is not 64 hexadecimal digits");
    }
    SG_ASSIGN(const Fingerprint parsed, Fingerprint::parse(view(*fingerprint)));
    const boost::json::string* secret = text_of(object, "secret");
    if (!proven_ && secret != nullptr) {
      if (key_.fingerprint(view(*secret)) == parsed) {
        proven_ = true;
      } else if (view(*secret).find("***") == std::string_view::npos) {
        disproved_ = true;
      }
    }
    baseline_.add({.file = std::string(view(*file)),
                   .rule = std::string(view(*rule)),
                   .fingerprint = parsed});
    return {};
  }

  const MasterKey& key_;
  Baseline baseline_;
  bool proven_ = false;
  bool disproved_ = false;
};

Result<boost::json::value> parse_json(std::string_view text) {
  boost::system::error_code error;
  boost::json::value value = boost::json::parse({text.data(), text.size()}, error);
  if (error) {
    return fail(Code::kCorrupt, "not JSON: " + error.message());
  }
  return value;
}

}  // namespace
}  // namespace known

Result<Baseline> Baseline::parse(std::string_view text, const MasterKey& key) {
  known::Reader reader(key);
  if (trim(text).starts_with('[')) {
    SG_ASSIGN(const boost::json::value all, known::parse_json(text));
    size_t number = 0;
    for (const boost::json::value& one : all.get_array()) {
      ++number;
      if (Status taken = reader.take(one); !taken) {
        return fail(std::move(taken).error().context(fmt::format("finding {}", number)));
      }
    }
    return std::move(reader).finish();
  }
  size_t number = 0;
  for (const std::string_view line : split(text, '\n')) {
    ++number;
    if (trim(line).empty()) {
      continue;
    }
    const auto value = known::parse_json(trim(line));
    Status taken = value ? reader.take(*value) : fail(value.error());
    if (!taken) {
      return fail(std::move(taken).error().context(fmt::format("line {}", number)));
    }
  }
  return std::move(reader).finish();
}

Result<Baseline> Baseline::read(const std::string& path, const MasterKey& key) {
  SG_ASSIGN(const std::string text, read_file(path, known::kMostBytes));
  auto baseline = parse(text, key);
  if (!baseline) {
    return fail(std::move(baseline).error().context("baseline " + path));
  }
  return baseline;
}

std::string Baseline::text(const MasterKey& key) const {
  std::string out;
  const auto line = [&](auto&& fields) {
    JsonWriter json(out);
    json.begin_object();
    fields(json);
    json.end_object();
    out += '\n';
  };
  line([&](JsonWriter& json) {
    json.field("spillguard_baseline", known::kFormat);
    json.field("key", known::key_id(key));
  });
  for (const KnownFinding& finding : findings_) {
    line([&](JsonWriter& json) {
      json.field("file", finding.file);
      json.field("rule", finding.rule);
      json.field("fingerprint", finding.fingerprint.hex());
    });
  }
  return out;
}

Status Baseline::write(const std::string& path, const MasterKey& key) const {
  return write_file_atomically(path, text(key));
}

}  // namespace spillguard::cli
