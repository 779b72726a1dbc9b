// SPDX-License-Identifier: Apache-2.0
// What the verbs say to a command line that can't be followed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/acceptance/tocsin.h"

namespace acceptance {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

harness::Finished tocsin(std::vector<std::string> words) {
  words.insert(words.begin(), program());
  return harness::run(std::move(words));
}

TEST(Verbs, SayWhyAConfigurationCantBeRead) {
  harness::TempDir dir;
  std::string missing = dir.path() + "/absent.yaml";

  for (const auto& [path, reason] : {std::pair{dir.path(), "Is a directory"}, {missing, "No such file or directory"}}) {
    auto checked = tocsin({"check", "--config", path});
    EXPECT_EQ(checked.exit.code, 1);
    EXPECT_THAT(checked.out, HasSubstr(path + ": error: the file can't be read: " + reason));
    auto ran = tocsin({"run", "--config", path, "--data-dir", dir.path() + "/data"});
    EXPECT_EQ(ran.exit.code, 1);
    EXPECT_THAT(ran.err, HasSubstr(path + ": error: the file can't be read: " + reason));
    auto looked = tocsin({"ledger", "--config", path});
    EXPECT_EQ(looked.exit.code, 1);
    EXPECT_THAT(looked.err, HasSubstr(path + ": the file can't be read: " + reason));
  }
}

TEST(Verbs, SayWhatIsWrongWithARecording) {
  harness::TempDir dir;
  auto config = dir.write("tocsin.yaml", "clusterName: replayed\n");
  auto half = dir.write("half.jsonl", "\n{\"schema\":\"tocsin.intake/1\",\"source\":\"alertmanager\",\"recei");

  for (const auto& [path, what] : {std::pair<std::string, std::string>{dir.path(), "can't be read: Is a directory"},
                                   {dir.path() + "/absent", "can't be read: No such file or directory"},
                                   {half, half + ": line 2: not JSON"}}) {
    auto played = tocsin({"replay", path, "--config", config});
    EXPECT_EQ(played.exit.code, 1);
    EXPECT_THAT(played.err, HasSubstr(what));
  }
}

TEST(Verbs, RunRefusesAPartOfTheRolesOnTheEmbeddedLog) {
  harness::TempDir dir;
  auto config = dir.write("tocsin.yaml", "clusterName: parts\n");

  auto ran = tocsin({"run", "--config", config, "--data-dir", dir.path() + "/data", "--roles", "ingest,sinks"});

  EXPECT_EQ(ran.exit.code, 1);
  EXPECT_THAT(ran.err, HasSubstr("bus.type: kafka"));
}

TEST(Verbs, RunSaysWhatItStartsWith) {
  Tocsin running("sinksConfig:\n  - file_sink: {name: file, file_name: never-written.jsonl}\n");

  ASSERT_TRUE(running.start()) << running.log();

  EXPECT_THAT(running.log(),
              AllOf(HasSubstr("tocsin: starting"), HasSubstr(R"("bus":"embedded")"), HasSubstr("/tocsin.yaml"),
                    HasSubstr("/data"), HasSubstr("ingest,playbooks,incidents,sinks"), HasSubstr(R"("sinks":1)")));
}

TEST(Verbs, LookingHintsAtTheConfigurationOfALogOnKafka) {
  harness::TempDir dir;
  dir.write("kafka-instance", "12345\n");

  auto looked = tocsin({"ledger", "--data-dir", dir.path()});

  EXPECT_EQ(looked.exit.code, 1);
  EXPECT_THAT(looked.err, AllOf(HasSubstr("no log in " + dir.path()), HasSubstr("--config")));
}

TEST(Verbs, TellTheVersionAsAFlagToo) {
  auto flag = tocsin({"--version"});

  EXPECT_EQ(flag.exit.code, 0);
  EXPECT_EQ(flag.out, tocsin({"version"}).out);
}

TEST(Verbs, NameASubcommandThatIsUnknown) {
  for (const auto& words : {std::vector<std::string>{"frob", "--config", "x"}, {"dlq", "frob"}}) {
    auto refused = tocsin(words);
    EXPECT_EQ(refused.exit.code, 2);
    EXPECT_THAT(refused.err, HasSubstr("unknown subcommand frob"));
  }
  EXPECT_THAT(tocsin({}).err, HasSubstr("A subcommand is required"));
}

TEST(Verbs, NameTheOutputsThatThereAre) {
  EXPECT_THAT(tocsin({"replay", "x", "--config", "x", "-o", "yaml"}).err, HasSubstr("yaml is none of table, json\n"));
  EXPECT_THAT(tocsin({"version", "-o", "xml"}).err, HasSubstr("xml is none of table, json, yaml\n"));
  EXPECT_THAT(tocsin({"replay", "--help"}).out, AllOf(HasSubstr("table|json "), Not(HasSubstr("ENUM"))));
  EXPECT_THAT(tocsin({"version", "-o", "json"}).out, HasSubstr("\"version\""));
}

}  // namespace
}  // namespace acceptance
