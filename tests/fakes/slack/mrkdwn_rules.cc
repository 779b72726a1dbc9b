// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <nlohmann/json.hpp>
#include <regex>

#include "tests/fakes/slack/block_kit.h"

namespace fakes::slack {

namespace {

using nlohmann::json;

// Entities and what stands in angle brackets (https://docs.slack.dev/messaging/formatting-message-text).
bool is_bracket(const std::string& text) {
  static const std::regex kForms(
      R"re(<(@[UW][A-Z0-9]+|#C[A-Z0-9]+|!subteam\^S[A-Z0-9]+|!(here|channel|everyone))(\|[^<>|]*)?>)re"
      R"re(|<(https?://|mailto:)[^\s<>|]+(\|[^<>|\n]*)?>)re"
      R"re(|<!date\^[0-9]+\^[^<>|^]+(\^https?://[^<>|]+)?\|[^<>|]+>)re");
  return std::regex_match(text, kForms);
}

bool is_live(std::string_view bracket) { return !bracket.starts_with("<!date^"); }

// The "<...>" at `at`; empty when nothing ends it.
std::string bracket_at(std::string_view text, std::size_t at) {
  auto end = text.find('>', at);
  // Longer ones than a link and its label are none.
  constexpr std::size_t kLongest = 6000;
  return end == std::string_view::npos || end - at > kLongest ? std::string()
                                                              : std::string(text.substr(at, end + 1 - at));
}

void collect(const json& value, std::vector<std::string>& parts) {
  if (value.is_array()) {
    for (const auto& element : value) collect(element, parts);
  } else if (value.is_object()) {
    if (value.value("type", "") == "mrkdwn") {
      for (auto& part : live_parts(value.at("text").get<std::string>())) parts.push_back(std::move(part));
    }
    for (const auto& [name, member] : value.items()) {
      if (name == "url" && member.is_string()) parts.push_back(member);
      if (name == "fallback" || name == "pretext") {
        for (auto& part : live_parts(member.get<std::string>())) parts.push_back(std::move(part));
      }
      collect(member, parts);
    }
  }
}

}  // namespace

std::vector<std::string> problems_of_mrkdwn(std::string_view text) {
  std::vector<std::string> problems;
  std::size_t fences = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    auto rest = text.substr(at);
    if (rest.starts_with("```")) {
      ++fences;
      at += 2;
    } else if (rest[0] == '&') {
      if (!rest.starts_with("&amp;") && !rest.starts_with("&lt;") && !rest.starts_with("&gt;")) {
        problems.push_back("an & that is no entity: " + std::string(rest.substr(0, 12)));
      }
    } else if (rest[0] == '>') {
      bool is_quote = at == 0 || text[at - 1] == '\n';
      if (!is_quote) problems.emplace_back("a > that ends nothing");
    } else if (rest[0] == '<') {
      auto bracket = bracket_at(text, at);
      if (!is_bracket(bracket)) {
        problems.push_back("a < that begins nothing: " + std::string(rest.substr(0, 40)));
      } else {
        at += bracket.size() - 1;
      }
    }
  }
  if (fences % 2 != 0) problems.emplace_back("a code block without an end");
  return problems;
}

std::vector<std::string> live_parts(std::string_view text) {
  std::vector<std::string> parts;
  for (auto at = text.find('<'); at != std::string_view::npos; at = text.find('<', at + 1)) {
    auto bracket = bracket_at(text, at);
    if (!bracket.empty() && is_live(bracket)) parts.push_back(bracket);
  }
  return parts;
}

std::vector<std::string> live_parts_of(const json& message) {
  std::vector<std::string> parts;
  if (message.contains("text") && message["text"].is_string()) {
    parts = live_parts(message["text"].get_ref<const std::string&>());
  }
  for (const char* name : {"blocks", "attachments"}) {
    if (message.contains(name)) collect(message[name], parts);
  }
  return parts;
}

std::size_t characters(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::count_if(utf8.begin(), utf8.end(), [](char c) { return (c & 0xC0) != 0x80; }) +
      std::count_if(utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xF8) == 0xF0; }));
}

}  // namespace fakes::slack
