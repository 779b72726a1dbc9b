// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "app/heartbeat/rules.h"
#include "base/result.h"
#include "bus/bus.h"
#include "schemas/event.h"

namespace app::heartbeat {

// The lease that the watchdog alert renews, in the state of the key ingest::kWatchdogKey of the stage `playbooks`:
// table `lease`, entry `state`, and the timer `lease` (docs/formats/playbooks-state.md). Its absence and its return are
// findings of one incident, which no event caused: the alerts themselves are counted as heartbeats.

// Runs out so much after now unless it is renewed; does nothing where it runs already.
void arm(const ingest::Watchdog& watchdog, std::string_view cluster, bus::Transaction& txn);
// An alert of the watchdog came. One that resolves renews nothing.
void renew(const ingest::Watchdog& watchdog, const schemas::Event& event, bus::Transaction& txn);
// The timer is due. It runs on while the alert is absent. Without a watchdog in the configuration, what it left behind
// is cleared up.
base::Result<void> run_out(const ingest::Watchdog* watchdog, const bus::Timer& timer, bus::Transaction& txn);

}  // namespace app::heartbeat
