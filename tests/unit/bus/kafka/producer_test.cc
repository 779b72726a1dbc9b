// SPDX-License-Identifier: Apache-2.0
#include "bus/kafka/client/producer.h"

#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "tests/fakes/mock_kafka.h"
#include "tests/unit/bus/kafka/kafka_test_kit.h"

namespace bus::kafka {
namespace {

using base::Reason;
using std::chrono::milliseconds;
using Answer = base::Result<Delivery>;

Message message(std::string value = "v", std::string key = "k") {
  return {.topic = "events", .partition = {}, .key = std::move(key), .value = std::move(value), .headers = {}};
}

class KafkaProducer : public testing::Test {
 protected:
  KafkaProducer() { cluster.create_topic("events", 4); }

  std::unique_ptr<Producer> open(ProducerOptions options) {
    auto properties = std::move(options.client.properties);
    options.client = client_of(cluster.bootstrap_servers());
    options.client.properties = std::move(properties);
    return Producer::open(std::move(options), io.executor(), metrics,
                          [this](base::Error error) { fatal.add(std::move(error)); })
        .value();
  }
  ProducerOptions impatient(milliseconds timeout) {
    ProducerOptions options;
    options.message_timeout = timeout;
    return options;
  }
  Answer send(Producer& producer, Message what) { return io.run(producer.send(std::move(what))); }

  fakes::MockKafka cluster;
  base::Metrics metrics;
  Seen<base::Error> fatal;
  fakes::IoThread io;
};

TEST_F(KafkaProducer, SaysWhereAMessageIsStored) {
  OnLoop producer(io, open({}));

  Answer first = send(*producer, message());
  Answer second = send(*producer, message());

  ASSERT_TRUE(first) << first.error().message;
  ASSERT_TRUE(second);
  EXPECT_EQ(first.value().partition, partition_of("k", 4));
  EXPECT_EQ(first.value().offset, 0);
  EXPECT_EQ(second.value().offset, 1);
}

TEST_F(KafkaProducer, ChoosesPartitionsAsJavaClientsDo) {
  // Kafka's own org.apache.kafka.common.utils.UtilsTest: murmur2("21") = -973932308, murmur2("foobar") = -790332482.
  EXPECT_EQ(partition_of("21", 12), (-973932308 & 0x7fffffff) % 12);
  EXPECT_EQ(partition_of("foobar", 12), (-790332482 & 0x7fffffff) % 12);
  EXPECT_EQ(partition_of("", 1), 0);
}

TEST_F(KafkaProducer, TakesMessagesFromManyThreads) {
  OnLoop producer(io, open({}));
  Seen<Answer> answers;

  std::vector<std::jthread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&] {
      for (int i = 0; i < 500; ++i) {
        auto taken = producer->produce(message(), [&](Answer answer) { answers.add(std::move(answer)); });
        EXPECT_TRUE(taken);
      }
    });
  }
  threads.clear();

  ASSERT_TRUE(answers.wait_for(2000));
  std::set<std::int64_t> offsets;
  for (const Answer& answer : answers.all()) offsets.insert(answer.value().offset);
  EXPECT_EQ(offsets.size(), 2000u);
  EXPECT_TRUE(io.run(producer->flush(base::in(kGenerous))));
  EXPECT_EQ(producer->in_flight(), 0u);
}

TEST_F(KafkaProducer, RefusesAtOnceWhatIsTooLarge) {
  OnLoop producer(io, open({}));

  auto refused = producer->produce(message(std::string(1'100'000, 'x')), [](Answer) { ADD_FAILURE(); });

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, Reason::kTooLarge);
  EXPECT_TRUE(refused.error().retry.is_never());
}

TEST_F(KafkaProducer, RefusesATopicWhoseNameIsNone) {
  OnLoop producer(io, open({}));
  Message odd = message();
  odd.topic = std::string(1000, 'x');

  auto refused = producer->produce(std::move(odd), [](Answer) { ADD_FAILURE(); });

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, Reason::kBadRequest);
  EXPECT_EQ(producer->in_flight(), 0u);
}

TEST_F(KafkaProducer, SaysThatTheBrokerFindsItTooLarge) {
  OnLoop producer(io, open({}));
  cluster.push_errors(fakes::MockKafka::kProduce, {RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE});

  Answer answer = send(*producer, message());

  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().reason, Reason::kTooLarge);
}

