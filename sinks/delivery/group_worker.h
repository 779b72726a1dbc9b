// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "bus/bus.h"
#include "sinks/delivery/sender.h"
#include "sinks/grouping/grouping.h"
#include "sinks/grouping/summary.h"
#include "sinks/sink_set.h"

namespace sinks {

// The stage that decides for a sink with `grouping` what its DeliveryWorker hands it. Its keys are groups.
//
// With a summary, openings and ends are counted; one message a group and interval tells the counts and is edited where
// the sink edits, else the counts come first and at the interval's end. A delivery that is only counted waits in the
// group's state until a summary has told it and then ends as suppressed, "grouped", or with the summary as a dead
// letter of its own. A delivery that is told by itself too goes back to the DeliveryWorker with the summary's thread.
//
// Without a summary, each goes back from the Nth of the interval on, and with it what follows of its incident; what
// came before ends as suppressed, "ignored_first".
//
// Uses the sender of the sink's DeliveryWorker, which outlives it.
class GroupWorker final : public bus::Handler {
 public:
  // Rows of a summary by name, and deliveries that wait for it: 200 x 300 bytes and 500 x 700 bytes of state a group.
  static constexpr std::size_t kMostRows = 200;
  static constexpr std::int64_t kMostGathered = 500;
  // Between two edits of a summary: a workspace takes 50 edits a minute, so that eight groups may be busy at a time.
  static constexpr base::Duration kBetweenEdits = std::chrono::seconds(10);

  GroupWorker(Grouping grouping, Sender& sender) : grouping_(std::move(grouping)), sender_(sender) {}

  // The stage "group.<name>".
  static bus::StageSpec spec(std::string_view sink);

  base::Task<base::Result<void>> on_record(const bus::Record& record, bus::Transaction& txn) override;
  base::Task<base::Result<void>> on_timer(const bus::Timer& timer, bus::Transaction& txn) override;
  void on_dead_letter(const bus::Record& record, const base::Error& error, bus::Transaction& txn) override;

  // The group of the key has nothing to tell any more. What it gathered must have ended.
  static void forget_all(bus::Transaction& txn);

 private:
  struct Interval;

  base::Task<base::Result<void>> sum_up(const bus::Record& record, GroupedDelivery grouped, bus::Transaction& txn);
  bool must_tell_now(const Interval& interval) const;
  base::Task<base::Result<void>> tell(Interval& interval, bool maybe_sent, bus::Transaction& txn);
  void settle(const Interval& interval, const Sender::Outcome& outcome, bus::Transaction& txn);
  void give_up(const Sender::Outcome& outcome, bus::Transaction& txn);
  Summary summary_of(const Interval& interval, const bus::Transaction& txn) const;
  void send_on(GroupedDelivery grouped, bool opening, std::string thread, bus::Transaction& txn);

  const Grouping grouping_;
  Sender& sender_;
};

}  // namespace sinks
