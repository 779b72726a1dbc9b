// SPDX-License-Identifier: Apache-2.0
#include "net/http/refusals.h"

#include <chrono>

#include "base/log.h"
#include "base/metrics.h"

namespace net::http {

namespace {

constexpr std::array<const char*, kRefusals> kNames = {
    "connections", "connections_of_peer", "requests",       "body_memory", "tls",      "slow_head",    "slow_body",
    "short_body",  "head_too_large",      "body_too_large", "malformed",   "encoding", "unauthorized", "forbidden"};

constexpr std::size_t kShownPath = 100;  // Anybody chooses it.

}  // namespace

Refusals::Refusals(base::Metrics& metrics) {
  for (std::size_t i = 0; i < kRefusals; ++i) {
    counters_[i] = &metrics.counter("tocsin_http_refused_total", "Connections and requests that were not served.",
                                    {{"reason", kNames[i]}});
  }
}

void Refusals::count(Refusal why, std::string_view peer, std::string_view path) {
  auto number = static_cast<std::size_t>(why);
  counters_[number]->Increment();
  if (why == Refusal::kTls || why == Refusal::kUnauthorized || why == Refusal::kForbidden) return;
  auto times = lines_.count(kNames[number], base::Time(std::chrono::system_clock::now()));
  if (!times) return;
  base::log::warn(
      "server: requests are refused",
      {{"reason", kNames[number]}, {"peer", peer}, {"path", path.substr(0, kShownPath)}, {"times", *times}});
}

}  // namespace net::http
