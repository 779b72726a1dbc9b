// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bus/kafka/client/handle.h"
#include "bus/kafka/client/partition_reader.h"
#include "bus/kafka/client/queue_watch.h"

struct rd_kafka_topic_s;
struct rd_kafka_message_s;

namespace bus::kafka {

// One read under way: fetches its ranges from its beginning to its end, on one executor.
class RangeRead {
 public:
  // No range is empty.
  RangeRead(std::shared_ptr<Handle> handle, base::Executor executor, std::vector<ReadRange> ranges, Visitor visit);
  ~RangeRead();
  RangeRead(const RangeRead&) = delete;
  RangeRead& operator=(const RangeRead&) = delete;

  base::Task<base::Result<void>> run(base::Deadline deadline);

 private:
  struct DestroyTopic {
    void operator()(rd_kafka_topic_s* topic) const;
  };
  using Topic = std::unique_ptr<rd_kafka_topic_s, DestroyTopic>;
  struct Range : ReadRange {
    Topic handle;
    bool done = false;
  };

  base::Result<void> begin();
  bool serve();
  void on_message(const rd_kafka_message_s& message);
  void on_failure(const rd_kafka_message_s& message);
  void reach(Range& range, std::int64_t next);
  Range* find(std::string_view topic, std::int32_t partition);
  void finish(base::Result<void> result);

  std::shared_ptr<Handle> handle_;
  base::Executor executor_;
  std::vector<Range> ranges_;
  Visitor visit_;
  std::size_t open_;  // Ranges that are not done.
  std::vector<HeaderView> headers_;
  std::optional<base::Result<void>> result_;
  boost::asio::steady_timer finished_;
  Queue queue_;
  std::unique_ptr<QueueWatch> watch_;
};

}  // namespace bus::kafka
