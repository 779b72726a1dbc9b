// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "base/yaml/parse.h"
#include "enrichers/action.h"
#include "net/http/curl_client.h"
#include "tests/fakes/io_thread.h"
#include "tests/harness/eventually.h"
#include "tests/harness/socket.h"
#include "tests/harness/temp_dir.h"
#include "tests/integration/dialects.h"

namespace integration {

// Our client, running on a loop of its own.
class RunningClient {
 public:
  RunningClient() : http_(net::http::make_client({}, io_.executor())) { EXPECT_TRUE(http_->start()); }
  ~RunningClient() { io_.run(http_->stop()); }

  fakes::IoThread& io() { return io_; }
  net::http::Client& http() { return *http_; }

  // What an action with these parameters contributes to an event.
  base::Result<enrichers::Contribution> run(const enrichers::ActionType& type, const std::string& params,
                                            const schemas::Event& event, const schemas::Finding& draft,
                                            base::Time now) {
    base::yaml::Problems problems;
    auto node = base::yaml::parse(
        params, [](const std::string&) { return std::nullopt; }, problems);
    auto action = type.make(node, {*http_, "prod"}, problems);
    EXPECT_FALSE(problems.has_errors()) << base::yaml::to_string(problems.sorted().front(), params);
    enrichers::Input input{event, draft, now, base::in(std::chrono::seconds(20))};
    return io_.run(action->run(input));
  }

 private:
  fakes::IoThread io_;
  std::unique_ptr<net::http::Client> http_;
};

// One of the dialects, running. Skips where it is not installed.
class RunningDialect : public ::testing::TestWithParam<std::shared_ptr<Dialect>> {
 protected:
  void SetUp() override {
    const Dialect& dialect = *GetParam();
    if (harness::find_program(dialect.program()).empty()) GTEST_SKIP() << dialect.program() << " is not installed";
    ASSERT_NO_FATAL_FAILURE(load(dialect));
    std::vector<std::string> argv = dialect.arguments(dir_.path(), port_);
    argv.insert(argv.begin(), dialect.program());
    server_.emplace(argv, dir_.path() + ".log");
    ASSERT_TRUE(harness::eventually(std::chrono::seconds(30), [&] {
      return harness::http_get(port_, dialect.health()).is_success();
    })) << server_->output();
  }
  // Before it starts.
  virtual void load(const Dialect&) {}

  harness::TempDir dir_;
  std::uint16_t port_ = harness::free_port();
  std::optional<harness::Process> server_;
  RunningClient client_;
};

// For INSTANTIATE_TEST_SUITE_P.
inline auto all_dialects() { return ::testing::Values(prometheus(), victoria_metrics()); }
inline std::string name_of(const ::testing::TestParamInfo<std::shared_ptr<Dialect>>& info) {
  std::string name = info.param->program();
  std::erase(name, '-');
  return name;
}

}  // namespace integration
