// SPDX-License-Identifier: Apache-2.0
// A pipeline with a stage that does nothing: the heartbeat stops there, while alerts are taken all the same.
#include <gtest/gtest.h>

#include "app/await.h"
#include "app/heartbeat/heart.h"
#include "app/ledger.h"
#include "app/pipeline.h"
#include "base/threads.h"
#include "bus/embedded/embedded_bus.h"
#include "net/http/curl_client.h"
#include "tests/harness/eventually.h"
#include "tests/harness/http_receiver.h"
#include "tests/harness/temp_dir.h"

namespace {

constexpr std::chrono::seconds kGenerous{60};

// The parts of a process, with some of its stages.
class BrokenStage : public ::testing::TestWithParam<std::pair<const char*, app::Roles>> {
 protected:
  BrokenStage() {
    base::yaml::Problems problems;
    auto config = app::read_config(
        "heartbeat: {interval: 1s, url: \"" + dead_mans_switch_.url("/ping") + "\"}\nsinksConfig: []\n",
        base::yaml::process_environment(), {*http_, threads_.executor()}, problems);
    section_ = config->heartbeat;
    pipeline_.emplace(std::move(*config), GetParam().second,
                      app::PipelineDeps{*bus_, clock_, rng_, metrics_, threads_.executor(), *http_});
    heart_.emplace(*bus_, clock_, metrics_, pipeline_->passes(), threads_.executor());
  }
  ~BrokenStage() override {
    app::await(threads_.executor(), heart_->stop());
    app::await(threads_.executor(), bus_->stop());
    app::await(threads_.executor(), pipeline_->stop());
    app::await(threads_.executor(), http_->stop());
  }

  bool start() {
    if (!http_->start() || !bus_->start() || !pipeline_->start({})) return false;
    heart_->start({section_, std::nullopt, true, false});
    return true;
  }

  harness::TempDir dir_;
  harness::HttpReceiver dead_mans_switch_;
  base::Threads threads_{"work", 2};
  base::SystemClock clock_;
  base::Rng rng_{7};
  base::Metrics metrics_;
  std::unique_ptr<net::http::Client> http_ = net::http::make_client({}, threads_.executor());
  std::unique_ptr<bus::Bus> bus_ =
      bus::embedded::make_embedded_bus({.data_dir = dir_.path(), .durable = false}, clock_, metrics_);
  std::optional<app::HeartbeatSection> section_;
  std::optional<app::Pipeline> pipeline_;
  std::optional<app::heartbeat::Heart> heart_;
};

TEST_P(BrokenStage, StopsTheHeartbeatAndIsNamed) {
  ASSERT_TRUE(start());

  EXPECT_TRUE(harness::eventually(kGenerous, [&] {
    return heart_->check()->detail.starts_with(std::string("stopped at ") + GetParam().first);
  })) << heart_->check()->detail;

  EXPECT_TRUE(dead_mans_switch_.received().empty());
  EXPECT_TRUE(bus_->health().writable);
  auto archive = bus::embedded::open_embedded_archive(dir_.path());
  ASSERT_TRUE(archive);
  EXPECT_EQ(app::read_ledger(*archive.value()).value().difference(), 0);
}

INSTANTIATE_TEST_SUITE_P(Heartbeats, BrokenStage,
                         ::testing::Values(std::pair("playbooks", app::Roles{.playbooks = false}),
                                           std::pair("incidents", app::Roles{.incidents = false}),
                                           std::pair("routing", app::Roles{.sinks = false})));

}  // namespace
