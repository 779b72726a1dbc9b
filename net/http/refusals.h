// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "base/log_limit.h"

namespace base {
class Metrics;
}
namespace prometheus {
class Counter;
}

namespace net::http {

// Why a connection was not served or a request not handled: the label `reason` of tocsin_http_refused_total. What a
// handler itself refuses is counted by its status only.
enum class Refusal {
  kConnections,        // Too many connections.
  kConnectionsOfPeer,  // Too many from one peer.
  kRequests,           // Too many requests at the same time.
  kBodyMemory,         // The bodies under way have all the memory that bodies get.
  kTls,                // The handshake failed.
  kSlowHead,
  kSlowBody,
  kShortBody,  // The connection ended within the body.
  kHeadTooLarge,
  kBodyTooLarge,
  kMalformed,
  kEncoding,  // A Content-Encoding or an expectation that is not met.
  kUnauthorized,
  kForbidden,
};
inline constexpr std::size_t kRefusals = static_cast<std::size_t>(Refusal::kForbidden) + 1;

// Counts them, and says so in the log now and then: what kTls, kUnauthorized and kForbidden are, others say.
// Thread-safe; two of them over the same metrics count together.
class Refusals {
 public:
  explicit Refusals(base::Metrics& metrics);
  // Peer and path as far as they are known.
  void count(Refusal why, std::string_view peer = {}, std::string_view path = {});

 private:
  base::LogLimit lines_;
  std::array<prometheus::Counter*, kRefusals> counters_;
};

}  // namespace net::http
