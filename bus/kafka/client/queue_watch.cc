// SPDX-License-Identifier: Apache-2.0
#include "bus/kafka/client/queue_watch.h"

#include <librdkafka/rdkafka.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <system_error>
#include <utility>

namespace bus::kafka {
namespace {

// Others on the executor get their turn after so many events.
constexpr int kEventsPerTurn = 256;
// What is written to the descriptor.
constexpr std::uint64_t kOne = 1;

int make_event_descriptor() {
  int descriptor = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (descriptor < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
  return descriptor;
}

}  // namespace

class QueueWatch::Loop : public std::enable_shared_from_this<Loop> {
 public:
  Loop(base::Executor executor, std::function<bool()> serve)
      : executor_(executor), wake_(executor, make_event_descriptor()), paced_(executor), serve_(std::move(serve)) {}

  int descriptor() { return wake_.native_handle(); }

  void begin() {
    boost::asio::post(executor_, [self = shared_from_this()] { self->turn(); });
  }

  void keep_pace(std::chrono::milliseconds pace) {
    paced_.expires_after(pace);
    paced_.async_wait([self = shared_from_this(), pace](const boost::system::error_code& error) {
      if (error || self->ended_) return;
      [[maybe_unused]] auto written = ::write(self->wake_.native_handle(), &kOne, sizeof kOne);
      self->keep_pace(pace);
    });
  }

  void end() {
    ended_ = true;
    boost::system::error_code ignored;
    wake_.close(ignored);
    paced_.cancel();
  }

 private:
  void wait() {
    wake_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                     [self = shared_from_this()](const boost::system::error_code& error) {
                       if (!error) self->turn();
                     });
  }

  void turn() {
    if (ended_) return;
    // The descriptor before the queue: a wake-up is written when the queue is no longer empty, and only then, so that
    // the other order could lose one.
    std::uint64_t count = 0;
    [[maybe_unused]] auto got = ::read(wake_.native_handle(), &count, sizeof count);
    auto self = shared_from_this();  // `serve` may end the watch.
    for (int i = 0; i < kEventsPerTurn; ++i) {
      bool found = serve_();
      if (ended_) return;
      if (!found) return wait();
    }
    begin();
  }

  base::Executor executor_;
  boost::asio::posix::stream_descriptor wake_;
  boost::asio::steady_timer paced_;
  std::function<bool()> serve_;
  bool ended_ = false;
};

QueueWatch::QueueWatch(base::Executor executor, rd_kafka_queue_t* queue, std::function<bool()> serve,
                       std::optional<std::chrono::milliseconds> pace)
    : queue_(queue), loop_(std::make_shared<Loop>(std::move(executor), std::move(serve))) {
  rd_kafka_queue_io_event_enable(queue_, loop_->descriptor(), &kOne, sizeof kOne);
  loop_->begin();
  if (pace) loop_->keep_pace(*pace);
}

QueueWatch::~QueueWatch() {
  rd_kafka_queue_io_event_enable(queue_, -1, nullptr, 0);
  loop_->end();
}

}  // namespace bus::kafka
