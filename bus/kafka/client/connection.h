// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "base/metrics.h"
#include "base/result.h"
#include "base/task.h"
#include "bus/kafka/client/client_options.h"

namespace bus::kafka {

// A client of Kafka that belongs to no group: what PartitionReader and Admin look through. They share one, because each
// client keeps connections and threads of its own. Questions that block inside librdkafka are asked aside.
//
// The executor must run one handler at a time (a strand, or one thread). Destroy the last owner of a connection there,
// or after that executor has stopped.
class Connection {
 public:
  struct State;

  static base::Result<std::shared_ptr<Connection>> open(ClientOptions options, std::string name,
                                                        base::Executor executor, base::Metrics& metrics);
  ~Connection();

  // See Producer. Thread-safe.
  bool brokers_down() const;
  std::string why_down() const;
  const std::shared_ptr<State>& state() const { return state_; }

 private:
  explicit Connection(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace bus::kafka
