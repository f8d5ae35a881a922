#include "api/review_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "api/csv_reader.h"
#include "api/review_body.h"
#include "base/strings.h"

namespace spillguard::api {
namespace {

constexpr size_t kMostRows = 200'000;

enum Column { kText, kRule, kReason, kExpires, kFingerprint, kColumns };

// "Match Text", "match_text" and "matchText" are one name.
std::string plain_name(std::string_view name) {
  std::string out;
  for (const char c : to_lower(trim(name))) {
    if (c != ' ' && c != '_' && c != '-') out += c;
  }
  return out;
}

std::optional<Column> column_of(std::string_view header) {
  constexpr std::array<std::pair<std::string_view, Column>, 12> kNames = {{
      {"matchtext", kText},
      {"match", kText},
      {"matchedtext", kText},
      {"text", kText},
      {"rulename", kRule},
      {"rule", kRule},
      {"reason", kReason},
      {"expiresat", kExpires},
      {"expires", kExpires},
      {"fingerprint", kFingerprint},
      {"reviewreason", kReason},
      {"reviewexpiresat", kExpires},
  }};
  const std::string plain = plain_name(header);
  for (const auto& [name, column] : kNames) {
    if (name == plain) return column;
  }
  return std::nullopt;
}

struct Layout {
  std::array<std::optional<size_t>, kColumns> at;
  bool has_header = false;
};

// By a header when the first record has a column for the text or the fingerprint, and no field that
// is longer than a name.
Layout layout_of(const std::vector<CsvRecord>& records) {
  Layout layout;
  if (!records.empty()) {
    for (size_t i = 0; i < records[0].fields.size(); ++i) {
      const auto column = column_of(records[0].fields[i]);
      if (column && !layout.at[*column]) layout.at[*column] = i;
    }
    layout.has_header = layout.at[kText] || layout.at[kFingerprint];
  }
  if (!layout.has_header) {
    layout = Layout();
    layout.at[kText] = 0;
    layout.at[kRule] = 1;
  }
  return layout;
}

// What our exports put in front of a cell that a spreadsheet would run as a formula.
std::string_view without_guard(std::string_view text) {
  if (text.size() < 2 || text[0] != '\'') return text;
  return std::string_view("=+-@\t\r").find(text[1]) == std::string_view::npos ? text
                                                                              : text.substr(1);
}

class RowReader {
 public:
  RowReader(const MasterKey& key, Layout layout, TimeMs now)
      : key_(key), layout_(layout), now_(now) {}

  Result<ReviewRow> read(const CsvRecord& record) const {
    if (!record.error.empty()) return fail(Code::kInvalidArgument, record.error);
    ReviewRow row;
    row.line = record.line;
    row.rule_name = trim(field(record, kRule));
    row.reason = trim(field(record, kReason));
    SG_TRY(take_text(record, row));
    if (const auto expires = trim(field(record, kExpires)); !expires.empty()) {
      SG_ASSIGN(row.expires_at, parse_expiry(expires, now_));
    }
    SG_TRY(check_review_words(row.text, row.rule_name, row.reason));
    return row;
  }

 private:
  [[nodiscard]] std::string_view field(const CsvRecord& record, Column column) const {
    const auto at = layout_.at[column];
    return at && *at < record.fields.size() ? std::string_view(record.fields[*at])
                                            : std::string_view();
  }

  Status take_text(const CsvRecord& record, ReviewRow& row) const {
    const std::string_view text = field(record, kText);
    if (!is_valid_utf8(text)) {
      return fail(Code::kInvalidArgument, "the text is not UTF-8; save the file as UTF-8");
    }
    const std::string_view told = trim(field(record, kFingerprint));
    if (told.empty()) {
      if (text.empty()) return fail(Code::kInvalidArgument, "there is no text in the line");
      if (text.size() > kMaxReviewedText) {
        return fail(Code::kInvalidArgument, "the text is too long for a match");
      }
      row.text = text;
      row.fingerprint = key_.fingerprint(row.text);
      return {};
    }
    const auto fingerprint = Fingerprint::parse(told.size() == 64 ? told : std::string_view("-"));
    if (!fingerprint) return fail(Code::kInvalidArgument, "the fingerprint is not 64 hex digits");
    row.fingerprint = *fingerprint;
    // An export of ours: the text is as it was, guarded against formulas, or masked.
    for (const std::string_view candidate : {text, without_guard(text)}) {
      if (!candidate.empty() && key_.fingerprint(candidate) == *fingerprint) {
        row.text = candidate;
        return {};
      }
    }
    const bool masked = text.empty() || text.find("***") != std::string_view::npos;
    if (!masked) {
      // Of an installation with another key: the text counts.
      row.text = without_guard(text);
      row.fingerprint = key_.fingerprint(row.text);
    }
    return {};
  }

  const MasterKey& key_;
  Layout layout_;
  TimeMs now_;
};

}  // namespace

Result<ReviewFile> read_review_file(const MasterKey& key, std::string_view text, TimeMs now) {
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
    return fail(Code::kInvalidArgument, "The file is UTF-16; save it as CSV in UTF-8.");
  }
  std::vector<CsvRecord> records = read_csv(text);
  Layout layout = layout_of(records);
  // Spreadsheets of some countries write semicolons or tabs: the header tells.
  for (const char separator : {';', '\t'}) {
    if (layout.has_header) break;
    auto others =
        read_csv(text.substr(0, std::min(text.size(), text.find_first_of("\r\n"))), separator);
    if (!layout_of(others).has_header) continue;
    records = read_csv(text, separator);
    layout = layout_of(records);
  }
  if (records.size() > kMostRows + 1) {
    return fail(Code::kInvalidArgument,
                fmt::format("The file has more than {} lines; cut it in parts.", kMostRows));
  }
  const RowReader reader(key, layout, now);
  ReviewFile file;
  for (size_t i = layout.has_header ? 1 : 0; i < records.size(); ++i) {
    auto row = reader.read(records[i]);
    if (row) {
      file.rows.push_back(std::move(*row));
    } else {
      file.invalid.push_back({.line = records[i].line, .message = row.error().message});
    }
  }
  return file;
}

}  // namespace spillguard::api
