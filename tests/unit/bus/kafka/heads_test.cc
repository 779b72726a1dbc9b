// SPDX-License-Identifier: Apache-2.0
#include "bus/kafka/heads.h"

#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

namespace bus::kafka {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Told = std::tuple<std::string, std::int32_t, std::int64_t>;

class KafkaHeads : public testing::Test {
 protected:
  void wait_until_idle() {
    boost::asio::co_spawn(caller, work.wait(), [this](const std::exception_ptr&) { is_idle = true; });
    caller.poll();
  }

  boost::asio::io_context bus;
  boost::asio::io_context caller;
  stage::Work work;
  std::vector<Told> told;
  bool is_idle = false;
  Heads heads{bus.get_executor(), work,
              [this](auto& topic, auto partition, auto next) { told.emplace_back(topic, partition, next); }};
};

TEST_F(KafkaHeads, TellsTheNewestOfEachPartitionOnTheBussThread) {
  heads.note("intake", 3, 7);
  heads.note("intake", 3, 9);
  heads.note("intake", 3, 8);  // Acknowledgements of two requests may come in either order.
  heads.note("intake", 4, 1);
  heads.note("events", 3, 2);
  EXPECT_THAT(told, IsEmpty());

  bus.poll();

  EXPECT_THAT(told, ElementsAre(Told("events", 3, 2), Told("intake", 3, 9), Told("intake", 4, 1)));
}

TEST_F(KafkaHeads, QueuesOneCallHoweverMuchIsNoted) {
  for (int i = 1; i <= 1000; ++i) heads.note("intake", i % 12, i);

  EXPECT_EQ(bus.poll(), 1u);
  EXPECT_EQ(told.size(), 12u);
}

TEST_F(KafkaHeads, TellsWhatIsNotedAfterwardsAgain) {
  heads.note("intake", 0, 1);
  bus.poll();
  bus.restart();
  heads.note("intake", 0, 2);
  bus.poll();

  EXPECT_THAT(told, ElementsAre(Told("intake", 0, 1), Told("intake", 0, 2)));
}

// Whoever appends and then waits until all is handled must not go on before the stage has heard of the record.
TEST_F(KafkaHeads, IsWorkUntilItIsTold) {
  heads.note("intake", 0, 1);
  wait_until_idle();
  EXPECT_FALSE(is_idle);

  bus.poll();
  caller.restart();
  caller.poll();

  EXPECT_TRUE(is_idle);
}

TEST_F(KafkaHeads, LosesNothingOfWhatManyThreadsNote) {
  std::vector<std::jthread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([this, thread] {
      for (int i = 1; i <= 5000; ++i) heads.note("intake", thread, i);
    });
  }
  std::thread serving([this] {
    auto open = boost::asio::make_work_guard(bus);
    bus.run();
  });
  threads.clear();
  boost::asio::post(bus, [this] { bus.stop(); });
  serving.join();

  for (int thread = 0; thread < 4; ++thread) EXPECT_THAT(told, testing::Contains(Told("intake", thread, 5000)));
}

}  // namespace
}  // namespace bus::kafka
