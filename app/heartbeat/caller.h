// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "app/heartbeat/heartbeat_section.h"
#include "app/heartbeat/passes.h"
#include "base/clock.h"
#include "bus/bus.h"
#include "net/http/client.h"
#include "sinks/delivery/health.h"

namespace app::heartbeat {

// What both ends of the way stand on; outlives them.
struct EndDeps {
  net::http::Client& http;
  base::Clock& clock;
  sinks::HealthBoard& health;
  Passes& passes;
};

// The last stage of beats that go to a URL: calls it. A beat that can't be delivered is worth nothing once the next is
// there, so it is tried three times, and then suppressed as `superseded`; one that is late is suppressed as `stale`.
class Caller final : public bus::Handler {
 public:
  Caller(const HeartbeatSection& section, EndDeps deps);

  // The stage of the sink kHeartbeatSink.
  static bus::StageSpec spec();

  base::Task<base::Result<void>> on_record(const bus::Record& record, bus::Transaction& txn) override;
  void on_dead_letter(const bus::Record& record, const base::Error& error, bus::Transaction& txn) override;

 private:
  base::Task<base::Result<void>> call();

  const HeartbeatSection section_;
  const net::http::Access access_;
  EndDeps deps_;
};

}  // namespace app::heartbeat
