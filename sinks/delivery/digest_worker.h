// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bus/bus.h"
#include "sinks/delivery/sender.h"
#include "sinks/digest.h"
#include "sinks/sink_set.h"

namespace sinks {

// Whether a sink of the set has digests: its own, or those of a sink that it takes over from.
bool has_digests(const SinkSet& sinks, const std::string& sink);

// The stage that tells a sink in digests what its DeliveryWorker folded. Its keys are the sink's lanes.
//
// What comes for a lane is gathered in the state of the lane. A digest goes out when it has gathered long enough or is
// full, with the urgency of the worst that it tells; while it can't, the handler waits and the rest stays in the log.
// What a digest tells is fixed at its first attempt, so that a repeat after a failure tells the same. Each delivery in
// it ends with the digest: delivered, or, after retry_for, as a dead letter of its own that can be played again. Uses
// the sender of the sink's DeliveryWorker, which outlives it.
class DigestWorker final : public bus::Handler {
 public:
  // What one digest tells: 600 bytes each, 300 KB of state. A chat can show a tenth of it by name.
  static constexpr std::int64_t kMost = 500;
  // How long a digest gathers with something urgent in it.
  static constexpr base::Duration kUrgentInterval = std::chrono::seconds(2);

  explicit DigestWorker(Sender& sender) : sender_(sender) {}

  // The stage "digest.<name>".
  static bus::StageSpec spec(std::string_view sink);

  base::Task<base::Result<void>> on_record(const bus::Record& record, bus::Transaction& txn) override;
  base::Task<base::Result<void>> on_timer(const bus::Timer& timer, bus::Transaction& txn) override;
  void on_dead_letter(const bus::Record& record, const base::Error& error, bus::Transaction& txn) override;

 private:
  struct Batch;

  base::Task<base::Result<void>> send(bus::Transaction& txn);
  void settle(const Batch& batch, const Sender::Outcome& outcome, bus::Transaction& txn);
  void give_up(const Batch& batch, const Sender::Outcome& outcome, bus::Transaction& txn);

  Sender& sender_;
};

}  // namespace sinks
