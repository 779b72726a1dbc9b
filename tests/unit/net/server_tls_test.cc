// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "base/metrics.h"
#include "net/http/curl_client.h"
#include "net/http/server.h"
#include "net/http/tls.h"
#include "tests/fakes/certificates.h"
#include "tests/fakes/io_thread.h"
#include "tests/fakes/raw_http.h"

namespace net::http {
namespace {

namespace fs = std::filesystem;

class ServerTlsTest : public testing::Test {
 protected:
  ServerTlsTest() { use(certificates_.issue("tocsin")); }
  ~ServerTlsTest() override {
    if (server_) io_.run(server_->stop());
    io_.run(client_->stop());
  }

  void use(const fakes::Certificates::Pair& pair) {
    files_.cert_file = pair.cert_file;
    files_.key_file = pair.key_file;
  }

  void start() {
    auto opened = ServerTls::open(files_, metrics_);
    ASSERT_TRUE(opened) << opened.error().message;
    options_.tls = tls_ = opened.value();
    options_.address = "127.0.0.1";
    options_.port = 0;
    server_ = make_server(options_, io_.executor(), metrics_);
    server_->route("POST", "/echo", [](ServerRequest request) -> base::Task<ServerResponse> {
      ServerResponse response;
      response.body = (request.has_certificate ? "known " : "") + request.body;
      co_return response;
    });
    ASSERT_TRUE(server_->start());
    access_.ca_file = certificates_.ca_file();
  }

  base::Result<Response> ask(std::string body = "hello", Client* client = nullptr) {
    Request request;
    request.method = "POST";
    request.url = "https://127.0.0.1:" + std::to_string(server_->port()) + "/echo";
    request.body = std::move(body);
    request.deadline = base::in(std::chrono::seconds(20));
    request.max_response_bytes = 64 * 1024 * 1024;
    request.access = &access_;
    return io_.run((client == nullptr ? *client_ : *client).send(std::move(request)));
  }
  // On a connection of its own.
  base::Result<Response> ask_anew() {
    auto client = make_client({}, io_.executor());
    auto answer = ask("hello", client.get());
    io_.run(client->stop());
    return answer;
  }

  // What `openssl s_client` with these words says.
  std::string s_client(const std::string& words) {
    auto command =
        "openssl s_client -connect 127.0.0.1:" + std::to_string(server_->port()) + " " + words + " </dev/null 2>&1";
    std::string said;
    char part[4096];
    FILE* pipe = ::popen(command.c_str(), "r");
    for (std::size_t got; (got = std::fread(part, 1, sizeof part, pipe)) > 0;) said.append(part, got);
    ::pclose(pipe);
    return said;
  }

  double reloads(const std::string& result) {
    return metrics_
        .counter("tocsin_http_tls_reloads_total", "Times that the server's certificate was read.", {{"result", result}})
        .Value();
  }

  fakes::Certificates certificates_;
  fakes::IoThread io_;
  base::Metrics metrics_;
  TlsFiles files_;
  ServerOptions options_;
  Access access_;
  std::shared_ptr<ServerTls> tls_;
  std::unique_ptr<Server> server_;
  std::unique_ptr<Client> client_ = make_client({}, io_.executor());
};

TEST_F(ServerTlsTest, ServesWithinTls) {
  start();

  EXPECT_EQ(ask().value().body, "hello");
  EXPECT_EQ(ask("again").value().body, "again");
  EXPECT_NEAR(metrics_
                  .gauge("tocsin_http_tls_certificate_expiry_timestamp_seconds",
                         "When the server's certificate ceases to be valid.")
                  .Value(),
              static_cast<double>(std::time(nullptr) + 2 * 86400), 600);
}

TEST_F(ServerTlsTest, TakesAndSendsLargeBodies) {
  start();
  std::string large(6'000'000, 'x');

  EXPECT_EQ(ask(large).value().body, large);
}

TEST_F(ServerTlsTest, SpeaksNothingOlderThanTls12) {
  start();

  EXPECT_EQ(s_client("-tls1_1 -cipher ALL:@SECLEVEL=0").find("Cipher is ECDHE"), std::string::npos);
  EXPECT_NE(s_client("-tls1_2").find("ECDHE-ECDSA-AES"), std::string::npos);
  EXPECT_NE(s_client("-tls1_3").find("TLSv1.3"), std::string::npos);
  EXPECT_NE(s_client("-alpn h2,http/1.1").find("ALPN protocol: http/1.1"), std::string::npos);
}

TEST_F(ServerTlsTest, CanBeHeldToTls13) {
  files_.only_tls_1_3 = true;
  start();

  EXPECT_EQ(s_client("-tls1_2").find("ECDHE-ECDSA-AES"), std::string::npos);
  EXPECT_TRUE(ask());
}

TEST_F(ServerTlsTest, TellsWhoSpeaksPlainHttp) {
  start();

  auto answer = fakes::RawHttp(server_->port()).ask("GET / HTTP/1.1\r\nHost: t\r\n\r\n");

  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.body, "{\"error\":\"this port speaks TLS only\"}");
}

TEST_F(ServerTlsTest, ClosesOnRubbishAndOnSilence) {
  options_.handshake_timeout = std::chrono::seconds(1);
  start();
  fakes::RawHttp rubbish(server_->port());
  fakes::RawHttp silent(server_->port());
  rubbish.send(std::string(100, '\x16'));

  rubbish.read();
  EXPECT_TRUE(rubbish.is_closed());
  EXPECT_TRUE(silent.is_closed());
  auto& refused = metrics_.counter("tocsin_http_refused_total", "Connections and requests that were not served.",
                                   {{"reason", "tls"}});
  while (refused.Value() < 2) std::this_thread::yield();
  EXPECT_TRUE(ask());
}

TEST_F(ServerTlsTest, TakesANewCertificateAndKeepsOpenConnections) {
  start();
  ASSERT_TRUE(ask());
  EXPECT_FALSE(tls_->load_if_changed().value());

  certificates_.issue("tocsin", 30);
  EXPECT_TRUE(tls_->load_if_changed().value());

  EXPECT_EQ(ask("on the old connection").value().body, "on the old connection");
  EXPECT_TRUE(ask_anew());
  EXPECT_NE(s_client("").find("NotAfter"), std::string::npos);
  EXPECT_EQ(metrics_.counter("tocsin_http_connections_accepted_total", "Connections of clients").Value(), 3);
  EXPECT_EQ(reloads("taken"), 2);
}

TEST_F(ServerTlsTest, KeepsTheOldCertificateWhenTheNewOneIsBroken) {
  start();
  std::ofstream(files_.cert_file) << "not a certificate";

  auto loaded = tls_->load_if_changed();

  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().message, "cert_file " + files_.cert_file + ": has no PEM block of that kind");
  EXPECT_FALSE(tls_->load_if_changed().value()) << "the same broken file is not read twice";
  EXPECT_TRUE(ask_anew());
  EXPECT_EQ(reloads("refused"), 1);
}

