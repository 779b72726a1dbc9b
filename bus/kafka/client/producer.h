// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/deadline.h"
#include "base/metrics.h"
#include "base/result.h"
#include "base/task.h"
#include "bus/kafka/client/client_options.h"
#include "bus/kafka/client/message.h"

namespace bus::kafka {

// Called once with what became of a message, on the producer's executor.
using Delivered = std::function<void(base::Result<Delivery>)>;

// An idempotent producer with acks=all: a message that is acknowledged is on all in-sync replicas, once, and messages
// to one partition keep the order in which they were given. Partitions are chosen by murmur2 of the key.
//
// produce() and send() may be called from any thread. Completions run on the executor given to open(), which must run
// one handler at a time (a strand, or one thread). Destroy it there too, or after that executor has stopped: what is
// not acknowledged then completes with kCancelled (it may have been stored all the same), inside the destructor.
//
// An idempotent producer can fail for good (the broker lost its state, or a message expired in between). It then
// refuses and fails everything with kUnavailable, and calls on_fatal once: make a new one. What it had not
// acknowledged may or may not be stored.
class Producer {
 public:
  static base::Result<std::unique_ptr<Producer>> open(ProducerOptions options, base::Executor executor,
                                                      base::Metrics& metrics,
                                                      std::function<void(base::Error)> on_fatal = {});
  ~Producer();

  // Takes the message and calls `done` later, exactly once; or refuses and never calls it: kFull (too much waits),
  // kTooLarge, kBadRequest (no name for a topic), kUnavailable (failed for good). Does not block.
  base::Result<void> produce(Message message, Delivered done);
  base::Task<base::Result<Delivery>> send(Message message);

  // Whether everything was acknowledged or failed before the deadline.
  base::Task<bool> flush(base::Deadline deadline);
  // Gives up all that is not acknowledged: it completes with kCancelled.
  void purge();
  // Messages neither acknowledged nor failed.
  std::size_t in_flight() const;

  // Whether every broker that this client knows is known to be out of reach: asking for more is pointless at the
  // moment. False before the first attempt has failed. The client goes on trying to reach them. Thread-safe.
  bool brokers_down() const;
  // What the client last said about it, for people; empty while brokers_down() is false.
  std::string why_down() const;
  // Why it failed for good, if it did. Thread-safe.
  std::optional<base::Error> fatal() const;

  // Makes it fail for good, as a broker could: for tests of its owners.
  void fail_for_good(int code);

 private:
  struct State;
  explicit Producer(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace bus::kafka
