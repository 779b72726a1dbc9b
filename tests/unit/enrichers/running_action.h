// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <optional>
#include <string>

#include "base/yaml/parse.h"
#include "enrichers/action.h"
#include "schemas/alert_subject.h"
#include "tests/fakes/fake_http_client.h"

namespace fakes {

// Runs actions for one alert at a fixed time, with a network that answers from a list.
class RunningAction : public ::testing::Test {
 protected:
  static base::Time at(const char* text) { return base::parse_rfc3339(text).value().value(); }

  explicit RunningAction(schemas::Labels labels) {
    schemas::Alert alert;
    alert.labels = std::move(labels);
    alert.fingerprint = "00ff";
    alert.starts_at = at("2026-01-02T03:00:00Z");
    set(std::move(alert));
  }

  void set(schemas::Alert alert) {
    draft_.subject = schemas::alert_subject(alert);
    draft_.title = alert.name();
    event_.alert = std::move(alert);
  }
  void label(const char* name, const std::string& value) {
    schemas::Alert alert = *event_.alert;
    alert.labels[name] = value;
    set(std::move(alert));
  }

  // The problems that the parameters have: "1:2: error: text".
  std::vector<std::string> problems(const enrichers::ActionType& type, const std::string& params) {
    base::yaml::Problems found;
    type.make(parsed(params, found), {http_, "prod"}, found);
    std::vector<std::string> lines;
    for (const auto& problem : found.sorted()) lines.push_back(base::yaml::to_string(problem, "").substr(1));
    return lines;
  }

  base::Result<enrichers::Contribution> run(const enrichers::ActionType& type, const std::string& params = "{}") {
    base::yaml::Problems found;
    auto action = type.make(parsed(params, found), {http_, "prod"}, found);
    EXPECT_FALSE(found.has_errors()) << base::yaml::to_string(found.sorted().front(), type.name);
    std::optional<base::Result<enrichers::Contribution>> result;
    boost::asio::io_context context;
    enrichers::Input input{event_, draft_, at("2026-01-02T03:10:00Z"), base::in(std::chrono::seconds(10))};
    auto task = [&]() -> base::Task<void> { result = co_await action->run(input); };
    boost::asio::co_spawn(context, task(), [](std::exception_ptr failure) { EXPECT_EQ(failure, nullptr); });
    context.run();
    return std::move(*result);
  }

  static const base::Chart& chart_of(const enrichers::Contribution& contribution) {
    return std::get<schemas::ChartBlock>(contribution.enrichments.at(0).blocks.at(0)).chart;
  }
  static std::string text_of(const enrichers::Contribution& contribution, std::size_t block = 0) {
    return std::get<schemas::MarkdownBlock>(contribution.enrichments.at(0).blocks.at(block)).text;
  }

  fakes::FakeHttpClient http_;
  schemas::Event event_;
  schemas::Finding draft_;

 private:
  static base::yaml::Node parsed(const std::string& params, base::yaml::Problems& problems) {
    return base::yaml::parse(
        params, [](const std::string&) { return std::nullopt; }, problems);
  }
};

}  // namespace fakes
