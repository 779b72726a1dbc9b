// SPDX-License-Identifier: Apache-2.0
#include "bus/kafka/client/range_read.h"

#include <librdkafka/rdkafka.h>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "bus/kafka/client/client_error.h"
#include "bus/kafka/client/views.h"

namespace bus::kafka {

void RangeRead::DestroyTopic::operator()(rd_kafka_topic_t* topic) const { rd_kafka_topic_destroy(topic); }

RangeRead::RangeRead(std::shared_ptr<Handle> handle, base::Executor executor, std::vector<ReadRange> ranges,
                     Visitor visit)
    : handle_(std::move(handle)),
      executor_(executor),
      visit_(std::move(visit)),
      open_(ranges.size()),
      finished_(executor),
      queue_(rd_kafka_queue_new(handle_->get())) {
  for (ReadRange& range : ranges) {
    Topic topic(rd_kafka_topic_new(handle_->get(), range.topic.c_str(), nullptr));
    ranges_.push_back({std::move(range), std::move(topic), false});
  }
}

RangeRead::~RangeRead() {
  watch_.reset();
  for (const Range& range : ranges_) {
    if (!range.done) rd_kafka_consume_stop(range.handle.get(), range.partition);
  }
}

// The interface without groups (rd_kafka_consume_start) is the one that asks for no right on any group.
base::Result<void> RangeRead::begin() {
  for (const Range& range : ranges_) {
    if (rd_kafka_consume_start_queue(range.handle.get(), range.partition, range.from, queue_.get()) != 0) {
      return error_of(rd_kafka_last_error(), "read " + range.topic);
    }
  }
  watch_ = std::make_unique<QueueWatch>(executor_, queue_.get(), [this] { return serve(); });
  return base::ok();
}

base::Task<base::Result<void>> RangeRead::run(base::Deadline deadline) {
  BOOST_OUTCOME_CO_TRY(begin());
  finished_.expires_at(deadline);
  boost::system::error_code ended;
  if (!result_) co_await finished_.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ended));
  watch_.reset();
  if (result_) co_return *result_;
  if (ended) co_return base::passing(base::Reason::kCancelled, "read " + ranges_.front().topic + ": told to stop");
  co_return base::passing(base::Reason::kTimeout, "read " + ranges_.front().topic + ": not done by the deadline");
}

bool RangeRead::serve() {
  if (result_) return false;
  rd_kafka_message_t* message = rd_kafka_consume_queue(queue_.get(), 0);
  if (message == nullptr) return false;
  message->err == RD_KAFKA_RESP_ERR_NO_ERROR ? on_message(*message) : on_failure(*message);
  rd_kafka_message_destroy(message);
  return true;
}

void RangeRead::on_message(const rd_kafka_message_t& message) {
  Range* range = find(rd_kafka_topic_name(message.rkt), message.partition);
  if (range == nullptr || range->done) return;
  if (message.offset < range->from) {
    return finish(base::permanent(base::Reason::kNoData, "read " + range->topic + ": it was made anew meanwhile"));
  }
  handle_->vitals().on_answer();
  if (message.offset < range->end) {
    if (!visit_(view_of(message, headers_))) return finish(base::ok());
  }
  reach(*range, message.offset + 1);
}

void RangeRead::on_failure(const rd_kafka_message_t& message) {
  Range* range = message.rkt == nullptr ? nullptr : find(rd_kafka_topic_name(message.rkt), message.partition);
  if (message.err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
    // Compaction may have taken the last ones before the end.
    if (range != nullptr && !range->done) reach(*range, message.offset);
    return;
  }
  const char* detail = rd_kafka_message_errstr(&message);
  std::string what = "read " + (range == nullptr ? ranges_.front().topic : range->topic);
  finish(error_of(message.err, what, detail == nullptr ? "" : detail));
}

void RangeRead::reach(Range& range, std::int64_t next) {
  range.from = std::max(range.from, next);
  if (range.from < range.end) return;
  range.done = true;
  rd_kafka_consume_stop(range.handle.get(), range.partition);
  if (--open_ == 0) finish(base::ok());
}

RangeRead::Range* RangeRead::find(std::string_view topic, std::int32_t partition) {
  for (Range& range : ranges_) {
    if (range.topic == topic && range.partition == partition) return &range;
  }
  return nullptr;
}

void RangeRead::finish(base::Result<void> result) {
  result_ = std::move(result);
  finished_.cancel();
}

}  // namespace bus::kafka
