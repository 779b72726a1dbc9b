// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "sinks/slack/envelope.h"
#include "tests/fuzz/fuzzers.h"

namespace fuzz {

// A message over Socket Mode, whoever sent it.
void slack_envelope(std::string_view input) {
  using namespace sinks::slack;
  using Kind = Envelope::Kind;
  auto envelope = read_envelope(input);
  expect(envelope.id.size() <= 128, "ids are short");
  if (envelope.kind == Kind::kInteractive) {
    expect(!envelope.id.empty(), "a click can be acknowledged");
    expect(nlohmann::json::parse(envelope.payload, nullptr, false).is_object(), "its payload is an object");
  } else {
    expect(envelope.payload.empty(), "only clicks have a payload");
  }
  if (envelope.kind == Kind::kUnreadable) expect(envelope.id.empty(), "what can't be read is not acknowledged");
  auto said = nlohmann::json::parse(acknowledgement(envelope.id), nullptr, false);
  expect(said.is_object() && said.contains("envelope_id"), "an acknowledgement is JSON");
}

}  // namespace fuzz
