// SPDX-License-Identifier: Apache-2.0
#include "sinks/sink_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>

#include "base/yaml/parse.h"
#include "sinks/file/file_sink.h"
#include "sinks/sink_name.h"
#include "sinks/webhook/webhook_sink.h"
#include "tests/fakes/fake_http_client.h"

namespace sinks {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct SinkSetTest : testing::Test {
  SinkSetTest() {
    types.add(webhook_sink_type());
    types.add(file_sink_type());
  }

  SinkSet load(const std::string& yaml) {
    base::yaml::Problems problems;
    auto node = base::yaml::parse(
        yaml, [](const std::string&) { return std::nullopt; }, problems);
    auto set = load_sinks(node, types, {.http = http, .file_pool = pool.get_executor()}, problems);
    complaints.clear();
    for (const auto& problem : problems.sorted()) complaints.push_back(base::yaml::to_string(problem, "f"));
    return set;
  }

  SinkTypes types;
  fakes::FakeHttpClient http;
  boost::asio::io_context pool;
  std::vector<std::string> complaints;
};

TEST_F(SinkSetTest, ReadsSinksInTheirOrder) {
  auto set = load(R"(
- webhook_sink: {name: Ops Hook, url: "https://example.org/x", default: false, retry_for: 2h, timeout: 5s}
- file_sink: {name: log, file_name: stdout}
)");

  EXPECT_THAT(complaints, IsEmpty());
  EXPECT_THAT(set.names(), ElementsAre("ops_hook", "log"));
  EXPECT_EQ(set.members[0].kind, "webhook_sink");
  EXPECT_EQ(set.members[0].configured.common.retry_for, std::chrono::hours(2));
  EXPECT_FALSE(set.routes->at(0).is_default);
}

TEST_F(SinkSetTest, KnowsWhoTakesOverFromWhom) {
  auto set = load(R"(
- file_sink: {name: chat, fallback: Ops Mail}
- file_sink: {name: ops mail, fallback: log}
- file_sink: {name: log}
)");

  EXPECT_THAT(complaints, IsEmpty());
  EXPECT_THAT(set.routes->at(0).fallbacks, ElementsAre("ops_mail", "log"));
  EXPECT_THAT(set.routes->at(1).fallbacks, ElementsAre("log"));
  EXPECT_THAT(set.routes->at(2).fallbacks, IsEmpty());
}

TEST_F(SinkSetTest, RefusesFallbacksThatLeadNowhereOrBack) {
  load(R"(
- file_sink: {name: a, fallback: b}
- file_sink: {name: b, fallback: a}
- file_sink: {name: c, fallback: c}
- file_sink: {name: d, fallback: gone}
)");

  EXPECT_THAT(complaints, ElementsAre(HasSubstr("it leads back to this sink: a -> b -> a"),
                                      HasSubstr("it leads back to this sink: b -> a -> b"),
                                      HasSubstr("it leads back to this sink: c -> c"),
                                      HasSubstr("f:5:34: error: fallback: there is no sink with the name 'gone'")));
}

TEST_F(SinkSetTest, TakesNoSinksForNoSinks) {
  EXPECT_THAT(load("").members, IsEmpty());
  EXPECT_THAT(load("[]").members, IsEmpty());
  EXPECT_THAT(complaints, IsEmpty());
}

TEST_F(SinkSetTest, WarnsOfSinksThatOnlyRobustaHas) {
  for (const auto& kind : robusta_sink_kinds()) {
    if (types.find(kind)) continue;
    EXPECT_THAT(load("- " + kind + ": {name: a, token: b}\n").members, IsEmpty());
    EXPECT_THAT(complaints,
                ElementsAre("f:1:3: warning: " + kind + " is not supported yet: nothing is delivered there"));
  }
  EXPECT_EQ(robusta_sink_kinds().size(), 24u);
}

TEST_F(SinkSetTest, ReportsEverythingThatIsWrongAtOnce) {
  load(R"(
- webhok_sink: {name: a}
- file_sink: {name: Same}
- file_sink: {name: same}
- file_sink: {}
- webhook_sink: {name: b, url: "ftp://token@example.org"}
- file_sink: {name: c, unknown: 1}
- nothing
)");

  EXPECT_THAT(complaints,
              ElementsAre(HasSubstr("2:3: error: unknown kind of sink 'webhok_sink'; did you mean 'webhook_sink'?"),
                          HasSubstr("4:21: error: another sink, in line 3, already has the name 'same'"),
                          HasSubstr("5:"), HasSubstr("6:32: error: webhook_sink: url must begin with http"),
                          HasSubstr("7:"), HasSubstr("8:3: error: expected one sink")));
  for (const auto& complaint : complaints) EXPECT_THAT(complaint, testing::Not(HasSubstr("token@")));
}

TEST_F(SinkSetTest, AcceptsWhatRobustaHasAndSaysThatItHasNoEffect) {
  load(R"(
- webhook_sink:
    name: a
    url: https://example.org
    size_limit: 4096
    slack_webhook: true
    send_svg: false
    prefer_redirect_to_platform: true
)");

  EXPECT_EQ(complaints.size(), 3u);
  EXPECT_THAT(complaints, testing::Each(HasSubstr("warning")));
}

TEST_F(SinkSetTest, GivesEqualDigestsOnlyToEqualSections) {
  auto digest = [&](const std::string& yaml) { return load(yaml).members.at(0).digest; };

  auto first = digest("- file_sink: {name: a}");
  EXPECT_EQ(first, digest("# a comment\n- file_sink:\n    name: a"));
  EXPECT_NE(first, digest("- file_sink: {name: b}"));
  EXPECT_NE(first, digest("- file_sink: {name: a, fsync: true}"));
}

TEST_F(SinkSetTest, AFallbackBeginsAnewWhereItsPartChanges) {
  auto digest = [&](const std::string& first) {
    auto set =
        load("- file_sink: {name: a" + first + "}\n- file_sink: {name: b, fallback: c}\n- file_sink: {name: c}\n");
    EXPECT_THAT(complaints, IsEmpty());
    return std::pair(set.members.at(1).digest, set.members.at(2).digest);
  };
  const std::string folds = ", rate_limit: {per_second: 1}";
  auto alone = digest("");
  auto linked = digest(", fallback: b");
  auto folding = digest(", fallback: b" + folds);

  EXPECT_NE(alone.first, linked.first);
  EXPECT_NE(linked.first, folding.first) << "digests of a may come to it now";
  EXPECT_NE(linked.second, folding.second) << "to the last of the chain too";
  EXPECT_EQ(folding, digest(", fallback: b, rate_limit: {per_second: 2}"));
  EXPECT_EQ(linked, digest(", fallback: b" + folds + ", storm: {digest_after: 0s}")) << "it folds nothing";
  EXPECT_EQ(alone, digest(folds)) << "of no concern to those that never take over from it";
}

TEST(SinkName, MapsWhatTopicsCannotHave) {
  EXPECT_EQ(sink_name("Main Slack/é"), "main_slack___");
  EXPECT_EQ(sink_name("a-b_c9"), "a-b_c9");
}

}  // namespace
}  // namespace sinks
