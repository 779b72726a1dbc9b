// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "base/rng.h"
#include "bus/embedded/log_view.h"

namespace bus::embedded {

// The one thread that reads the log for the stages. A job whose read fails is tried again until it succeeds or the
// reader stops; jobs left then are dropped. Jobs are bounded by their askers: a stage has one a key in hand and one a
// topic.
class Reader {
 public:
  using Job = std::function<void(LogView&)>;

  explicit Reader(base::Rng& rng) : rng_(rng) {}
  ~Reader();

  void start(std::unique_ptr<LogView> view);
  void stop();
  void post(Job job);

 private:
  void run();
  void perform(const Job& job);

  base::Rng& rng_;
  std::unique_ptr<LogView> view_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job> jobs_;
  bool stopping_ = false;
  std::thread thread_;  // Last: runs on the fields above.
};

}  // namespace bus::embedded
