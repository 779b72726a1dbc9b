// SPDX-License-Identifier: Apache-2.0
#include "sinks/delivery/worker.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include "base/log.h"
#include "schemas/topics.h"
#include "sinks/delivery/notes.h"
#include "sinks/delivery/receipts.h"
#include "sinks/delivery/stage.h"
#include "sinks/sink_name.h"

namespace sinks {

namespace {

namespace asio = boost::asio;
using base::Error;
using base::Reason;

// For a send under way when the stage stops. Shorter than the bus waits for work when it hands partitions over (5 s).
constexpr std::chrono::seconds kLastSend(3);

// A send that is cancelled a while after it was asked to be.
struct LastSend {
  explicit LastSend(const base::Executor& executor) : grace(executor) {}
  asio::steady_timer grace;
  asio::cancellation_signal stop;
  std::optional<base::Result<Reply>> reply;
};
using LastSendRef = std::shared_ptr<LastSend>;

base::Task<void> keep_reply(LastSendRef of, base::Task<base::Result<Reply>> send) {
  of->reply = co_await std::move(send);
}

// The other side is in trouble, rather than refusing what was sent or asking for patience.
bool is_trouble(const Error& error) {
  return !error.retry.is_never() && error.reason != Reason::kRateLimited && error.reason != Reason::kCancelled;
}

// It may have arrived: nobody answered, or somebody who is in trouble did.
bool is_in_the_dark(const Error& error) {
  return error.reason == Reason::kTimeout || error.reason == Reason::kUnreachable ||
         error.reason == Reason::kUnavailable || error.reason == Reason::kBadAnswer ||
         error.reason == Reason::kCancelled;
}

// Whether whoever ran the stage before this process may have tried what was to be done at `due`.
bool may_be_tried_before(base::Time due, const bus::Transaction& txn) {
  // Of the clocks of two machines, and of one that is set.
  constexpr std::chrono::seconds kSkew(5);
  return txn.owned_since() != base::Time::min() && due < txn.owned_since() + kSkew;
}

Error given_up(Error error) {
  error.retry = base::Retry::never();
  return error;
}

}  // namespace

DeliveryOptions delivery_options(const SinkOptions& common) {
  return {.sink = sink_name(common.name),
          .retry = {.retry_for = common.retry_for},
          .timeout = common.timeout,
          .rate_limit = common.rate_limit};
}

DeliveryWorker::DeliveryWorker(DeliveryOptions options, std::unique_ptr<Sink> sink, DeliveryDeps deps)
    : options_(std::move(options)),
      sink_(std::move(sink)),
      clock_(deps.clock),
      rng_(deps.rng),
      health_(deps.health),
      metrics_(deps.metrics, options_.sink),
      gate_(options_.rate_limit, deps.clock, std::move(deps.executor)) {
  health_.add(options_.sink);
}

bus::StageSpec DeliveryWorker::spec(std::string_view sink) {
  return {.name = delivery_stage(sink), .inputs = {schemas::topics::deliveries(sink)}, .acts_outside = true};
}

base::Task<base::Result<void>> DeliveryWorker::on_record(const bus::Record& record, bus::Transaction& txn) {
  BOOST_OUTCOME_CO_TRY(auto delivery, schemas::decode_delivery(record.value));
  ParkedQueue queue(txn);
  if (!queue.empty()) {
    stand_behind(record, queue, txn);
    co_return base::ok();
  }
  // A dead letter that is played again has a new record, and with it a new budget.
  bool in_the_dark = record.attempt > 1 || may_be_tried_before(record.time, txn);
  Outcome outcome = co_await attempt(delivery, {.since = record.time, .in_the_dark = in_the_dark}, txn);
  if (outcome.reply) {
    settle_delivered(delivery, outcome.attempts.made, outcome.reply.value().detail, txn);
    co_return base::ok();
  }
  co_return park(record, outcome, txn);
}

base::Task<base::Result<void>> DeliveryWorker::on_timer(const bus::Timer& timer, bus::Transaction& txn) {
  if (timer.name == Notes::kForgetTimer) {
    Notes(txn).forget_all();
    co_return base::ok();
  }
  ParkedQueue queue(txn);
  if (queue.empty()) co_return base::ok();
  auto entry = queue.front();
  BOOST_OUTCOME_CO_TRY(auto delivery, schemas::decode_delivery(entry.value));  // As it was before it was parked.
  entry.attempts.in_the_dark |= may_be_tried_before(timer.due, txn);
  Outcome outcome = co_await attempt(delivery, entry.attempts, txn);
  if (outcome.stopped) co_return outcome.reply.error();
  if (outcome.reply) {
    settle_delivered(delivery, outcome.attempts.made, outcome.reply.value().detail, txn);
    queue.remove(entry.place);
  } else if (auto next = next_attempt(options_.retry, outcome.reply.error(), outcome.attempts, outcome.now, rng_)) {
    metrics_.retried(outcome.reply.error().reason);
    queue.set_attempts(entry.place, outcome.attempts);
    queue.try_at(*next);
    metrics_.set_parked(txn.key(), queue.size());
    co_return base::ok();
  } else {
    give_up(entry, delivery, outcome, txn);
    queue.remove(entry.place);
  }
  // One send a call: a crash repeats one delivery at most.
  if (!queue.empty()) queue.try_at(txn.now());
  metrics_.set_parked(txn.key(), queue.size());
  co_return base::ok();
}

void DeliveryWorker::on_dead_letter(const bus::Record& record, const Error& error, bus::Transaction& txn) {
  metrics_.dead_lettered(error.reason);
  auto delivery = schemas::decode_delivery(record.value);
  // What can't be read is still one delivery of this sink.
  schemas::Delivery unreadable{.sink = options_.sink};
  const auto& settled = delivery ? delivery.value() : unreadable;
  base::log::error("sinks: a delivery was given up, see tocsin dlq",
                   {{"sink", options_.sink}, {"delivery", settled.id}, {"why", error.message}});
  settle_dead_lettered(settled, record.attempt, error, txn);
}

// Waits for its turn, sends, tells the gate how it went, and keeps what the sink noted.
base::Task<DeliveryWorker::Outcome> DeliveryWorker::attempt(const schemas::Delivery& delivery, Attempts attempts,
                                                            bus::Transaction& txn) {
  const base::Time now = txn.now();
  const base::Time started = clock_.now();
  const schemas::Incident& incident = delivery.transition.incident;
  Outcome outcome{.reply = base::passing(Reason::kCancelled, "stopped"), .attempts = attempts, .now = now};
  try {
    auto rendered = render(delivery);
    if (!rendered) {
      outcome.reply = rendered.error();
    } else if (auto pass = co_await gate_.enter(started + (attempts.since + options_.retry.retry_for - now))) {
      ++outcome.attempts.made;
      Sending sending{.delivery = delivery,
                      .rendered = std::move(rendered.value()),
                      .note = Notes(txn).of(incident),
                      .maybe_sent = attempts.in_the_dark,
                      .owned_since = txn.owned_since()};
      outcome.reply = co_await send(sending, *pass);
      outcome.attempts.in_the_dark |= !outcome.reply && is_in_the_dark(outcome.reply.error());
      Notes(txn).keep(incident, std::move(sending.note));
    } else {
      auto why = gate_.last_error().value_or(base::passing(Reason::kUnavailable, "the sink is down"));
      outcome.reply = given_up(why.in("not tried, others failed with"));
    }
  } catch (const boost::system::system_error&) {  // Cancelled while waiting: the reply says so already.
  }
  auto cancellation = co_await boost::asio::this_coro::cancellation_state;
  outcome.stopped = !outcome.reply && cancellation.cancelled() != boost::asio::cancellation_type::none;
  outcome.now = now + (clock_.now() - started);
  co_return outcome;
}

base::Task<base::Result<Reply>> DeliveryWorker::send(Sending& sending, Gate::Pass& pass) {
  auto began = std::chrono::steady_clock::now();
  sending.deadline = began + options_.timeout;
  auto reply = co_await send_to_its_end(sending);
  metrics_.attempted(std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
  if (reply) {
    metrics_.delivered();
    pass.succeeded();
  } else if (is_trouble(reply.error())) {
    pass.failed(reply.error());
  } else if (reply.error().reason == Reason::kRateLimited) {
    pass.paused(reply.error(), retry_wait(options_.retry, reply.error(), 1, rng_));
  } else if (reply.error().reason != Reason::kCancelled) {
    pass.succeeded();
  }
  metrics_.set_open(gate_.is_open());
  note_health(reply);
  co_return reply;
}

// A send that is cut off may have arrived, and whoever takes over repeats it.
base::Task<base::Result<Reply>> DeliveryWorker::send_to_its_end(Sending& sending) {
  auto executor = co_await asio::this_coro::executor;
  auto last = std::make_shared<LastSend>(executor);
  auto caller = (co_await asio::this_coro::cancellation_state).slot();
  if (caller.is_connected()) {
    caller.assign([last](asio::cancellation_type type) {
      last->grace.expires_after(kLastSend);
      last->grace.async_wait([last, type](boost::system::error_code ended) {
        if (!ended && !last->reply) last->stop.emit(type);
      });
    });
  }
  co_await asio::co_spawn(executor, keep_reply(last, sink_->send(sending)),
                          asio::bind_cancellation_slot(last->stop.slot(), asio::use_awaitable));
  last->grace.cancel();
  if (caller.is_connected()) caller.clear();
  co_return std::move(*last->reply);
}

void DeliveryWorker::note_health(const base::Result<Reply>& reply) {
  if (reply) return metrics_.set_healthy(health_.succeeded(options_.sink));
  if (reply.error().reason == Reason::kCancelled) return;
  metrics_.set_healthy(health_.failed(options_.sink, reply.error(), gate_.is_open(), clock_.now()));
}

base::Result<Rendered> DeliveryWorker::render(const schemas::Delivery& delivery) const {
  try {
    return sink_->render(delivery);
  } catch (const std::exception& failure) {
    return base::permanent(Reason::kInternal, std::string("cannot render: ") + failure.what());
  }
}

// After the first attempt: keeps the delivery for the next one, or gives it up by an error that the bus dead-letters.
base::Result<void> DeliveryWorker::park(const bus::Record& record, const Outcome& outcome, bus::Transaction& txn) {
  const Error& error = outcome.reply.error();
  if (outcome.stopped) return error;
  auto next = next_attempt(options_.retry, error, outcome.attempts, outcome.now, rng_);
  if (!next) return given_up(error);
  metrics_.retried(error.reason);
  ParkedQueue queue(txn);
  queue.push(record, outcome.attempts);
  queue.try_at(*next);
  metrics_.set_parked(txn.key(), queue.size());
  return base::ok();
}

void DeliveryWorker::stand_behind(const bus::Record& record, ParkedQueue& queue, bus::Transaction& txn) {
  queue.push(record, {.since = record.time});
  if (queue.size() > ParkedQueue::kLongest) {
    auto entry = queue.least_needed();
    auto delivery = schemas::decode_delivery(entry.value);
    if (delivery) settle_suppressed(delivery.value(), "superseded", txn);
    queue.remove(entry.place);
  }
  metrics_.set_parked(txn.key(), queue.size());
}

void DeliveryWorker::give_up(const ParkedQueue::Entry& entry, const schemas::Delivery& delivery, const Outcome& outcome,
                             bus::Transaction& txn) {
  const Error& error = outcome.reply.error();
  metrics_.dead_lettered(error.reason);
  base::log::error("sinks: a delivery was given up, see tocsin dlq",
                   {{"sink", options_.sink}, {"delivery", delivery.id}, {"why", error.message}});
  emit_dead_letter(options_.sink, entry.value, outcome.attempts.made, error, txn);
  settle_dead_lettered(delivery, outcome.attempts.made, error, txn);
}

}  // namespace sinks
