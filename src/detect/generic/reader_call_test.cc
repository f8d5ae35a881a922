// Values among the arguments of functions, and what is typed into elements and programs.
#include "detect/generic/call_arguments.h"
#include "detect/generic/reader_test_util.h"

namespace spillguard::detect::generic {
namespace {

TEST(GenericReaderCalls, FunctionsThatTakeUserAndSecret) {
  expect_all({
      {"DriverManager.getConnection(url, \"app\", \"Kx9aa11\")", {"Kx9aa11"}},
      {"DBI->connect($dsn, 'app', 'Kx9aa11', { RaiseError => 1 })", {"Kx9aa11"}},
      {"Credentials::new(\"a@example.org\".to_string(), \"Kx9aa11\".into())", {"Kx9aa11"}},
      {"new mysqli('db1', 'app', 'Kx9aa11', 'shop')", {"Kx9aa11"}},
      {"new PDO('mysql:host=db;dbname=x', 'app', 'Kx9aa11')", {"Kx9aa11"}},
      {"new NetworkCredential(\"svc\", \"Kx9aa11\", \"CORP\")", {"Kx9aa11"}},
      {"smtp.PlainAuth(\"\", \"m@example.org\", \"Kx9aa11\", \"smtp.example.org\")", {"Kx9aa11"}},
      {"req.SetBasicAuth(\"svc\", \"Kx9aa11\")", {"Kx9aa11"}},
      {"new PasswordAuthentication(\"svc\", \"Kx9aa11\".toCharArray())", {"Kx9aa11"}},
      {"new HttpBasicAuthenticator(\"svc\", \"Kx9aa11\")", {"Kx9aa11"}},
      {"new SftpClient(\"files1\", 22, \"svc\", \"Kx9aa11\")", {"Kx9aa11"}},
      {"#0 PDO->__construct('mysql:host=db', 'shop', 'Kx9aa11')", {"Kx9aa11"}},
      {"OAuth2::Client.new('sync', 'Kx9aa11bb', site: x)", {"Kx9aa11bb"}},
      {"cx_Oracle.connect(\"app\", \"Kx9aa11\", \"db/orcl\")", {"Kx9aa11"}},
      {"request.basic_auth 'svc', 'Kx9aa11'", {"Kx9aa11"}},
      {"login(page, \"bob\", \"Kx9aa11\")", {"Kx9aa11"}},
      {"new SymmetricSecurityKey(Encoding.UTF8.GetBytes(\"Kx9aa11\"))", {"Kx9aa11"}},
      {"new SecretKeySpec(\"Kx9aa11\".getBytes(), \"AES\")", {"Kx9aa11"}},
      {"jwt.sign(payload, 'Kx9aa11', { expiresIn: '1h' })", {"Kx9aa11"}},
      {"hash_hmac('sha256', $body, 'Kx9aa11')", {"Kx9aa11"}},
      {"env.put(Context.SECURITY_CREDENTIALS, \"Kx9aa11\");", {"Kx9aa11"}},
      {"curl_easy_setopt(curl, CURLOPT_USERPWD, \"bob:Kx9aa11\");", {"Kx9aa11"}},
      {"DriverManager.getConnection(url, user, pw)", {}},
      {"DriverManager.getConnection(\"jdbc:h2:mem:x\")", {}},
      {"DriverManager.getConnection(url, \"app\", props.get(\"pw9\"))", {}},
      {"jwt.sign(payload, 'Kx9' + suffix)", {}},
      {"jwt.sign(payload, key)", {}},
      {"new mysqli('db1', 'app'", {}},
      {"send(PASSWORD, \"Kx9aa11\" + x)", {}},
  });
}

TEST(GenericReaderCalls, ValuesInTheNextCallOrBeforeTheName) {
  expect_all({
      {"find_element(By.ID, \"password\").send_keys(\"Kx9aa11\")", {"Kx9aa11"}},
      {"cy.get('input[name=\"password\"]').clear().type('Kx9aa11')", {"Kx9aa11"}},
      {"page.locator(\"#password\").fill(\"Kx9aa11\")", {"Kx9aa11"}},
      {"document.getElementById(\"password\").value = \"Kx9aa11\";", {"Kx9aa11"}},
      {"fill_in 'Password', with: 'Kx9aa11'", {"Kx9aa11"}},
      {"req.setValue(\"Kx9aa11\", forHTTPHeaderField: \"X-Auth-Token\")", {"Kx9aa11"}},
      {"[req setValue:@\"Kx9aa11\" forHTTPHeaderField:@\"X-Api-Key\"];", {"Kx9aa11"}},
      {"proxy_set_header Authorization \"Basic Kx9aa11bb\";", {"Kx9aa11bb"}},
      {"RequestHeader set Authorization \"Bearer Kx9aa11bb\"", {"Kx9aa11bb"}},
      {"find_element(By.ID, \"password\").click()", {}},
      {"find_element(By.ID, \"password\").send_keys(pw)", {}},
      {"cy.get('#password').should('Kx9aa11')", {}},
      {"req.setValue(token, forHTTPHeaderField: \"X-Auth-Token\")", {}},
      {"proxy_set_header Authorization \"\";", {}},
  });
}

TEST(GenericReaderCalls, WhatIsTypedIntoPrograms) {
  expect_all({
      {"echo Kx9aa11 | sudo -S apt update", {"Kx9aa11"}},
      {"echo \"root:Kx9aa11\" | chpasswd", {"Kx9aa11"}},
      {"chpasswd <<< 'root:Kx9aa11'", {"Kx9aa11"}},
      {"printf '%s' Kx9aa11 | cryptsetup luksOpen /dev/sdb x -", {"Kx9aa11"}},
      {"expect \"*assword:*\"\nsend \"Kx9aa11\\r\"", {"Kx9aa11"}},
      {"child.expect('assword:')\nchild.sendline('Kx9aa11')", {"Kx9aa11"}},
      {"ftp -n h <<E\nuser bob Kx9aa11\nbinary\n", {"Kx9aa11"}},
      {"echo user bob Kx9aa11>> s.ftp", {"Kx9aa11"}},
      {"sudo -s", {}},
      {"cat f | sudo -S apt", {}},
      {"expect \"login:\"\nsend \"Kx9aa11\\r\"", {}},
      {"res.send(\"Kx9aa11\")", {}},
      {"roles:\nuser bob Kx9aa11\nand so on\n", {}},
  });
}

TEST(GenericReaderCalls, MoreCommands) {
  expect_all({
      {"lftp -u bob,Kx9aa11 -e mirror h", {"Kx9aa11"}},
      {"schtasks /create /tn x /ru D\\u /rp Kx9aa11", {"Kx9aa11"}},
      {"openssl enc -aes-256-cbc -in a -k Kx9aa11", {"Kx9aa11"}},
      {"net user bob Kx9aa11 /add", {"Kx9aa11"}},
      {"psexec \\\\h -u admin -p Kx9aa11 cmd", {"Kx9aa11"}},
      {"http -a bob:Kx9aa11 GET https://h", {"Kx9aa11"}},
      {"vault login Kx9aa11", {"Kx9aa11"}},
      {"mc alias set s3 https://h AKID Kx9aa11", {"Kx9aa11"}},
      {"expdp system/Kx9aa11@orcl schemas=x", {"Kx9aa11"}},
      {"db2 connect to shop user bob using Kx9aa11", {"Kx9aa11"}},
      {"zip -P Kx9aa11 a.zip f", {"Kx9aa11"}},
      {"unzip -p a.zip Kx9aa11", {}},
      {"net user bob", {}},
      {"net user bob Kx9aa11", {}},
      {"vault login -method=oidc", {}},
      {"lftp -u bob h", {}},
      {"https -a", {}},
  });
}

TEST(GenericReaderCalls, Arguments) {
  const std::string_view text = R"((x, "", b"v1", f("no"), "v" + y))";
  const CallArguments arguments = call_arguments(text, 1);
  ASSERT_EQ(arguments.count, 5U);
  EXPECT_FALSE(arguments.list[0].text);
  EXPECT_TRUE(arguments.list[1].text);
  EXPECT_FALSE(arguments.list[1].literal);
  ASSERT_TRUE(arguments.list[2].literal);
  EXPECT_EQ(text.substr(arguments.list[2].literal->span.begin, 2), "v1");
  EXPECT_FALSE(arguments.list[3].text);
  EXPECT_FALSE(arguments.list[4].text);
  EXPECT_EQ(call_arguments("(", 1).count, 0U);
  EXPECT_EQ(call_arguments("('open", 1).count, 0U);
}

}  // namespace
}  // namespace spillguard::detect::generic
