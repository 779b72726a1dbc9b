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
#include <mutex>
#include <utility>

#include "base/log.h"
#include "base/run_on.h"

namespace playbooks {

namespace {

namespace asio = boost::asio;
using Strand = asio::strand<base::Executor>;
using Contribution = enrichers::Contribution;
using std::chrono::milliseconds;

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

  // Of the strand: what came of it, and whether nobody waits for that any more.
  Call call;
  asio::cancellation_signal stop;
  bool is_stopped = false;
  bool is_late = false;

  std::shared_ptr<void> place;  // Where it goes on late.
  std::mutex mutex;
  std::optional<base::Result<Contribution>> late_result;
};

using BatchPtr = std::shared_ptr<Batch>;
using RunningPtr = std::shared_ptr<Running>;

// What comes of a call goes to who waits for it, or to who looks after it later.
void end(Running& running, base::Result<Contribution> result) {
  if (!running.is_late) {
    running.call.result = std::move(result);
    return;
  }
  std::lock_guard lock(running.mutex);
  running.late_result = std::move(result);
}

base::Task<void> invoke(RunningPtr running) {
  Call& call = running->call;
  base::Deadline wanted_by = base::in(call.allowed - margin(call.allowed));
  base::Deadline deadline = call.patience > milliseconds(0) ? base::in(call.allowed + call.patience) : wanted_by;
  enrichers::Input input{*call.event, *call.draft, call.now, deadline, wanted_by};
  end(*running, co_await call.step->action->run(input));
}

base::Error failure_of(const Step& step, const std::exception& failure) {
  base::log::error("playbooks: an action threw", {{"action", step.name}, {"error", failure.what()}});
  return base::permanent(base::Reason::kInternal, failure.what());
}

// On the strand. Whoever has not begun by then does not.
void stop(Running& running) {
  running.is_stopped = true;
  running.stop.emit(asio::cancellation_type::terminal);
}

// Sets the call's result, unless it is late.
base::Task<void> invoke_safely(RunningPtr running) {
  if (running->is_stopped) {
    end(*running, base::passing(base::Reason::kCancelled, "was not begun"));
    co_return;
  }
  try {
    auto slot = running->stop.slot();
    co_await asio::co_spawn(co_await asio::this_coro::executor, invoke(running),
                            asio::bind_cancellation_slot(slot, asio::use_awaitable));
  } catch (const std::exception& failure) {
    end(*running, failure_of(*running->call.step, failure));
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

base::Error late(const Call& call, bool goes_on) {
  auto allowed = base::to_string(base::Duration(call.allowed));
  if (goes_on) return base::passing(base::Reason::kTimeout, "was not ready after " + allowed);
  return base::passing(base::Reason::kTimeout, "took longer than " + allowed + " and was cancelled");
}

class OneLateCall final : public LateCall {
 public:
  OneLateCall(BatchPtr batch, RunningPtr running) : batch_(std::move(batch)), running_(std::move(running)) {}
  ~OneLateCall() override {
    if (result()) return;
    asio::post(batch_->strand, [running = running_] { stop(*running); });
  }
  std::optional<base::Result<Contribution>> result() const override {
    std::lock_guard lock(running_->mutex);
    return running_->late_result;
  }

 private:
  BatchPtr batch_;
  RunningPtr running_;
};

base::Task<bool> wait_for(BatchPtr batch, std::vector<RunningPtr> all, LatePlaces places) {
  boost::system::error_code ended;
  if (batch->running > 0) co_await batch->wake.async_wait(asio::redirect_error(asio::use_awaitable, ended));
  auto cancelled = (co_await asio::this_coro::cancellation_state).cancelled();
  bool is_waited_for = cancelled == asio::cancellation_type::none;
  for (const RunningPtr& running : all) {
    if (running->call.result) continue;
    running->is_late = true;
    running->call.took = running->call.allowed;
    if (is_waited_for && running->call.patience > milliseconds(0)) running->place = places.take();
    if (!running->place) stop(*running);
  }
  co_return is_waited_for;
}

}  // namespace

std::shared_ptr<void> LatePlaces::take() const {
  if (taken_->fetch_add(1) >= kMost) {
    taken_->fetch_sub(1);
    return nullptr;
  }
  return {taken_.get(), [taken = taken_](void*) { taken->fetch_sub(1); }};
}

std::shared_ptr<LateCall> start_late(Call call, const LatePlaces& places, base::TaskGroup& group) {
  auto place = places.take();
  if (!place) return nullptr;
  auto batch = std::make_shared<Batch>(group.executor());
  auto running = std::make_shared<Running>(std::move(call));
  running->is_late = true;
  running->place = std::move(place);
  group.spawn(hand_over(batch, running));
  return std::make_shared<OneLateCall>(std::move(batch), std::move(running));
}

base::Task<bool> run_calls(std::vector<Call>& calls, const LatePlaces& places, base::TaskGroup& group) {
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
  bool completed = co_await base::run_on(strand, wait_for(batch, all, places));
  for (std::size_t i = 0; i < calls.size(); ++i) {
    Running& running = *all[i];
    if (running.is_late) {
      calls[i].was_late = true;
      calls[i].result = late(calls[i], running.place != nullptr);
      if (running.place) calls[i].late = std::make_shared<OneLateCall>(batch, all[i]);
    } else {
      calls[i].result = std::move(running.call.result);
    }
    calls[i].took = running.call.took;
  }
  co_return completed;
}

}  // namespace playbooks