TEST_F(KafkaProducer, IsFullWhenTooMuchWaits) {
  cluster.set_down(1);
  ProducerOptions options;
  options.max_queued_messages = 10;
  OnLoop producer(io, open(options));

  base::Result<void> taken = base::ok();
  int count = 0;
  while ((taken = producer->produce(message(), [](Answer) {})) && count < 100) ++count;

  EXPECT_EQ(count, 10);
  EXPECT_EQ(taken.error().reason, Reason::kFull);
  EXPECT_FALSE(taken.error().retry.is_never());
}

TEST_F(KafkaProducer, GivesUpAfterItsTimeoutWhenTheBrokerIsAway) {
  cluster.set_down(1);
  OnLoop producer(io, open(impatient(milliseconds(300))));

  Answer answer = send(*producer, message());

  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().reason, Reason::kTimeout);
  EXPECT_FALSE(fatal.size());
}

TEST_F(KafkaProducer, KnowsThatBrokersAreDownAndWhenTheyAreBack) {
  OnLoop producer(io, open(impatient(milliseconds(1000))));
  EXPECT_FALSE(producer->brokers_down());
  for (int i = 0; i < 60 && !send(*producer, message()); ++i) {
  }
  cluster.set_down(1);

  for (int i = 0; i < 60 && !producer->brokers_down(); ++i) (void)send(*producer, message());
  EXPECT_TRUE(producer->brokers_down());
  cluster.set_up(1);
  Answer answer = send(*producer, message());
  for (int i = 0; i < 60 && !answer; ++i) answer = send(*producer, message());

  EXPECT_TRUE(answer);
  EXPECT_FALSE(producer->brokers_down());
}

TEST_F(KafkaProducer, NoticesWithoutATryThatBrokersAreBack) {
  cluster.set_down(1);
  OnLoop producer(io, open(impatient(milliseconds(200))));
  for (int i = 0; i < 60 && !producer->brokers_down(); ++i) (void)send(*producer, message());
  ASSERT_TRUE(producer->brokers_down());

  cluster.set_up(1);

  EXPECT_TRUE(eventually([&] { return !producer->brokers_down(); }));
}

TEST_F(KafkaProducer, WaitsOutAnOutageWhenItMay) {
  OnLoop producer(io, open({}));
  ASSERT_TRUE(send(*producer, message()));
  cluster.set_down(1);
  auto later = io.begin(producer->send(message()));
  OnLoop hasty(io, open(impatient(milliseconds(500))));
  ASSERT_FALSE(send(*hasty, message()));

  cluster.set_up(1);

  Answer answer = later.get();
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer.value().offset, 1);
}

TEST_F(KafkaProducer, RepeatsWhatALeaderThatIsNoneRefused) {
  OnLoop producer(io, open({}));
  cluster.push_errors(fakes::MockKafka::kProduce,
                      {RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS,
                       RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS_AFTER_APPEND, RD_KAFKA_RESP_ERR__TRANSPORT});

  Answer answer = send(*producer, message());

  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer.value().offset, 0);
}

// As brokers do whom a partition is new to: the first request is refused, those behind it are stored.
TEST_F(KafkaProducer, TakesNoLaterMessageForProofThatAnEarlierOneIsStored) {
  ProducerOptions options;
  options.client.properties = {{"batch.num.messages", base::Secret("1")}};
  OnLoop producer(io, open(std::move(options)));
  ASSERT_TRUE(send(*producer, message()));
  cluster.set_rtt(1, milliseconds(200));
  cluster.push_errors(fakes::MockKafka::kProduce, {RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS});
  Seen<Answer> answers;

  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(producer->produce(message(), [&](Answer answer) { answers.add(std::move(answer)); }));
  }

  ASSERT_TRUE(answers.wait_for(5));
  std::set<std::int64_t> offsets;
  for (const Answer& answer : answers.all()) {
    if (answer) {
      offsets.insert(answer.value().offset);
    } else {
      EXPECT_EQ(answer.error().reason, Reason::kUnavailable);
    }
  }
  EXPECT_EQ(offsets, (std::set<std::int64_t>{1, 2, 3, 4}));
}

