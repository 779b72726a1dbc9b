// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "net/http/curl_client.h"
#include "tests/fakes/io_thread.h"
#include "tests/fakes/tls_server.h"

namespace net::http {
namespace {

class ClientTlsTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_FALSE(server_.port().empty()); }
  ~ClientTlsTest() override { io_.run(client_->stop()); }

  base::Result<Response> get(const Access& access) {
    Request request;
    request.url = "https://127.0.0.1:" + server_.port() + "/";
    request.deadline = base::in(std::chrono::seconds(20));
    request.access = &access;
    return io_.run(client_->send(std::move(request)));
  }

  fakes::TlsServer server_{"prometheus.internal"};
  fakes::IoThread io_;
  std::unique_ptr<Client> client_ = make_client({}, io_.executor());
};

TEST_F(ClientTlsTest, RefusesACertificateThatNobodyVouchesFor) {
  auto answer = get(Access{});

  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().reason, base::Reason::kUnreachable);
  EXPECT_NE(answer.error().message.find("self-signed certificate"), std::string::npos) << answer.error().message;
}

TEST_F(ClientTlsTest, TakesACertificateOfItsOwnAuthorityForTheRightName) {
  Access access;
  access.ca_file = server_.ca_file();
  access.server_name = "prometheus.internal";

  auto answer = get(access);

  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer.value().status, 200);
}

TEST_F(ClientTlsTest, RefusesATrustedCertificateForAnotherName) {
  Access access;
  access.ca_file = server_.ca_file();

  EXPECT_EQ(get(access).error().reason, base::Reason::kUnreachable);
  access.server_name = "other.internal";
  EXPECT_EQ(get(access).error().reason, base::Reason::kUnreachable);
}

TEST_F(ClientTlsTest, SkipsTheCheckOnlyWhenTold) {
  Access access;
  access.insecure_skip_verify = true;

  EXPECT_TRUE(get(access));
  EXPECT_FALSE(get(Access{}));
}

TEST_F(ClientTlsTest, NamesAnAuthorityFileThatCannotBeRead) {
  Access access;
  access.ca_file = "/nonexistent/ca.pem";

  auto answer = get(access);

  ASSERT_FALSE(answer);
  EXPECT_NE(answer.error().message.find("/nonexistent/ca.pem"), std::string::npos) << answer.error().message;
}

}  // namespace
}  // namespace net::http
