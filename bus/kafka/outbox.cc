// SPDX-License-Identifier: Apache-2.0
#include "bus/kafka/outbox.h"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "base/log.h"

namespace bus::kafka {

namespace {

// For what a broker has taken already of a producer that failed: written behind the first of the next one, an older
// state would be the newest.
constexpr std::chrono::seconds kLastAnswers(3);
constexpr base::Backoff kBackoff{std::chrono::milliseconds(100), std::chrono::milliseconds(5000)};

}  // namespace

Outbox::Outbox(ProducerOptions options, base::Executor executor, base::Metrics& metrics, base::Rng& rng)
    : options_(std::move(options)),
      executor_(executor),
      metrics_(metrics),
      rng_(rng),
      replaced_(metrics.counter("tocsin_kafka_producers_replaced_total",
                                "Producers that failed for good, as a broker that lost their state makes them.",
                                {{"client", options_.name}})),
      tasks_(std::move(executor)) {}

base::Result<void> Outbox::open() {
  BOOST_OUTCOME_TRY(auto made,
                    Producer::open(options_, executor_, metrics_, [this](const base::Error& error) { failed(error); }));
  std::lock_guard lock(mutex_);
  producer_ = std::move(made);
  return base::ok();
}

// What is still under way completes with kCancelled, inside.
base::Task<void> Outbox::close() {
  closed_ = true;
  tasks_.cancel();
  std::shared_ptr<Producer> last;
  {
    std::lock_guard lock(mutex_);
    last = std::move(producer_);
  }
  last.reset();
  co_await tasks_.wait();
}

void Outbox::produce(Message message, Delivered done) {
  base::Result<void> taken = base::passing(base::Reason::kUnavailable, "the producer is not there");
  if (producer_) taken = producer_->produce(std::move(message), done);
  if (taken) return;
  boost::asio::post(executor_, [done = std::move(done), error = taken.error()] { done(error); });
}

std::string Outbox::why_down() const {
  std::lock_guard lock(mutex_);
  return producer_ ? producer_->why_down() : std::string();
}

bool Outbox::brokers_down() const {
  std::lock_guard lock(mutex_);
  return producer_ && producer_->brokers_down();
}

void Outbox::failed(const base::Error& error) {
  if (closed_) return;
  base::log::error("bus: a Kafka producer failed for good and is made anew",
                   {{"producer", options_.name}, {"error", error.message}});
  tasks_.spawn(open_again());
}

base::Task<void> Outbox::open_again() {
  boost::asio::steady_timer timer(executor_);
  while (!closed_) {
    timer.expires_after(kBackoff.wait(++attempts_, rng_));
    boost::system::error_code ended_early;
    co_await timer.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ended_early));
    if (closed_) co_return;
    std::shared_ptr<Producer> last;
    {
      std::lock_guard lock(mutex_);
      last = std::move(producer_);
    }
    if (last) co_await last->flush(base::in(kLastAnswers));
    last.reset();
    if (closed_) co_return;
    if (open()) {
      replaced_.Increment();
      attempts_ = 0;
      co_return;
    }
  }
}

}  // namespace bus::kafka