// The mock says so and stores nothing, as a broker could that mistakes one batch for another.
TEST_F(KafkaProducer, TakesNoBatchForStoredThatIsSaidToBeARepetition) {
  ProducerOptions options;
  options.client.properties = {{"linger.ms", base::Secret("100")}};
  OnLoop producer(io, open(std::move(options)));
  ASSERT_TRUE(send(*producer, message()));
  cluster.push_errors(fakes::MockKafka::kProduce, {RD_KAFKA_RESP_ERR_DUPLICATE_SEQUENCE_NUMBER});
  Seen<Answer> answers;

  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(producer->produce(message(), [&](Answer answer) { answers.add(std::move(answer)); }));
  }

  ASSERT_TRUE(answers.wait_for(3));
  for (const Answer& answer : answers.all()) EXPECT_FALSE(answer);
}

TEST_F(KafkaProducer, FailsForGoodWhenItsEpochIsOver) {
  OnLoop producer(io, open({}));
  cluster.push_errors(fakes::MockKafka::kProduce, {RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH});

  EXPECT_FALSE(send(*producer, message()));

  EXPECT_TRUE(fatal.wait_for(1));
}

TEST_F(KafkaProducer, SaysWhyWhenReplicasStayAway) {
  OnLoop producer(io, open(impatient(milliseconds(600))));
  cluster.push_errors(fakes::MockKafka::kProduce,
                      std::vector<rd_kafka_resp_err_t>(50, RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS));

  Answer answer = send(*producer, message());

  ASSERT_FALSE(answer);
  EXPECT_FALSE(answer.error().retry.is_never());
}

TEST_F(KafkaProducer, WorksWithABrokerTwoSecondsAway) {
  cluster.set_rtt(1, milliseconds(2000));
  OnLoop producer(io, open({}));

  auto first = io.begin(producer->send(message()));
  auto second = io.begin(producer->send(message()));

  EXPECT_TRUE(first.get());
  EXPECT_TRUE(second.get());
}

TEST_F(KafkaProducer, FailsForGoodOnceAndSaysSo) {
  OnLoop producer(io, open({}));
  ASSERT_TRUE(send(*producer, message()));

  producer->fail_for_good(RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER);

  ASSERT_TRUE(fatal.wait_for(1));
  EXPECT_NE(fatal.all()[0].message.find("asked to"), std::string::npos) << fatal.all()[0].message;
  Answer answer = send(*producer, message());
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().reason, Reason::kUnavailable);
  EXPECT_TRUE(producer->fatal());
  producer.replace(open({}));
  EXPECT_TRUE(send(*producer, message()));
  EXPECT_EQ(fatal.size(), 1u);
}

TEST_F(KafkaProducer, GivesBackWhatWaitsWhenItFailsForGood) {
  OnLoop producer(io, open({}));
  cluster.set_down(1);
  auto waiting = io.begin(producer->send(message()));

  producer->fail_for_good(RD_KAFKA_RESP_ERR_UNKNOWN_PRODUCER_ID);

  EXPECT_FALSE(waiting.get());
}

TEST_F(KafkaProducer, GivesBackWhatWaitsWhenItIsDestroyed) {
  OnLoop producer(io, open({}));
  ASSERT_TRUE(send(*producer, message()));
  cluster.set_rtt(1, milliseconds(5000));
  Seen<Answer> answers;
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(producer->produce(message(), [&](Answer answer) { answers.add(std::move(answer)); }));
  }

  producer.reset();

  ASSERT_EQ(answers.size(), 100u);
  for (const Answer& answer : answers.all()) EXPECT_EQ(answer.error().reason, Reason::kCancelled);
}

TEST_F(KafkaProducer, FlushEndsAtItsDeadline) {
  OnLoop producer(io, open({}));
  cluster.set_down(1);
  ASSERT_TRUE(producer->produce(message(), [](Answer) {}));

  EXPECT_FALSE(io.run(producer->flush(base::in(milliseconds(50)))));
  producer->purge();
  EXPECT_TRUE(io.run(producer->flush(base::in(kGenerous))));
}

TEST_F(KafkaProducer, RefusesPropertiesThatLibrdkafkaRefuses) {
  ProducerOptions options;
  options.client = client_of(cluster.bootstrap_servers());
  options.client.properties.emplace("compression.codec", base::Secret("brotli"));

  auto refused = Producer::open(options, io.executor(), metrics);

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, Reason::kBadRequest);
}

}  // namespace
}  // namespace bus::kafka
