// SPDX-License-Identifier: Apache-2.0
#include "sinks/delivery/sender.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

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

template <class Draw>
base::Result<Rendered> guarded(const Draw& draw) {
  try {
    return draw();
  } catch (const std::exception& failure) {
    return base::permanent(Reason::kInternal, std::string("cannot render: ") + failure.what());
  }
}

}  // namespace

Error given_up(Error error) {
  error.retry = base::Retry::never();
  return error;
}

DeliveryOptions delivery_options(const SinkOptions& common) {
  base::yaml::Problems reported;  // When the section was read.
  return {.sink = sink_name(common.name),
          .retry = {.retry_for = common.retry_for},
          .timeout = common.timeout,
          .rate_limit = common.rate_limit,
          .storm = common.storm,
          .pace = {.update_interval = common.update_interval,
                   .evidence_updates = common.evidence_updates,
                   .only_changes = common.updates == Updates::kChanges},
          .stable_for = common.stable_for,
          .fallback = sink_name(common.fallback),
          .grouping = common.grouping ? std::optional(Grouping::read(*common.grouping, reported)) : std::nullopt};
}

bool folds(const DeliveryOptions& options) {
  return options.rate_limit.per_second > 0 && options.storm.digest_after > base::Duration::zero();
}

bool tells_in_parts(const DeliveryOptions& options) { return folds(options) || options.grouping; }

Sender::Sender(DeliveryOptions options, std::unique_ptr<Sink> sink, DeliveryDeps deps)
    : options_(std::move(options)),
      sink_(std::move(sink)),
      clock_(deps.clock),
      rng_(deps.rng),
      health_(deps.health),
      metrics_(deps.metrics, options_.sink),
      gate_(options_.rate_limit, deps.clock, std::move(deps.executor)) {
  health_.add(options_.sink);
}

base::Task<Sender::Outcome> Sender::attempt(const schemas::Delivery& delivery, Render render, Gate::Ask ask,
                                            Attempts attempts, Memory& memory, const bus::Transaction& txn) {
  const base::Time now = txn.now();
  const base::Time started = clock_.now();
  Outcome outcome{.reply = base::passing(Reason::kCancelled, "stopped"), .attempts = attempts, .now = now};
  try {
    ask.give_up = started + (attempts.since + options_.retry.retry_for - now);
    std::string lane = ask.lane;
    auto turn = co_await gate_.enter(std::move(ask));
    outcome.later = turn.later;
    if (turn.pass) {
      Sending sending{.delivery = delivery,
                      .note = memory.note,
                      .kept = memory.kept,
                      .maybe_sent = attempts.in_the_dark,
                      .owned_since = txn.owned_since(),
                      .lane = std::move(lane)};
      co_await send_rendered(render(), sending, *turn.pass, outcome);
      memory = {std::move(sending.note), std::move(sending.kept)};
    } else if (!turn.later) {
      auto why = gate_.last_error().value_or(base::passing(Reason::kUnavailable, "the sink is down"));
      outcome.reply = given_up(why.in("not tried, others failed with"));
    }
  } catch (const boost::system::system_error&) {  // Cancelled while waiting: the reply says so already.
  }
  auto cancellation = co_await boost::asio::this_coro::cancellation_state;
  outcome.stopped = !outcome.reply && cancellation.cancelled() != boost::asio::cancellation_type::none;
  outcome.now = now + (clock_.now() - started);
  metrics_.set_waiting(gate_.waiting());
  co_return outcome;
}

std::optional<base::Time> Sender::next_attempt(const Outcome& outcome) const {
  return sinks::next_attempt(options_.retry, outcome.reply.error(), outcome.attempts, outcome.now, rng_);
}

base::Task<void> Sender::send_rendered(base::Result<Rendered> rendered, Sending& sending, Gate::Pass& pass,
                                       Outcome& outcome) {
  if (!rendered) {
    outcome.reply = rendered.error();
    co_return;
  }
  sending.rendered = std::move(rendered.value());
  ++outcome.attempts.made;
  outcome.reply = co_await send(sending, pass);
  outcome.attempts.in_the_dark |= !outcome.reply && is_in_the_dark(outcome.reply.error());
}

base::Task<base::Result<Reply>> Sender::send(Sending& sending, Gate::Pass& pass) {
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
    pass.paused(reply.error(), retry_wait(options_.retry, reply.error(), 1, rng_), sending.limited);
  } else if (reply.error().reason != Reason::kCancelled) {
    pass.succeeded();
  }
  if (!reply && reply.error().retry.is_never() && !sending.hint.empty()) {
    metrics_.refused(reply.error().reason, sending.hint);
  }
  metrics_.set_open(gate_.is_open());
  note_health(reply, sending.hint);
  co_return reply;
}

// A send that is cut off may have arrived, and whoever takes over repeats it.
base::Task<base::Result<Reply>> Sender::send_to_its_end(Sending& sending) {
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

void Sender::note_health(const base::Result<Reply>& reply, std::string_view hint) {
  if (reply) return metrics_.set_healthy(health_.succeeded(options_.sink));
  if (reply.error().reason == Reason::kCancelled) return;
  metrics_.set_healthy(health_.failed(options_.sink, reply.error(), gate_.is_open(), clock_.now(), hint));
}

base::Result<Rendered> Sender::render(const schemas::Delivery& delivery) const {
  return guarded([&] { return sink_->render(delivery); });
}

base::Result<Rendered> Sender::render(const Digest& digest) const {
  return guarded([&] { return sink_->render_digest(digest); });
}

}  // namespace sinks
