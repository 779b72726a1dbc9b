// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "base/backoff.h"
#include "base/metrics.h"
#include "base/result.h"
#include "base/task_group.h"
#include "bus/kafka/client/producer.h"

namespace bus::kafka {

// A producer that is made anew when it has failed for good. For the thread of `executor`, but for what says otherwise.
class Outbox {
 public:
  Outbox(ProducerOptions options, base::Executor executor, base::Metrics& metrics, base::Rng& rng);

  // From any thread, before anything else.
  base::Result<void> open();
  base::Task<void> close();

  // `done` is called once, later, however it ends.
  void produce(Message message, Delivered done);
  // Whether asking for more is pointless at the moment. Thread-safe.
  bool brokers_down() const;
  // See Producer. Thread-safe.
  std::string why_down() const;

 private:
  void failed(const base::Error& error);
  base::Task<void> open_again();

  const ProducerOptions options_;
  base::Executor executor_;
  base::Metrics& metrics_;
  base::Rng& rng_;
  prometheus::Counter& replaced_;
  mutable std::mutex mutex_;  // Guards the pointer against brokers_down().
  std::shared_ptr<Producer> producer_;
  int attempts_ = 0;
  bool closed_ = false;
  base::TaskGroup tasks_;  // Last: runs on the fields above.
};

}  // namespace bus::kafka
