// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <memory>
#include <semaphore>
#include <set>
#include <string>
#include <utility>

#include "base/deadline.h"
#include "bus/kafka/client/aside.h"
#include "bus/kafka/client/connection.h"
#include "bus/kafka/client/handle.h"
#include "bus/kafka/client/message.h"
#include "bus/kafka/client/queue_watch.h"
#include "bus/stage/completion.h"

namespace bus::kafka {

// What PartitionReader and Admin share.
struct Connection::State {
  base::Executor executor;
  std::shared_ptr<Handle> handle;
  Queue events;
  std::unique_ptr<QueueWatch> watch;
  std::set<TopicPartition> being_read;  // On the executor.
};

// A question that blocks for at most so many milliseconds.
template <class Answer>
using Question = std::function<base::Result<Answer>(rd_kafka_s*, int timeout_ms)>;

// How long one try may block: an answer over a line with two seconds of latency needs two round trips. What was learnt
// (leaders, coordinators) is kept for the next try.
inline constexpr std::chrono::milliseconds kQuestion{5000};
inline constexpr std::chrono::milliseconds kBetweenQuestions{200};

// Asks until there is an answer, an error that is not about reaching brokers, or the deadline.
template <class Answer>
base::Task<base::Result<Answer>> ask(std::shared_ptr<Handle> handle, Question<Answer> question,
                                     base::Deadline deadline) {
  using Outcome = base::Result<Answer>;
  boost::asio::steady_timer pause(co_await boost::asio::this_coro::executor);
  for (;;) {
    auto left = std::min(base::time_left(deadline), kQuestion);
    // Nobody waits for that thread: it must have let go of this coroutine's executor before we go on, for whoever is
    // told the answer may end the executor.
    auto let_go = std::make_shared<std::binary_semaphore>(0);
    Outcome outcome = co_await stage::suspend<Outcome>([handle, question, left, let_go](auto done) {
      run_aside([handle, question, left, let_go, done = std::move(done)]() mutable {
        std::exchange(done, nullptr)(question(handle->get(), static_cast<int>(left.count())));
        let_go->release();
      });
    });
    let_go->acquire();
    if (outcome) co_return outcome;
    bool may_pass = outcome.error().reason == base::Reason::kTimeout ||
                    outcome.error().reason == base::Reason::kUnreachable ||
                    outcome.error().reason == base::Reason::kUnavailable;
    if (!may_pass || base::time_left(deadline) <= kBetweenQuestions) co_return outcome;
    pause.expires_after(kBetweenQuestions);
    boost::system::error_code ended;
    co_await pause.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ended));
    if (ended) co_return base::passing(base::Reason::kCancelled, "told to stop");
  }
}

}  // namespace bus::kafka
