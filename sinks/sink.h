// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/deadline.h"
#include "base/result.h"
#include "base/task.h"
#include "net/http/client.h"
#include "schemas/delivery.h"
#include "sinks/digest.h"

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

// Who has to wait where the other side asks for patience (Reason::kRateLimited).
enum class Limited {
  kSink,      // Whoever is told anything there.
  kLane,      // What goes into the same lane.
  kDelivery,  // Nobody else, as far as one knows: what this delivery still needed is limited by itself.
};

// One attempt to send a delivery.
struct Sending {
  static constexpr std::size_t kMostKept = 64 * 1024;

  const schemas::Delivery& delivery;
  Rendered rendered = {};
  base::Deadline deadline = {};
  // What the sink itself noted of the incident when it last sent something of it: a message's id, say. Empty at first.
  // It is kept with the incident, whether the attempt succeeds or fails, over restarts and hand-overs, until a day
  // after the incident's end. A few kilobytes: it is written with every send.
  std::string note = {};
  // More of that, which seldom changes: at most kMostKept bytes, written only when it is another.
  std::string kept = {};
  // An earlier attempt may have arrived without our knowing: it ended in the dark, or whoever ran the stage before this
  // process may have made it.
  bool maybe_sent = false;
  // Since when this process works for the incident: what others did for it, they did before.
  base::Time owned_since = {};
  // After a failure for good, what to do about it, where that is one of a few known things: it becomes the value of a
  // metric label. Points to what is never freed.
  std::string_view hint = {};
  // After Reason::kRateLimited.
  Limited limited = Limited::kSink;
  // Where it goes: Sink::lane() of the delivery; of a digest, the lane of all that it tells.
  std::string lane = {};
};

// What asking the other side has found, without telling it anything.
struct Probe {
  std::vector<std::string> found;     // For people: "workspace Shop, as tocsin".
  std::vector<std::string> problems;  // Each with what to do about it.
  std::optional<base::Error> error;   // Nothing can be delivered as things are.
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
  // Which part of the sink takes it, where its parts have a rate each: a channel, say. Pure.
  virtual std::string lane(const schemas::Delivery& /*delivery*/) const { return {}; }
  // The same of a digest. It is sent as the delivery that as_delivery() makes of it, an opening without a note.
  virtual base::Result<Rendered> render_digest(const Digest& digest) const { return render(as_delivery(digest)); }
  // Whether a later send of the same incident takes the place of what was sent before, by its note.
  virtual bool edits() const { return false; }
  // What was sent with the note, as Delivery::thread of what belongs below it; empty: it has nothing below it. Pure.
  virtual std::string thread_of(const std::string& /*note*/) const { return {}; }
  // Sends and waits for the answer until the deadline. When cancelled, it may or may not have arrived. `sending`
  // outlives the task.
  virtual base::Task<base::Result<Reply>> send(Sending& sending) = 0;
  // Asks the other side whether it will take what is sent. May be called beside send().
  virtual base::Task<Probe> probe(base::Deadline /*deadline*/) { co_return Probe{}; }
};

}  // namespace sinks
