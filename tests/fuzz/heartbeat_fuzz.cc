// SPDX-License-Identifier: Apache-2.0
#include "app/heartbeat/beat.h"
#include "app/heartbeat/passes.h"
#include "tests/fuzz/fuzzers.h"

namespace fuzz {

// What a beat says on its way, as others than tocsin may have written it.
void heartbeat(std::string_view input) {
  using namespace app::heartbeat;
  const base::Time now{std::chrono::hours(24 * 365 * 56)};
  decode_pass(input).has_value();
  auto beat = from_body(input);
  if (!beat || !beat.value()) return;
  beat.value()->is_stale(now);
  auto event = beat_of(to_event(*beat.value(), "prod", now));
  auto again = from_body(to_body(*beat.value()));
  // What a configuration can make: https://prometheus.io/docs/prometheus/latest/querying/basics/#time-durations
  bool is_usual = beat.value()->every >= std::chrono::milliseconds(1) && beat.value()->due >= base::Time{};
  expect(!is_usual || (event && again && again.value()), "what is written can be read");
}

}  // namespace fuzz
