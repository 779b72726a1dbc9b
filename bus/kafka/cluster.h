// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/deadline.h"
#include "base/metrics.h"
#include "base/rng.h"
#include "base/task_group.h"
#include "bus/kafka/client/admin.h"
#include "bus/kafka/client/connection.h"
#include "bus/kafka/client/partition_reader.h"
#include "bus/kafka/heads.h"
#include "bus/kafka/kafka_bus.h"
#include "bus/kafka/outbox.h"
#include "bus/kafka/wire.h"
#include "bus/stage/work.h"

namespace bus::kafka {

// Is told what this process appended, so that it knows at once what is still to be handled.
class AppendWatcher {
 public:
  virtual ~AppendWatcher() = default;
  // Everything of the partition below `next` exists.
  virtual void appended(const std::string& kafka_topic, std::int32_t partition, std::int64_t next) = 0;
};

// What all parts of the bus share: the options, the producers, the topics that are known to exist. For the thread of
// `loop`, on which stages are served, but where it says otherwise. What comes in has a thread of its own, `intake`.
class Cluster {
 public:
  struct Deps {
    base::Clock& clock;
    base::Metrics& metrics;
    stage::Work& work;
    base::Executor loop;
    base::Executor intake;
  };
  Cluster(const KafkaOptions& options, Deps deps);

  // From any thread, before anything else; the clients' threads inherit its niceness.
  base::Result<void> open();
  base::Result<void> open_intake();
  // The last call, while both threads run. Also after an open that failed.
  base::Task<void> close();

  const KafkaOptions& options() const { return options_; }
  base::Clock& clock() { return deps_.clock; }
  base::Metrics& metrics() { return deps_.metrics; }
  base::Rng& rng() { return rng_; }
  const base::Executor& loop() const { return deps_.loop; }
  ClientOptions client_options() const;
  PartitionReader& reader() { return *reader_; }

  // These topics are inputs of one stage: KafkaOptions::read_together.
  void read_together(const std::vector<std::string>& topics);

  // Calls `ready` with the number of the topic's partitions once it exists: at once if that is known, else when it was
  // found or made, which is tried until close(): then with 0.
  void with_topic(const TopicSpec& spec, std::function<void(int)> ready);
  // The same to be awaited; 0 or an exception when the awaiting task is cancelled.
  base::Task<int> partitions_of(TopicSpec spec);
  // What topics.h says of a topic that was found or made.
  std::chrono::milliseconds deletions_kept(const std::string& kafka_topic) const;
  // Whether the topic is there before an append would give up. Never throws.
  base::Task<bool> topic_soon(TopicSpec spec);
  // How many wait for a topic.
  std::size_t waiting() const;
  // The name of the cluster, asked for until it answers.
  base::Task<std::string> id();

  // What is appended from outside must be known to be kept soon, or refused. The first for the thread of `intake`.
  void produce_intake(Message message, Delivered done);
  base::Task<base::Result<Delivery>> send_intake(Message message);
  // What stages put out waits until the broker takes it.
  void produce_output(Message message, Delivered done);

  void watch(const std::string& kafka_topic, AppendWatcher& watcher);
  void unwatch(AppendWatcher& watcher);

  // Thread-safe from here on.
  bool brokers_down() const;
  std::string why_down() const;  // See Producer.
  // What the last attempt to reach the cluster failed with; empty when it did not.
  std::string trouble() const;
  // Topics that are not as they would be made.
  std::vector<std::string> differences() const;

 private:
  struct Topic {
    int partitions = 0;  // 0: not known yet.
    std::chrono::milliseconds deletions_kept{0};
    bool is_looked_for = false;
    std::int64_t last_waiting = 0;
    std::map<std::int64_t, std::function<void(int)>> waiting;  // In the order in which they came.
  };

  std::int64_t add_waiting(const TopicSpec& spec, std::function<void(int)> ready);
  base::Task<int> partitions_before(TopicSpec spec, base::Deadline deadline);
  bool is_known(const std::string& kafka_topic) const;
  base::Task<void> look_for(TopicSpec spec);
  base::Task<base::Result<std::vector<TopicOutcome>>> find_or_make(TopicSpec spec);
  base::Result<int> judge(base::Result<std::vector<TopicOutcome>> outcome);
  base::Task<void> pause(int attempt);
  void tell_watchers(const std::string& kafka_topic, std::int32_t partition, std::int64_t next);
  base::Task<base::Result<Delivery>> send_on_intake(Message message);

  const KafkaOptions& options_;
  Deps deps_;
  base::Rng rng_;
  std::map<std::string, std::vector<AppendWatcher*>> watchers_;
  Heads heads_;
  Outbox intake_;
  Outbox outputs_;
  std::shared_ptr<Connection> connection_;
  std::unique_ptr<PartitionReader> reader_;
  std::unique_ptr<Admin> admin_;
  std::map<std::string, Topic> topics_;
  std::map<std::string, std::vector<std::string>> read_before_;  // Of each input of a stage, those before it.
  bool closed_ = false;
  mutable std::mutex mutex_;
  std::string trouble_;
  std::vector<std::string> differences_;
  base::TaskGroup tasks_;  // Last: runs on the fields above.
};

}  // namespace bus::kafka
