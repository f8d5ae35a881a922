#include "store_fill.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "store/sql.h"

namespace spillguard::bench {
namespace {

constexpr int64_t kRowsAtATime = 20'000;
constexpr std::string_view kRulesVersion = "bench";

// FROM clause with the numbers $1 to $2 as i.
std::string numbers(db::Connection& connection, std::string_view insert, std::string_view select) {
  if (connection.dialect() == db::Dialect::kPostgres) {
    return fmt::format("{} {} FROM generate_series($1, $2) AS n (i)", insert, select);
  }
  return fmt::format(
      "WITH RECURSIVE n (i) AS (SELECT $1 UNION ALL SELECT i + 1 FROM n WHERE i < $2) {} {} FROM n",
      insert, select);
}

// The bytes of fingerprint_of() for a number in SQL.
std::string fingerprint_sql(db::Connection& connection, std::string_view number) {
  if (connection.dialect() == db::Dialect::kPostgres) {
    return fmt::format(
        "convert_to(lpad(to_hex(({0} * 2654435761) & 4294967295), 8, '0') || lpad(to_hex({0}), 24, "
        "'0'), 'UTF8')",
        number);
  }
  return fmt::format("CAST(printf('%08x%024x', ({0} * 2654435761) & 4294967295, {0}) AS BLOB)",
                     number);
}

std::string blob_sql(db::Connection& connection, std::string_view text) {
  return connection.dialect() == db::Dialect::kPostgres
             ? fmt::format("convert_to({}, 'UTF8')", text)
             : fmt::format("CAST({} AS BLOB)", text);
}

struct Filler {
  store::Store& store;
  const Sizes& sizes;
  int64_t items_a_finding;
  int64_t findings_a_review;
  std::string coverage;  // of one item, as it is stored
  int64_t rules_id = 0;

  // Runs `sql` over [first, last] in pieces, each a transaction; further parameters from $3 on.
  template <typename Make, typename... Args>
  Status in_pieces(int64_t first, int64_t last, const Make& make, const Args&... args) {
    for (int64_t at = first; at <= last; at += kRowsAtATime) {
      const int64_t end = std::min(last, at + kRowsAtATime - 1);
      SG_TRY(store.database().write([&](db::Connection& connection) {
        return store::run(connection, make(connection), at, end, args...);
      }));
    }
    return {};
  }

  Status items(int64_t site_id, const FilledScope& scope) {
    const std::string has = fmt::format("CASE WHEN i % {} = 0 THEN 1 ELSE 0 END", items_a_finding);
    const auto make = [&](db::Connection& connection) {
      return numbers(
          connection,
          "INSERT INTO items (id, site_id, scope_id, host_id, key, kind, title, link, created, "
          "updated, "
          "version, state, rules_id, read_rules_id, scanned_at, seen_serial, content_rows, "
          "finding_rows, "
          "coverage)",
          fmt::format(
              "SELECT i, $3, $4, '' || i, 'B' || $4 || '-' || i, 0, 'sealed title of the item ' || "
              "i || "
              "' which is as long as sealed titles are: about eighty bytes', '/browse/B' || $4 || "
              "'-' || i, 1600000000000 + i, 1700000000000 + i, 0, 3, $5, $5, 1700000000000, 1, "
              "CASE "
              "WHEN "
              "i % 5 = 0 THEN 1 ELSE 0 END, {}, $6",
              has));
    };
    SG_TRY(in_pieces(scope.first, scope.last, make, site_id, scope.id, rules_id,
                     store::Blob{coverage}));
    const auto marks = [&](db::Connection& connection) {
      return numbers(connection,
                     "INSERT INTO contents (item_id, content_kind, content_id, newest, "
                     "highest_read, seen_serial)",
                     "SELECT i, 'description', 'description', 2, 2, 1") +
             " WHERE i % 5 = 0";
    };
    return in_pieces(scope.first, scope.last, marks);
  }

