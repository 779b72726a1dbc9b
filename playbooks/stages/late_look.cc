// SPDX-License-Identifier: Apache-2.0
#include "playbooks/stages/late_look.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "schemas/topics.h"

namespace playbooks {

namespace {

using std::chrono::milliseconds;

constexpr std::string_view kTimerPrefix = "late/";
constexpr std::chrono::seconds kLookEvery(2);
// A call is asked for by then, or never: the last look is late by little where the stage keeps up.
constexpr std::chrono::minutes kGrace(1);

// The step as the configuration has it now, or nullptr.
const Playbook* find(const LateEvidence::Step& step, const Playbooks& playbooks) {
  for (const Playbook& playbook : playbooks.playbooks) {
    if (playbook.name != step.playbook) continue;
    auto position = static_cast<std::size_t>(step.position);
    bool is_there = position < playbook.steps.size() && playbook.steps[position].name == step.action;
    return is_there ? &playbook : nullptr;
  }
  return nullptr;
}

// One timer's call.
class Look {
 public:
  Look(LateEvidence late, std::shared_ptr<const Playbooks> playbooks, LateServices& services, bus::Transaction& txn)
      : late_(std::move(late)), playbooks_(std::move(playbooks)), services_(services), txn_(txn) {}

  void run(std::string_view timer) {
    std::erase_if(late_.steps, [this](const LateEvidence::Step& step) { return has_ended(step); });
    if (late_.steps.empty()) return;
    txn_.set_timer(timer, std::min(txn_.now() + kLookEvery, late_.until), encode(late_));
  }

 private:
  bool has_ended(const LateEvidence::Step& step) {
    auto call = services_.calls.find(late_.finding.id, static_cast<std::size_t>(step.index));
    if (auto result = call ? call->result() : std::nullopt) {
      conclude(step, tell(step, std::move(*result)));
    } else if (txn_.now() >= late_.until) {
      conclude(step, "expired");
    } else if (call || start(step)) {
      return false;
    } else {
      conclude(step, "gone");
    }
    return true;
  }

  void conclude(const LateEvidence::Step& step, const std::string& outcome) {
    services_.metrics.count_late(step.action, outcome);
    services_.calls.drop(late_.finding.id, static_cast<std::size_t>(step.index));
  }

  // Where it brings nothing, the finding has said what is missing.
  std::string tell(const LateEvidence::Step& step, base::Result<enrichers::Contribution> result) {
    if (!result.has_value()) return "failed";
    if (result.value().enrichments.empty() && result.value().links.empty()) return "nothing";
    schemas::Finding finding = follow_up(late_, step, std::move(result).value(), txn_.now());
    txn_.emit(schemas::topics::kFindings, finding.incident.key, schemas::encode(finding));
    return "followed";
  }

  // Whether it is still to be awaited: it is also where there is no place yet.
  bool start(const LateEvidence::Step& step) {
    const Playbook* playbook = find(step, *playbooks_);
    if (playbook == nullptr) return false;
    base::Duration left = late_.until - txn_.now();
    Call call;
    call.keeps = playbooks_;
    call.playbook = playbook;
    call.step = &playbook->steps[static_cast<std::size_t>(step.position)];
    call.event = std::make_shared<const schemas::Event>(late_.event);
    call.draft = std::make_shared<const schemas::Finding>(late_.finding);
    call.now = late_.finding.created;
    call.allowed = std::chrono::duration_cast<milliseconds>(left);
    if (auto started = start_late(std::move(call), services_.calls.places(), services_.group)) {
      services_.calls.keep(late_.finding.id, static_cast<std::size_t>(step.index), std::move(started),
                           base::in(left + kGrace));
    }
    return true;
  }

  LateEvidence late_;
  std::shared_ptr<const Playbooks> playbooks_;
  LateServices& services_;
  bus::Transaction& txn_;
};

}  // namespace

void await_evidence(const std::vector<Awaited>& awaited, const schemas::Event& event, const schemas::Finding& finding,
                    const PlaybooksOptions& options, LateServices& services, bus::Transaction& txn) {
  if (awaited.empty()) return;
  LateEvidence late{.event = event, .finding = finding, .steps = {}, .until = {}};
  late.finding.enrichments.clear();
  late.finding.missing.clear();
  late.finding.trace.clear();
  // The handler began that much earlier at most.
  late.until = txn.now() + options.event_deadline + options.late_deadline;
  for (const Awaited& one : awaited) {
    auto position = one.step - one.playbook->steps.data();
    late.steps.push_back({static_cast<std::int64_t>(one.index), one.playbook->name, position, one.step->name});
    services.calls.keep(finding.id, one.index, one.call, base::in(options.late_deadline + kGrace));
  }
  txn.set_timer(std::string(kTimerPrefix) + finding.id, txn.now() + kLookEvery, encode(late));
}

bool look_after_late(const bus::Timer& timer, std::shared_ptr<const Playbooks> playbooks, LateServices& services,
                     bus::Transaction& txn) {
  if (!timer.name.starts_with(kTimerPrefix)) return false;
  auto late = decode_late_evidence(timer.value);
  if (late) {
    Look(std::move(late.value()), std::move(playbooks), services, txn).run(timer.name);
  } else {
    base::log::warn("playbooks: late evidence can't be read and is not awaited any more",
                    {{"timer", timer.name}, {"error", late.error().message}});
  }
  return true;
}

}  // namespace playbooks
