// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <vector>

#include "base/deadline.h"
#include "base/result.h"
#include "base/task.h"
#include "base/task_group.h"
#include "base/time.h"
#include "enrichers/action.h"
#include "playbooks/playbooks.h"
#include "schemas/event.h"
#include "schemas/finding.h"

namespace playbooks {

// How many calls go on at the same time though their findings are out. Thread-safe; copies count together.
class LatePlaces {
 public:
  // A late call has a connection of its own, and there are 16 to one host (net::http::ClientLimits): a side that hangs
  // leaves half of them to what is asked anew. What a late call holds in memory, an event, its finding and an answer,
  // any of the 64 events under way holds too.
  static constexpr int kMost = 8;

  // A place until the last copy of the pointer is gone; nullptr when all are taken.
  std::shared_ptr<void> take() const;

 private:
  std::shared_ptr<std::atomic<int>> taken_ = std::make_shared<std::atomic<int>>(0);
};

// A call that goes on after its finding. It is cancelled when this is destroyed. Thread-safe.
class LateCall {
 public:
  virtual ~LateCall() = default;
  // What came of it, once it has ended.
  virtual std::optional<base::Result<enrichers::Contribution>> result() const = 0;
};

// One run of one action, with all that the action sees: an action that outlasts its deadline keeps it alive.
struct Call {
  std::shared_ptr<const Playbooks> keeps;  // Owns `step`.
  const Playbook* playbook = nullptr;
  const Step* step = nullptr;
  std::shared_ptr<const schemas::Event> event;
  std::shared_ptr<const schemas::Finding> draft;
  base::Time now;
  std::chrono::milliseconds allowed{};   // How long the finding waits for it.
  std::chrono::milliseconds patience{};  // How long it may go on after that; zero: it is cancelled.

  // Set by run_calls(): what came of it. kTimeout if it took longer than allowed; it may go on then as `late`.
  std::optional<base::Result<enrichers::Contribution>> result;
  bool was_late = false;
  std::shared_ptr<LateCall> late;
  std::chrono::steady_clock::duration took{};
};

// Runs the calls at the same time and completes when all have a result, at the latest when what they are allowed is
// over. An action that is late goes on if it has patience and there is a place; else it is cancelled and left to
// `group`, which waits for all of them at its end; nobody else does. Completes with false when the awaiting task is
// cancelled: the calls are then cancelled and without a result.
base::Task<bool> run_calls(std::vector<Call>& calls, const LatePlaces& places, base::TaskGroup& group);

// Starts a call whose finding is out already, or goes out without waiting for it; it may take what it is allowed and
// its patience. nullptr when there is no place.
std::shared_ptr<LateCall> start_late(Call call, const LatePlaces& places, base::TaskGroup& group);

}  // namespace playbooks
