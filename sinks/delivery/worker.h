// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "base/metrics.h"
#include "base/rng.h"
#include "bus/bus.h"
#include "schemas/delivery.h"
#include "sinks/delivery/gate.h"
#include "sinks/delivery/health.h"
#include "sinks/delivery/parked.h"
#include "sinks/delivery/retry.h"
#include "sinks/delivery/sink_metrics.h"
#include "sinks/sink.h"
#include "sinks/sink_options.h"

namespace sinks {

// How a sink is delivered to.
struct DeliveryOptions {
  std::string sink;  // As sink_name() has it.
  RetryPolicy retry;
  base::Duration timeout = std::chrono::seconds(15);  // Of one attempt.
  RateLimit rate_limit;
};
DeliveryOptions delivery_options(const SinkOptions& common);

// What the worker needs from outside; outlives it.
struct DeliveryDeps {
  base::Clock& clock;  // Paces the outside world: the machine's clock, in a replay too.
  base::Rng& rng;
  base::Metrics& metrics;
  HealthBoard& health;
  base::Executor executor;  // For the worker's own timers.
};

// The stage of one sink: it works off the sink's deliveries, for each incident in order, for several incidents at a
// time.
//
// A delivery that fails for good becomes a dead letter at once. One that may succeed later (also one whose credentials
// are refused: a person mends them) is parked in the state of
// its incident with a durable timer, and what comes later for the same incident stands behind it; after retry_for it
// becomes a dead letter. While the sink is down (see Gate) handlers wait, so that the rest stays in the log. Intent is
// the delivery's record, written before; the receipt is written after the send, so a repeat can only come from a crash
// in between, and carries the same idempotency key.
//
// Stop it by Bus::remove_stage() and then stop().
class DeliveryWorker final : public bus::Handler {
 public:
  DeliveryWorker(DeliveryOptions options, std::unique_ptr<Sink> sink, DeliveryDeps deps);

  // The stage "sink.<name>" over the sink's own topic.
  static bus::StageSpec spec(std::string_view sink);

  base::Task<base::Result<void>> on_record(const bus::Record& record, bus::Transaction& txn) override;
  base::Task<base::Result<void>> on_timer(const bus::Timer& timer, bus::Transaction& txn) override;
  void on_dead_letter(const bus::Record& record, const base::Error& error, bus::Transaction& txn) override;

  base::Task<void> stop() { return gate_.stop(); }

 private:
  // How one attempt ended. `now` is the pipeline's clock after it.
  struct Outcome {
    base::Result<Reply> reply;
    Attempts attempts;
    base::Time now;
    bool stopped = false;  // The stage is stopping: nothing is known of the delivery.
  };
  base::Task<Outcome> attempt(const schemas::Delivery& delivery, Attempts attempts, bus::Transaction& txn);
  base::Task<base::Result<Reply>> send(Sending& sending, Gate::Pass& pass);
  base::Task<base::Result<Reply>> send_to_its_end(Sending& sending);
  void note_health(const base::Result<Reply>& reply);
  base::Result<Rendered> render(const schemas::Delivery& delivery) const;

  base::Result<void> park(const bus::Record& record, const Outcome& outcome, bus::Transaction& txn);
  void stand_behind(const bus::Record& record, ParkedQueue& queue, bus::Transaction& txn);
  void give_up(const ParkedQueue::Entry& entry, const schemas::Delivery& delivery, const Outcome& outcome,
               bus::Transaction& txn);

  const DeliveryOptions options_;
  const std::unique_ptr<Sink> sink_;
  base::Clock& clock_;
  base::Rng& rng_;
  HealthBoard& health_;
  SinkMetrics metrics_;
  Gate gate_;
};

}  // namespace sinks
