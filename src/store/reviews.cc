#include "store/reviews.h"

#include "store/sql.h"
#include "store/store.h"

namespace spillguard::store {
namespace {

constexpr int64_t kInScope = 1;
constexpr int64_t kInSite = 2;

// The findings of a text where a review of (site $1, scope $2) of fingerprint $3 holds.
constexpr std::string_view kCovered =
    "fingerprint = $3 AND scope_id IN (SELECT id FROM scopes WHERE site_id = $1 AND "
    "($2 = 0 OR id = $2))";

Status mark_covered(db::Connection& connection, const Review& review) {
  const int64_t bit = review.scope_id == kWholeSite ? kInSite : kInScope;
  return run(connection,
             "UPDATE findings SET reviewed = reviewed | $4 WHERE reviewed & $4 = 0 AND " +
                 std::string(kCovered),
             review.site_id, review.scope_id, Blob{review.fingerprint.raw()}, bit);
}

Status unmark_covered(db::Connection& connection, const Review& review) {
  const int64_t bit = review.scope_id == kWholeSite ? kInSite : kInScope;
  return run(connection,
             "UPDATE findings SET reviewed = reviewed & ~$4 WHERE reviewed & $4 <> 0 AND " +
                 std::string(kCovered),
             review.site_id, review.scope_id, Blob{review.fingerprint.raw()}, bit);
}

Result<int64_t> count_covered(db::Connection& connection, const Review& review) {
  return number_or(
      connection, 0,
      "SELECT count(*) FROM findings WHERE resolved_at = 0 AND " + std::string(kCovered),
      review.site_id, review.scope_id, Blob{review.fingerprint.raw()});
}

// Ends one review at a time, by somebody or, when it ran out, by nobody.
Result<bool> end_review(db::Connection& connection, const Review& which, std::string_view by,
                        TimeMs at) {
  SG_TRY(run(connection,
             "UPDATE reviews SET revoked_at = $4, revoked_by = $5 WHERE site_id = $1 AND "
             "scope_id = $2 AND fingerprint = $3 AND revoked_at = 0",
             which.site_id, which.scope_id, Blob{which.fingerprint.raw()}, at, by));
  if (connection.changes() == 0) return false;
  SG_TRY(unmark_covered(connection, which));
  return true;
}

Result<bool> is_active(db::Connection& connection, const Review& which, TimeMs now) {
  SG_ASSIGN(const int64_t found,
            number_or(connection, 0,
                      "SELECT 1 FROM reviews WHERE site_id = $1 AND scope_id = $2 AND "
                      "fingerprint = $3 AND revoked_at = 0 AND (expires_at = 0 OR expires_at > $4)",
                      which.site_id, which.scope_id, Blob{which.fingerprint.raw()}, now));
  return found != 0;
}

constexpr std::string_view kReviewColumns =
    "site_id, scope_id, fingerprint, evidence, rule_name, reviewer, reviewed_at, reason, "
    "expires_at";

Result<Review> read_review(const db::Statement& row) {
  Review review;
  review.site_id = row.integer(0);
  review.scope_id = row.integer(1);
  SG_ASSIGN(review.fingerprint, Fingerprint::parse(row.blob(2)));
  review.evidence = row.blob(3);
  review.rule_name = row.text(4);
  review.reviewer = row.text(5);
  review.reviewed_at = row.integer(6);
  review.reason = row.text(7);
  review.expires_at = row.integer(8);
  return review;
}

Result<std::vector<Review>> read_reviews(db::Statement& rows) {
  std::vector<Review> reviews;
  while (true) {
    SG_ASSIGN(const bool more, rows.step());
    if (!more) return reviews;
    SG_ASSIGN(auto review, read_review(rows));
    reviews.push_back(std::move(review));
  }
}

Result<std::vector<Review>> due_reviews(db::Connection& connection, TimeMs now) {
  SG_ASSIGN(auto rows, bound(connection,
                             "SELECT " + std::string(kReviewColumns) +
                                 " FROM reviews WHERE expires_at > 0 AND revoked_at = 0 AND "
                                 "expires_at <= $1",
                             now));
  return read_reviews(*rows);
}

}  // namespace

Result<ReviewChange> put_review(db::Connection& connection, const Review& review) {
  ReviewChange change;
  SG_ASSIGN(const bool active, is_active(connection, review, review.reviewed_at));
  change.changed = !active;
  SG_TRY(run(connection,
             "INSERT INTO reviews (site_id, scope_id, fingerprint, evidence, rule_name, reviewer, "
             "reviewed_at, reason, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) "
             "ON CONFLICT (site_id, scope_id, fingerprint) DO UPDATE SET "
             "evidence = CASE WHEN length(excluded.evidence) > 0 THEN excluded.evidence ELSE "
             "reviews.evidence END, "
             "rule_name = CASE WHEN $10 THEN excluded.rule_name ELSE reviews.rule_name END, "
             "reviewer = CASE WHEN $10 THEN excluded.reviewer ELSE reviews.reviewer END, "
             "reviewed_at = CASE WHEN $10 THEN excluded.reviewed_at ELSE reviews.reviewed_at END, "
             "reason = CASE WHEN $10 OR excluded.reason <> '' THEN excluded.reason "
             "ELSE reviews.reason END, "
             "expires_at = excluded.expires_at, revoked_at = 0, revoked_by = ''",
             review.site_id, review.scope_id, Blob{review.fingerprint.raw()}, Blob{review.evidence},
             review.rule_name, review.reviewer, review.reviewed_at, review.reason,
             review.expires_at, change.changed));
  SG_TRY(mark_covered(connection, review));
  SG_ASSIGN(change.findings, count_covered(connection, review));
  return change;
}

Result<ReviewChange> revoke_review(db::Connection& connection, const Review& which,
                                   std::string_view by, TimeMs now) {
  ReviewChange change;
  // One that ran out is ended too, but was none any more.
  SG_ASSIGN(change.changed, is_active(connection, which, now));
  SG_TRY(end_review(connection, which, by, now));
  SG_ASSIGN(change.findings, count_covered(connection, which));
  return change;
}

Result<int64_t> revoke_reviews(db::Connection& connection, int64_t site_id, int64_t scope_id,
                               std::string_view by, TimeMs now) {
  int64_t ended = 0;
  // One after the other, by fingerprint: what they cover is found by an index then.
  SG_ASSIGN(auto rows, bound(connection,
                             "SELECT " + std::string(kReviewColumns) +
                                 " FROM reviews WHERE site_id = $1 AND scope_id = $2 AND "
                                 "revoked_at = 0",
                             site_id, scope_id));
  SG_ASSIGN(const auto reviews, read_reviews(*rows));
  for (const Review& review : reviews) {
    SG_TRY(end_review(connection, review, by, now));
    // One that has run out already was none any more.
    if (review.expires_at == 0 || review.expires_at > now) ++ended;
  }
  return ended;
}

Result<int64_t> review_bits(db::Connection& connection, int64_t site_id, int64_t scope_id,
                            const Fingerprint& fingerprint, TimeMs now) {
  SG_ASSIGN(auto rows, bound(connection,
                             "SELECT scope_id FROM reviews WHERE site_id = $1 AND "
                             "scope_id IN (0, $2) AND fingerprint = $3 AND revoked_at = 0 AND "
                             "(expires_at = 0 OR expires_at > $4)",
                             site_id, scope_id, Blob{fingerprint.raw()}, now));
  int64_t bits = 0;
  while (true) {
    SG_ASSIGN(const bool more, rows->step());
    if (!more) return bits;
    bits |= rows->integer(0) == kWholeSite ? kInSite : kInScope;
  }
}

Result<std::map<std::string, int64_t>> review_bits_of(db::Connection& connection, int64_t site_id,
                                                      int64_t scope_id,
                                                      const std::vector<Fingerprint>& fingerprints,
                                                      TimeMs now) {
  std::string list = "{";
  for (const Fingerprint& fingerprint : fingerprints) {
    list += list.size() == 1 ? "\"\\\\x" : ",\"\\\\x";
    list += fingerprint.hex();
    list += '"';
  }
  list += '}';
  SG_ASSIGN(auto rows, bound(connection,
                             "SELECT scope_id, fingerprint FROM reviews WHERE site_id = $1 AND "
                             "scope_id IN (0, $2) AND fingerprint = ANY ($3::text::bytea[]) AND "
                             "revoked_at = 0 AND (expires_at = 0 OR expires_at > $4)",
                             site_id, scope_id, list, now));
  std::map<std::string, int64_t> bits;
  while (true) {
    SG_ASSIGN(const bool more, rows->step());
    if (!more) return bits;
    bits[std::string(rows->blob(1))] |= rows->integer(0) == kWholeSite ? kInSite : kInScope;
  }
}

namespace {

Result<bool> any_due(db::Connection& connection, TimeMs now) {
  SG_ASSIGN(const int64_t found,
            number_or(connection, 0,
                      "SELECT 1 FROM reviews WHERE expires_at > 0 AND revoked_at = 0 AND "
                      "expires_at <= $1 LIMIT 1",
                      now));
  return found != 0;
}

Status end_due_reviews(db::Database& database, TimeMs now) {
  return database.write([&](db::Connection& connection) -> Status {
    SG_ASSIGN(const auto reviews, due_reviews(connection, now));
    for (const Review& review : reviews) {
      SG_TRY(end_review(connection, review, "", review.expires_at));
    }
    return {};
  });
}

}  // namespace

Status settle_reviews(db::Database& database, TimeMs now) {
  return read_settled(database, now, [](db::Connection&) { return Status(); });
}

Status read_settled(db::Database& database, TimeMs now, const db::Work& work) {
  // In nearly all cases one transaction: the same one tells that nothing is due.
  for (bool settled = false;; settled = true) {
    bool due = false;
    SG_TRY(database.read([&](db::Connection& connection) -> Status {
      SG_ASSIGN(due, settled ? Result<bool>(false) : any_due(connection, now));
      return due ? Status() : work(connection);
    }));
    if (!due) return {};
    SG_TRY(end_due_reviews(database, now));
  }
}

Result<std::vector<Review>> Reviews::list(const ReviewQuery& query) {
  const TimeMs now = clock_();
  std::vector<Review> reviews;
  SG_TRY(database_.read([&](db::Connection& connection) -> Status {
    SG_ASSIGN(auto rows,
              bound(connection,
                    "SELECT " + std::string(kReviewColumns) +
                        " FROM reviews WHERE site_id = $1 AND scope_id = $2 AND "
                        "fingerprint > $3 AND revoked_at = 0 AND "
                        "(expires_at = 0 OR expires_at > $4) "
                        "ORDER BY fingerprint LIMIT $5",
                    query.site_id, query.scope_id,
                    Blob{query.after ? query.after->raw() : std::string_view()}, now, query.limit));
    SG_ASSIGN(reviews, read_reviews(*rows));
    return {};
  }));
  return reviews;
}

Result<int64_t> Reviews::count(int64_t site_id, int64_t scope_id) {
  int64_t count = 0;
  SG_TRY(read_settled(database_, clock_(), [&](db::Connection& connection) -> Status {
    SG_ASSIGN(count, number_or(connection, 0,
                               "SELECT reviews FROM review_sums WHERE site_id = $1 AND "
                               "scope_id = $2",
                               site_id, scope_id));
    return {};
  }));
  return count;
}

}  // namespace spillguard::store
