// Functions that take a secret by its place and have no name for it: getConnection(URL, "user",
// "v").
#include "detect/generic/call_arguments.h"
#include "detect/generic/reader_parts.h"

namespace spillguard::detect::generic {
namespace {

struct LoginCall {
  std::string_view name;  // in lower case, up to the parenthesis: an anchor
  uint8_t place;          // of the secret among the arguments
  Noun noun = Noun::kPassword;
};

// No entry begins with another one.
constexpr LoginCall kLoginCalls[] = {
    {"getconnection(", 2},
    {"dbi->connect(", 2},
    {"mysqli_connect(", 2},
    {"mysqli(", 2},
    {"mysqli_real_connect(", 3},
    {"mysql_connect(", 2},
    {"mysql_real_connect(", 3},
    {"new pdo(", 2},
    {"pdo->__construct(", 2},
    {"oauth2::client.new(", 1, Noun::kSecret},
    {"odbc_connect(", 2},
    {"oci_connect(", 1},
    {"oracle.connect(", 1},
    {"oracledb.connect(", 1},
    {"mysql.connect(", 2},
    {"mysqldb.connect(", 2},
    {"imap_open(", 2},
    {"ldap_bind(", 2},
    {"bind_s(", 1},
    {"sequelize(", 2},
    {".basic(", 1},
    {"credentials.new(", 1},
    {"credentials::new(", 1},
    {"passwordauthentication(", 1},
    {"basicauthenticator(", 1},
    {"sftpclient(", 3},
    {"secretkeyspec(", 0, Noun::kKey},
    {"hmacshakeyfor(", 0, Noun::kKey},
    {"fernet(", 0, Noun::kKey},
    {"hmac256(", 0, Noun::kSecret},
    {"hmac512(", 0, Noun::kSecret},
    {"hmac.new(", 0, Noun::kKey},
    {"createhmac(", 1, Noun::kKey},
    {"hash_hmac(", 2, Noun::kKey},
    {"createcipheriv(", 1, Noun::kKey},
    {"createdecipheriv(", 1, Noun::kKey},
    {"openssl_encrypt(", 2, Noun::kKey},
    {"openssl_decrypt(", 2, Noun::kKey},
    {"aes.encrypt(", 1, Noun::kKey},
    {"aes.decrypt(", 1, Noun::kKey},
    {"jwt.sign(", 1, Noun::kSecret},
    {"jwt.verify(", 1, Noun::kSecret},
    {"jwt.encode(", 1, Noun::kSecret},
    {"jwt.decode(", 1, Noun::kSecret},
};

}  // namespace

void read_login_call(std::string_view text, Span hit, std::vector<Candidate>& out) {
  for (const LoginCall& call : kLoginCalls) {
    if (call.name.size() != hit.size() || !goes_on_with(text, hit.begin, call.name)) continue;
    const CallArguments arguments = call_arguments(text, hit.end);
    if (call.place >= arguments.count) return;
    const auto& literal = arguments.list.at(call.place).literal;
    if (!literal) return;
    // The last word: what stands before it ("hash_hmac") is no name of a secret.
    Span name{hit.begin, hit.end - 1};
    for (size_t p = name.begin; p < name.end; ++p) {
      if (!is_letter(text[p]) && !is_digit(text[p])) name.begin = p + 1;
    }
    const Place place{
        .text = text, .name = {.key = name, .keyword = name, .noun = call.noun}, .out = out};
    place.offer(*literal, Setting::kCall);
    return;
  }
}

}  // namespace spillguard::detect::generic
