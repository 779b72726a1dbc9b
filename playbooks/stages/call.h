// SPDX-License-Identifier: Apache-2.0
#pragma once

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

// One run of one action, with all that the action sees: an action that outlasts its deadline keeps it alive.
struct Call {
  std::shared_ptr<const Playbooks> keeps;  // Owns `step`.
  const Playbook* playbook = nullptr;
  const Step* step = nullptr;
  std::shared_ptr<const schemas::Event> event;
  std::shared_ptr<const schemas::Finding> draft;
  base::Time now;
  std::chrono::milliseconds allowed{};

  // Set by run_calls(): what came of it. kTimeout if it took longer than allowed.
  std::optional<base::Result<enrichers::Contribution>> result;
  std::chrono::steady_clock::duration took{};
};

// Runs the calls at the same time and completes when all have a result, at the latest when what they are allowed is
// over. An action that is late is cancelled and left to `group`, which waits for it at its end; nobody else does.
// Completes with false when the awaiting task is cancelled: the calls are then cancelled and without a result.
base::Task<bool> run_calls(std::vector<Call>& calls, base::TaskGroup& group);

}  // namespace playbooks
