#include "detect/generic/features.h"

#include <algorithm>
#include <bit>

#include "detect/generic/byte_set.h"
#include "detect/generic/characters.h"
#include "detect/generic/key_words.h"
#include "detect/generic/makeup.h"
#include "detect/generic/value_forms.h"
#include "detect/generic/word_set.h"

namespace spillguard::detect::generic {
namespace {

constexpr std::array<std::string_view, kFeatureCount> kFeatureNames = {
    "bias",           "random letters",
    "word letters",   "tiny",
    "short",          "long",
    "very long",      "kinds of characters",
    "digits inside",  "word and digits",
    "row of words",   "number",
    "hexadecimal",    "UUID",
    "stand-in words", "sequence",
    "one word",       "name",
    "dashed name",    "dotted name",
    "phrase",         "blanks",
    "words of key",   "variety",
    "passphrase",     "secret",
    "token",          "key",
    "credential",     "key goes on",
    "key disarmed",   "key strengthened",
    "key has words",  "colon",
    "JSON",           "XML",
    "call",           "command line",
    "table",          "list",
    "prose",          "quoted",
    "distance",       "code behind",
    "example said",   "stack trace",
    "user before",    "public before",
    "prose one word", "prose plain",
    "bare name",      "password signs"};

// Hands out the features by name; what is not set is 0.
class FeatureWriter {
 public:
  FeatureWriter(const FeatureNeeds& needs, FeatureVector& out) : needs_(needs), out_(out) {}
  [[nodiscard]] bool wants(Feature feature) const { return needs_[static_cast<size_t>(feature)]; }
  void set(Feature feature, int64_t value) {
    out_[static_cast<size_t>(feature)] = static_cast<int32_t>(value);
  }
  void flag(Feature feature, bool yes) { set(feature, yes ? kFeatureUnit : 0); }
  [[nodiscard]] bool has(Feature feature) const { return out_[static_cast<size_t>(feature)] > 0; }

