// A value that the words around it name as a secret: what the reader of structure gives and the
// model weighs.
#pragma once

#include <cstdint>

#include "base/span.h"

namespace spillguard::detect::generic {

// What the keyword says that the value is.
enum class Noun : uint8_t {
  kPassword,    // password, passwd, pwd, pw, Passwort, mot de passe, contraseña, senha …
  kPassphrase,  // passphrase, PIN
  kSecret,      // secret, client_secret …
  kToken,       // token, bearer, session …
  kKey,         // api key, access key, encryption key …
  kCredential,  // credentials, auth, login; user/password pairs without a word for the second
};

// How key and value are tied together.
enum class Setting : uint8_t {
  kAssignment,   // key = value, key := value; settings, shell, code
  kColon,        // key: value; YAML, headers, lists, prose
  kJson,         // "key": "value", also in code literals and escaped JSON
  kXml,          // <key>value</key>, key="value" attributes, name/value attribute pairs
  kCall,         // setPassword("value"), login(user, "value")
  kCommandLine,  // --password value, -p value, -u user:value, IDENTIFIED BY 'value'
  kTable,        // a cell beside or below a header
  kList,         // user / value, user:value behind a word for credentials
  kProse,        // "the pw is value", "Passwort lautet value"
};

// Spans are of the scanned text.
struct Candidate {
  Span keyword;  // the word that gave it away: "password"
  Span key;      // the whole name around the keyword: "spring.datasource.password"
  Span value;    // without quotes and brackets
  Span line;     // where the value stands, without the line's end
  Noun noun = Noun::kPassword;
  Setting setting = Setting::kAssignment;
  char quote = '\0';      // '"', '\'', '`' around the value, else 0
  uint32_t distance = 0;  // bytes from the key's end to the value's begin
};

}  // namespace spillguard::detect::generic
