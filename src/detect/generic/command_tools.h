// The programs whose arguments hold a secret, and how. Pure data.
#pragma once

#include <cstdint>
#include <string_view>

namespace spillguard::detect::generic {

enum class Form : uint8_t {
  kAttached,     // -pV
  kNext,         // -p V
  kEither,       // -pV, -p V
  kUserColon,    // -u U:V, -uU:V
  kUserPercent,  // -U U%V
  kUserSlash,    // U/V@…, not an option
  kAfterUser,    // add_user U V
  kUserComma,    // -u U,V
  kNetUse,       // V /user:U, /user:U V
  kNetUser,      // U V /add
  kFirst,        // V, without an option; and so on
  kSecond,
  kFourth,
  kFifth,
};

struct Tool {
  std::string_view name;    // lower case; the hit's text begins with it
  std::string_view option;  // in its own case
  Form form;
};

inline constexpr Tool kTools[] = {
    {"mysql", "-p", Form::kAttached},
    {"mariadb", "-p", Form::kAttached},
    {"mongo", "-p", Form::kNext},
    {"sshpass", "-p", Form::kEither},
    {"docker login", "-p", Form::kEither},
    {"podman login", "-p", Form::kEither},
    {"oc login", "-p", Form::kEither},
    {"az login", "-p", Form::kEither},
    {"cf login", "-p", Form::kEither},
    {"registry login", "-p", Form::kEither},
    {"ldap", "-w", Form::kEither},
    {"curl", "-u", Form::kUserColon},
    {"curl", "--user", Form::kUserColon},
    {"curl", "--proxy-user", Form::kUserColon},
    {"curl", "-U", Form::kUserColon},
    {"sqlplus", "", Form::kUserSlash},
    {"sqlcmd", "-P", Form::kEither},
    {"redis-cli", "-a", Form::kNext},
    {"mosquitto_", "-P", Form::kNext},
    {"smbclient", "-U", Form::kUserPercent},
    {"rpcclient", "-U", Form::kUserPercent},
    {"xfreerdp", "/p:", Form::kAttached},
    {"rdesktop", "-p", Form::kEither},
    {"ipmitool", "-P", Form::kNext},
    {"snmp", "-A", Form::kNext},
    {"snmp", "-X", Form::kNext},
    {"rabbitmqctl", "add_user", Form::kAfterUser},
    {"rabbitmqctl", "change_password", Form::kAfterUser},
    {"net use", "/user:", Form::kNetUse},
    {"htpasswd", "-b", Form::kAfterUser},
    {"htpasswd", "-cb", Form::kAfterUser},
    {"htpasswd", "-bc", Form::kAfterUser},
    {"htpasswd", "-bB", Form::kAfterUser},
    {"htpasswd", "-Bb", Form::kAfterUser},
    {"htpasswd", "-cbB", Form::kAfterUser},
    {"htpasswd", "-bcB", Form::kAfterUser},
    {"zip -p", "", Form::kNext},
    {"7z", "-p", Form::kAttached},
    {"lftp", "-u", Form::kUserComma},
    {"schtasks", "/rp", Form::kNext},
    {"schtasks", "/p", Form::kNext},
    {"openssl enc", "-k", Form::kNext},
    {"openssl aes", "-k", Form::kNext},
    {"psexec", "-p", Form::kNext},
    {"net user", "", Form::kNetUser},
    {"http -a", "", Form::kUserColon},
    {"https -a", "", Form::kUserColon},
    {"rar a", "-hp", Form::kAttached},
    {"rar a", "-p", Form::kAttached},
    {"rar x", "-p", Form::kAttached},
    {"cqlsh", "-p", Form::kNext},
    {"cypher-shell", "-p", Form::kNext},
    {"snmp", "-c", Form::kNext},
    {"nsupdate", "-y", Form::kUserColon},
    {"vault login", "", Form::kFirst},
    {"mc alias set", "", Form::kFourth},
    {"mc config host add", "", Form::kFourth},
    {"certutil", "-p", Form::kNext},
    {"signtool", "/p", Form::kNext},
    {"winexe", "-U", Form::kUserPercent},
    {"winrs", "-p:", Form::kAttached},
    {"isql", "-P", Form::kEither},
    {"tsql", "-P", Form::kEither},
    {"bcp", "-P", Form::kEither},
    {"impdp", "", Form::kUserSlash},
    {"expdp", "", Form::kUserSlash},
    {"sqlldr", "", Form::kUserSlash},
    {"rman target", "", Form::kUserSlash},
    {"db2 connect", "using", Form::kNext},
    {"wpa_passphrase", "", Form::kSecond},
    {"evil-winrm", "-p", Form::kNext},
    {"hdbsql", "-p", Form::kNext},
    {"beeline", "-p", Form::kNext},
    {"ncftp", "-p", Form::kNext},
    {"radtest", "", Form::kSecond},
    {"radtest", "", Form::kFifth},
};

}  // namespace spillguard::detect::generic
