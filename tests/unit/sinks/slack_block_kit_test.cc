// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>

#include "tests/fakes/slack/block_kit.h"

namespace fakes::slack {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::IsEmpty;

std::string text(std::size_t count) { return std::string(count, 'x'); }
json plain(std::size_t count) { return {{"type", "plain_text"}, {"text", text(count)}}; }
json mrkdwn(std::string content) { return {{"type", "mrkdwn"}, {"text", std::move(content)}}; }
json section(std::size_t count) { return {{"type", "section"}, {"text", mrkdwn(text(count))}}; }
json times(std::size_t count, const json& value) { return json(count, value); }
json block(json content) { return {{"text", "x"}, {"blocks", json::array({std::move(content)})}}; }
json blocks(json list) { return {{"text", "x"}, {"blocks", std::move(list)}}; }

json button(std::size_t label, std::size_t url) {
  return {{"type", "button"}, {"text", plain(label)}, {"url", text(url)}};
}
json table(std::size_t rows, std::size_t columns) {
  json row = times(columns, {{"type", "raw_text"}, {"text", "x"}});
  return {{"type", "table"}, {"rows", times(rows, row)}};
}
json image(const char* id, std::size_t alt) {
  return {{"type", "image"}, {"slack_file", {{"id", id}}}, {"alt_text", text(alt)}};
}
json metadata(std::size_t bytes) {
  return {{"text", "x"}, {"metadata", {{"event_type", "x"}, {"event_payload", {{"x", text(bytes)}}}}}};
}

// A message at a limit, and one over it with what Slack answers to that.
struct Limit {
  const char* name;
  json taken;
  json refused;
  const char* error = "invalid_blocks";
};

std::vector<Limit> limits() {
  auto fields = [](std::size_t count, std::size_t length) {
    return block({{"type", "section"}, {"fields", times(count, mrkdwn(text(length)))}});
  };
  auto buttons = [](std::size_t count) {
    return block({{"type", "actions"}, {"elements", times(count, button(1, 1))}});
  };
  auto actions = [](json element) {
    return block({{"type", "actions"}, {"elements", json::array({std::move(element)})}});
  };
  auto header = [](std::size_t count) { return block({{"type", "header"}, {"text", plain(count)}}); };
  auto context = [](std::size_t count) {
    return block({{"type", "context"}, {"elements", times(count, mrkdwn("x"))}});
  };
  json sections = times(4, section(3000));
  json too_long = sections;
  too_long.push_back(section(1));
  return {
      {"text", {{"text", text(4000)}}, {{"text", text(4001)}}, "msg_too_long"},
      {"no text", {{"text", "x"}}, {{"text", ""}}, "no_text"},
      {"blocks", blocks(times(50, section(1))), blocks(times(51, section(1)))},
      {"characters over all blocks", blocks(sections), blocks(too_long), "msg_blocks_too_long"},
      {"section", block(section(3000)), block(section(3001))},
      {"empty section", block(section(1)), block(section(0))},
      {"header", header(150), header(151)},
      {"mrkdwn in a header", header(1), block({{"type", "header"}, {"text", mrkdwn("x")}})},
      {"fields", fields(10, 1), fields(11, 1)},
      {"a field", fields(1, 2000), fields(1, 2001)},
      {"context", context(10), context(11)},
      {"actions", buttons(25), buttons(26)},
      {"button", actions(button(75, 1)), actions(button(76, 1))},
      {"address", actions(button(1, 3000)), actions(button(1, 3001))},
      {"rows", block(table(100, 1)), block(table(101, 1))},
      {"columns", block(table(1, 20)), block(table(1, 21))},
      {"tables", block(table(1, 1)), blocks(times(2, table(1, 1))), "invalid_attachments"},
      {"alt text", block(image("F0ABCDEFGH", 2000)), block(image("F0ABCDEFGH", 2001))},
      {"file id", block(image("F0ABCDEFGH", 1)), block(image("chart", 1))},
      {"block", block({{"type", "divider"}}), block({{"type", "divide"}})},
      {"member", block({{"type", "divider"}}), block({{"type", "divider"}, {"color", "red"}})},
      {"metadata", metadata(7000), metadata(8000), "metadata_too_large"},
      {"colour",
       {{"text", "x"}, {"attachments", {{{"color", "#a0b1c2"}}}}},
       {{"text", "x"}, {"attachments", {{{"color", "red"}}}}},
       "invalid_attachments"},
      {"attachments",
       {{"text", "x"}, {"attachments", times(100, {{"color", "good"}})}},
       {{"text", "x"}, {"attachments", times(101, {{"color", "good"}})}},
       "too_many_attachments"},
      {"entity", block({{"type", "section"}, {"text", mrkdwn("a &amp; b")}}),
       block({{"type", "section"}, {"text", mrkdwn("a &am")}})},
      {"UTF-8", {{"text", "\xc3\xa4"}}, {{"text", "\xc3"}}, "invalid_arguments"},
  };
}

TEST(BlockKit, TakesWhatIsAtALimitAndRefusesWhatIsOver) {
  for (const auto& limit : limits()) {
    for (const auto& problem : problems_of(limit.taken)) ADD_FAILURE() << limit.name << ": " << to_string(problem);
    auto problems = problems_of(limit.refused);
    ASSERT_FALSE(problems.empty()) << limit.name;
    EXPECT_EQ(problems.front().error, limit.error) << limit.name << ": " << to_string(problems.front());
  }
}

TEST(BlockKit, CountsTheBlocksOfAttachmentsToo) {
  json message = blocks(times(25, section(1)));
  message["attachments"] = {{{"color", "good"}, {"blocks", times(25, section(1))}}};
  EXPECT_THAT(problems_of(message), IsEmpty());
  message["attachments"][0]["blocks"].push_back(section(1));
  EXPECT_EQ(problems_of(message).size(), 1u);
}

TEST(BlockKit, CountsCharactersAsUtf16Does) { EXPECT_EQ(characters("a\u00e4日🔥"), 5u); }

TEST(BlockKit, KnowsWhatIsLive) {
  EXPECT_THAT(live_parts("<!here> <@U123456> <https://x.org|y> <!date^1^{time}|z> &lt;!channel&gt;"),
              ElementsAre("<!here>", "<@U123456>", "<https://x.org|y>"));
}

TEST(BlockKit, RefusesMarkupCutShort) {
  for (const char* good :
       {"a &lt; b", "```\nx\n```", "<https://x.org/a?b=1&amp;c=2|d>", "> quoted", "<!date^1^{date} at {time}|x>"}) {
    EXPECT_THAT(problems_of_mrkdwn(good), IsEmpty()) << good;
  }
  for (const char* bad :
       {"a < b", "a & b", "a &l", "```\nx", "<https://x.org/a", "a > b", "<!date^1^{date}>", "<!nobody>"}) {
    EXPECT_FALSE(problems_of_mrkdwn(bad).empty()) << bad;
  }
}

}  // namespace
}  // namespace fakes::slack