TEST_F(ServerTlsTest, FollowsTheLinksOfAMountedSecret) {
  auto first = certificates_.issue("first");
  auto second = certificates_.issue("second", 30);
  auto link = [&](const fakes::Certificates::Pair& to) {
    for (auto [name, target] : {std::pair(std::string("tls.crt"), to.cert_file), {"tls.key", to.key_file}}) {
      fs::remove(certificates_.path(name));
      fs::create_symlink(target, certificates_.path(name));
    }
  };
  link(first);
  use({certificates_.path("tls.crt"), certificates_.path("tls.key")});
  start();

  link(second);

  EXPECT_TRUE(tls_->load_if_changed().value());
  EXPECT_NE(s_client("").find("CN = second"), std::string::npos);
}

TEST_F(ServerTlsTest, SaysWhatIsWrongWithItsFiles) {
  auto good = certificates_.issue("good");
  auto other = certificates_.issue("other");
  std::ofstream(certificates_.path("text")) << "hello";
  auto why = [&](TlsFiles files) { return ServerTls::check(files).error().message; };

  EXPECT_EQ(why({.cert_file = "/nowhere.pem", .key_file = good.key_file}),
            "cert_file /nowhere.pem: No such file or directory");
  EXPECT_EQ(why({.cert_file = "/tmp", .key_file = good.key_file}), "cert_file /tmp: is a directory");
  EXPECT_EQ(why({.cert_file = good.cert_file, .key_file = other.key_file}),
            "key_file " + other.key_file + ": is not the key of the certificate in cert_file");
  EXPECT_EQ(why({.cert_file = good.cert_file, .key_file = certificates_.path("text")}),
            "key_file " + certificates_.path("text") + ": has no PEM block of that kind");
  EXPECT_EQ(why({.cert_file = good.cert_file, .key_file = good.key_file, .client_ca_file = "/nowhere"}),
            "client_ca_file /nowhere: No such file or directory");
}

TEST_F(ServerTlsTest, WantsACertificateOfItsAuthorityWhereItIsTold) {
  files_.client_ca_file = certificates_.ca_file();
  start();
  auto client = certificates_.issue("client");
  fakes::Certificates stranger;
  auto strange = stranger.issue("client");

  EXPECT_FALSE(ask_anew());
  access_.cert_file = strange.cert_file;
  access_.key_file = strange.key_file;
  EXPECT_FALSE(ask_anew());
  access_.cert_file = client.cert_file;
  access_.key_file = client.key_file;
  EXPECT_EQ(ask_anew().value().body, "known hello");
}

TEST_F(ServerTlsTest, CanOnlyAskForACertificate) {
  files_.client_ca_file = certificates_.ca_file();
  files_.every_client = false;
  start();
  auto client = certificates_.issue("client");

  EXPECT_EQ(ask_anew().value().body, "hello");
  access_.cert_file = client.cert_file;
  access_.key_file = client.key_file;
  EXPECT_EQ(ask_anew().value().body, "known hello");
}

}  // namespace
}  // namespace net::http
