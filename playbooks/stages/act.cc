// SPDX-License-Identifier: Apache-2.0
#include "playbooks/stages/act.h"

#include <algorithm>
#include <utility>

#include "playbooks/stages/call.h"
#include "playbooks/stages/merge.h"

namespace playbooks {

namespace {

using std::chrono::milliseconds;

struct Planned {
  const Playbook* playbook;
  const Step* step;
};

std::vector<Planned> plan(const std::vector<const Playbook*>& matched, TraceLog& trace) {
  std::vector<Planned> steps;
  for (const Playbook* playbook : matched) {
    auto earlier = static_cast<std::ptrdiff_t>(steps.size());
    for (const Step& step : playbook->steps) {
      auto same = [&](const Planned& other) { return other.step->name == step.name; };
      if (playbook->fallback && std::any_of(steps.begin(), steps.begin() + earlier, same)) {
        trace.add("action", step.name, "left_out", "an earlier playbook runs it");
        continue;
      }
      steps.push_back({playbook, &step});
    }
  }
  return steps;
}

// How many of the steps from `at` run at the same time.
std::size_t batch_size(const std::vector<Planned>& steps, std::size_t at) {
  if (steps[at].step->runs_alone) return 1;
  std::size_t size = 1;
  while (at + size < steps.size() && !steps[at + size].step->runs_alone) ++size;
  return size;
}

milliseconds in_ms(base::Duration duration) { return std::chrono::duration_cast<milliseconds>(duration); }

class Run {
 public:
  Run(Acting acting, TraceLog& trace, ActionMetrics& metrics, const LatePlaces& places, base::TaskGroup& group)
      : acting_(std::move(acting)),
        trace_(trace),
        metrics_(metrics),
        places_(places),
        group_(group),
        steps_(plan(acting_.matched, trace)),
        deadline_(base::in(acting_.playbooks->options.event_deadline)),
        draft_(std::make_shared<schemas::Finding>(std::move(acting_.draft))) {}

  base::Task<Acted> run() {
    for (std::size_t at = 0; at < steps_.size() && !acted_.silenced_by;) {
      std::vector<Call> calls = calls_from(at);
      if (calls.front().allowed > milliseconds(0) && !co_await run_calls(calls, places_, group_)) {
        acted_.was_cancelled = true;
        break;
      }
      take(calls, at);
      at += calls.size();
    }
    acted_.finding = std::move(*draft_);
    co_return std::move(acted_);
  }

 private:
  std::vector<Call> calls_from(std::size_t at) const {
    milliseconds allowed = std::min(base::time_left(deadline_), in_ms(acting_.playbooks->options.action_deadline));
    std::vector<Call> calls(batch_size(steps_, at));
    for (std::size_t i = 0; i < calls.size(); ++i) {
      Call& call = calls[i];
      call.keeps = acting_.playbooks;
      call.playbook = steps_[at + i].playbook;
      call.step = steps_[at + i].step;
      call.event = acting_.event;
      call.draft = draft_;
      call.now = acting_.now;
      call.allowed = allowed;
      if (!call.step->runs_alone) call.patience = acting_.patience;
    }
    return calls;
  }

  void take(std::vector<Call>& calls, std::size_t first) {
    // A late action may still look at the draft that it was given.
    bool is_shared = draft_.use_count() > static_cast<long>(calls.size()) + 1;
    if (is_shared) draft_ = std::make_shared<schemas::Finding>(*draft_);
    for (std::size_t i = 0; i < calls.size(); ++i) {
      Call& call = calls[i];
      if (!call.result) begin_late(call);
      if (call.late) acted_.awaited.push_back({first + i, call.playbook, call.step, call.late});
      if (call.result->has_value()) {
        succeed(call);
      } else {
        fail(call);
      }
    }
  }

  // The event's deadline passed before it ran.
  void begin_late(Call& call) {
    call.result = base::passing(base::Reason::kTimeout, "the event's deadline passed before it ran");
    call.was_late = true;
    if (call.patience == milliseconds(0)) return;
    Call begun = call;
    begun.result.reset();
    begun.draft = std::make_shared<const schemas::Finding>(*draft_);
    begun.allowed = std::exchange(begun.patience, milliseconds(0));
    call.late = start_late(std::move(begun), places_, group_);
  }

  void succeed(Call& call) {
    enrichers::Contribution& contribution = call.result->value();
    metrics_.count(call.step->name, "ok", call.took);
    if (contribution.silenced_by) {
      acted_.silenced_by = call.playbook->name;
      trace_.add("action", call.step->name, "silenced", *contribution.silenced_by);
    } else {
      trace_.add("action", call.step->name, contribution.missing.empty() ? "ok" : "incomplete");
    }
    acted_.overrides.note(contribution);
    merge(std::move(contribution), call.step->name, *draft_);
  }

  void fail(const Call& call) {
    const base::Error& error = call.result->error();
    std::string reason(base::to_string(error.reason));
    std::string message = error.message;
    if (call.late) {
      message += "; what comes of it within " + base::to_string(acting_.playbooks->options.late_deadline) + " follows";
    }
    metrics_.count(call.step->name, reason, call.took);
    if (call.was_late && call.patience > milliseconds(0))
      metrics_.count_late(call.step->name, call.late ? "awaited" : "no_place");
    trace_.add("action", call.step->name, call.late ? "awaited" : "failed", reason + ": " + message);
    acted_.failed.insert(call.playbook);
    enrichers::Contribution nothing;
    nothing.missing.push_back({call.step->name, std::move(reason), std::move(message)});
    merge(std::move(nothing), call.step->name, *draft_);
  }

  Acting acting_;
  TraceLog& trace_;
  ActionMetrics& metrics_;
  const LatePlaces& places_;
  base::TaskGroup& group_;
  const std::vector<Planned> steps_;
  const base::Deadline deadline_;
  std::shared_ptr<schemas::Finding> draft_;
  Acted acted_;
};

}  // namespace

base::Task<Acted> act(Acting acting, TraceLog& trace, ActionMetrics& metrics, const LatePlaces& places,
                      base::TaskGroup& group) {
  Run run(std::move(acting), trace, metrics, places, group);
  co_return co_await run.run();
}

}  // namespace playbooks
