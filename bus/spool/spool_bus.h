// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>

#include "base/backoff.h"
#include "base/clock.h"
#include "base/metrics.h"
#include "base/task.h"
#include "bus/bus.h"

namespace bus::spool {

// Where appends wait for a bus that is away.
struct SpoolOptions {
  // On a disk that outlives the process. Made if absent. One process at a time.
  std::filesystem::path dir;
  // Beyond this size appends are refused with kFull.
  std::int64_t max_bytes = std::int64_t{1} << 30;
  // Between tries to drain; short, because a bus that is away says so at once.
  base::Backoff backoff{std::chrono::milliseconds(100), std::chrono::milliseconds(2000)};
};

// A bus that keeps taking appends while the bus behind it can't: they become durable in an embedded log of their own,
// and are appended to the bus behind in order, key by key, when it is back. It tries for ever, whatever the error.
//
// An append goes straight through while the spool is empty. What failed half-way, or was drained when the process died,
// is appended again: a repeat, as from a sender that tried again. Everything but append() is the other bus's. health()
// stays what the other bus says, with what waits in the spool added: stages stand still without it.
//
// Destroy it after stop(); it owns `inner`. `clock`, `metrics` and `drain`, where draining runs, outlive it.
std::unique_ptr<Bus> make_spool_bus(SpoolOptions options, std::unique_ptr<Bus> inner, base::Clock& clock,
                                    base::Metrics& metrics, base::Executor drain);

}  // namespace bus::spool
