#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <memory>

#include "base/file.h"
#include "http/client.h"
#include "http/server.h"
#include "http/test_support.h"

namespace spillguard::http {
namespace testing_support {

void make_certificate(const std::string& certificate_file, const std::string& key_file) {
  const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  const std::unique_ptr<X509, void (*)(X509*)> certificate(X509_new(), X509_free);
  X509* x = certificate.get();
  X509_set_version(x, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
  X509_gmtime_adj(X509_getm_notBefore(x), -3600);
  X509_gmtime_adj(X509_getm_notAfter(x), 3600);
  X509_set_pubkey(x, key.get());
  X509_NAME* name = X509_get_subject_name(x);
  const std::string subject = "spillguard test";
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(subject.data()),
                             static_cast<int>(subject.size()), -1, 0);
  X509_set_issuer_name(x, name);
  for (const auto& [nid, value] : {std::pair{NID_subject_alt_name, "IP:127.0.0.1"},
                                   std::pair{NID_basic_constraints, "critical,CA:TRUE"}}) {
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value);
    ASSERT_NE(extension, nullptr);
    X509_add_ext(x, extension, -1);
    X509_EXTENSION_free(extension);
  }
  ASSERT_GT(X509_sign(x, key.get(), EVP_sha256()), 0);
  FILE* out = std::fopen(certificate_file.c_str(), "w");
  ASSERT_NE(out, nullptr);
  PEM_write_X509(out, x);
  std::fclose(out);
  out = std::fopen(key_file.c_str(), "w");
  ASSERT_NE(out, nullptr);
  PEM_write_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  std::fclose(out);
}

}  // namespace testing_support

namespace {

using testing_support::RawSocket;
using testing_support::start_server;
using testing_support::url_of;

class TlsTest : public testing::Test {
 protected:
  void SetUp() override {
    testing_support::make_certificate(certificate_, key_);
    options_.certificate_file = certificate_;
    options_.private_key_file = key_;
    client_options_.ca_file = certificate_;
  }
  static Response answer(const Request& request) {
    if (request.path == "/big") return Response::text(200, std::string(3'000'000, 'x'));
    return Response::text(200, request.tls ? "over tls" : "in the clear");
  }
  static Result<ClientResponse> get(Client& client, std::string url) {
    ClientRequest request;
    request.url = std::move(url);
    return client.send(request);
  }

  testing_support::TempFolder folder_;
  std::string certificate_ = folder_.file("cert.pem");
  std::string key_ = folder_.file("key.pem");
  ServerOptions options_;
  ClientOptions client_options_;
};

TEST_F(TlsTest, ServesOverTls) {
  options_.tls = TlsMode::kRequired;
  const auto server = start_server(options_, answer);
  Client client(client_options_);
  for (int i = 0; i < 3; ++i) {
    const auto response = get(client, url_of(*server, "/", "https"));
    ASSERT_TRUE(response.has_value()) << response.error().message;
    EXPECT_EQ(response->body, "over tls");
  }
  const auto big = get(client, url_of(*server, "/big", "https"));
  ASSERT_TRUE(big.has_value()) << big.error().message;
  EXPECT_EQ(big->body.size(), 3'000'000U);
  // Plain text on a port of TLS is no request.
  EXPECT_FALSE(get(client, url_of(*server, "/", "http")).has_value());
}

TEST_F(TlsTest, OnePortTakesBoth) {
  options_.tls = TlsMode::kOptional;
  const auto server = start_server(options_, answer);
  Client client(client_options_);
  const auto secure = get(client, url_of(*server, "/", "https"));
  ASSERT_TRUE(secure.has_value()) << secure.error().message;
  EXPECT_EQ(secure->body, "over tls");
  const auto plain = get(client, url_of(*server, "/", "http"));
  ASSERT_TRUE(plain.has_value()) << plain.error().message;
  EXPECT_EQ(plain->body, "in the clear");
}

TEST_F(TlsTest, ClientRefusesAnUnknownAuthority) {
  options_.tls = TlsMode::kRequired;
  const auto server = start_server(options_, answer);
  Client strict{ClientOptions{}};
  const auto refused = get(strict, url_of(*server, "/?token=hidden", "https"));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, Code::kUnavailable);
  EXPECT_NE(refused.error().message.find("https://127.0.0.1:"), std::string::npos);
  EXPECT_EQ(refused.error().message.find("hidden"), std::string::npos);
  client_options_.ca_file.clear();
  client_options_.verify_tls = false;
  Client lax(client_options_);
  EXPECT_TRUE(get(lax, url_of(*server, "/", "https")).has_value());
}

TEST_F(TlsTest, OldProtocolsAreRefused) {
  options_.tls = TlsMode::kRequired;
  const auto server = start_server(options_, answer);
  const std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context(SSL_CTX_new(TLS_client_method()),
                                                             SSL_CTX_free);
  SSL_CTX_set_security_level(context.get(), 0);
  SSL_CTX_set_cipher_list(context.get(), "ALL:@SECLEVEL=0");
  SSL_CTX_set_min_proto_version(context.get(), TLS1_VERSION);
  SSL_CTX_set_max_proto_version(context.get(), TLS1_1_VERSION);
  const std::string address = "127.0.0.1:" + std::to_string(server->port());
  BIO* bio = BIO_new_ssl_connect(context.get());
  BIO_set_conn_hostname(bio, address.c_str());
  EXPECT_LE(BIO_do_connect(bio), 0);
  BIO_free_all(bio);
}

TEST_F(TlsTest, AHandshakeThatStopsIsGivenUp) {
  options_.tls = TlsMode::kRequired;
  options_.read_timeout_ms = 50;
  const auto server = start_server(options_, answer);
  RawSocket socket = RawSocket::connect_to(server->port());
  ASSERT_TRUE(socket.send_all("\x16\x03\x01"));
  EXPECT_EQ(socket.read_to_end(), "");
}

TEST_F(TlsTest, BadFilesAreNamed) {
  options_.tls = TlsMode::kRequired;
  options_.certificate_file = folder_.file("missing.pem");
  auto started = Server::start(options_, answer);
  ASSERT_FALSE(started.has_value());
  EXPECT_NE(started.error().message.find("missing.pem"), std::string::npos);

  options_.certificate_file = certificate_;
  const std::string other = folder_.file("other.pem");
  testing_support::make_certificate(folder_.file("other-cert.pem"), other);
  options_.private_key_file = other;
  started = Server::start(options_, answer);
  ASSERT_FALSE(started.has_value());
  EXPECT_NE(started.error().message.find("other.pem"), std::string::npos);

  ASSERT_TRUE(write_file_atomically(other, "no key").has_value());
  EXPECT_FALSE(Server::start(options_, answer).has_value());
}

}  // namespace
}  // namespace spillguard::http
