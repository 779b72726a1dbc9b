// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "bus/bus.h"
#include "schemas/delivery.h"
#include "sinks/delivery/parked.h"
#include "sinks/delivery/sender.h"
#include "sinks/delivery/telling.h"

namespace sinks {

// The stage of one sink: it works off the sink's deliveries, for each incident in order, for several incidents at a
// time.
//
// A delivery that fails for good becomes a dead letter at once, or goes to the sink's fallback. One that may succeed
// later (also one whose credentials are refused: a person mends them) is parked in the state of its incident with a
// durable timer, and what comes later for the same incident stands behind it; after retry_for it becomes a dead letter.
// While the sink is down (see Gate) handlers wait, so that the rest stays in the log. Intent is the delivery's record,
// written before; the receipt is written after the send, so a repeat can only come from a crash in between, and carries
// the same idempotency key.
//
// The end of an incident is held until it has lasted for stable_for; a reopening before that takes both back.
//
// What is told of an incident for the first time and has no turn soon enough is folded: it goes on to the digest of its
// lane (DigestWorker), and so does the incident's end; the rest of it is suppressed, but for a rise in severity, which
// opens it. What adds to something that was told by itself is never folded: it is parked until its turn, or until the
// pace of updates allows it, and a mere repeat gives way to whatever comes after it.
//
// Where the sink has `grouping`, each goes to the stage of its group first (GroupWorker) and is told when it comes
// back.
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

  // What the sink's digests are sent with.
  Sender& sender() { return sender_; }

  base::Task<void> stop() { return sender_.stop(); }

 private:
  // What became of a delivery for now: it ended, or is tried at `next`, or is to be given up.
  struct End {
    std::optional<base::Time> next;
    std::optional<base::Error> failure;
    bool stopped = false;
  };
  // hold_down.cc
  bool holds_back(schemas::Delivery& delivery, const bus::Record& record, bus::Transaction& txn);
  base::Task<base::Result<void>> tell_end(std::string incident_id, base::Time due, bus::Transaction& txn);

  // grouped.cc
  bool goes_through_group(const schemas::Delivery& delivery) const;
  void hand_to_group(const schemas::Delivery& delivery, bus::Transaction& txn);
  static void forget_groups(bus::Transaction& txn);

  base::Task<End> deliver(schemas::Delivery delivery, Attempts& attempts, bus::Transaction& txn);
  base::Task<Sender::Outcome> attempt(const schemas::Delivery& delivery, Attempts attempts, const Telling& telling,
                                      bus::Transaction& txn);
  End judge_attempt(const schemas::Delivery& delivery, const Sender::Outcome& outcome, const Telling& telling,
                    bus::Transaction& txn);
  void told(const schemas::Delivery& delivery, const Telling& telling, bus::Transaction& txn);
  void fold_away(const schemas::Delivery& delivery, bus::Transaction& txn);
  void suppress(const schemas::Delivery& delivery, std::string_view reason, bus::Transaction& txn);

  void give_way(ParkedQueue& queue, const std::string& incident_id, bus::Transaction& txn);
  void park(const bus::Record& record, const Attempts& attempts, ParkedQueue& queue, bus::Transaction& txn);
  void give_up(const ParkedQueue::Entry& entry, const schemas::Delivery& delivery, const Attempts& attempts,
               const base::Error& error, bus::Transaction& txn);
  bool falls_back(const schemas::Delivery& delivery) const;
  void fall_back(const schemas::Delivery& delivery, const Attempts& attempts, const base::Error& error,
                 bus::Transaction& txn);
  bool is_urgent(const schemas::Delivery& delivery) const;

  Sender sender_;
};

}  // namespace sinks
