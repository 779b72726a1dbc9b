// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

// What Slack takes as a message, as strictly as its documentation has it
// (https://docs.slack.dev/reference/block-kit/blocks, https://docs.slack.dev/reference/methods/chat.postMessage).
namespace fakes::slack {

// Something that Slack would refuse, or that would not look as it is meant.
struct Problem {
  std::string error;  // What chat.postMessage answers: "invalid_blocks", "msg_blocks_too_long", "msg_too_long", ...
  std::string where;  // A JSON pointer: "/attachments/0/blocks/3/text".
  std::string what;
};
std::string to_string(const Problem& problem);

// Of the content of a message for chat.postMessage, chat.update or an incoming webhook. Members that say where it goes
// (channel, ts, ...) are none of the content and are let pass.
std::vector<Problem> problems_of(const nlohmann::json& message);

// Of a text of mrkdwn: control characters that begin nothing, entities cut short, code blocks without an end.
std::vector<std::string> problems_of_mrkdwn(std::string_view text);

// What of a text would call people or lead somewhere: "<@U123456>", "<https://x|y>", ...; dates are not among them.
std::vector<std::string> live_parts(std::string_view text);
// Of all texts of a message that are read as mrkdwn, and the addresses of its buttons.
std::vector<std::string> live_parts_of(const nlohmann::json& message);

// The characters of a text: UTF-16 units, which are no fewer than those that Slack counts.
std::size_t characters(std::string_view utf8);

}  // namespace fakes::slack
