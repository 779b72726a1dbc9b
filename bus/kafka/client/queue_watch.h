// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

#include "base/task.h"

struct rd_kafka_queue_s;

namespace bus::kafka {

// Serves a queue of librdkafka from an executor, without a thread that waits: librdkafka writes to a descriptor when
// the queue becomes non-empty.
class QueueWatch {
 public:
  // Calls `serve` on `executor` as long as it says that it found something, and again whenever there is more. `serve`
  // takes one event off the queue. With `pace` it is called at least so often, whether there is something or not. The
  // queue must outlive the watch.
  QueueWatch(base::Executor executor, rd_kafka_queue_s* queue, std::function<bool()> serve,
             std::optional<std::chrono::milliseconds> pace = std::nullopt);
  // On the executor, or after it has stopped: `serve` is not called any more.
  ~QueueWatch();
  QueueWatch(const QueueWatch&) = delete;
  QueueWatch& operator=(const QueueWatch&) = delete;

 private:
  class Loop;
  rd_kafka_queue_s* queue_;
  std::shared_ptr<Loop> loop_;
};

}  // namespace bus::kafka
