#include "store/documents.h"

#include "store/sql.h"

namespace spillguard::store {
namespace documents_detail {
namespace {

constexpr size_t kWordBytes = 8;

std::string bound_to(const Fingerprint& document) { return "document:" + document.hex(); }

void put(std::string& out, int64_t number) {
  const auto bits = static_cast<uint64_t>(number);
  for (size_t i = 0; i < kWordBytes; ++i) out += static_cast<char>((bits >> (8 * i)) & 0xFF);
}

void put(std::string& out, std::string_view text) {
  put(out, static_cast<int64_t>(text.size()));
  out += text;
}

// Reads what put() wrote; after the first thing that is not there ok() is false.
class Pieces {
 public:
  explicit Pieces(std::string_view bytes) : rest_(bytes) {}

  int64_t number() {
    if (rest_.size() < kWordBytes) {
      ok_ = false;
      return 0;
    }
    uint64_t bits = 0;
    for (size_t i = 0; i < kWordBytes; ++i) {
      bits |= static_cast<uint64_t>(static_cast<uint8_t>(rest_[i])) << (8 * i);
    }
    rest_.remove_prefix(kWordBytes);
    return static_cast<int64_t>(bits);
  }
  std::string text() {
    const auto size = static_cast<uint64_t>(number());
    if (!ok_ || size > rest_.size()) {
      ok_ = false;
      return {};
    }
    std::string out(rest_.substr(0, size));
    rest_.remove_prefix(size);
    return out;
  }
  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] bool done() const { return ok_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

Result<DocumentFinding> take_finding(Pieces& in) {
  DocumentFinding finding;
  finding.rule_id = static_cast<int32_t>(in.number());
  finding.rule_name = in.text();
  finding.severity = static_cast<int>(in.number());
  auto fingerprint = Fingerprint::parse(in.text());
  if (!in.ok() || !fingerprint) return fail(Code::kCorrupt, "a finding of a document is broken");
  finding.fingerprint = *fingerprint;
  for (std::string* text :
       {&finding.evidence.match, &finding.evidence.secret, &finding.evidence.before,
        &finding.evidence.after, &finding.evidence.place}) {
    *text = in.text();
  }
  return finding;
}

Result<std::optional<DocumentRow>> one_row(db::Statement& row, std::string_view rules) {
  SG_ASSIGN(const bool found, row.step());
  if (!found) return std::nullopt;
  DocumentRow out;
  SG_ASSIGN(out.key, Fingerprint::parse(row.blob(0)));
  out.rules = rules;
  out.result = row.blob(1);
  return out;
}

}  // namespace
}  // namespace documents_detail

std::string seal_document(const MasterKey& key, const Fingerprint& document,
                          const DocumentResult& result) {
  namespace own = documents_detail;
  std::string clear;
  own::put(clear, static_cast<int64_t>(result.status));
  own::put(clear, result.reason);
  own::put(clear, result.detail);
  own::put(clear, result.type);
  own::put(clear, (result.is_final ? 1 : 0) + (result.is_kept ? 2 : 0));
  for (const int64_t number : {result.bytes, result.parts, result.files}) own::put(clear, number);
  own::put(clear, static_cast<int64_t>(result.findings.size()));
  for (const DocumentFinding& finding : result.findings) {
    own::put(clear, finding.rule_id);
    own::put(clear, finding.rule_name);
    own::put(clear, finding.severity);
    own::put(clear, finding.fingerprint.raw());
    for (const std::string* text :
         {&finding.evidence.match, &finding.evidence.secret, &finding.evidence.before,
          &finding.evidence.after, &finding.evidence.place}) {
      own::put(clear, *text);
    }
  }
  std::string sealed = key.seal(clear, own::bound_to(document));
  wipe(clear.data(), clear.size());
  return sealed;
}

Result<DocumentResult> open_document(const MasterKey& key, const Fingerprint& document,
                                     std::string_view sealed) {
  namespace own = documents_detail;
  SG_ASSIGN(std::string clear, key.open(sealed, own::bound_to(document)));
  own::Pieces in(clear);
  DocumentResult result;
  result.status = static_cast<PartStatus>(in.number());
  result.reason = in.text();
  result.detail = in.text();
  result.type = in.text();
  const int64_t flags = in.number();
  result.is_final = (flags & 1) != 0;
  result.is_kept = (flags & 2) != 0;
  result.bytes = in.number();
  result.parts = in.number();
  result.files = in.number();
  const int64_t findings = in.number();
  for (int64_t i = 0; in.ok() && i < findings; ++i) {
    SG_ASSIGN(auto finding, own::take_finding(in));
    result.findings.push_back(std::move(finding));
  }
  const bool whole = in.done();
  wipe(clear.data(), clear.size());
  if (!whole) return fail(Code::kCorrupt, "the result of a document is not in the form we write");
  return result;
}

Result<std::optional<DocumentRow>> known_document(db::Database& database, const AttachmentKey& of,
                                                  std::string_view rules) {
  std::optional<DocumentRow> out;
  SG_TRY(database.read([&](db::Connection& connection) -> Status {
    SG_ASSIGN(auto row,
              bound(connection,
                    "SELECT d.key, d.result FROM items i JOIN attachments a ON a.item_id = i.id "
                    "JOIN documents d ON d.key = a.document WHERE i.site_id = $1 AND i.host_id = "
                    "$2 AND a.content_id = $3 AND a.version = $4 AND a.bytes = $5 AND d.rules = $6",
                    of.site_id, of.item_host_id, of.content_id, of.version, of.bytes, rules));
    SG_ASSIGN(out, documents_detail::one_row(*row, rules));
    return {};
  }));
  return out;
}

Result<std::optional<DocumentRow>> find_document(db::Database& database, const Fingerprint& key,
                                                 std::string_view rules) {
  std::optional<DocumentRow> out;
  SG_TRY(database.read([&](db::Connection& connection) -> Status {
    SG_ASSIGN(auto row,
              bound(connection, "SELECT key, result FROM documents WHERE key = $1 AND rules = $2",
                    Blob{key.raw()}, rules));
    SG_ASSIGN(out, documents_detail::one_row(*row, rules));
    return {};
  }));
  return out;
}

Status write_document(db::Connection& connection, const DocumentRow& document) {
  return run(connection,
             "INSERT INTO documents (key, rules, result) VALUES ($1, $2, $3) ON CONFLICT (key) DO "
             "UPDATE SET rules = excluded.rules, result = excluded.result",
             Blob{document.key.raw()}, document.rules, Blob{document.result});
}

Status forget_documents(db::Connection& connection, const std::set<Fingerprint>& keys) {
  for (const Fingerprint& key : keys) {
    SG_TRY(run(connection,
               "DELETE FROM documents WHERE key = $1 AND NOT EXISTS (SELECT 1 FROM attachments a "
               "WHERE a.document = $1)",
               Blob{key.raw()}));
  }
  return {};
}

Status forget_attachments(db::Connection& connection, int64_t item_id) {
  std::set<Fingerprint> keys;
  {
    SG_ASSIGN(auto rows,
              bound(connection,
                    "SELECT document FROM attachments WHERE item_id = $1 AND document IS NOT NULL",
                    item_id));
    while (true) {
      SG_ASSIGN(const bool more, rows->step());
      if (!more) break;
      SG_ASSIGN(const auto key, Fingerprint::parse(rows->blob(0)));
      keys.insert(key);
    }
  }
  SG_TRY(run(connection, "DELETE FROM attachments WHERE item_id = $1", item_id));
  return forget_documents(connection, keys);
}

}  // namespace spillguard::store
