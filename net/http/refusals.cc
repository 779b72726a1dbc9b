// SPDX-License-Identifier: Apache-2.0
#include "net/http/refusals.h"

#include "base/metrics.h"

namespace net::http {

namespace {

constexpr std::array<const char*, kRefusals> kNames = {
    "connections", "connections_of_peer", "requests",       "body_memory", "tls",      "slow_head",    "slow_body",
    "short_body",  "head_too_large",      "body_too_large", "malformed",   "encoding", "unauthorized", "forbidden"};

}  // namespace

Refusals::Refusals(base::Metrics& metrics) {
  for (std::size_t i = 0; i < kRefusals; ++i) {
    counters_[i] = &metrics.counter("tocsin_http_refused_total", "Connections and requests that were not served.",
                                    {{"reason", kNames[i]}});
  }
}

void Refusals::count(Refusal why) { counters_[static_cast<std::size_t>(why)]->Increment(); }

}  // namespace net::http
