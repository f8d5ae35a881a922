// Forms of tables, exports, HTML, talks and lists: what the reader of structure takes out of them.
#include <gtest/gtest.h>

#include <string>

#include "detect/generic/model.h"
#include "detect/generic/reader_test_util.h"

namespace spillguard::detect::generic {
namespace {

// The setting in which a value is offered.
Setting setting_in(std::string_view text, std::string_view value) {
  for (const Candidate& candidate : candidates_of(text)) {
    if (text.substr(candidate.value.begin, candidate.value.size()) == value) {
      return candidate.setting;
    }
  }
  ADD_FAILURE() << "no " << value << " in " << text;
  return Setting::kAssignment;
}

TEST(GenericForms, CellsWithoutBlanks) {
  expect_all({
      {"|Host|web01|\n|Password|Kx9aa11|\n|Dir|/in|\n", {"Kx9aa11"}},
      {"|*Host*|web01|\n|*Password*|Kx9aa11|\n", {"Kx9aa11"}},
      {"||Pre-shared key|Kx9aa11bb|\n", {"Kx9aa11bb"}},
      {"| Token | `Kx9aa11` |\n", {"Kx9aa11"}},
  });
}

TEST(GenericForms, ColumnsOfValues) {
  expect_all({
      {"|| ||DEV||TEST||PROD||\n||DB password|Kx9aa11|Zz8bb22|ask them|\n", {"Kx9aa11", "Zz8bb22"}},
      {"Passwort\tKx9aa11\tZz8bb22\n", {"Kx9aa11", "Zz8bb22"}},
      // Only the column beside a name that does not begin its row.
      {"web01\tPasswort\tKx9aa11\tZz8bb22\n", {"Kx9aa11"}},
      // The first cell beside is read whatever it is.
      {"Token\tnone\tKx9aa11\n", {"none", "Kx9aa11"}},
  });
}

TEST(GenericForms, FilesAndStandInsAreNoTitles) {
  expect_all({
      {"|my-passwords-list.txt|0f3a9c1b7d|\n", {}},
      {"|Header|Bearer <token>|\n|X-Id|0f3a9c1b7d|\n", {}},
      {"|Header|${TOKEN}|\n|X-Id|0f3a9c1b7d|\n", {}},
      // A login's column holds users, and the cell behind it is another column's.
      {"|Login|Build|\n|bob77x|Kx9aa11|\n", {}},
      {"|Login / Password|Build|\n|bob / Kx9aa11|Zz8bb22|\n", {"Build", "Kx9aa11"}},
  });
}

// Beside its user a value is as good as behind "password:".
TEST(GenericForms, RowsOfAccounts) {
  EXPECT_EQ(setting_in("|Login|Password|\n|bob|Kx9aa11|\n", "Kx9aa11"), Setting::kColon);
  EXPECT_EQ(setting_in("Benutzer\tHost\tKennwort\nbob\tweb\tKx9aa11\n", "Kx9aa11"),
            Setting::kColon);
  EXPECT_EQ(setting_in("|User|bob|\n|Password|Kx9aa11|\n", "Kx9aa11"), Setting::kColon);
  EXPECT_EQ(setting_in("user,password\nbob,Kx9aa11\n", "Kx9aa11"), Setting::kColon);
  EXPECT_EQ(setting_in("|Host|Password|\n|bob|Kx9aa11|\n", "Kx9aa11"), Setting::kTable);
  EXPECT_EQ(setting_in("|Name|Password|\n|bob|Kx9aa11|\n", "Kx9aa11"), Setting::kTable);
  EXPECT_EQ(setting_in("|User|Token|\n|bob|Kx9aa11|\n", "Kx9aa11"), Setting::kTable);
  EXPECT_EQ(setting_in("|User|Password|\n|bob|disabled|\n", "disabled"), Setting::kTable);
}

TEST(GenericForms, Csv) {
  expect_all({
      {"system,username,password,owner\na,b,Kx9aa11,QA\nc,d,,QA\ne,f,Zz8bb22,QA\n",
       {"Kx9aa11", "Zz8bb22"}},
      {"\"Konto\";\"Kennwort\"\r\n\"a\";\"Kx9;aa11\"\r\n\"b\";\"\"\r\n", {"Kx9;aa11"}},
      {"password;host\nKx9aa11;web\n", {"Kx9aa11"}},
      {"host;DB password;owner\nweb;Kx9aa11;QA\n", {"Kx9aa11"}},
      {"user, host, senha\nbob, web, Kx9aa11\n", {"Kx9aa11"}},
      {"url|user|pass\nhttps://web01/x|bob|Kx9aa11\n", {"Kx9aa11"}},
      {"user | password\n--- | ---\nbob | Kx9aa11\n", {"Kx9aa11"}},
      // Rows of other numbers of fields are something else.
      {"user,password\nbob77x,Kx9aa11,QA\n", {}},
      {"user,password,owner\n\nbob77x,Kx9aa11,QA\n", {}},
      // Sentences and programs.
      {"Dear Bob, my password\nThanks, bob77x\n", {}},
      {"insert(user,password);\ninsert(bob77x,Kx9aa11);\n", {}},
      {"user,\npassword,\nbob77x,\nKx9aa11,\n", {}},
  });
}

TEST(GenericForms, AnotherHeaderEndsATable) {
  expect_all({
      {"|User|Token|\n|bob|Kx9aa11|\n|Build|Token|\n|amy|Zz8bb22|\n", {"Kx9aa11", "Zz8bb22"}},
      {"|Token|Host|\n|Token|Build7711|\n", {"Host", "Build7711"}},
      {"user,token\nbob,Kx9aa11\nid,token\n", {"Kx9aa11"}},
  });
}

TEST(GenericForms, Html) {
  expect_all({
      {"<tr><td>Login</td><td>bob77x</td></tr><tr><td>Password</td><td>Kx9aa11</td></tr>",
       {"Kx9aa11"}},
      {"<tr><td><b>Passwort</b></td>\n  <td><code>Kx9aa11</code></td></tr>", {"Kx9aa11"}},
      {"<tr><th>User</th><th class=\"x\">Password</th></tr>\n<tr><td>bob</td><td>Kx9aa11</td></tr>"
       "<tr><td>amy</td><td><b>Zz8bb22</b></td></tr></table>",
       {"Kx9aa11", "Zz8bb22"}},
      {"<b>Password:</b> Kx9aa11<br>", {"Kx9aa11"}},
      {"<b>Password</b>: Kx9aa11<br>", {"Kx9aa11"}},
      {"<p><strong>Token</strong> = <code>Kx9aa11</code></p>", {"Kx9aa11"}},
      {"<td>Password:</td><td>Kx9aa11</td>", {"Kx9aa11"}},
      {"<tr><td>Password</td><td>please see the vault</td></tr>", {}},
      {"<tr><td>Password</td></tr></table><table><tr><td>Build7711</td></tr></table>", {}},
      {"<string>auth</string><string>other11</string>", {}},
  });
}

TEST(GenericForms, Answers) {
  expect_all({
      {"[09:12] Ann: do you have the root pw?\n[09:13] Bob: sure\n[09:13] Bob: Kx9aa11\n",
       {"Kx9aa11"}},
      {"ann  09:31  what is the wifi password again?\nbob  09:33  it's Kx9aa11 :)\n", {"Kx9aa11"}},
      {"[11:31, 4/3/2024] Ana: me pasas la clave del correo?\n[11:32, 4/3/2024] Iv\u00E1n: "
       "Kx9aa11\n",
       {"Kx9aa11"}},
      {"04.03.24, 11:32 - Ann: wie war das Passwort?\n04.03.24, 11:33 - Bob: user bob, Kx9aa11\n",
       {"Kx9aa11"}},
      {"<ann> mot de passe du NAS ?\n<bob> c'est Kx9aa11\n", {"Kx9aa11"}},
      {"(09:12) Ann : senha do servidor?\n(09:13) Bob : {{Kx9aa11}}\n", {"Kx9aa11"}},
      {"what's the login for the demo?\n\nbob@demo.example / Kx9aa+11\n", {"Kx9aa+11"}},
      {"[14:03] Bob : Kx9aa11\n[14:03] Bob : c le mdp\n", {"Kx9aa11"}},
      {"[14:03] Bob: creds expired\n[14:05] Amy: new ones: ci-bot:Kx9aa11+\n", {"Kx9aa11+"}},
      {"Ann Lee\n  10:42 AM\nwho has the staging password?\nBob Ray\n  10:44 AM\nKx9aa11\n",
       {"Kx9aa11"}},
      {"From Bob to Everyone:  10:43\nthe passcode?\nFrom Ann to Everyone:  10:44\nKx9aa11\n",
       {"Kx9aa11"}},
      // No answers.
      {"[09:12] Ann: do you have the root pw?\n[09:13] Bob: ask on web-01.example.org\n", {}},
      {"[09:12] Ann: do you have the root pw?\n[09:13] Bob: web-01\n[09:13] Bob: build.log2\n", {}},
      {"[09:12] Ann: ist der Token ok?\n[09:13] Bob: iPhone5s\n", {}},
      {"Do you know the password?\nI use version3 of it\nversion3\n", {}},
      {"Is the password right?\nYes.\nNo.\nKx9aa11\n", {}},
      {"[09:12] Ann: need the login?\n[09:13] Bob: bob77xx\n", {}},
      {"Kx9aa11\nthat is the new mdp\n", {}},
  });
}

TEST(GenericForms, ListsOfAccounts) {
  expect_all({
      {"Logins for the training:\n- bob01 / Kx9aa11\n- bob02 / Zz8bb22\n", {"Kx9aa11", "Zz8bb22"}},
      {"Credentials of the lab\n\nbob01 : Kx9aa11\nsee the wiki\nbob02:Zz8bb22\n",
       {"Kx9aa11", "Zz8bb22"}},
      {"Zugangsdaten:\n* bob - Kx9aa11\n* amy - Zz8bb22 (neu)\n", {"Kx9aa11", "Zz8bb22"}},
      {"Accounts (user / password):\n\n* bob01 / Kx9aa11\n* bob02 / Zz8bb22\n",
       {"Kx9aa11", "Zz8bb22"}},
      {"Authentication\nsrc/login2 / http://web01/x\ncom/example77\n", {}},
      {"pulled from web/auth/service\nDigest: sha256:0f3a9c1b7d0f3a9c1b7d0f3a9c1b7d0f3a9c\n", {}},
      {"Logins are slow since Monday:\nweb01 / 30s\nhttp://web01:8080\n", {}},
  });
}

TEST(GenericForms, Asides) {
  expect_all({
      {"rotate the demo api key (currently Kx9aa11bb) soon", {"Kx9aa11bb"}},
      {"change the root password on web-3 (`Kx9aa11bb` since May)", {"Kx9aa11bb"}},
      {"das Kennwort vom Drucker (noch Kx9#aa11) bitte \u00E4ndern", {"Kx9#aa11"}},
      {"When asked for the passphrase type Kx9aa11-z\n", {"asked", "Kx9aa11-z"}},
      {"a mot de passe, saisissez Kx9aa#11 puis OK", {"Kx9aa#11"}},
      {"the password of the user (see WEB-1234)", {}},
      {"the password is stored as a hash (with PBKDF2)", {}},
      {"the token for devices (iPhone5s)", {}},
      {"enter the password type OAuth2 here", {}},
  });
}

// A flood of names over rows of cells costs a bounded time each.
TEST(GenericForms, FarRowsAreNotRead) {
  std::string text = "user,password\n";
  for (int i = 0; i < 1000; ++i) text += "bob,Kx9aa11\n";
  EXPECT_LE(candidates_of(text).size(), 24U);
  std::string talk = "[09:12] Ann: the pw?\n";
  for (int i = 0; i < 1000; ++i) talk += "[09:12] Bob: no\n";
  EXPECT_TRUE(candidates_of(talk + "[09:12] Bob: Kx9aa11\n").empty());
}

}  // namespace
}  // namespace spillguard::detect::generic
