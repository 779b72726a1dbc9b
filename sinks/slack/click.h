// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "base/time.h"
#include "schemas/command.h"
#include "sinks/inbox.h"

// What a button of ours says, there and back.
namespace sinks::slack {

inline constexpr std::string_view kAcknowledgeAction = "tocsin_acknowledge";
inline constexpr std::string_view kSilenceAction = "tocsin_silence_";  // And the hours.
inline constexpr std::string_view kEvidenceAction = "tocsin_evidence";
inline constexpr int kSilenceHours[] = {1, 4, 24};

// Of which incident a button speaks.
struct ButtonValue {
  std::string sink;
  std::string incident_key;
  std::string incident_id;
};
// What a button carries; empty if it were longer than Slack takes (2,000 characters).
std::string encode(const ButtonValue& value);

// A button that somebody has pressed: the fields of a block_actions payload
// (https://docs.slack.dev/reference/interaction-payloads/block_actions-payload) that count.
struct Click {
  std::string team;        // The workspace that the app stands in; empty where it stands in a whole enterprise.
  std::string enterprise;  // Empty: the workspace belongs to none.
  std::string app;
  schemas::Command command;
};

// Reads a payload, which may be anything. A Heard says why it is none of our buttons; `at` is when it came.
std::variant<Click, Heard> read_click(std::string_view payload, base::Time at);

// Whether the headers can sign a body: those of a signature are there, and of now. kOurs where they can.
Origin judge_signature_head(const net::http::Headers& headers, base::Time now);
// Whether the headers sign the body (https://docs.slack.dev/authentication/verifying-requests-from-slack).
Origin judge_signature(const net::http::Headers& headers, std::string_view body, std::string_view secret,
                       base::Time now);
// The signature, for tests and their fakes: "v0=" and 64 hex digits.
std::string signature_of(std::string_view secret, std::string_view timestamp, std::string_view body);

}  // namespace sinks::slack
