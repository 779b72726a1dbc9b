// SPDX-License-Identifier: Apache-2.0
// Prometheus, a Thanos sidecar beside it and a Thanos Query over that. Debian has no Thanos; its 0.35.1 builds without
// cgo out of the Go module github.com/thanos-io/thanos (go build ./cmd/thanos), and has to be in PATH as `thanos`.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "net/prom/client.h"
#include "tests/integration/running_dialect.h"

namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::HasSubstr;

class Thanos : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const char* program : {"thanos", "prometheus"}) {
      if (harness::find_program(program).empty()) GTEST_SKIP() << program << " is not installed";
    }
    std::ofstream(dir_.path() + "/prometheus.yml")
        << "global: {external_labels: {replica: a}, scrape_interval: 1s}\n"
        << "scrape_configs: [{job_name: self, static_configs: [{targets: ['127.0.0.1:" << prometheus_port_
        << "']}]}]\n";
    prometheus_ = start({"prometheus", "--config.file=" + dir_.path() + "/prometheus.yml",
                         "--storage.tsdb.path=" + dir_.path() + "/data",
                         fmt::format("--web.listen-address=127.0.0.1:{}", prometheus_port_)});
    sidecar_ = start({"thanos", "sidecar", fmt::format("--prometheus.url=http://127.0.0.1:{}", prometheus_port_),
                      "--tsdb.path=" + dir_.path() + "/data", fmt::format("--grpc-address=127.0.0.1:{}", store_port_),
                      "--http-address=127.0.0.1:0"});
    query_ = start({"thanos", "query", fmt::format("--http-address=127.0.0.1:{}", port_), "--grpc-address=127.0.0.1:0",
                    fmt::format("--endpoint-strict=127.0.0.1:{}", store_port_)});
  }
  std::unique_ptr<harness::Process> start(std::vector<std::string> argv) {
    auto log = dir_.path() + "/" + std::to_string(++started_) + ".log";
    return std::make_unique<harness::Process>(std::move(argv), log);
  }
  base::Result<net::prom::Answer> up() {
    net::prom::Client client(client_.http(), {.url = fmt::format("http://127.0.0.1:{}", port_)});
    return client_.io().run(client.query("up", std::chrono::system_clock::now(), base::in(20s)));
  }

  harness::TempDir dir_;
  std::uint16_t prometheus_port_ = harness::free_port();
  std::uint16_t store_port_ = harness::free_port();
  std::uint16_t port_ = harness::free_port();
  int started_ = 0;
  std::unique_ptr<harness::Process> prometheus_, sidecar_, query_;
  integration::RunningClient client_;
};

TEST_F(Thanos, ShowsWhatPrometheusHasAndSaysWhenAStoreIsAway) {
  ASSERT_TRUE(harness::eventually(60s, [&] {
    auto answer = up();
    return answer && !answer.value().series.empty();
  })) << query_->output();

  sidecar_->kill();

  auto answer = up();
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_THAT(answer.value().warnings, Contains(HasSubstr(fmt::format("127.0.0.1:{}", store_port_))));
}

}  // namespace
