// What the readers of the settings share, and their functions: each in a file of its own. They
// return whether the setting was theirs, so that the next one need not look.
#pragma once

#include <algorithm>
#include <string_view>
#include <vector>

#include "detect/generic/bytes.h"
#include "detect/generic/candidate.h"
#include "detect/generic/name.h"
#include "detect/generic/value.h"

namespace spillguard::detect::generic {

// A name in its text, and where its values go.
struct Place {
  std::string_view text;
  Name name;
  std::vector<Candidate>& out;

  void offer(const Value& value, Setting setting) const;
  void offer(const Value& value, Setting setting, Noun noun) const;
  // A value below its name or far behind it, whose place in a table, a list or a talk says whose it
  // is: the way to a password counts for nothing, while a column of tokens may be one of a
  // parser's. `account`: beside it stands its user, which makes as much of a password as "password:
  // v" does.
  void offer_placed(const Value& value, Setting setting, Noun noun, bool account) const;
};

// What stands between a name and what ties a value to it: quotes, brackets, marks of emphasis.
struct Closers {
  size_t end = 0;
  bool quote = false;
  bool bracket = false;
  bool paren = false;
};
Closers skip_closers(std::string_view text, size_t from);

// An operator that ties: = := => -> == != : ：
struct Tie {
  size_t end = 0;
  bool colon = false;
  bool comparison = false;
};
// Skips blanks before it; end == 0 when there is none.
Tie tie_at(std::string_view text, size_t from);

inline constexpr size_t kMaxTitle = 40;      // bytes of a column's header
inline constexpr size_t kMaxProseWords = 8;  // between a name and what says that the value follows
inline constexpr size_t kLongProseWord = 40;
// The same where the name is followed by a word that says whose the secret is.
inline constexpr size_t kMaxOwnedWords = 14;
// The same where such a word is the second or third one.
inline constexpr size_t kMaxLateOwnedWords = 10;
inline constexpr size_t kMaxClause = 90;  // bytes of kMaxProseWords
inline constexpr size_t kMaxOwnedClause = 130;
// Verbs behind which a value stands: is, ist, est …; and those before "to": set, changed …
bool is_copula(std::string_view word);
bool is_change(std::string_view word);
// "of", "for", "von", "de", "para" …: whose the secret is, or what for.
bool says_whose(std::string_view word);
// The line before the one that begins at an offset behind a line's end, cut as line_around() is.
inline Span line_above(std::string_view text, size_t line_begin) {
  size_t end = line_begin - 1;
  if (end > 0 && text[end] == '\n' && text[end - 1] == '\r') --end;
  return line_around(text, end);
}
// What a sentence or a clause ends with.
inline bool ends_sentence(char c) { return c == '.' || c == ',' || c == '!' || c == '?'; }
// Whether words that speak of a secret named before go on here: "it is", "c'est", "Qued\u00F3".
// They stand behind a comma or a full stop.
bool begins_answer(std::string_view text, size_t from);
// Whether a value may stand before the words that stand before a name at an offset: "as the ".
bool may_be_tied_before(std::string_view text, size_t key);

// Whether words stand beside a name, and nothing that settings, markup, calls and tables have: of
// the readers below, only read_before() and read_prose() can find something there.
bool in_sentence(std::string_view text, Span key);

// key = v, key: v, "key": "v", ["key"] = v, --key=v, key="v" in a tag; also with a pair behind it.
bool read_assignment(const Place& place, const Closers& closers);
// <key>v</key>, name="key" value="v", <name>key</name><value>v</value>
bool read_xml(const Place& place, const Closers& closers);
// <td>key</td><td>v</td>, a header's cell over those of its column, <b>key</b>: v; as HTML stands
// in texts that are none.
bool read_html(const Place& place);
// Behind the marks of emphasis and the cells' ends that may stand between a name's colon and its
// value in HTML; `from` when there are none.
size_t skip_tags(std::string_view text, size_t from);
// name: key / value: v on two lines, {"name": "key", "value": "v"}
bool read_named_value(const Place& place, const Closers& closers);
// setKey("v"), put("key", "v"), key.equals("v")
bool read_call(const Place& place, const Closers& closers);
// A cell beside or below the one with the name.
bool read_table(const Place& place);
// The same between commas or semicolons.
bool read_csv(const Place& place, const Closers& closers);
// The same in SQL's rows: INSERT INTO users (name, key) VALUES ('bob', 'v')
bool read_sql_rows(const Place& place, const Closers& closers);
// "Key       v", "Key ..... v" alone on a line.
bool read_label(const Place& place, const Closers& closers);
// Whether a word of a column's title, or of a row's, is one for users.
bool says_user(std::string_view title);
// A value alone on the next line. `tied`: a colon says that one follows.
bool read_next_line(const Place& place, size_t from, bool tied);
// An answer to a question for the name, or what stands in a talk before the line that names it; or
// a list of users and values under a heading.
bool read_talk(const Place& place);
// What it needs, told without reading: false is certain. The offsets are the name's end and begin.
bool may_be_asked(std::string_view text, size_t name_end);
bool may_be_told(std::string_view text, size_t name);
bool may_head_pairs(std::string_view text, size_t name_end);
// A user and a value alone on the line behind the one that ends at an offset: "kiosk / v". Behind a
// sentence with a name of pairs.
bool read_pair_line(const Place& place, size_t line_end);
bool may_be_pair_line(std::string_view text, size_t line_end);  // false is certain
// Whether a bare value looks like no word of a sentence: letters with digits or marks in them.
bool unlike_words(std::string_view value);
// Whether the name alone is one of users, and of secrets only with a user: "login".
bool only_pairs(const Place& place);
// "user / v", "user:v" at an offset, behind a name of pairs. True when there is one.
bool read_pair(const Place& place, size_t from, Setting setting);
// The same where the value looks like no word; it is a password then, whatever the name says.
bool read_strict_pair(const Place& place, size_t from, Setting setting);
// "the key is v", "key v", "--key v", "key for admin: v"
bool read_prose(const Place& place, const Closers& closers);
// "the key on web-3 (currently v)", "asked for the key type v"
bool read_aside(const Place& place);
// The clause behind the one with the name, at an offset: "…, it is now v", "Erledigt. Es lautet v".
bool read_answer(const Place& place, size_t from);
// Other forms within the clause, at one of its words, which have no verb in front of the value:
// "name of it -> v", "name on it (v since then)", "name auf v ge\u00E4ndert", "name vom Server v".
struct ClauseWord {
  Span word;
  Span before;        // the word before it
  size_t words_left;  // that may stand from here on
  bool owned;         // says_whose() one before it
};
bool read_clause_word(const Place& place, const ClauseWord& word);
// "… is v1 and the one of the backup is v2", behind the first value.
void read_second(const Place& place, size_t from);
// Words between a verb and the value: "now", "jetzt", "este aqui".
struct Fillers {
  size_t end = 0;
  size_t count = 0;
};
Fillers skip_fillers(std::string_view text, size_t from, size_t most);
// Whether nobody writes a word so: random letters and digits, or signs among them.
bool looks_made(std::string_view value);
// Offers what stands at an offset, in quotes or not, where it looks like no word.
bool offer_unlike_words(const Place& place, size_t from);
// "use v as key", "v is the key", "admin:v (user:key)"
void read_before(const Place& place);
// What is typed into a program whose name, or the command for it, stands at the hit: echo v |
// chpasswd, send "v\r".
bool read_stream(std::string_view text, Span hit, std::vector<Candidate>& out);
// getConnection(URL, "user", "v"): the hit ends with the parenthesis.
void read_login_call(std::string_view text, Span hit, std::vector<Candidate>& out);
// Authorization "Basic v"
bool read_header(const Place& place);
// The arguments of a program whose name stands at the hit.
void read_tool(std::string_view text, Span hit, std::vector<Candidate>& out);
// Behind the words that tie a user to "log in" and "login"; `from` when none stands there.
size_t behind_login_tie(std::string_view text, size_t from);
// "log in with admin and v", "IDENTIFIED BY 'v'", "ConvertTo-SecureString v"
bool read_phrase(std::string_view text, Span hit, std::vector<Candidate>& out);

}  // namespace spillguard::detect::generic
