// SPDX-License-Identifier: Apache-2.0
#include "sinks/delivery/worker.h"

#include <boost/asio/awaitable.hpp>

#include "base/log.h"
#include "schemas/topics.h"
#include "sinks/delivery/endings.h"
#include "sinks/delivery/fallback.h"
#include "sinks/delivery/notes.h"
#include "sinks/delivery/receipts.h"
#include "sinks/delivery/stage.h"

namespace sinks {

namespace {

using base::Error;
using schemas::TransitionState;

// How long what can't be folded waits in memory before it is parked.
constexpr std::chrono::seconds kPatience(3);

// Whether telling of it calls for somebody, rather than changing what was told.
bool calls(const schemas::Delivery& delivery) {
  const auto& transition = delivery.transition;
  if (transition.state == TransitionState::kResolved) return false;
  return delivery.opening || transition.state == TransitionState::kReopened || transition.cause == "severity_rise";
}

}  // namespace

DeliveryWorker::DeliveryWorker(DeliveryOptions options, std::unique_ptr<Sink> sink, DeliveryDeps deps)
    : sender_(std::move(options), std::move(sink), std::move(deps)) {}

bus::StageSpec DeliveryWorker::spec(std::string_view sink) {
  return {.name = delivery_stage(sink), .inputs = {schemas::topics::deliveries(sink)}, .acts_outside = true};
}

base::Task<base::Result<void>> DeliveryWorker::on_record(const bus::Record& record, bus::Transaction& txn) {
  BOOST_OUTCOME_CO_TRY(auto delivery, schemas::decode_delivery(record.value));
  if (!delivery.grouped && holds_back(delivery, record, txn)) co_return base::ok();
  ParkedQueue queue(txn);
  if (!queue.empty()) give_way(queue, delivery.transition.incident.id, txn);
  // A dead letter that is played again has a new record, and with it a new budget.
  bool in_the_dark = record.attempt > 1 || may_be_tried_before(record.time, txn);
  Attempts attempts{.since = record.time, .in_the_dark = in_the_dark};
  if (!queue.empty()) {
    park(record, {.since = record.time}, queue, txn);
    co_return base::ok();
  }
  End end = co_await deliver(delivery, attempts, txn);
  if (end.failure) {
    if (end.stopped || !falls_back(delivery)) co_return *end.failure;
    fall_back(delivery, attempts, *end.failure, txn);
    co_return base::ok();
  }
  if (end.next) {
    park(record, attempts, queue, txn);
    queue.try_at(*end.next);
  }
  co_return base::ok();
}

base::Task<base::Result<void>> DeliveryWorker::on_timer(const bus::Timer& timer, bus::Transaction& txn) {
  if (timer.name == Notes::kForgetTimer) {
    Notes(txn).forget_all();
    co_return base::ok();
  }
  if (timer.name == Tellings::kExpireTimer) {
    Tellings(txn).forget_all();
    Fallback({}, txn).forget_all();
    TakenOver(txn).forget_all();
    forget_groups(txn);
    co_return base::ok();
  }
  if (auto incident = Endings::incident_of(timer)) co_return co_await tell_end(std::move(*incident), timer.due, txn);
  ParkedQueue queue(txn);
  if (queue.empty()) co_return base::ok();
  auto entry = queue.front();
  BOOST_OUTCOME_CO_TRY(auto delivery, schemas::decode_delivery(entry.value));  // As it was before it was parked.
  Attempts attempts = entry.attempts;
  attempts.in_the_dark |= may_be_tried_before(timer.due, txn);
  End end = co_await deliver(delivery, attempts, txn);
  if (end.stopped) co_return *end.failure;
  if (end.next) {
    queue.set_attempts(entry.place, attempts);
    queue.try_at(*end.next);
  } else {
    if (end.failure) give_up(entry, delivery, attempts, *end.failure, txn);
    queue.remove(entry.place);
    // One send a call: a crash repeats one delivery at most.
    if (!queue.empty()) queue.try_at(txn.now());
  }
  sender_.metrics().set_parked(txn.key(), queue.size());
  co_return base::ok();
}

void DeliveryWorker::on_dead_letter(const bus::Record& record, const Error& error, bus::Transaction& txn) {
  const std::string& sink = sender_.options().sink;
  sender_.metrics().dead_lettered(error.reason);
  auto delivery = schemas::decode_delivery(record.value);
  // What can't be read is still one delivery of this sink.
  schemas::Delivery unreadable{.sink = sink};
  const auto& settled = delivery ? delivery.value() : unreadable;
  base::log::error("sinks: a delivery was given up, see tocsin dlq",
                   {{"sink", sink}, {"delivery", settled.id}, {"why", error.message}});
  settle_dead_lettered(settled, record.attempt, error, txn);
}

// Makes one attempt, if it comes to one; `attempts` then says so.
base::Task<DeliveryWorker::End> DeliveryWorker::deliver(schemas::Delivery delivery, Attempts& attempts,
                                                        bus::Transaction& txn) {
  if (TakenOver(txn).knows(delivery)) {
    suppress(delivery, "told_already", txn);
    co_return End{};
  }
  if (Fallback(sender_.options().fallback, txn).takes_end(delivery)) {
    Tellings(txn).forget(delivery.transition.incident.id);
    co_return End{};
  }
  if (goes_through_group(delivery)) {
    hand_to_group(delivery, txn);
    co_return End{};
  }
  Telling telling = Tellings(txn).of(delivery.transition.incident.id);
  Verdict verdict = judge(delivery, telling, sender_.options().pace, txn.now());
  switch (verdict.action) {
    case Verdict::Do::kSuppress:
      suppress(delivery, verdict.reason, txn);
      Tellings(txn).touch();
      co_return End{};
    case Verdict::Do::kFold:
      // Without digests nobody would tell of it.
      if (folds(sender_.options())) {
        fold_away(delivery, txn);
      } else {
        suppress(delivery, "told_in_digest", txn);
        Tellings(txn).forget(delivery.transition.incident.id);
      }
      co_return End{};
    case Verdict::Do::kWait:
      co_return End{.next = verdict.until};
    case Verdict::Do::kSend:
      break;
  }
  auto outcome = co_await attempt(delivery, attempts, telling, txn);
  attempts = outcome.attempts;
  co_return judge_attempt(delivery, outcome, telling, txn);
}

base::Task<Sender::Outcome> DeliveryWorker::attempt(const schemas::Delivery& delivery, Attempts attempts,
                                                    const Telling& telling, bus::Transaction& txn) {
  const auto& options = sender_.options();
  const auto& incident = delivery.transition.incident;
  Notes notes(txn);
  Sender::Memory memory = notes.of(incident);
  Gate::Ask ask{.lane = sender_.lane(delivery), .patience = kPatience};
  bool is_waited_for = calls(delivery) || delivery.transition.command;
  ask.rank = is_urgent(delivery) ? Rank::kUrgent : is_waited_for ? Rank::kUsual : Rank::kEdit;
  if (folds(options)) {
    ask.patience = options.storm.digest_after;
    // What may have been told by itself already goes on by itself.
    ask.folds = !schemas::is_heartbeat(delivery.transition) && delivery.opening &&
                delivery.transition.state != TransitionState::kResolved && attempts.made == 0 && memory.note.empty() &&
                !telling.last;
  }
  auto outcome = co_await sender_.attempt(
      delivery, [&] { return sender_.render(delivery); }, std::move(ask), attempts, memory, txn);
  if (outcome.attempts.made > attempts.made) notes.keep(incident, std::move(memory));
  co_return outcome;
}

DeliveryWorker::End DeliveryWorker::judge_attempt(const schemas::Delivery& delivery, const Sender::Outcome& outcome,
                                                  const Telling& telling, bus::Transaction& txn) {
  if (outcome.later && *outcome.later == base::Duration::zero()) {
    fold_away(delivery, txn);
    return {};
  }
  if (outcome.later) return {.next = txn.now() + *outcome.later};
  if (outcome.reply) {
    told(delivery, telling, txn);
    settle_delivered(delivery, outcome.attempts.made, outcome.reply.value().detail, txn);
    return {};
  }
  const Error& error = outcome.reply.error();
  if (outcome.stopped) return {.failure = error, .stopped = true};
  auto next = sender_.next_attempt(outcome);
  if (!next) return {.failure = given_up(error)};
  sender_.metrics().retried(error.reason);
  return {.next = next};
}

void DeliveryWorker::told(const schemas::Delivery& delivery, const Telling& telling, bus::Transaction& txn) {
  const auto& options = sender_.options();
  const std::string& id = delivery.transition.incident.id;
  Fallback(options.fallback, txn).told_here(delivery);
  TakenOver(txn).note(delivery);
  if (delivery.transition.state == TransitionState::kResolved) {
    Tellings(txn).forget(id);
  } else if (folds(options) || options.pace.is_limited()) {
    Tellings(txn).keep(id, after_telling(delivery, telling, txn.now()));
  }
}

void DeliveryWorker::fold_away(const schemas::Delivery& delivery, bus::Transaction& txn) {
  const auto& transition = delivery.transition;
  const std::string& sink = sender_.options().sink;
  auto folded = fold(delivery, sender_.lane(delivery), is_urgent(delivery));
  folded.incident_key = txn.key();
  txn.emit(schemas::topics::digests(sink), digest_key(folded.lane), encode(folded));
  TakenOver(txn).note(delivery);
  if (transition.state == TransitionState::kResolved) {
    Tellings(txn).forget(transition.incident.id);
    Fallback(sender_.options().fallback, txn).told_here(delivery);
  } else {
    Tellings(txn).keep(transition.incident.id, {.in_digest = transition.incident.severity});
  }
  sender_.metrics().folded();
}

void DeliveryWorker::suppress(const schemas::Delivery& delivery, std::string_view reason, bus::Transaction& txn) {
  settle_suppressed(delivery, reason, txn);
  sender_.metrics().suppressed(reason);
}

// Mere repeats that wait end where a newer delivery of their incident comes.
void DeliveryWorker::give_way(ParkedQueue& queue, const std::string& incident_id, bus::Transaction& txn) {
  for (const auto& entry : queue.all()) {
    auto waiting = schemas::decode_delivery(entry.value);
    if (!waiting || waiting.value().transition.incident.id != incident_id || entry.attempts.made > 0) continue;
    auto telling = Tellings(txn).of(incident_id);
    if (!is_mere_repeat(waiting.value(), telling, sender_.options().pace)) continue;
    suppress(waiting.value(), "superseded", txn);
    queue.remove(entry.place);
  }
}

void DeliveryWorker::park(const bus::Record& record, const Attempts& attempts, ParkedQueue& queue,
                          bus::Transaction& txn) {
  queue.push(record, attempts);
  if (queue.size() > ParkedQueue::kLongest) {
    auto entry = queue.least_needed();
    auto delivery = schemas::decode_delivery(entry.value);
    if (delivery) suppress(delivery.value(), "superseded", txn);
    queue.remove(entry.place);
  }
  sender_.metrics().set_parked(txn.key(), queue.size());
}

void DeliveryWorker::give_up(const ParkedQueue::Entry& entry, const schemas::Delivery& delivery,
                             const Attempts& attempts, const Error& error, bus::Transaction& txn) {
  const std::string& sink = sender_.options().sink;
  if (falls_back(delivery)) return fall_back(delivery, attempts, error, txn);
  sender_.metrics().dead_lettered(error.reason);
  base::log::error("sinks: a delivery was given up, see tocsin dlq",
                   {{"sink", sink}, {"delivery", delivery.id}, {"why", error.message}});
  emit_dead_letter(delivery_stage(sink), schemas::topics::deliveries(sink), entry.value, attempts.made, error, txn);
  settle_dead_lettered(delivery, attempts.made, error, txn);
}

// Not a heartbeat, which says that this very sink can be told, nor what somebody asked here.
bool DeliveryWorker::falls_back(const schemas::Delivery& delivery) const {
  const auto& transition = delivery.transition;
  return !sender_.options().fallback.empty() && !schemas::is_heartbeat(transition) && !schemas::is_asked(transition);
}

void DeliveryWorker::fall_back(const schemas::Delivery& delivery, const Attempts& attempts, const Error& error,
                               bus::Transaction& txn) {
  const auto& options = sender_.options();
  base::log::error(
      "sinks: a delivery was given up, its fallback gets it",
      {{"sink", options.sink}, {"fallback", options.fallback}, {"delivery", delivery.id}, {"why", error.message}});
  Fallback(options.fallback, txn).take(delivery, attempts.made, error);
  sender_.metrics().fell_back(error.reason);
}

bool DeliveryWorker::is_urgent(const schemas::Delivery& delivery) const {
  // One a period: who waits for it takes a sink that is only busy for one that is dead.
  if (schemas::is_heartbeat(delivery.transition)) return true;
  return calls(delivery) && delivery.transition.incident.severity >= sender_.options().storm.urgent_severity;
}

}  // namespace sinks
