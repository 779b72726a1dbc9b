// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "enrichers/graph/graph_actions.h"
#include "tests/integration/running_dialect.h"

namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

// bcrypt of "secret".
constexpr char kWebConfig[] = R"(
tls_server_config: {{cert_file: {0}/cert.pem, key_file: {0}/key.pem}}
basic_auth_users: {{tocsin: "$2b$04$nzWZitHMb4PgpfZ0Tx7QZOz3F7gPXzTUI4dvE6vw37nzdmEF.SDjG"}}
)";

// A Prometheus behind TLS, a password and a path prefix.
class PrometheusAccess : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const char* program : {"prometheus", "openssl"}) {
      if (harness::find_program(program).empty()) GTEST_SKIP() << program << " is not installed";
    }
    auto made = harness::run({"openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                              "/CN=prometheus", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", path("key.pem"),
                              "-out", path("cert.pem")});
    ASSERT_TRUE(made.exit.is_success()) << made.err;
    auto web = dir_.write("web.yml", fmt::format(kWebConfig, dir_.path()));
    server_.emplace(
        std::vector<std::string>{"prometheus", "--config.file=/dev/null", "--storage.tsdb.path=" + path("data"),
                                 "--web.config.file=" + web, "--web.route-prefix=/prom",
                                 fmt::format("--web.listen-address=127.0.0.1:{}", port_)},
        path("log.txt"));
    ASSERT_TRUE(harness::eventually(30s, [&] { return draw(kGoodAccess).has_value(); }))
        << draw(kGoodAccess).error().message << server_->output();
  }

  std::string path(const char* name) const { return dir_.path() + "/" + name; }

  base::Result<enrichers::Contribution> draw(const std::string& access) {
    schemas::Event event;
    event.alert.emplace();
    event.alert->starts_at = std::chrono::system_clock::now();
    schemas::Finding draft;
    std::string params =
        fmt::format("{{promql_query: vector(1), prometheus_url: 'https://127.0.0.1:{}/prom/?x=1', {}}}", port_,
                    fmt::format(fmt::runtime(access), path("cert.pem")));
    return client_.run(enrichers::custom_graph_enricher_type(), params, event, draft, event.alert->starts_at);
  }

  static constexpr const char* kGoodAccess = "prometheus_access: {{username: tocsin, password: secret, ca_file: {}}}";

  harness::TempDir dir_;
  std::uint16_t port_ = harness::free_port();
  std::optional<harness::Process> server_;
  integration::RunningClient client_;
};

TEST_F(PrometheusAccess, IsGrantedWithItsAuthorityAndPassword) {
  EXPECT_TRUE(draw(kGoodAccess));
  // "tocsin:secret", as Robusta's users write it.
  EXPECT_TRUE(draw("prometheus_auth: 'Basic dG9jc2luOnNlY3JldA==', prometheus_access: {{ca_file: {}}}"));
}

TEST_F(PrometheusAccess, IsRefusedByTheServerWithAnotherPassword) {
  auto result = draw("prometheus_access: {{username: tocsin, password: other, ca_file: {}}}");

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().reason, base::Reason::kAuth) << result.error().message;
}

TEST_F(PrometheusAccess, IsRefusedByUsWhereNobodyWeTrustSignedIt) {
  auto result = draw("prometheus_access: {{username: tocsin, password: secret}}");

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().reason, base::Reason::kUnreachable) << result.error().message;
  EXPECT_THAT(result.error().message, HasSubstr("certificate"));
}

}  // namespace
