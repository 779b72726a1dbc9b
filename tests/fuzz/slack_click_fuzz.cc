// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>

#include "sinks/slack/click.h"
#include "tests/fuzz/fuzzers.h"

namespace fuzz {

namespace {

using namespace sinks::slack;

bool is_mention_of_one(const std::string& text) {
  return text.starts_with("<@") && text.ends_with(">") &&
         std::all_of(text.begin() + 2, text.end() - 1, [](unsigned char c) { return std::isalnum(c) != 0; });
}

void expect_command(const schemas::Command& command) {
  using schemas::CommandAction;
  bool is_silence = command.action == CommandAction::kSilence;
  bool is_offered =
      std::find(std::begin(kSilenceHours), std::end(kSilenceHours), command.hours) != std::end(kSilenceHours);
  expect(is_silence ? is_offered : command.hours == 0, "only what was offered is asked");
  expect(!command.sink.empty() && !command.incident_key.empty() && !command.incident_id.empty(),
         "it names an incident");
  expect(is_mention_of_one(command.by), "who asks is one person");
  expect(command.by_name.find('\n') == std::string::npos && command.by_name.size() <= 4 * 80, "names are short lines");
  auto again = schemas::decode_command(schemas::encode(command));
  expect(again && again.value().id == command.id, "it can be written and read");
}

}  // namespace

// A payload, whoever made it; and the same bytes as a signed body.
void slack_click(std::string_view input) {
  base::Time now(std::chrono::seconds(1'767'323'060));
  auto read = read_click(input, now);
  if (auto* click = std::get_if<Click>(&read)) {
    expect_command(click->command);
  } else {
    auto& heard = std::get<sinks::Heard>(read);
    expect(!heard.command, "what is refused asks for nothing");
    expect(heard.is_fine() || !heard.why.empty(), "a refusal says why");
  }
  net::http::Headers headers = {{"X-Slack-Request-Timestamp", "1767323060"},
                                {"X-Slack-Signature", signature_of("secret", "1767323060", input)}};
  expect(judge_signature(headers, input, "secret", now) == sinks::Origin::kOurs, "ours is ours");
  expect(judge_signature(headers, std::string(input) + ".", "secret", now) == sinks::Origin::kForged, "and no other");
  headers[1].second = input;
  expect(judge_signature(headers, "body", "secret", now) != sinks::Origin::kOurs, "bytes do not sign");
}

}  // namespace fuzz
