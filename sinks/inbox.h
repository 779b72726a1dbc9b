// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/deadline.h"
#include "base/task.h"
#include "base/time.h"
#include "net/http/client.h"
#include "schemas/command.h"
#include "sinks/listener.h"

namespace sinks {

// Whether a request over HTTP is from the app that a sink speaks through.
enum class Origin {
  kOurs,
  kUnsigned,  // It has no signature, or one that is none.
  kForged,    // The signature is another's.
  kStale,     // Ours or not, it is from too long ago, or from a clock that is wrong.
};

// What became of something that was heard.
struct Heard {
  // "accepted", or why not, from a closed set for metrics: "nothing_asked", "unreadable", "unknown_action",
  // "unknown_sink", "other_workspace", "unavailable".
  std::string_view outcome;
  std::string why = {};  // For people, where it was not accepted.
  std::optional<schemas::Command> command = {};

  bool is_fine() const { return outcome == "accepted" || outcome == "nothing_asked"; }
};

// What people say back where a sink tells of incidents: the buttons of its messages. Thread-safe; outlives its sink
// where somebody still holds it.
class Inbox {
 public:
  virtual ~Inbox() = default;

  // Whether it takes signed requests over HTTP.
  virtual bool is_called() const = 0;
  // What the head says before there is a body: kOurs where a body can still prove it.
  virtual Origin judge_head(const net::http::Headers& headers, base::Time now) const = 0;
  // Judges the raw bytes of a request, in a time that says nothing about the secret. Requires: is_called().
  virtual Origin judge(const net::http::Headers& headers, std::string_view body, base::Time now) const = 0;

  // Which connection of our own what is said comes over: inboxes that name the same one share it. Holds no secret.
  // Empty: none.
  virtual std::string line() const = 0;
  // That connection, not yet open. Requires: line() is not empty.
  virtual std::shared_ptr<Listener> listen(Ears ears) const = 0;

  // Reads what was said. Nothing in it is trusted but that the other side's platform has sent it.
  virtual base::Task<Heard> hear(std::string payload, base::Deadline deadline) = 0;
};

}  // namespace sinks
