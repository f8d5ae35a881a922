#include "cli/document_account.h"

#include "base/json_writer.h"

namespace spillguard::cli {

Status DocumentAccount::open(const std::string& path) {
  path_ = path;
  if (!path.empty()) {
    out_.open(path, std::ios::binary | std::ios::trunc);
    if (!out_) {
      return fail(Code::kIo, "can not write " + path);
    }
  }
  return {};
}

void DocumentAccount::write(const InputFile& file, const FileReport& report) {
  if (path_.empty()) {
    return;
  }
  for (const extract::Outcome& outcome : report.outcomes) {
    std::string line;
    JsonWriter json(line);
    json.begin_object();
    json.field("file", file.shown);
    json.field("location", outcome.location);
    json.field("type", outcome.type);
    json.field("outcome", extract::reason_name(outcome.reason));
    json.field("detail", outcome.detail);
    json.field("bytes", outcome.bytes);
    json.field("textBytes", outcome.text_bytes);
    json.end_object();
    out_ << line << '\n';
  }
}

Status DocumentAccount::finish() {
  if (!path_.empty()) {
    out_.flush();
    if (!out_) {
      return fail(Code::kIo, "can not write " + path_);
    }
  }
  return {};
}

}  // namespace spillguard::cli
