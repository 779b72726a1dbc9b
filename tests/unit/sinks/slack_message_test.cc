// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "sinks/slack/buttons.h"
#include "sinks/slack/message.h"
#include "tests/fakes/slack/block_kit.h"
#include "tests/fakes/slack/incident_samples.h"

namespace sinks::slack {
namespace {

namespace fs = std::filesystem;
using fakes::slack::Sample;
using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string> problems(const std::string& message) {
  std::vector<std::string> found;
  for (const auto& problem : fakes::slack::problems_of(json::parse(message))) found.push_back(to_string(problem));
  return found;
}

// What is shown when every upload has worked.
Shown shown_of(const schemas::Delivery& delivery, const Style& style = {}) {
  auto evidence = draw(delivery.transition.finding, style);
  Shown shown{.evidence = evidence.json, .file_ids = {}, .actions = "[]"};
  for (std::size_t i = 0; i < evidence.uploads.size(); ++i) shown.file_ids.push_back("F0TOCSIN" + std::to_string(i));
  return shown;
}

Sample sample(const std::string& name) {
  for (auto& one : fakes::slack::samples()) {
    if (one.name == name) return one;
  }
  ADD_FAILURE() << name;
  return {};
}

std::string message_of(const Sample& sample, const Style& style = {}) {
  return compose(sample.told, shown_of(sample.shown, style), style);
}

// What an app with buttons shows, where alerts can be silenced.
std::string with_buttons(const Sample& sample) {
  auto shown = shown_of(sample.shown);
  shown.actions = buttons_of(sample.told, {.silences = true, .evidence = false});
  return compose(sample.told, shown, {.link_buttons = true});
}

Sample acknowledged(Sample sample) {
  sample.told.transition.incident.acknowledged = {
      .sink = sample.told.sink, .by = "<@U0000000ANN>", .by_name = "ann", .at = sample.told.transition.at};
  return sample;
}

// A message that differs is written beside the program, to be looked at (docs/slack/render.sh draws it) and copied to
// tests/golden/slack when it is meant to change.
TEST(SlackMessages, AreWhatTheGoldenFilesSay) {
  auto written = fs::path(TOCSIN_BINARY_DIR) / "slack";
  fs::create_directories(written);
  auto expect = [&](const std::string& name, const std::string& message) {
    EXPECT_THAT(problems(message), IsEmpty()) << name;
    auto text = json::parse(message).dump(1) + "\n";
    std::ofstream(written / name) << text;
    bool is_the_same = text == read(fs::path(TOCSIN_SOURCE_DIR) / "tests/golden/slack" / name);
    EXPECT_TRUE(is_the_same) << "compare " << written / name << " with tests/golden/slack/" << name;
  };
  for (const auto& one : fakes::slack::samples()) {
    expect(one.name + ".json", message_of(one));
    if (one.name == "crash-loop") {
      auto evidence = draw(one.shown.transition.finding, {});
      for (const auto& upload : evidence.uploads) std::ofstream(written / upload.name) << upload.contents;
      auto news = one.told;
      news.opening = false;
      expect("reply.json", compose_reply(news, shown_of(one.shown), {}));
      expect("minimal.json", compose_minimal(one.told, {}));
      expect("webhook.json", message_of(one, {.uploads = false}));
    }
    if (one.name == "alert-missing-graph") {
      expect("buttons.json", with_buttons(one));
      expect("acknowledged.json", with_buttons(acknowledged(one)));
    }
  }
}

TEST(SlackMessages, HaveGraphsAsTextAndTheReasonWhereNothingCanBeDrawn) {
  auto one = sample("crash-loop");
  int asked = 0;
  auto paint = [&](const base::Chart&) -> base::Result<std::string> {
    ++asked;
    return base::permanent(base::Reason::kNotFound, "libcairo.so.2: not there (Debian's package libcairo2 has it)");
  };
  auto evidence = draw(one.shown.transition.finding, {}, paint);
  auto message = compose(one.told, {.evidence = evidence.json, .file_ids = {}, .actions = "[]"}, {});

  EXPECT_EQ(asked, 1);
  EXPECT_THAT(problems(message), IsEmpty());
  EXPECT_THAT(message, HasSubstr("graphs are shown as text: libcairo.so.2: not there"));
  EXPECT_THAT(message, HasSubstr("█")) << "the curve";
  EXPECT_THAT(message_of(one), Not(HasSubstr("graphs are shown as text")));
}

TEST(SlackMessages, AreWithinTheirBoundsWhateverTheReasonIs) {
  auto one = sample("crash-loop");
  for (int i = 0; i < 50; ++i)
    one.shown.transition.finding.enrichments.push_back(one.shown.transition.finding.enrichments[2]);
  for (const std::string& part : {"\"", "\xe2\x82\xac", "\xf0\x9f\x93\x8e", "\xff"}) {
    std::string why;
    while (why.size() < 2000) why += part;
    auto evidence = draw(one.shown.transition.finding, {}, [&](const base::Chart&) -> base::Result<std::string> {
      return base::permanent(base::Reason::kNotFound, why);
    });
    EXPECT_LE(evidence.json.size(), kEvidenceBytes) << part;
  }
}

TEST(SlackMessages, NoteWhoseTheyAre) {
  auto one = sample("crash-loop");
  auto message = json::parse(message_of(one));

  EXPECT_EQ(message["metadata"]["event_type"], "tocsin_incident");
  auto payload = message["metadata"]["event_payload"];
  EXPECT_EQ(payload["delivery"], one.told.id);
  EXPECT_EQ(payload["incident"], one.told.transition.incident.id);
  EXPECT_EQ(payload["transition"], one.told.transition.id);
  EXPECT_EQ(payload["part"], "message");
}

TEST(SlackMessages, CallAndLinkOnlyWhatTheFindingSays) {
  auto live = fakes::slack::live_parts_of(json::parse(message_of(sample("hostile"))));
  EXPECT_THAT(live, ElementsAre("<https://runbooks.example.org/a%7Cb?x=%3Cy%3E&amp;z|Run/book &lt;!here&gt;>"));
}

TEST(SlackMessages, CallTheMentionedOutsideOfTheAttachment) {
  auto message = json::parse(message_of(sample("crash-loop")));
  EXPECT_THAT(message["blocks"].dump(), HasSubstr("<!subteam^S0PAYMENTS>"));
}

TEST(SlackMessages, KeepWhatWasShownOnceTheIncidentIsOver) {
  auto message = json::parse(message_of(sample("crash-loop-resolved")));

  EXPECT_EQ(message["attachments"][0]["color"], "#2eb67d");
  EXPECT_EQ(message["blocks"][0]["text"]["text"],
            "✅ Resolved after 1 h 39 min · Pod checkout-7d9f8b-xk2lq restarts again and again");
  EXPECT_THAT(message["attachments"].dump(), HasSubstr("allocation of 268435456 bytes failed"));
}

TEST(SlackMessages, ShowCurvesAsTextWhereThePictureIsNotUploaded) {
  auto one = sample("crash-loop");
  auto shown = shown_of(one.shown);
  EXPECT_THAT(compose(one.told, shown, {}), Not(HasSubstr("▁")));
  shown.file_ids.clear();
  EXPECT_THAT(compose(one.told, shown, {}), HasSubstr("▁"));
}

TEST(SlackMessages, TakeWhatFitsIntoANote) {
  for (const auto& one : fakes::slack::samples()) {
    auto evidence = draw(one.shown.transition.finding, {});
    EXPECT_LE(evidence.json.size(), kEvidenceBytes) << one.name;
    EXPECT_LE(evidence.uploads.size(), kMostUploads) << one.name;
  }
}

}  // namespace
}  // namespace sinks::slack
