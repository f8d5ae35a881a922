#include "detect/generic/name.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "detect/generic/bytes.h"
#include "detect/generic/keywords.h"
#include "detect/generic/name_parts.h"
#include "detect/generic/name_phrases.h"

namespace spillguard::detect::generic {

using std::string_view_literals::operator""sv;
namespace {

// Longer runs of name bytes are encoded data, not names.
constexpr size_t kMaxName = 80;
constexpr size_t kMaxRun = 2 * kMaxName;

using LowerWord = LowerBytes<kMaxPart>;

// The run of name bytes around the hit, or nothing when it is too long for a name, or when nothing
// can tie a value to it: most runs end there, so their ends are looked at first.
std::optional<Span> run_around(std::string_view text, Span hit) {
  const size_t last = std::min(text.size(), hit.begin + kMaxName + 1);
  size_t end = hit.begin;
  while ((end = find_word_end(text, end, last)) < last) {
    const uint16_t kind = kind_of(text.data()[end]);
    const bool joins = (kind & kJoinKind) != 0 && end > hit.begin &&
                       !is_kind(text[end - 1], kJoinKind) && is_name_byte(text, end + 1);
    if (!joins && ((kind & kWideKind) == 0 || !is_wide_letter(text, end))) break;
    ++end;
  }
  if (end - hit.begin > kMaxName || !is_kind(at(text, end), kTieKind)) return std::nullopt;
  const size_t first = hit.begin - std::min(hit.begin, kMaxName + 1);
  size_t begin = hit.begin;
  while ((begin = find_word_begin(text, first, begin)) > first) {
    const uint16_t kind = kind_of(text.data()[begin - 1]);
    const bool joins = (kind & kJoinKind) != 0 && begin > 1 && is_name_byte(text, begin - 2);
    if (!joins && ((kind & kWideKind) == 0 || !is_wide_letter(text, begin - 1))) break;
    --begin;
  }
  if (hit.begin - begin > kMaxName) return std::nullopt;
  // The letter of an escape ("\npassword") belongs to the escape.
  const bool escaped = begin > 0 && text[begin - 1] == '\\' && begin + 1 < end;
  if (escaped && begin < hit.begin &&
      (text[begin] == 'n' || text[begin] == 't' || text[begin] == 'r')) {
    ++begin;
  }
  if (begin >= end) return std::nullopt;
  return Span{begin, end};
}

// Whether "user/" or "user and " stands before the name.
bool has_user_before(std::string_view text, size_t begin) {
  // "user / ", "user and ": most names have another word before them.
  const char last = begin == 0 ? '\0' : text[begin - 1];
  if (last == ' ') {
    if (!may_have_user_before(text, begin)) return false;
  } else if (last != '/' && last != '&' && last != '|' && last != ':') {
    return false;
  }
  const auto stands_before = [&](size_t place, std::string_view bytes) {
    return place >= bytes.size() && goes_on_with(text, place - bytes.size(), bytes);
  };
  size_t end = begin - 1;
  if (last == ' ') {
    const auto tie = [&]() -> size_t {
      for (const std::string_view word :
           {"/"sv, "&"sv, "+"sv, "y"sv, "e"sv, "et"sv, "and"sv, "und"sv}) {
        if (stands_before(end, word) && at(text, end - word.size() - 1) == ' ') {
          return word.size() + 1;
        }
      }
      return 0;
    }();
    if (tie == 0) return false;
    end -= tie;
  }
  size_t word = end;
  while (word > 0 && end - word < kMaxPart && is_name_byte(text, word - 1)) --word;
  if (word == end) return false;
  const Parts parts(text, {word, end});
  return parts.count() != 0 && names_user(LowerWord(text, parts[parts.count() - 1]).view());
}

}  // namespace

bool may_have_user_before(std::string_view text, size_t begin) {
  constexpr size_t kNear = 5;
  if (begin < kNear) {
    const auto byte = [&](size_t back) { return begin >= back ? text[begin - back] : '\0'; };
    return byte(3) == ' ' || byte(4) == ' ';
  }
  // Almost without branches: nobody can tell where the word before began.
  const char* const bytes = text.data() + (begin - kNear);
  const uint16_t kind = kind_of(bytes[3]);
  const int last = bytes[3] | 0x20;
  const int before = bytes[2] | 0x20;
  const unsigned other = (kind & kLetterKind) == 0 ? 1 : 0;
  const auto is = [](int byte, int wanted) { return byte == wanted ? 1U : 0U; };
  const unsigned one = is(bytes[2], ' ') & (other | is(last, 'y') | is(last, 'e'));
  const unsigned two = is(bytes[1], ' ') & is(before, 'e') & is(last, 't');
  const unsigned three = is(bytes[0], ' ') & is(before, 'n') & is(last, 'd');
  return (one | two | three) != 0;
}

RunMeaning meaning_of_run(std::string_view run) {
  const Span whole{0, run.size()};
  const LowerBytes<kMaxRun> bytes(run, whole);
  Parts parts(run, whole);
  // "PassWord", "pass_phrase" are one word.
  for (size_t i = 0; i + 1 < parts.count(); ++i) {
    if (parts.of(bytes, i) != "pass") continue;
    const std::string_view word = parts.of(bytes, i + 1);
    if (word == "word" || word == "wd" || word == "phrase" || word == "code") parts.join(i);
  }
  // The last part that says something; what describes may not follow it.
  size_t head = parts.count();
  std::optional<Noun> noun;
  bool tail = false;
  while (head > 0) {
    --head;
    const std::string_view part = parts.of(bytes, head);
    noun = part.starts_with("pass") && (part == "passe" || part.find('_') != std::string_view::npos)
               ? std::optional(Noun::kPassword)
               : noun_of(part);
    if (noun) break;
    if (describes(part)) return {};
    tail = tail || !is_digit(part.front());
  }
  if (!noun) return {};
  const std::string_view word = parts.of(bytes, head);
  // CHAVE_API, CLE_SECRETE: the word behind says whose the key is.
  const bool foreign = *noun == Noun::kKey && is_foreign_key(word);
  const bool owned = foreign && tail && owns_foreign_key(parts.of(bytes, head + 1));
  tail = tail && !owned;
  // "Authorization" is a header; with more words it is a setting or a state.
  if (*noun == Noun::kCredential && (tail || (head > 1 && word == "authorization"))) return {};
  if (head > 0 && asks(parts.of(bytes, 0)) && word != "salt") return {};

  const Span keyword = parts[head];
  RunMeaning meaning{.named = true,
                     .noun = *noun,
                     .begin = static_cast<uint8_t>(keyword.begin),
                     .end = static_cast<uint8_t>(keyword.end),
                     .first = head == 0 && !owned,
                     .plain = parts.count() == 1,
                     .tail = tail};
  if (word == "passe") {
    meaning.word = RunWord::kPasse;
  } else if (*noun == Noun::kKey &&
             (word == "key" || word == "keys" || word.ends_with("ssel") || foreign)) {
    meaning.word = RunWord::kKey;
  } else if (*noun == Noun::kSecret && word == "nonce") {
    meaning.word = RunWord::kNonce;
  } else if (*noun == Noun::kPassword && word == "clave") {
    meaning.word = RunWord::kClave;
  } else if (*noun == Noun::kPassword && word == "contra") {
    meaning.word = RunWord::kContra;
  }
  if (head == 0 || owned) return meaning;
  // The word before the keyword says the rest.
  const std::string_view owner = parts.of(bytes, head - 1);
  if (meaning.word == RunWord::kKey) {
    // Settings of programs: LEASEWEB_KEY. A name in another form needs a word that we know.
    const bool environment = is_upper(run[keyword.begin]) && is_upper(run[keyword.end - 1]);
    const bool owns = qualifies_key(owner) || environment || (foreign && owns_foreign_key(owner));
    if (disqualifies(owner) || !owns) return {};
    if (!tail && is_of_wifi(owner)) meaning.noun = Noun::kPassword;
  } else if (meaning.word == RunWord::kNonce) {
    if (owner == "oauth" || owner == "csp") return {};
  } else if (*noun == Noun::kToken && disqualifies(owner)) {
    // config.token is a field of an object.
    if (owner != "config" || run[keyword.begin - 1] != '.') return {};
  }
  return meaning;
}

RunMeaning NameCache::meaning(std::string_view text, Span run) {
  constexpr uint64_t kMix = 0x9E3779B97F4A7C15U;
  constexpr size_t kWord = sizeof(uint64_t);
  constexpr size_t kBytes = sizeof(Key);
  const size_t size = run.size();
  if (size > kBytes || size == 0 || text.size() - run.begin < kBytes) {
    return meaning_of_run(text.substr(run.begin, size));
  }
  if (size <= kWord) {
    uint64_t bytes = 0;
    std::memcpy(&bytes, text.data() + run.begin, kWord);
    // What stands behind the run does not belong to it.
    bytes &= ~uint64_t{0} >> (8 * (kWord - size));
    Short& entry = shorts_[(bytes * kMix >> 32U) % shorts_.size()];
    if (entry.key != bytes) {
      entry = {.key = bytes, .meaning = meaning_of_run(text.substr(run.begin, size))};
    }
    return entry.meaning;
  }
  Key key{};
  std::memcpy(key.data(), text.data() + run.begin, kBytes);
  uint64_t hash = size;
  for (size_t i = 0; i < key.size(); ++i) {
    const size_t used = std::clamp<size_t>(size, i * 8, i * 8 + 8) - i * 8;
    key[i] &= used == 8 ? ~uint64_t{0} : (uint64_t{1} << (used * 8)) - 1;
    hash = (hash ^ key[i]) * kMix;
    hash ^= hash >> 32U;
  }
  Entry& entry = entries_[hash % entries_.size()];
  if (entry.key != key) {
    entry.key = key;
    entry.meaning = meaning_of_run(text.substr(run.begin, size));
  }
  return entry.meaning;
}

std::optional<Span> owned_key(std::string_view text, Span key) {
  const Span before = word_before(text, key.begin);
  const std::string_view owner(text.data() + before.begin, before.size());
  if (disqualifies(owner)) return std::nullopt;
  const bool owned = qualifies_key(owner);
  const Span whole{owned ? before.begin : key.begin, end_of_owner(text, key)};
  if (owned || whole.end != key.end) return whole;
  if (lower(at(text, key.begin)) == 'k') return std::nullopt;
  // Keys of other languages: "nova chave", "Schl\u00FCssel (WPA2)".
  const bool renewed = renews_key(owner) && !is_database_key(text, key.end);
  return renewed || is_key_of_bracket(text, key.end) ? std::optional(whole) : std::nullopt;
}

bool is_glued_credential(std::string_view text, Span hit) {
  // "auth" of "authorization": the rest of the word, in the case of the hit's last letter.
  constexpr size_t kLongestRest = 16;
  const uint16_t same = kind_of(text[hit.end - 1]) & kLetterKind;
  const size_t last = std::min(text.size(), hit.end + kLongestRest);
  size_t end = hit.end;
  while (end < last && is_kind(text[end], same)) ++end;
  const uint16_t next = kind_of(at(text, end));
  if (end == last || (next & (kLetterKind | kUnderscoreKind | kJoinKind)) == 0) return false;
  if ((next & kLetterKind) != 0) return same == kLowerKind;
  return is_kind(at(text, end + 1), kLetterKind);
}

std::optional<Name> name_at(std::string_view text, Span hit, NameCache& cache) {
  if (may_be_code(text, hit)) {
    const auto code = access_code(text, hit);
    if (!code) return std::nullopt;
    return Name{.key = *code, .keyword = *code, .noun = Noun::kPassphrase, .plain = true};
  }
  const auto run = run_around(text, hit);
  if (!run) return std::nullopt;
  const RunMeaning meaning = cache.meaning(text, *run);
  if (!meaning.named) return std::nullopt;
  Name name{.key = *run,
            .keyword = {run->begin + meaning.begin, run->begin + meaning.end},
            .noun = meaning.noun,
            .plain = meaning.plain,
            .tail = meaning.tail};
  if (meaning.word == RunWord::kPasse) {
    if (meaning.first || meaning.plain) {
      const auto begin = begin_of_passe(text, run->begin);
      if (!begin) return std::nullopt;
      name.key.begin = *begin;
    }
    name.keyword.begin = name.key.begin;
  } else if (meaning.word == RunWord::kClave) {
    if (is_database_key(text, name.keyword.end)) return std::nullopt;
    name.key.end = end_of_owner(text, *run);
  } else if (meaning.word == RunWord::kContra) {
    if (!meaning.plain || !is_short_contrasena(text, run->begin)) return std::nullopt;
  } else if (meaning.first && meaning.word == RunWord::kKey) {
    const auto whole = owned_key(text, *run);
    if (!whole) return std::nullopt;
    name.key = *whole;
    if (is_key_of_wifi(text, *whole)) name.noun = Noun::kPassword;
  } else if (meaning.first && (meaning.word == RunWord::kNonce || meaning.noun == Noun::kToken)) {
    // The word before the name has its say.
    const Span before = word_before(text, run->begin);
    const LowerWord lower_owner(text, before);
    const std::string_view owner = lower_owner.view();
    if (meaning.word == RunWord::kNonce) {
      if (owner == "oauth" || owner == "csp") return std::nullopt;
    } else if (disqualifies(owner)) {
      return std::nullopt;
    }
  }
  name.pair = has_user_before(text, name.key.begin);
  return name;
}

}  // namespace spillguard::detect::generic
