// What the reader of structure takes out of texts: one table of cases a setting. A case is a text
// and the values that it must give, in order.
#include "detect/generic/reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "base/strings.h"
#include "detect/generic/reader_parts.h"
#include "detect/generic/reader_test_util.h"

namespace spillguard::detect::generic {
namespace {

TEST(GenericReader, Settings) {
  expect_all({
      {"password=Kx9!aa", {"Kx9!aa"}},
      {"export DEPLOY_TOKEN=abcDEF123", {"abcDEF123"}},
      {"spring.datasource.password = s3cr.et", {"s3cr.et"}},
      {"DB_PASSWD: q7Tz#", {"q7Tz#"}},
      {"db.password.admin=q7Tz#", {"q7Tz#"}},
      {"ENV API_KEY abc123def", {"abc123def"}},
      {"MYTHICBEASTS_PASSWORD=lybqnm \\", {"lybqnm"}},
      {"Server=db;User Id=sa;Password=Kx9!aa;Encrypt=true", {"Kx9!aa"}},
      {"Pwd=Kx9aa;", {"Kx9aa"}},
      {"password := \"Kx9 aa\"", {"Kx9 aa"}},
      {"- name: DB_PASSWORD\n  value: Kx9aa", {"Kx9aa"}},
      {"- name: DB_PASSWORD\n  valueFrom:\n    secretKeyRef:\n", {}},
      {"password:\n  Kx9aa11", {"Kx9aa11"}},
      {"password: |\n  width: 3", {}},
      {"password=", {}},
      {"password=\"\"", {}},
      {"password: ''", {}},
      {"password: &#x2502; a", {}},
      {"password: &#Kx9aa11", {"&#Kx9aa11"}},
      {"rootpw Kx9aa11!", {"Kx9aa11!"}},
      {"enable secret 0 Kx9aa11", {"Kx9aa11"}},
  });
}

TEST(GenericReader, Json) {
  expect_all({
      {R"({"password":"Kx9aa","user":"bob"})", {"Kx9aa"}},
      {R"("clientSecret" : "a\"b12")", {R"(a\"b12)"}},
      {R"("{\"password\":\"Kx9aa\",\"a\":1}")", {"Kx9aa"}},
      {R"("{\\\"password\\\":\\\"Kx9aa\\\"}")", {"Kx9aa"}},
      {R"({"name": "API_KEY", "value": "Kx9aa11"})", {"Kx9aa11"}},
      {R"("password": null)", {"null"}},
      {R"("apiKey": "Kx9aa11",)", {"Kx9aa11"}},
      {R"("key": "PROJ-123")", {}},
      {R"("publicKey": "Kx9aa11")", {}},
      {R"(text\npassword: Kx9aa11\nnext)", {"Kx9aa11"}},
  });
}

TEST(GenericReader, Xml) {
  expect_all({
      {"<password>Kx9aa</password>", {"Kx9aa"}},
      {"<ns:dbPassword type=\"x\">Kx9aa</ns:dbPassword>", {"Kx9aa"}},
      {"<entry key=\"db.password\">Kx9aa</entry>", {"Kx9aa"}},
      {"<property name=\"password\" value=\"Kx9aa\"/>", {"Kx9aa"}},
      {"<user name=\"bob\" password=\"Kx9aa\"/>", {"Kx9aa"}},
      {"<param><name>password</name><value>Kx9aa</value></param>", {"Kx9aa"}},
      {"<key>ApiToken</key>\n  <string>Kx9aa11</string>", {"Kx9aa11"}},
      {"<password><![CDATA[Kx9aa]]></password>", {"Kx9aa"}},
      {"<string>auth</string>\n<string>other1</string>", {}},
      {"<property name=\"password\"><value>Kx9aa</value></property>", {"Kx9aa"}},
      {"<password/>", {}},
      {"<password></password>", {}},
  });
}

TEST(GenericReader, Code) {
  expect_all({
      {"String password = \"Kx9aa\";", {"Kx9aa"}},
      {"const API_KEY = 'Kx9aa';", {"Kx9aa"}},
      {"conn.setPassword(\"Kx9aa\");", {"Kx9aa"}},
      {"builder.withToken( 'Kx9aa' )", {"Kx9aa"}},
      {"new Credentials(\"bob\", \"Kx9aa\")", {"Kx9aa"}},
      {"\"password\" => \"Kx9aa\",", {"Kx9aa"}},
      {"{:password, \"Kx9aa\"}", {"Kx9aa"}},
      {"#define PASSWORD \"Kx9aa\"", {"Kx9aa"}},
      {"if (pw == \"Kx9aa\")", {"Kx9aa"}},
      {"if (password != other)", {}},
      {"config[\"password\"] = \"Kx9aa\"", {"Kx9aa"}},
      {"os.environ['X_TOKEN'] = 'Kx9aa'", {"Kx9aa"}},
      {"props.put(\"db.password\", \"Kx9aa\");", {"Kx9aa"}},
      {"if (password.equals(\"Kx9aa\"))", {"Kx9aa"}},
      {"val password: String = \"Kx9aa\"", {"Kx9aa"}},
      {"var password string = \"Kx9aa\"", {"Kx9aa"}},
      {"token = getToken()", {}},
      {"password: process.env.PW || 'Kx9aa',", {"process.env.PW", "Kx9aa"}},
      {"post(url, auth=(\"bob\", \"Kx9aa\"))", {"Kx9aa"}},
      {"password = decrypt(cipher)", {}},
      {"int passwordLength = 12345;", {}},
      {"passwordPolicy: \"strict\"", {}},
      {"Tokenizer t = new Tokenizer(\"abcd\");", {}},
      {"monkey = \"abcd\"; keyboard = \"qwerty\"; compass = \"north\"", {}},
      {"passport: \"C01X00T47\", passenger=\"smith\"", {}},
  });
}

TEST(GenericReader, CommandLines) {
  expect_all({
      {"tool --password Kx9aa --host h", {"Kx9aa"}},
      {"tool --password=Kx9aa", {"Kx9aa"}},
      {"tool --password --host h", {}},
      {"mysql -u root -pKx9aa shop", {"Kx9aa"}},
      {"mysql -u root -p shop", {}},
      {"sshpass -p 'Kx9 aa' ssh bob@h", {"Kx9 aa"}},
      {"docker login -u bob -p Kx9aa reg", {"Kx9aa"}},
      {"ldapsearch -x -D cn=a -w Kx9aa", {"Kx9aa"}},
      {"curl -u bob:Kx9aa https://h/", {"Kx9aa"}},
      {"curl --user 'bob:Kx9aa' https://h/", {"Kx9aa"}},
      {"sqlplus bob/Kx9aa@orcl", {"Kx9aa"}},
      {"redis-cli -h h -a Kx9aa", {"Kx9aa"}},
      {"PGPASSWORD=Kx9aa psql", {"Kx9aa"}},
      {"net use Z: \\\\srv\\share Kx9aa /user:bob", {"Kx9aa"}},
      {"openssl rsa -passin pass:Kx9aa", {"Kx9aa"}},
      {"keytool -storepass Kx9aa -keypass Zz8bb", {"Kx9aa", "Zz8bb"}},
      {"CREATE USER bob IDENTIFIED BY 'Kx9aa'", {"Kx9aa"}},
      {"ALTER ROLE bob WITH PASSWORD 'Kx9aa';", {"Kx9aa"}},
      {"ConvertTo-SecureString \"Kx9aa\" -AsPlainText", {"Kx9aa"}},
      {"Authorization: Bearer Kx9aa11bb22", {"Kx9aa11bb22"}},
      {"X-Api-Key: Kx9aa", {"Kx9aa"}},
      {"echo \"Kx9aa\" | docker login --username bob --password-stdin", {"Kx9aa"}},
      {"Authorization: Digest username=\"bob\"", {}},
      {"tool --api.key=****** --node=Kx9aa11", {}},
      {"-H \"Authorization: Bearer $TOKEN\" -H \"X-Request-Id: Kx9aa11\"", {"$TOKEN"}},
      {"password=(db1:5432:crm:crm:<password>)", {}},
      {"GET /x?api_key=Kx9aa&token=Zz8bb&page=2", {"Kx9aa", "Zz8bb"}},
      {"password='Kx9aa' token=[Zz8bb]", {"Kx9aa", "Zz8bb"}},
  });
}

TEST(GenericReader, Prose) {
  expect_all({
      {"The pw is Kx9aa11.", {"Kx9aa11"}},
      {"root pw: Hydra!447!", {"Hydra!447!"}},
      {"password for admin is Kx9aa11", {"Kx9aa11"}},
      {"use Kx9aa11 as password", {"Kx9aa11"}},
      {"Passwort lautet: Kx9aa11", {"Kx9aa11"}},
      {"Das Kennwort ist Kx9aa11!", {"Kx9aa11!"}},
      {"mot de passe : Kx9aa11", {"Kx9aa11"}},
      {"le mdp est Kx9aa11", {"Kx9aa11"}},
      {"contrase\u00F1a: Kx9aa11", {"Kx9aa11"}},
      {"CONTRASE\u00D1A: Kx9aa11", {"Kx9aa11"}},
      {"contrasena Kx9aa11", {"Kx9aa11"}},
      {"la clave es Kx9aa11", {"Kx9aa11"}},
      {"a senha \u00E9 Kx9aa11", {"Kx9aa11"}},
      {"palavra-passe: Kx9aa11", {"Kx9aa11"}},
      {"API-Schl\u00FCssel: Kx9aa11", {"Kx9aa11"}},
      {"cl\u00E9 d'API : Kx9aa11", {"Kx9aa11"}},
      {"chave de API: Kx9aa11", {"Kx9aa11"}},
      {"the password is \"open sesame\"", {"open sesame"}},
      {"the password is {{Kx9aa11}}", {"Kx9aa11"}},
      {"the password is `Kx9aa11`, ok?", {"Kx9aa11"}},
      {"*Password:* Kx9aa11", {"Kx9aa11"}},
      {"**Password**: Kx9aa11", {"Kx9aa11"}},
      {"The password was changed to Kx9aa11", {"Kx9aa11"}},
      {"\u201Cpassword\u201D: \u201CKx9aa11\u201D", {"Kx9aa11"}},
      {"I set the root password to Kx9aa11", {"Kx9aa11"}},
      {"password hash: 5f4dcc3b5aa765d6", {}},
      {"please reset the password soon", {}},
      {"the build should pass and deploy to device", {}},
      {"we pass a special arg to it", {}},
      {"primary key is id1234", {}},
      {"password protected: yes it is", {}},
  });
}

TEST(GenericReader, Pairs) {
  expect_all({
      {"login/password: admin / Kx9aa11", {"Kx9aa11"}},
      {"user/pass: admin/Kx9aa11", {"Kx9aa11"}},
      {"user: jenkins / pass: Kx9aa11", {"Kx9aa11"}},
      {"credentials: admin/Kx9aa11", {"Kx9aa11"}},
      {"creds are admin / Kx9aa11", {"Kx9aa11"}},
      {"admin:Kx9aa11 (user:password)", {"Kx9aa11"}},
      {"log in with admin and Kx9aa11", {"Kx9aa11"}},
      {"login with bob / Kx9aa11", {"Kx9aa11"}},
      {"login: admin", {}},
      {"credentials: see the wiki", {}},
  });
}

TEST(GenericReader, Tables) {
  expect_all({
      {"user\tpassword\nbob\tKx9aa11\namy\tZz8bb22\n", {"Kx9aa11", "Zz8bb22"}},
      {"Password\tKx9aa11\nHost\tweb01\n", {"Kx9aa11"}},
      {"|| User || Passwort ||\n| bob | Kx9aa11 |\n", {"Kx9aa11"}},
      {"| User | Token |\n|---|---|\n| bob | Kx9aa11 |\n", {"Kx9aa11"}},
      {"User   Password   Host\nbob    Kx9aa11    web\n", {"Kx9aa11"}},
      // A cell is one word, or what stands in quotes, which may begin behind a letter or two.
      {"| User | Token |\n|---|---|\n| bob | Kx9aa11 or so |\n", {}},
      {"| User | Token |\n|---|---|\n| bob | 'Kx9 aa11' |\n", {"Kx9 aa11"}},
      {"| User | Token |\n|---|---|\n| bob | rb\"Kx9 aa11\" |\n", {"Kx9 aa11"}},
      {"Password:\nKx9aa11\n", {"Kx9aa11"}},
      {"- Password\n- Kx9aa11\n", {"Kx9aa11"}},
  });
}

TEST(GenericReader, SpansAndNouns) {
  const std::string_view text = "see spring.datasource.password = \"Kx9aa\" ok";
  const auto found = candidates_of(text);
  ASSERT_EQ(found.size(), 1U);
  const Candidate& one = found.front();
  EXPECT_EQ(text.substr(one.key.begin, one.key.size()), "spring.datasource.password");
  EXPECT_EQ(text.substr(one.keyword.begin, one.keyword.size()), "password");
  EXPECT_EQ(text.substr(one.line.begin, one.line.size()), text);
  EXPECT_EQ(one.noun, Noun::kPassword);
  EXPECT_EQ(one.setting, Setting::kAssignment);
  EXPECT_EQ(one.quote, '"');
  EXPECT_EQ(one.distance, 4U);
  EXPECT_EQ(candidates_of("api_key: Kx9aa").front().noun, Noun::kKey);
  EXPECT_EQ(candidates_of("access token: Kx9aa").front().noun, Noun::kToken);
  EXPECT_EQ(candidates_of("client_secret: Kx9aa").front().noun, Noun::kSecret);
}

// What stands in for a setting is found wherever it stands in the 80 bytes that are looked at.
TEST(GenericReader, LiteralsStandInForSettings) {
  for (size_t length = 1; length < 100; ++length) {
    for (const std::string_view tie : {" || ", " ?? ", " or ", " ?: ", "?? "}) {
      for (const std::string_view end : {"", " // set it, or not: it is for tests alone\n"}) {
        const std::string variable(length, 'v');
        const std::string text =
            "password = " + variable + std::string(tie) + "'Kx9aa'" + std::string(end);
        const std::vector<std::string> found = values_of(text);
        const bool near = std::find(found.begin(), found.end(), "Kx9aa") != found.end();
        const size_t place = length + (tie.front() == ' ' && tie != " or " ? 1 : 0);
        // Three bytes and one more of the line that is looked at.
        const size_t line = std::min<size_t>(80, text.find_last_not_of('\n') - 10);
        EXPECT_EQ(near, place + 3 < line) << text;
      }
    }
  }
  expect_all({{"password: env.A; x = b || 'Kx9aa'", {"env.A"}}});
}

// Words before a name are found at the begin of a text as elsewhere.
TEST(GenericReader, TiesBeforeANameDoNotDependOnThePlace) {
  const std::vector<std::string> words = {
      "the",           "a",   "as", "is",    "temporary", "x", "for", "=",
      "longerthanten", "use", "le", "comme", ""};
  for (const std::string& first : words) {
    for (const std::string& second : words) {
      const std::string text = " " + first + " " + second + " password";
      const size_t key = text.find("password", text.size() - 8);
      const std::string far = std::string(40, 'w') + text;
      EXPECT_EQ(may_be_tied_before(text, key), may_be_tied_before(far, key + 40)) << text;
    }
  }
}

TEST(GenericReader, SignsAndCapitalsAmongLettersAreNoWord) {
  for (const std::string_view value : {"BP@JQjD%", "ecSO#DfI", "YJXTiPTY%P", "hunter22", "a1!",
                                       "tHWnsCGRlrwZbqcabUGJ", "lHlsZfYcM"}) {
    EXPECT_TRUE(unlike_words(value)) << value;
  }
  for (const std::string_view value :
       {"", "word", "camelCase", "two-words", "12345678", "a=bc1", "UserDetailsService",
        "JavaScript", "OAuth", "IDs", "HTTPSConnection", "isAuthenticated"}) {
    EXPECT_FALSE(unlike_words(value)) << value;
  }
}

// A batch gives what its hits give by themselves, and the number of the hit with each.
TEST(GenericReader, HitsTogetherAreReadAsAlone) {
  const std::vector<std::string> texts = {
      "password = x9Kq-77z\nthe pw is hunter22x, and the token is a\n",
      "|user|password|\n|bob|x9Kq-77z|\n",
      "mysql -uroot -px9Kq77z; curl -u bob:x9Kq77z\nlog in with bob and x9Kq-77z",
      "<key>apiKey</key><string>x9Kq77zAbc1</string> setPassword(\"x9Kq-77z\")",
      "login for web-3:\nbob / x9Kq-77z\n\nwhat is the password?\nit's x9Kq-77z",
      "nothing to see here, and no key"};
  HitReader together;
  using Found = std::tuple<uint32_t, size_t, size_t, size_t, size_t, Noun, Setting, uint32_t>;
  const auto found_of = [](uint32_t number, const Candidate& c) {
    return Found{number,      c.key.begin, c.key.end, c.value.begin,
                 c.value.end, c.noun,      c.setting, c.distance};
  };
  std::vector<Found> alone;
  for (int round = 0; round < 2; ++round) {  // it forgets
    alone.clear();
    together.begin();
    uint32_t number = 0;
    for (const std::string& text : texts) {
      const std::string folded = to_lower(text);
      for (const Anchor& anchor : anchors()) {
        for (size_t p = folded.find(anchor.text); p != std::string::npos;
             p = folded.find(anchor.text, p + 1)) {
          const Span hit{p, p + anchor.text.size()};
          together.add(text, hit, anchor.tool, number);
          std::vector<Candidate> one;
          read_hit(text, hit, anchor.tool, one);
          for (const Candidate& candidate : one) alone.push_back(found_of(number, candidate));
          ++number;
        }
      }
    }
    together.read();
  }
  std::vector<Found> found;
  ASSERT_EQ(together.candidates().size(), together.numbers().size());
  for (size_t i = 0; i < together.numbers().size(); ++i) {
    found.push_back(found_of(together.numbers()[i], together.candidates()[i]));
  }
  std::sort(found.begin(), found.end());
  std::sort(alone.begin(), alone.end());
  EXPECT_GT(alone.size(), 8U);
  EXPECT_EQ(found, alone);
}

}  // namespace
}  // namespace spillguard::detect::generic
