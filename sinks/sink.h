// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/deadline.h"
#include "base/result.h"
#include "base/task.h"
#include "net/http/client.h"
#include "schemas/delivery.h"

namespace sinks {

// What goes out: rendered bytes with the headers that belong to them.
struct Rendered {
  std::string body;
  std::string content_type;
  net::http::Headers headers;
  std::string idempotency_key;
};

// What came back, for the receipt.
struct Reply {
  std::string detail;
};

// One outside system that transitions are delivered to.
//
// The delivery stage owns the sink and calls it for several incidents at a time, for one incident in order. A sink
// neither queues, retries nor limits its rate: the wrapper in sinks/delivery does, guided by Error::retry. Delivery is
// at least once, with the same idempotency key at every attempt.
class Sink {
 public:
  virtual ~Sink() = default;
  // Pure: no I/O, no clock; the same delivery gives the same bytes. Fails only with Retry::never.
  virtual base::Result<Rendered> render(const schemas::Delivery& delivery) const = 0;
  // Sends and waits for the answer until `deadline`. When cancelled, it may or may not have arrived.
  virtual base::Task<base::Result<Reply>> send(Rendered rendered, base::Deadline deadline) = 0;
};

}  // namespace sinks