 private:
  const FeatureNeeds& needs_;
  FeatureVector& out_;
};

// log2 in 1/1024, straight between the powers of two.
int64_t log2_units(size_t n) {
  if (n == 0) return 0;
  const auto whole = static_cast<int64_t>(std::bit_width(n)) - 1;
  const auto base = int64_t{1} << whole;
  return whole * kFeatureUnit + (static_cast<int64_t>(n) - base) * kFeatureUnit / base;
}

int64_t clamp_units(int64_t value, int64_t most) {
  return std::clamp<int64_t>(value, 0, most * kFeatureUnit);
}

void weigh_value(std::string_view value, const Makeup& makeup, ValueClass value_class,
                 const LetterModel& letters, FeatureWriter& out) {
  using enum Feature;
  const auto size = static_cast<int64_t>(value.size());
  const int64_t randomness = letters.randomness(value.substr(0, 256));
  out.set(kRandomLetters, clamp_units(randomness / 8, 3));
  out.set(kWordLetters, clamp_units(-randomness / 8, 3));
  out.set(kTiny, clamp_units((6 - size) * kFeatureUnit, 6));
  out.flag(kShort, size < 8);
  out.set(kLong, clamp_units(log2_units(value.size()) - 3 * kFeatureUnit, 3));
  out.flag(kVeryLong, size > 128);
  const int kinds = (makeup.lower > 0 ? 1 : 0) + (makeup.upper > 0 ? 1 : 0) +
                    (makeup.digits > 0 ? 1 : 0) + (makeup.signs > 0 ? 1 : 0);
  out.set(kKinds, clamp_units((kinds - 1) * kFeatureUnit, 3));
  out.set(kDigitsInside,
          clamp_units((static_cast<int64_t>(makeup.changes) - 1) * kFeatureUnit / 4, 2));
  const int sequence = sequence_share(value);
  out.flag(kWordAndDigits,
           makeup.letters() >= 3 && makeup.digits >= 2 && makeup.digit_runs == 1 && sequence == 0);
  out.flag(kNumber, makeup.digits > 0 && makeup.letters() == 0);
  out.flag(kHex, value.size() >= 16 && makeup.digits > 1 && makeup.letters() > 1 &&
                     all_of_text(value, is_hex));
  out.flag(kUuid, value_class == ValueClass::kUuid);
  out.set(kSequence, sequence);
  const bool one_word = makeup.letters() == value.size() && makeup.humps == 0 &&
                        (makeup.upper <= 1 || makeup.lower == 0);
  out.flag(kOneWord, one_word);
  out.flag(kName, !one_word && makeup.letters() > 0 && !is_digit(value.front()) &&
                      all_of_text(value, is_word) && makeup.digits * 8 <= value.size());
  out.flag(kDashedName, makeup.signs > 0 && !makeup.odd_signs && makeup.blanks == 0 &&
                            makeup.digits * 6 <= value.size() && makeup.humps <= makeup.signs);
  out.flag(kDottedName, value_class == ValueClass::kDottedName);
  out.flag(kPhrase, value_class == ValueClass::kPhrase);
  out.flag(kSpaces, makeup.blanks > 0);
}

void weigh_setting(std::string_view text, const Candidate& candidate, FeatureWriter& out) {
  using enum Feature;
  out.flag(kNounPassphrase, candidate.noun == Noun::kPassphrase);
  out.flag(kNounSecret, candidate.noun == Noun::kSecret);
  out.flag(kNounToken, candidate.noun == Noun::kToken);
  out.flag(kNounKey, candidate.noun == Noun::kKey);
  out.flag(kNounCredential, candidate.noun == Noun::kCredential);
  out.flag(kKeyLong, candidate.key.contains(candidate.keyword) &&
                         candidate.keyword.begin > candidate.key.begin);
  out.flag(kSettingColon, candidate.setting == Setting::kColon);
  out.flag(kSettingJson, candidate.setting == Setting::kJson);
  out.flag(kSettingXml, candidate.setting == Setting::kXml);
  out.flag(kSettingCall, candidate.setting == Setting::kCall);
  out.flag(kSettingCommandLine, candidate.setting == Setting::kCommandLine);
  out.flag(kSettingTable, candidate.setting == Setting::kTable);
  out.flag(kSettingList, candidate.setting == Setting::kList);
  out.flag(kSettingProse, candidate.setting == Setting::kProse);
  out.flag(kQuoted, candidate.quote != '\0');
  const int64_t distance = candidate.distance;
  out.set(kDistance, clamp_units((distance - 3) * kFeatureUnit / 8, 4));

  const Span& value = candidate.value;
  const char next = value.end < text.size() ? text[value.end] : '\n';
  out.flag(kCallBehind,
           candidate.quote == '\0' &&
               (next == '(' || next == '[' || next == '.' || text.substr(value.end, 2) == "->") &&
               value.end + 1 < text.size() && !is_space(text[value.end + 1]));
}

void weigh_key(std::string_view text, const Candidate& candidate, std::string_view value,
               FeatureWriter& out) {
  using enum Feature;
  const Span& key = candidate.key;
  const Span& word = candidate.keyword;
  const bool inside = key.contains(word);
  std::string_view head = inside ? text.substr(key.begin, word.begin - key.begin) : "";
  const std::string_view tail = inside ? text.substr(word.end, key.end - word.end) : "";
  // "unexpected token: x": the words before the key count where it has none itself.
  std::string_view before;
  if (head.empty()) {
    const size_t begin =
        std::max(candidate.line.begin, key.begin - std::min<size_t>(key.begin, 24));
    before = text.substr(begin, key.begin - std::min(key.begin, begin));
    constexpr ByteSet kEndsOfWords(".,;:(){}\"'=|");
    const size_t cut = kEndsOfWords.find_last(before);
    if (cut != std::string_view::npos) before = before.substr(cut + 1);
  }
  out.flag(kKeyTail, turns_key_away(tail));
  out.flag(kKeyHead, disarms_key(head) || disarms_key(before));
  out.flag(kKeyStrong, strengthens_key(head) || strengthens_key(before));

  // Whether all words of the value stand in the key too.
  const std::string_view key_text = text.substr(key.begin, key.size());
  size_t same = 0;
  size_t all = 0;
  const auto look_for = [&](std::string_view part) {
    all += part.size();
    if (holds_word(key_text, part)) same += part.size();
  };
  constexpr size_t kLongWord = 3;
  if (value.size() <= ValueBlock::kSize) {
    for (uint64_t left = long_words(ValueBlock(value)); left != 0; left &= left - 1) {
      look_for(first_word(value.substr(static_cast<size_t>(std::countr_zero(left)))));
    }
  } else {
    for_each_word(value, [&](std::string_view part) {
      if (part.size() >= kLongWord) look_for(part);
    });
  }
  out.set(kInKey, all == 0 ? 0
                           : static_cast<int64_t>(same) * kFeatureUnit /
                                 static_cast<int64_t>(std::max(all, value.size() / 2)));
}

// What the text around a value says: that it is an example, or that it is the trace of an error.
constexpr std::string_view kAroundMarks[] = {
    "example",   "e.g.",    "sample",  "placeholder", "for instance", "format:",
    "beispiel",  "ejemplo", "exemple", "exemplo",     "dummy",  // examples up to here
    "exception", "error:",  "\tat ",   " at java",    ".java:",       "caused by"};
constexpr uint32_t kExampleWords = (1U << 11U) - 1;
constexpr WordFinder kAround(kAroundMarks);
constexpr std::string_view kUserMarks[] = {"user",        "login",   "account", "benutzer",
                                           "utilisateur", "usuario", "uid"};
constexpr WordFinder kUsers(kUserMarks);
constexpr std::string_view kPublicMarks[] = {"hash",   "digest",    "fingerprint", "checksum",
                                             "public", "commit",    "sha1",        "sha256",
                                             "md5",    "thumbprint"};
constexpr WordFinder kPublics(kPublicMarks);

void weigh_around(std::string_view text, const Candidate& candidate, FeatureWriter& out) {
  using enum Feature;
  const Span& value = candidate.value;
  // A long line says nothing about its middle.
  constexpr size_t kReach = 160;
  constexpr size_t kNear = 24;
  const size_t begin =
      std::max(candidate.line.begin, value.begin - std::min<size_t>(value.begin, kReach));
  const size_t end = std::min({candidate.line.end, value.end + kReach, text.size()});
  const std::string_view before = text.substr(begin, value.begin - std::min(value.begin, begin));
  const std::string_view behind = text.substr(value.end, std::max(end, value.end) - value.end);
  const uint32_t around = kAround.find(before) | kAround.find(behind);
  out.flag(kExample, (around & kExampleWords) != 0);
  out.flag(kStack, (around & ~kExampleWords) != 0);
  if (out.wants(kUserBefore)) {
    // The user may stand on the line before.
    const size_t far = value.begin - std::min<size_t>(value.begin, kReach);
    const std::string_view above =
        text.substr(far, candidate.key.begin - std::min(candidate.key.begin, far));
    out.flag(kUserBefore, kUsers.find(above) != 0);
  }
  // What the key itself is about stands in it or right before it.
  const size_t near = value.begin - std::min<size_t>(value.begin, kNear + candidate.distance +
                                                                      candidate.key.size());
  std::string_view about = text.substr(near, value.begin - near);
  const size_t key_at =
      std::min(about.size(), candidate.key.begin - std::min(candidate.key.begin, near));
  constexpr ByteSet kEndsOfSettings("&;,|{}()\n");
  const size_t cut = kEndsOfSettings.find_last(about.substr(0, key_at));
  if (cut != std::string_view::npos) about = about.substr(cut + 1);
  out.flag(kPublicBefore, kPublics.find(about) != 0);
}

}  // namespace

std::string_view feature_name(Feature feature) {
  return kFeatureNames.at(static_cast<size_t>(feature));
}

FeatureVector near_features(std::string_view text, const Candidate& candidate,
                            ValueClass value_class, const LetterModel& letters,
                            const FeatureNeeds& needs) {
  using enum Feature;
  FeatureVector vector{};
  FeatureWriter out(needs, vector);
  out.set(kBias, kFeatureUnit);
  const std::string_view value = text.substr(candidate.value.begin, candidate.value.size());
  if (value.empty()) return vector;
  const Makeup makeup = make_up(value);
  weigh_value(value, makeup, value_class, letters, out);
  weigh_setting(text, candidate, out);

  const bool prose = candidate.setting == Setting::kProse;
  const bool bare = makeup.digits == 0 && !makeup.odd_signs;
  out.flag(kProseOneWord, prose && out.has(kOneWord));
  out.flag(kProsePlain, (prose || candidate.setting == Setting::kColon) && bare);
  out.flag(kBareName, candidate.quote == '\0' &&
                          (out.has(kOneWord) || out.has(kName) || out.has(kDottedName)));
  const bool spoken = candidate.noun == Noun::kPassword || candidate.noun == Noun::kPassphrase ||
                      candidate.noun == Noun::kCredential;
  if (spoken && makeup.signs >= 3 && is_word_row(value)) {
    // Neither words nor length speak against a password of words.
    out.set(kWordLetters, 0);
    out.set(kLong, 0);
    out.flag(kDashedName, false);
    out.flag(kWordRow, true);
  }
  out.flag(kPasswordSigns, candidate.noun == Noun::kPassword && makeup.letters() >= 3 &&
                               (makeup.odd_signs || (makeup.digits >= 2 && out.has(kKinds))));
  return vector;
}

void add_far_features(std::string_view text, const Candidate& candidate, int share,
                      const FeatureNeeds& needs, FeatureVector& vector) {
  const std::string_view value = text.substr(candidate.value.begin, candidate.value.size());
  if (value.empty()) return;
  FeatureWriter out(needs, vector);
  out.set(Feature::kStandIn, clamp_units(share, 1));
  const size_t base = std::min<size_t>(value.size(), 16);
  out.set(Feature::kVariety, static_cast<int64_t>(std::min(count_distinct(value), base)) *
                                 kFeatureUnit / static_cast<int64_t>(base));
  weigh_key(text, candidate, value, out);
  weigh_around(text, candidate, out);
}

}  // namespace spillguard::detect::generic
