// Fills the store of a server that was stopped with findings, spread over the items that it knows:
//   api_fill DATA_DIR SITE FINDINGS
// Texts are made up, one in ten of them twice; sealed as scans seal them.
#include <fmt/format.h>

#include <cstdio>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/strings.h"
#include "store/evidence.h"
#include "store/sql.h"
#include "store/store.h"

namespace spillguard::bench {
namespace {

constexpr size_t kItemsAtATime = 200;

struct KnownRow {
  std::string host_id;
  std::string key;
  int64_t scope_id = 0;
};

Result<std::vector<KnownRow>> known_items(db::Database& database, const std::string& site) {
  std::vector<KnownRow> out;
  SG_TRY(database.read([&](db::Connection& connection) -> Status {
    SG_ASSIGN(auto rows,
              store::bound(connection,
                           "SELECT i.host_id, i.key, i.scope_id FROM items i JOIN sites s ON s.id "
                           "= i.site_id WHERE s.name = $1 AND i.is_scope = 0 ORDER BY i.id",
                           site));
    while (true) {
      SG_ASSIGN(const bool more, rows->step());
      if (!more) return {};
      out.push_back({std::string(rows->text(0)), std::string(rows->text(1)), rows->integer(2)});
    }
  }));
  return out;
}

store::NewFinding finding(const MasterKey& key, int64_t number) {
  // Every tenth has the text of the one before it.
  const int64_t text_number = number % 10 == 9 ? number - 1 : number;
  store::Evidence evidence;
  evidence.secret = fmt::format("tok_{:032x}", text_number * 2654435761);
  evidence.match = "token: " + evidence.secret;
  evidence.before = "What was written in front of it, as long as a line of text usually is: ";
  evidence.after = ", and what came behind it, which is of about the same length. ";
  store::NewFinding out;
  out.content_kind = "comment";
  out.content_id = std::to_string(number);
  out.rule_id = static_cast<int32_t>(1'000'000 + number % 20);
  out.rule_name = fmt::format("BENCH_RULE_{}", number % 20);
  out.severity = static_cast<int>(number % 5);
  out.fingerprint = key.fingerprint(evidence.match);
  out.versions.add(1);
  out.evidence = seal_evidence(key, out.fingerprint, evidence);
  out.author = "somebody";
  out.created_when = 1'600'000'000'000 + number;
  return out;
}

Status fill(const std::string& folder, const std::string& site, int64_t wanted) {
  SG_ASSIGN(const std::string hex, read_file(folder + "/installation.key", 4096));
  SG_ASSIGN(const auto key, MasterKey::parse(hex));
  SG_ASSIGN(const auto database, db::Database::open_sqlite({.path = folder + "/spillguard.db"}));
  store::Store store(*database);
  SG_ASSIGN(const auto items, known_items(*database, site));
  if (items.empty()) return fail(Code::kNotFound, "the site has no items");
  const auto count = static_cast<int64_t>(items.size());
  int64_t done = 0;
  std::vector<store::ItemResult> batch;
  for (int64_t i = 0; i < count; ++i) {
    const KnownRow& row = items[static_cast<size_t>(i)];
    store::ItemResult& result = batch.emplace_back();
    result.item.host_id = row.host_id;
    result.item.key = row.key;
    result.item.state = store::ScanState::kScanned;
    result.whole = false;
    result.up_to_date = false;
    const int64_t end = wanted * (i + 1) / count;
    for (; done < end; ++done) result.findings.push_back(finding(key, done));
    // Items of a scope stand together.
    const bool last = i + 1 == count || items[static_cast<size_t>(i) + 1].scope_id != row.scope_id;
    if (!last && batch.size() < kItemsAtATime) continue;
    store::ScanCommit commit;
    commit.scope_id = row.scope_id;
    commit.rules_version = "bench";
    commit.items = batch;
    SG_TRY(store.commit(commit));
    batch.clear();
  }
  fmt::print("{} findings in {} items\n", done, count);
  return {};
}

}  // namespace
}  // namespace spillguard::bench

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  const auto wanted = arguments.size() == 3 ? spillguard::parse_int(arguments[2]) : std::nullopt;
  if (!wanted) {
    std::fputs("usage: api_fill DATA_DIR SITE FINDINGS\n", stderr);
    return 2;
  }
  const auto done = spillguard::bench::fill(arguments[0], arguments[1], *wanted);
  if (!done) std::fprintf(stderr, "api_fill: %s\n", done.error().message.c_str());
  return done ? 0 : 1;
}
