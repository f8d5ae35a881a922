#include "store/rekey.h"

#include <utility>
#include <vector>

#include "base/time.h"
#include "store/evidence.h"
#include "store/sealed_text.h"
#include "store/sessions.h"
#include "store/sql.h"

namespace spillguard::store {
namespace rekey_detail {
namespace {

constexpr int64_t kBatch = 1'000;
constexpr std::string_view kSetting = "key/check";

std::string check_of(const MasterKey& key) {
  return key.keyed_hash("key-check", "spillguard").hex();
}

Status tell_key(db::Connection& connection, const MasterKey& key) {
  return run(
      connection,
      "INSERT INTO settings (name, value, changed_at) VALUES ($1, $2, $3) ON CONFLICT (name) "
      "DO UPDATE SET value = excluded.value, changed_at = excluded.changed_at",
      kSetting, check_of(key), now_ms());
}

struct Row {
  int64_t id = 0;
  std::string name;  // what the text is bound to
  std::string sealed;
};

// Up to a batch of rows (id, bound to, sealed) above `after`.
Result<std::vector<Row>> rows_after(db::Connection& connection, std::string_view sql,
                                    int64_t after) {
  std::vector<Row> out;
  SG_ASSIGN(auto rows, bound(connection, sql, after, kBatch));
  while (true) {
    SG_ASSIGN(const bool more, rows->step());
    if (!more) return out;
    out.push_back({.id = rows->integer(0),
                   .name = std::string(rows->blob(1)),
                   .sealed = std::string(rows->blob(2))});
  }
}

void wipe_all(Evidence& evidence) {
  for (std::string* text :
       {&evidence.match, &evidence.secret, &evidence.before, &evidence.after, &evidence.place}) {
    wipe(text->data(), text->size());
  }
}

Status change_findings(db::Connection& connection, const MasterKey& from, const MasterKey& to,
                       int64_t& count) {
  int64_t after = 0;
  while (true) {
    SG_ASSIGN(const auto batch,
              rows_after(connection,
                         "SELECT id, fingerprint, evidence FROM findings WHERE id > $1 ORDER BY id "
                         "LIMIT $2",
                         after));
    if (batch.empty()) return {};
    for (const Row& row : batch) {
      SG_ASSIGN(const auto old_fingerprint, Fingerprint::parse(row.name));
      SG_ASSIGN(Evidence evidence, open_evidence(from, old_fingerprint, row.sealed));
      const Fingerprint fingerprint = to.fingerprint(evidence.match);
      const std::string sealed = seal_evidence(to, fingerprint, evidence);
      wipe_all(evidence);
      SG_TRY(run(connection, "UPDATE findings SET fingerprint = $2, evidence = $3 WHERE id = $1",
                 row.id, Blob{fingerprint.raw()}, Blob{sealed}));
    }
    count += static_cast<int64_t>(batch.size());
    after = batch.back().id;
  }
}

Status change_titles(db::Connection& connection, const MasterKey& from, const MasterKey& to,
                     int64_t& count) {
  int64_t after = 0;
  while (true) {
    SG_ASSIGN(const auto batch,
              rows_after(connection,
                         "SELECT id, host_id, title FROM items WHERE id > $1 AND title <> '' ORDER "
                         "BY id LIMIT $2",
                         after));
    if (batch.empty()) return {};
    for (const Row& row : batch) {
      SG_ASSIGN(std::string title, open_title(from, row.name, row.sealed));
      const std::string sealed = seal_title(to, row.name, title);
      wipe(title.data(), title.size());
      SG_TRY(run(connection, "UPDATE items SET title = $2 WHERE id = $1", row.id, sealed));
    }
    count += static_cast<int64_t>(batch.size());
    after = batch.back().id;
  }
}

// Names are sealed anew. What is known of bytes goes: its keys are hashes under the old key, and
// the next scan reads the attachments again that it looks at.
Status change_attachments(db::Connection& connection, const MasterKey& from, const MasterKey& to) {
  SG_TRY(run(connection, "DELETE FROM documents"));
  SG_TRY(run(connection, "UPDATE attachments SET document = NULL WHERE document IS NOT NULL"));
  struct Named {
    int64_t item_id = 0;
    int64_t version = 0;
    std::string content_id;
    std::string name;
  };
  Named last;
  while (true) {
    std::vector<Named> batch;
    {
      SG_ASSIGN(auto rows, bound(connection,
                                 "SELECT item_id, content_id, version, name FROM attachments WHERE "
                                 "(item_id, content_id, version) > ($1, $2, $3) ORDER BY item_id, "
                                 "content_id, version LIMIT $4",
                                 last.item_id, last.content_id, last.version, kBatch));
      while (true) {
        SG_ASSIGN(const bool more, rows->step());
        if (!more) break;
        batch.push_back({.item_id = rows->integer(0),
                         .version = rows->integer(2),
                         .content_id = std::string(rows->text(1)),
                         .name = std::string(rows->text(3))});
      }
    }
    if (batch.empty()) return {};
    for (const Named& row : batch) {
      SG_ASSIGN(std::string name, open_title(from, row.content_id, row.name));
      const std::string sealed = seal_title(to, row.content_id, name);
      wipe(name.data(), name.size());
      SG_TRY(run(connection,
                 "UPDATE attachments SET name = $4 WHERE item_id = $1 AND content_id = $2 AND "
                 "version = $3",
                 row.item_id, row.content_id, row.version, sealed));
    }
    last = batch.back();
  }
}

struct ReviewRow {
  int64_t site_id = 0;
  int64_t scope_id = 0;
  Fingerprint fingerprint;
  std::string sealed;  // of the review itself, or of a finding with the same text
};

// All of them at once: people made them, so they are few, and their key is what changes.
Result<std::vector<ReviewRow>> read_reviews(db::Connection& connection) {
  std::vector<ReviewRow> out;
  SG_ASSIGN(auto rows,
            connection.prepare(
                "SELECT site_id, scope_id, fingerprint, CASE WHEN length(evidence) > 0 THEN "
                "evidence ELSE (SELECT f.evidence FROM findings f WHERE f.fingerprint = "
                "reviews.fingerprint LIMIT 1) END FROM reviews"));
  while (true) {
    SG_ASSIGN(const bool more, rows->step());
    if (!more) return out;
    SG_ASSIGN(const auto fingerprint, Fingerprint::parse(rows->blob(2)));
    out.push_back({.site_id = rows->integer(0),
                   .scope_id = rows->integer(1),
                   .fingerprint = fingerprint,
                   .sealed = std::string(rows->blob(3))});
  }
}

// Before the findings: reviews without a text take it from there.
Status change_reviews(db::Connection& connection, const MasterKey& from, const MasterKey& to,
                      RekeyCounts& counts) {
  SG_ASSIGN(const auto reviews, read_reviews(connection));
  for (const ReviewRow& row : reviews) {
    if (row.sealed.empty()) {
      ++counts.lost_reviews;
      continue;
    }
    SG_ASSIGN(Evidence evidence, open_evidence(from, row.fingerprint, row.sealed));
    const Fingerprint fingerprint = to.fingerprint(evidence.match);
    Evidence only_match;
    only_match.match = evidence.match;
    const std::string sealed = seal_evidence(to, fingerprint, only_match);
    wipe_all(evidence);
    wipe_all(only_match);
    SG_TRY(run(connection,
               "UPDATE reviews SET fingerprint = $4, evidence = $5 WHERE site_id = $1 AND scope_id "
               "= $2 AND fingerprint = $3",
               row.site_id, row.scope_id, Blob{row.fingerprint.raw()}, Blob{fingerprint.raw()},
               Blob{sealed}));
    ++counts.reviews;
  }
  return {};
}

}  // namespace
}  // namespace rekey_detail

Result<RekeyCounts> change_key(
    db::Database& database, const MasterKey& from, const MasterKey& to,
    const std::function<Status(db::Connection&, const RekeyCounts&)>& also) {
  RekeyCounts counts;
  SG_TRY(database.write([&](db::Connection& connection) -> Status {
    counts = {};
    SG_TRY(rekey_detail::change_reviews(connection, from, to, counts));
    SG_TRY(rekey_detail::change_findings(connection, from, to, counts.findings));
    SG_TRY(rekey_detail::change_titles(connection, from, to, counts.titles));
    SG_TRY(reseal_texts(connection, from, to));
    SG_TRY(end_all_sessions(connection));
    SG_TRY(rekey_detail::change_attachments(connection, from, to));
    SG_TRY(rekey_detail::tell_key(connection, to));
    return also ? also(connection, counts) : Status();
  }));
  return counts;
}

Result<std::optional<bool>> is_key_of(db::Database& database, const MasterKey& key) {
  std::optional<bool> answer;
  SG_TRY(database.read([&](db::Connection& connection) -> Status {
    answer.reset();
    SG_ASSIGN(auto row, bound(connection, "SELECT value FROM settings WHERE name = $1",
                              rekey_detail::kSetting));
    SG_ASSIGN(const bool found, row->step());
    if (found) answer = equal_constant_time(row->text(0), rekey_detail::check_of(key));
    return {};
  }));
  return answer;
}

Status check_key(db::Database& database, const MasterKey& key) {
  SG_ASSIGN(auto same, is_key_of(database, key));
  if (!same) {
    // Two nodes may come to an empty store at once: the first one's key is its key.
    SG_TRY(database.write([&](db::Connection& connection) {
      return run(connection,
                 "INSERT INTO settings (name, value, changed_at) VALUES ($1, $2, $3) ON CONFLICT "
                 "(name) DO NOTHING",
                 rekey_detail::kSetting, rekey_detail::check_of(key), now_ms());
    }));
    SG_ASSIGN(same, is_key_of(database, key));
  }
  if (same && *same) return {};
  return fail(Code::kConflict,
              "the installation key is not the one that the store was written under: put that one "
              "back, from its file's backup or from where $SPILLGUARD_KEY or the credential "
              "spillguard-key came from; a new node needs a copy of the other nodes' key");
}

}  // namespace spillguard::store
