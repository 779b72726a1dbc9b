// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>

#include "enrichers/action.h"
#include "enrichers/action_type.h"
#include "net/http/client.h"

namespace fakes {

// Reaches nothing.
class NoHttp final : public net::http::Client {
 public:
  base::Result<void> start() override { return base::ok(); }
  base::Task<void> stop() override { co_return; }
  base::Task<base::Result<net::http::Response>> send(net::http::Request) override {
    co_return base::passing(base::Reason::kUnreachable, "there is no network here");
  }
};

struct ScriptOptions {
  std::string text = "evidence";
  std::string title;
  std::string aggregation_key;
};

// What holds back the actions named "gate". Thread-safe.
struct Gate {
  std::atomic<bool> is_open = false;
  std::atomic<int> passed = 0;
};
inline Gate& gate() {
  static Gate one;
  return one;
}

// An action that does as its name says:
//   note      adds `text`, and title or aggregation key where given
//   fail      gives an error
//   throw     throws
//   hang      never ends until cancelled
//   deaf      goes on for 300 ms, cancelled or not
//   gate      waits until gate() is open; then it fails where it has no text
//   silence   silences by the rule `text`; runs alone
class ScriptedAction final : public enrichers::Action {
 public:
  ScriptedAction(std::string name, ScriptOptions options) : name_(std::move(name)), options_(std::move(options)) {}

  base::Task<base::Result<enrichers::Contribution>> run(const enrichers::Input& input) const override {
    if (name_ == "fail") co_return base::passing(base::Reason::kUnreachable, "no route to " + options_.text);
    if (name_ == "throw") throw std::runtime_error("thrown");
    if (name_ == "hang") co_await sleep(std::chrono::hours(1));
    if (name_ == "deaf") {
      co_await boost::asio::this_coro::reset_cancellation_state(boost::asio::disable_cancellation());
      co_await sleep(std::chrono::milliseconds(300));
    }
    if (name_ == "gate") {
      while (!gate().is_open) co_await sleep(std::chrono::milliseconds(1));
      ++gate().passed;
      if (options_.text.empty()) co_return base::passing(base::Reason::kUnavailable, "behind the gate is nothing");
    }
    enrichers::Contribution contribution;
    if (name_ == "silence") {
      contribution.silenced_by = options_.text;
      co_return contribution;
    }
    contribution.enrichments.push_back(
        enrichers::enrichment("text", options_.text, "", schemas::MarkdownBlock{input.draft.title}));
    if (!options_.title.empty()) contribution.title = options_.title;
    if (!options_.aggregation_key.empty()) contribution.aggregation_key = options_.aggregation_key;
    co_return contribution;
  }

 private:
  static base::Task<void> sleep(std::chrono::milliseconds wait) {
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, wait);
    co_await timer.async_wait(boost::asio::use_awaitable);
  }

  const std::string name_;
  const ScriptOptions options_;
};

inline enrichers::ActionTypes scripted_actions() {
  static const auto table = [] {
    base::OptionTable<ScriptOptions> t("scripted", "An action for tests.");
    t.option("text", &ScriptOptions::text, "What it says.");
    t.option("title", &ScriptOptions::title, "The finding's title from here on.");
    t.option("aggregation_key", &ScriptOptions::aggregation_key, "The finding's aggregation key from here on.");
    return t;
  }();
  enrichers::ActionTypes types;
  for (const std::string name : {"note", "fail", "throw", "hang", "deaf", "gate", "silence"}) {
    types.add({name, name == "silence", &table.set(),
               [name](const base::yaml::Node& params, const enrichers::Services&, base::yaml::Problems& problems) {
                 return std::make_unique<ScriptedAction>(name, table.read(params, problems));
               }});
  }
  return types;
}

}  // namespace fakes
