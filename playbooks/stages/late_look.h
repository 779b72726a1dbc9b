// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "base/task_group.h"
#include "bus/transaction.h"
#include "playbooks/action_metrics.h"
#include "playbooks/playbooks.h"
#include "playbooks/stages/act.h"
#include "playbooks/stages/late_calls.h"
#include "playbooks/stages/late_evidence.h"

// Evidence that follows its finding. A durable timer of the event's key, "late/<finding>", looks every two seconds
// whether a call has ended: at most eight calls are awaited (LatePlaces), so that this is four small transactions a
// second. A call that is not there, since the process was another one then, is started again.
namespace playbooks {

// What it works with; all of it outlives the calls.
struct LateServices {
  LateCalls& calls;
  ActionMetrics& metrics;
  base::TaskGroup& group;
};

// Sets the timer for what is awaited of the finding, which is emitted in the same transaction.
void await_evidence(const std::vector<Awaited>& awaited, const schemas::Event& event, const schemas::Finding& finding,
                    const PlaybooksOptions& options, LateServices& services, bus::Transaction& txn);

// For that timer: emits what has come, and sets it anew if more may come. True if `timer` was one of them.
bool look_after_late(const bus::Timer& timer, std::shared_ptr<const Playbooks> playbooks, LateServices& services,
                     bus::Transaction& txn);

}  // namespace playbooks
