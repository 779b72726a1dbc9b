// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/metrics.h"
#include "playbooks/worker.h"
#include "schemas/topics.h"
#include "schemas/trace.h"
#include "tests/fakes/fake_stage.h"
#include "tests/fakes/io_thread.h"
#include "tests/harness/eventually.h"
#include "tests/unit/playbooks/alerts.h"
#include "tests/unit/playbooks/loading.h"

namespace fakes {

// A worker with a configuration, on a stage in memory.
class RunningWorker {
 public:
  explicit RunningWorker(const std::string& yaml) : RunningWorker(load(yaml)) {}
  explicit RunningWorker(Loaded loaded)
      : problems(loaded.problems),
        clock(kStart),
        worker_(loaded.playbooks, metrics_, threads_.executor()),
        stage(worker_, clock) {}

  // Gives it an alert, as received now.
  void send(const schemas::Alert& alert) {
    auto made = event(alert, clock.now());
    auto result = stage.handle(std::string(schemas::topics::kEvents), made.subject, schemas::encode(made));
    if (!result.has_value()) failures.push_back(result.error().message);
  }
  void advance(base::Duration by) { stage.advance(by); }
  void replace(const std::string& yaml) { worker_.replace(load(yaml).playbooks); }

  std::vector<schemas::Finding> findings() const {
    std::vector<schemas::Finding> found;
    for (const auto& record : stage.emitted) {
      if (record.topic == schemas::topics::kFindings) found.push_back(schemas::decode_finding(record.value).value());
    }
    return found;
  }
  schemas::Finding last() const { return findings().back(); }
  std::vector<schemas::EventTrace> traces() const {
    std::vector<schemas::EventTrace> found;
    for (const auto& record : stage.emitted) {
      if (record.topic == schemas::topics::kTraces) found.push_back(schemas::decode_trace(record.value).value());
    }
    return found;
  }
  std::int64_t counted(const std::string& counter) const {
    auto it = stage.counters.find(counter);
    return it == stage.counters.end() ? 0 : it->second;
  }

  std::string metrics() const { return metrics_.expose(); }
  // Waits until so many have passed gate() and what they brought is where it belongs.
  void wait_at_gate(int passed) {
    EXPECT_TRUE(harness::eventually(std::chrono::seconds(60), [&] { return gate().passed >= passed; }));
    threads_.run([]() -> base::Task<void> { co_return; }());
  }

  std::vector<std::string> problems;
  std::vector<std::string> failures;
  base::ManualClock clock;

 private:
  base::Metrics metrics_;
  IoThread threads_;
  playbooks::Worker worker_;

 public:
  FakeStage stage;
};

}  // namespace fakes
