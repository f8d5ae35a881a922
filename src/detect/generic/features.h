// What the model weighs: numbers about a candidate's value, its key and the text around them, each
// of them such that more of it speaks for one side alone.
// Thread-safety: pure functions.
#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "detect/generic/candidate.h"
#include "detect/generic/letter_model.h"
#include "detect/generic/value_class.h"

namespace spillguard::detect::generic {

// In 1/1024: 1024 is "yes" or one unit.
enum class Feature : uint8_t {
  kBias,
  // The value.
  kRandomLetters,  // LetterModel::randomness above 0, in steps of 8
  kWordLetters,    // below 0, in steps of 8
  kTiny,           // fewer than 6 characters, 1 for each that lacks
  kShort,          // fewer than 8
  kLong,           // log2 of the length / 8, from 0 to 3
  kVeryLong,       // more than 128
  kKinds,          // kinds of characters (lower, upper, digit, sign) less one
  kDigitsInside,   // changes between letters and digits, from the second on, a quarter each
  kWordAndDigits,  // letters, then two digits or more that are no row, and letters at most behind
  kWordRow,        // a password of words in a row: correct-horse-battery-staple
  kNumber,         // digits alone
  kHex,            // 16 or more hexadecimal characters, letters and digits among them
  kUuid,
  kStandIn,     // the share of stand-in words
  kSequence,    // the share of rows such as 1234, aaaa, qwer
  kOneWord,     // letters of one case or one capital, nothing else
  kName,        // letters with inner capitals or underscores: a name in a program
  kDashedName,  // words with dashes, dots or slashes between them
  kDottedName,
  kPhrase,   // several words
  kSpaces,   // blanks inside
  kInKey,    // the value's words are those of its key
  kVariety,  // distinct characters to length, of the shorter of 16
  // The key.
  kNounPassphrase,
  kNounSecret,
  kNounToken,
  kNounKey,
  kNounCredential,
  kKeyTail,    // words behind the keyword that make it another thing: "…Name", "…Path"
  kKeyHead,    // words before the keyword that make it another thing: "unexpected token"
  kKeyStrong,  // words before the keyword that make it a credential: "api", "access"
  kKeyLong,    // the key has more words than the keyword
  // The setting.
  kSettingColon,
  kSettingJson,
  kSettingXml,
  kSettingCall,
  kSettingCommandLine,
  kSettingTable,
  kSettingList,
  kSettingProse,
  kQuoted,
  kDistance,      // between key and value, more than 3 characters, in steps of 8
  kCallBehind,    // unquoted, and a bracket or a dot follows: code
  kExample,       // the line says example, sample, e.g., format …
  kStack,         // the line is of a stack trace or an exception
  kUserBefore,    // a user name is near, before the value
  kPublicBefore,  // hash, digest, fingerprint, public, commit before the value
  // Two of them together.
  kProseOneWord,   // prose, and letters alone
  kProsePlain,     // prose or colon, no digit and no sign in the value
  kBareName,       // no quotes, and the value could be a name in a program
  kPasswordSigns,  // a password with signs or digits among letters
  kCount,
};
inline constexpr size_t kFeatureCount = static_cast<size_t>(Feature::kCount);
inline constexpr size_t kSettingCount = 9;
inline constexpr int32_t kFeatureUnit = 1024;

using FeatureVector = std::array<int32_t, kFeatureCount>;
// Which features somebody looks at: others that take long may be left out.
using FeatureNeeds = std::bitset<kFeatureCount>;

// "random letters" …; for explanations, and the names in the file of weights.
std::string_view feature_name(Feature feature);

// The features in two steps: first those of the value, the noun and the setting, which are quick,
// then the others, which need its characters one by one, words or surroundings: none of them is
// more than one unit.
FeatureVector near_features(std::string_view text, const Candidate& candidate,
                            ValueClass value_class, const LetterModel& letters,
                            const FeatureNeeds& needs);
inline constexpr std::array kFarFeatures = {
    Feature::kStandIn,    Feature::kVariety,     Feature::kInKey,   Feature::kKeyTail,
    Feature::kKeyHead,    Feature::kKeyStrong,   Feature::kExample, Feature::kStack,
    Feature::kUserBefore, Feature::kPublicBefore};
// `share` is the value's stand_in_share().
void add_far_features(std::string_view text, const Candidate& candidate, int share,
                      const FeatureNeeds& needs, FeatureVector& vector);

}  // namespace spillguard::detect::generic
