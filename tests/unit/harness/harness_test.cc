// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <csignal>

#include "tests/harness/eventually.h"
#include "tests/harness/http_call.h"
#include "tests/harness/http_receiver.h"
#include "tests/harness/process.h"
#include "tests/harness/temp_dir.h"

namespace harness {
namespace {

using std::chrono::seconds;

TEST(Process, TellsHowAProgramEnded) {
  EXPECT_TRUE(run({"true"}).exit.is_success());
  EXPECT_EQ(run({"sh", "-c", "exit 3"}).exit.code, 3);
  EXPECT_EQ(run({"no-such-program"}).exit.code, 127);
}

TEST(Process, KeepsOutputAndErrorsApart) {
  Finished finished = run({"sh", "-c", "echo out; echo err >&2"});

  EXPECT_EQ(finished.out, "out\n");
  EXPECT_EQ(finished.err, "err\n");
}

TEST(Process, IsKilledForGood) {
  TempDir dir;
  Process process({"sleep", "1000"}, dir.path() + "/log");
  EXPECT_FALSE(process.exit());

  process.kill();

  EXPECT_EQ(process.exit()->signal, SIGKILL);
}

TEST(HttpReceiver, KeepsWhatItIsSentAndAnswersAsTold) {
  HttpReceiver receiver;
  EXPECT_TRUE(http_post(receiver.port(), "/hook", "{}").is_success());

  receiver.answer_with(503, "later");
  Answer refused = http_post(receiver.port(), "/hook", std::string(3'000'000, 'x'));

  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.body, "later");
  ASSERT_EQ(receiver.received().size(), 2u);
  EXPECT_EQ(receiver.received()[0].headers.at("content-type"), "application/json");
  EXPECT_EQ(receiver.received()[1].body.size(), 3'000'000u);
}

TEST(HttpReceiver, ServesManyRequestsOnOneConnection) {
  HttpReceiver receiver;
  HttpConnection connection(receiver.port());

  for (int i = 0; i < 100; ++i) EXPECT_EQ(connection.post("/", "x", seconds(10)).status, 200);

  EXPECT_TRUE(receiver.wait_until(seconds(10), [](const auto& received) { return received.size() == 100; }));
}

TEST(HttpCall, HasNoStatusWhenNobodyAnswers) { EXPECT_EQ(http_get(free_port(), "/").status, 0); }

TEST(Eventually, GivesUpAtItsLimit) {
  EXPECT_FALSE(eventually(std::chrono::milliseconds(1), [] { return false; }));
  int calls = 0;
  EXPECT_TRUE(eventually(seconds(10), [&] { return ++calls == 3; }));
}

}  // namespace
}  // namespace harness
