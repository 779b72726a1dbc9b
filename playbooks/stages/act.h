// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/task.h"
#include "base/task_group.h"
#include "base/time.h"
#include "playbooks/action_metrics.h"
#include "playbooks/playbooks.h"
#include "playbooks/stages/alert_memory.h"
#include "playbooks/stages/call.h"
#include "playbooks/stages/trace_log.h"
#include "schemas/event.h"
#include "schemas/finding.h"

namespace playbooks {

// What act() works on. The pointers are not null.
struct Acting {
  std::shared_ptr<const Playbooks> playbooks;
  std::vector<const Playbook*> matched;  // Of `playbooks`.
  std::shared_ptr<const schemas::Event> event;
  schemas::Finding draft;
  base::Time now;
  std::chrono::milliseconds patience{};  // How long actions that only add evidence may go on after the finding.
};

// A call that goes on after its finding.
struct Awaited {
  std::size_t index = 0;  // Among all calls of the event.
  const Playbook* playbook = nullptr;
  const Step* step = nullptr;
  std::shared_ptr<LateCall> call;
};

// What came of it.
struct Acted {
  schemas::Finding finding;
  Overrides overrides;
  std::optional<std::string> silenced_by;  // The playbook whose action did.
  std::set<const Playbook*> failed;        // Some action of theirs gave an error.
  std::vector<Awaited> awaited;
  bool was_cancelled = false;  // The awaiting task was: the rest is worth nothing.
};

// Runs the actions of the playbooks: those that run alone one by one, neighbouring others at the same time, also across
// playbooks. Failures become missing evidence. Completes at the latest with the event's deadline; what has not run by
// then is missing, and says so where it is still awaited. `trace`, `metrics` and `group` must outlive the task.
base::Task<Acted> act(Acting acting, TraceLog& trace, ActionMetrics& metrics, const LatePlaces& places,
                      base::TaskGroup& group);

}  // namespace playbooks
