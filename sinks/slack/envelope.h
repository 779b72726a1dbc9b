// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

// What Slack says over Socket Mode (https://docs.slack.dev/apis/events-api/using-socket-mode).
namespace sinks::slack {

// One message of Slack's.
struct Envelope {
  enum class Kind {
    kHello,        // The connection is in use from now on.
    kDisconnect,   // It is about to end; `reason` says why.
    kInteractive,  // Somebody pressed a button: `payload`.
    kOther,        // An event, a command, or what there will be one day: nothing is asked of us.
    kUnreadable,
  };
  Kind kind = Kind::kUnreadable;
  std::string id = {};       // To be acknowledged; empty: nothing is.
  std::string payload = {};  // JSON, as read_click() takes it.
  std::string reason = {};   // Of kDisconnect: one that Slack documents, or "another".
};

// Reads a message, which may be anything. What is kInteractive has an id and a payload that is an object.
Envelope read_envelope(std::string_view text);

// "hello", "interactive", ...: of a closed set, for metrics.
std::string_view to_string(Envelope::Kind kind);

// What tells Slack that an envelope has arrived.
std::string acknowledgement(std::string_view id);

}  // namespace sinks::slack