  // Of the items of a scope; one in four repeats the text before it.
  Status findings(const FilledScope& scope) {
    const int64_t first = (scope.first + items_a_finding - 1) / items_a_finding;
    const int64_t last = scope.last / items_a_finding;
    const std::string text =
        fmt::format("(CASE WHEN i % 4 = 3 AND i > {} THEN i - 1 ELSE i END)", first);
    const auto make = [&](db::Connection& connection) {
      return numbers(
          connection,
          "INSERT INTO findings (scope_id, item_id, content_kind, content_id, rule_id, severity, "
          "fingerprint, versions, historical, evidence, author, created_when, first_seen, "
          "last_seen, "
          "reviewed)",
          fmt::format(
              "SELECT $3, i * {}, 'comment', '' || i, 1000000 + i % 19, i % 5, {}, '1-2', 0, {}, "
              "'somebody', 1600000000000 + i, 1700000000000, 1700000000000, CASE WHEN {} % {} = 0 "
              "THEN 1 ELSE 0 END",
              items_a_finding, fingerprint_sql(connection, text),
              blob_sql(connection,
                       "'sealed evidence with the text itself and one or two hundred bytes of what "
                       "stands around it, which is what a finding takes most of its room for in a "
                       "store; number ' || i"),
              text, findings_a_review));
    };
    SG_TRY(in_pieces(first, last, make, scope.id));
    const auto reviews = [&](db::Connection& connection) {
      return numbers(connection,
                     "INSERT INTO reviews (site_id, scope_id, fingerprint, evidence, rule_name, "
                     "reviewer, reviewed_at)",
                     fmt::format("SELECT s.site_id, $3, {}, {}, 'BENCH_RULE', 'somebody', "
                                 "1700000000000",
                                 fingerprint_sql(connection, "i"),
                                 blob_sql(connection, "'sealed text ' || i"))) +
             fmt::format(" JOIN scopes s ON s.id = $3 WHERE i % {} = 0 AND (i % 4 <> 3 OR i = {})",
                         findings_a_review, first);
    };
    return in_pieces(first, last, reviews, scope.id);
  }
};

// One item is committed as scans do, for the coverage that is stored, and taken away again.
Status take_pattern(Filler& filler, int64_t scope_id) {
  const std::vector<store::ItemResult> one = {made_item(0, "PATTERN-0")};
  store::ScanCommit commit;
  commit.scope_id = scope_id;
  commit.rules_version = kRulesVersion;
  commit.items = one;
  SG_TRY(filler.store.commit(commit));
  return filler.store.database().write([&](db::Connection& connection) -> Status {
    {
      SG_ASSIGN(auto row,
                store::bound(connection, "SELECT coverage, rules_id FROM items WHERE scope_id = $1",
                             scope_id));
      SG_ASSIGN(const bool found, row->step());
      if (!found) return fail(Code::kInternal, "the pattern is not there");
      filler.coverage = row->blob(0);
      filler.rules_id = row->integer(1);
    }
    return store::run(connection, "DELETE FROM items WHERE scope_id = $1", scope_id);
  });
}

Status settle_scopes(Filler& filler, const Filled& filled) {
  return filler.store.database().write([&](db::Connection& connection) -> Status {
    SG_TRY(store::run(connection,
                      "INSERT INTO rule_names (rule_id, name) SELECT DISTINCT rule_id, "
                      "'BENCH_RULE_' || rule_id FROM finding_sums"));
    if (connection.dialect() == db::Dialect::kPostgres) {
      SG_TRY(
          store::number_or(connection, 0,
                           "SELECT setval(pg_get_serial_sequence('items', 'id'), (SELECT max(id) "
                           "FROM items))"));
    }
    const int64_t pattern = filled.scopes.front().id;
    for (const FilledScope& scope : filled.scopes) {
      const int64_t count = scope.last - scope.first + 1;
      SG_TRY(store::run(connection,
                        "INSERT INTO scope_coverage (scope_id, cell_id, parts, bytes) SELECT $1, "
                        "cell_id, parts * $2, bytes * $2 FROM scope_coverage WHERE scope_id = $3 "
                        "AND $1 <> $3",
                        scope.id, count, pattern));
      SG_TRY(store::run(connection,
                        "UPDATE scopes SET state = 3, scan_serial = 1, rules_version = $2, "
                        "items_total = $3, items_done = $3 WHERE id = $1",
                        scope.id, kRulesVersion, count));
    }
    const FilledScope& first = filled.scopes.front();
    return store::run(connection,
                      "UPDATE scope_coverage SET parts = parts * $2, bytes = bytes * $2 WHERE "
                      "scope_id = $1",
                      first.id, first.last - first.first + 1);
  });
}

}  // namespace

Fingerprint fingerprint_of(int64_t number) {
  const std::string text = fmt::format("{:08x}{:024x}", (number * 2654435761) & 4294967295, number);
  Fingerprint out;
  std::memcpy(out.bytes.data(), text.data(), out.bytes.size());
  return out;
}

store::NewFinding made_finding(int64_t number) {
  store::NewFinding out;
  out.content_kind = "comment";
  out.content_id = std::to_string(number);
  out.rule_id = static_cast<int32_t>(1'000'000 + number % 19);
  out.rule_name = fmt::format("BENCH_RULE_{}", out.rule_id);
  out.severity = static_cast<int>(number % 5);
  out.fingerprint = fingerprint_of(number);
  out.versions.add(1);
  out.evidence = std::string(240, 'e');
  out.author = "somebody";
  out.created_when = 1'600'000'000'000;
  return out;
}

store::ItemResult made_item(int64_t number, const std::string& key) {
  store::ItemResult out;
  out.item.host_id = fmt::format("new-{}", number);
  out.item.key = key;
  out.item.title = std::string(90, 't');
  out.item.link = "/browse/" + key;
  out.item.created = 1'600'000'000'000;
  out.item.updated = 1'700'000'000'000;
  out.item.state = store::ScanState::kScanned;
  for (const char* kind : {"summary", "description", "comment", "history", "custom_field"}) {
    out.coverage.push_back({kind, store::PartStatus::kScanned, "", 3, 900});
  }
  return out;
}

Result<Filled> fill_store(store::Store& store, const Sizes& sizes) {
  Filled filled;
  SG_ASSIGN(const auto site,
            store.ensure_site("bench", store::Product::kJira, "https://jira.example.com"));
  filled.site_id = site.id;
  Filler filler{.store = store,
                .sizes = sizes,
                .items_a_finding = std::max<int64_t>(1, sizes.items / sizes.findings),
                .findings_a_review = std::max<int64_t>(1, sizes.findings / sizes.reviews),
                .coverage = {}};
  const int64_t big = sizes.scopes == 1 ? sizes.items : sizes.items / 10;
  for (int64_t i = 0; i < sizes.scopes; ++i) {
    store::Scope scope;
    scope.host_id = std::to_string(i + 1);
    scope.key = fmt::format("B{}", i + 1);
    scope.name = scope.key;
    SG_ASSIGN(const auto row, store.upsert_scope(site.id, scope));
    const int64_t others = std::max<int64_t>(1, sizes.scopes - 1);
    FilledScope& out = filled.scopes.emplace_back();
    out.id = row.id;
    out.first = i == 0 ? 1 : big + (sizes.items - big) * (i - 1) / others + 1;
    out.last = i == 0 ? big : big + (sizes.items - big) * i / others;
  }
  SG_TRY(take_pattern(filler, filled.scopes.front().id));
  // The items' rows have the numbers that they are known by.
  for (const FilledScope& scope : filled.scopes) {
    SG_TRY(filler.items(site.id, scope));
    SG_TRY(filler.findings(scope));
  }
  SG_TRY(settle_scopes(filler, filled));
  return filled;
}

}  // namespace spillguard::bench
