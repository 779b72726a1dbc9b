// SPDX-License-Identifier: Apache-2.0
#include "playbooks/stages/call.h"

#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <utility>

#include "base/log.h"
#include "base/run_on.h"

namespace playbooks {

namespace {

namespace asio = boost::asio;
using Strand = asio::strand<base::Executor>;
using Contribution = enrichers::Contribution;

// An action is asked to end this much before it is cut off, so that what it knows of the delay gets into the finding:
// a twentieth of what it is allowed, 250 ms at most.
std::chrono::milliseconds margin(std::chrono::milliseconds allowed) {
  return std::min(allowed / 20, std::chrono::milliseconds(250));
}

// Of all calls that run at the same time. Everything in it belongs to the strand.
struct Batch {
  explicit Batch(const base::Executor& executor) : strand(asio::make_strand(executor)), wake(strand) {}

  Strand strand;
  asio::steady_timer wake;
  std::size_t running = 0;
};

struct Running {
  explicit Running(Call started) : call(std::move(started)) {}

  Call call;
  asio::cancellation_signal stop;
  bool is_late = false;
};

using BatchPtr = std::shared_ptr<Batch>;
using RunningPtr = std::shared_ptr<Running>;

base::Task<void> invoke(RunningPtr running) {
  Call& call = running->call;
  base::Deadline deadline = base::in(call.allowed - margin(call.allowed));
  enrichers::Input input{*call.event, *call.draft, call.now, deadline};
  base::Result<Contribution> result = co_await call.step->action->run(input);
  if (!running->is_late) call.result = std::move(result);
}

base::Error failure_of(const Step& step, const std::exception& failure) {
  base::log::error("playbooks: an action threw", {{"action", step.name}, {"error", failure.what()}});
  return base::permanent(base::Reason::kInternal, failure.what());
}

// Sets the call's result, unless it is late.
base::Task<void> invoke_safely(RunningPtr running) {
  try {
    auto slot = running->stop.slot();
    co_await asio::co_spawn(co_await asio::this_coro::executor, invoke(running),
                            asio::bind_cancellation_slot(slot, asio::use_awaitable));
  } catch (const std::exception& failure) {
    if (!running->is_late) running->call.result = failure_of(*running->call.step, failure);
  }
}

base::Task<void> run_on_strand(BatchPtr batch, RunningPtr running) {
  auto started = std::chrono::steady_clock::now();
  co_await invoke_safely(running);
  if (running->is_late) co_return;
  running->call.took = std::chrono::steady_clock::now() - started;
  if (--batch->running == 0) batch->wake.cancel();
}

// The group gives each task a strand of its own; the calls of a batch share one, and so need no locks.
base::Task<void> hand_over(BatchPtr batch, RunningPtr running) {
  Strand strand = batch->strand;
  co_await base::run_on(strand, run_on_strand(std::move(batch), std::move(running)));
}

base::Error late(const Call& call) {
  return base::passing(base::Reason::kTimeout,
                       "took longer than " + base::to_string(base::Duration(call.allowed)) + " and was cancelled");
}

base::Task<bool> wait_for(BatchPtr batch, std::vector<RunningPtr> all) {
  boost::system::error_code ended;
  if (batch->running > 0) co_await batch->wake.async_wait(asio::redirect_error(asio::use_awaitable, ended));
  auto cancelled = (co_await asio::this_coro::cancellation_state).cancelled();
  for (const RunningPtr& running : all) {
    if (running->call.result) continue;
    running->is_late = true;
    running->call.took = running->call.allowed;
    running->stop.emit(asio::cancellation_type::terminal);
  }
  co_return cancelled == asio::cancellation_type::none;
}

}  // namespace

base::Task<bool> run_calls(std::vector<Call>& calls, base::TaskGroup& group) {
  auto batch = std::make_shared<Batch>(group.executor());
  std::vector<RunningPtr> all;
  std::chrono::milliseconds allowed{};
  for (Call& call : calls) {
    allowed = std::max(allowed, call.allowed);
    all.push_back(std::make_shared<Running>(call));
  }
  batch->running = all.size();
  batch->wake.expires_after(allowed);
  Strand strand = batch->strand;
  // If they end before anybody waits, there is nothing running any more to wait for.
  for (const RunningPtr& running : all) group.spawn(hand_over(batch, running));
  bool completed = co_await base::run_on(strand, wait_for(batch, all));
  for (std::size_t i = 0; i < calls.size(); ++i) {
    Running& running = *all[i];
    if (running.is_late) {
      calls[i].result = late(calls[i]);
    } else {
      calls[i].result = std::move(running.call.result);
    }
    calls[i].took = running.call.took;
  }
  co_return completed;
}

}  // namespace playbooks
