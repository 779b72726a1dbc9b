// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/metrics.h"
#include "base/rng.h"
#include "bus/transaction.h"
#include "sinks/delivery/gate.h"
#include "sinks/delivery/health.h"
#include "sinks/delivery/retry.h"
#include "sinks/delivery/sink_metrics.h"
#include "sinks/delivery/telling.h"
#include "sinks/grouping/grouping.h"
#include "sinks/sink.h"
#include "sinks/sink_options.h"

namespace sinks {

// How a sink is delivered to.
struct DeliveryOptions {
  std::string sink;  // As sink_name() has it.
  RetryPolicy retry;
  base::Duration timeout = std::chrono::seconds(15);  // Of one attempt.
  RateLimit rate_limit;
  Storm storm;
  Pace pace;
  base::Duration stable_for{};  // How long an end must last before it is told.
  std::string fallback = {};    // As sink_name() has it; empty: what can't be told is a dead letter.
  std::optional<Grouping> grouping = {};
};
DeliveryOptions delivery_options(const SinkOptions& common);
// Whether what has no turn soon enough is told in digests.
bool folds(const DeliveryOptions& options);
// Whether several deliveries may be told as one: in digests or summaries.
bool tells_in_parts(const DeliveryOptions& options);

// What delivering needs from outside; outlives it.
struct DeliveryDeps {
  base::Clock& clock;  // Paces the outside world: the machine's clock, in a replay too.
  base::Rng& rng;
  base::Metrics& metrics;
  HealthBoard& health;
  base::Executor executor;  // For the sender's own timers.
};

// One sink with all that stands between it and those who send to it: the turn at the gate, the deadline of an attempt,
// and what gate, metrics and health learn from its end. Thread-safe.
class Sender {
 public:
  Sender(DeliveryOptions options, std::unique_ptr<Sink> sink, DeliveryDeps deps);

  // How one attempt ended. `now` is the pipeline's clock after it.
  struct Outcome {
    base::Result<Reply> reply;
    Attempts attempts;
    base::Time now;
    std::optional<base::Duration> later = {};  // Not tried: its turn is too far away. See Gate::Turn.
    bool stopped = false;                      // The stage is stopping: nothing is known of the delivery.
  };

  // Renders when it has its turn, so that nothing is drawn for a digest's parts.
  using Render = std::function<base::Result<Rendered>()>;

  // What the sink remembers of an incident: Sending::note and Sending::kept.
  struct Memory {
    std::string note;
    std::string kept;
  };

  // Waits for a turn as `ask` says, renders and makes one attempt; where rendering fails there is none. `memory` goes
  // in and out. An attempt after the retry budget of `attempts` is not made either.
  base::Task<Outcome> attempt(const schemas::Delivery& delivery, Render render, Gate::Ask ask, Attempts attempts,
                              Memory& memory, const bus::Transaction& txn);

  base::Result<Rendered> render(const schemas::Delivery& delivery) const;
  base::Result<Rendered> render(const Digest& digest) const;
  std::string lane(const schemas::Delivery& delivery) const { return sink_->lane(delivery); }

  bool edits() const { return sink_->edits(); }
  std::string thread_of(const std::string& note) const { return sink_->thread_of(note); }

  const DeliveryOptions& options() const { return options_; }
  // The moment of the next attempt, or nullopt: give up.
  std::optional<base::Time> next_attempt(const Outcome& outcome) const;
  SinkMetrics& metrics() { return metrics_; }

  base::Task<void> stop() { return gate_.stop(); }

 private:
  base::Task<void> send_rendered(base::Result<Rendered> rendered, Sending& sending, Gate::Pass& pass, Outcome& outcome);
  base::Task<base::Result<Reply>> send(Sending& sending, Gate::Pass& pass);
  base::Task<base::Result<Reply>> send_to_its_end(Sending& sending);
  void note_health(const base::Result<Reply>& reply, std::string_view hint);

  const DeliveryOptions options_;
  const std::unique_ptr<Sink> sink_;
  base::Clock& clock_;
  base::Rng& rng_;
  HealthBoard& health_;
  SinkMetrics metrics_;
  Gate gate_;
};

// The same error, but for good.
base::Error given_up(base::Error error);

}  // namespace sinks
