// SPDX-License-Identifier: Apache-2.0
#include "sinks/delivery/group_worker.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/awaitable.hpp>
#include <nlohmann/json.hpp>

#include "base/hash.h"
#include "base/log.h"
#include "schemas/codec/fields.h"
#include "schemas/topics.h"
#include "sinks/delivery/fallback.h"
#include "sinks/delivery/ignore_first.h"
#include "sinks/delivery/receipts.h"
#include "sinks/delivery/stage.h"

namespace sinks {

using base::Error;
using nlohmann::json;
using schemas::TransitionState;

namespace {

constexpr std::string_view kTable = "summary";
constexpr std::string_view kRows = "rows";
constexpr std::string_view kState = "state";
constexpr std::string_view kNote = "note";
constexpr std::string_view kKept = "kept";
constexpr std::string_view kShowTimer = "show";
constexpr std::string_view kEndTimer = "end";
// The row of all that are beyond kMostRows; no row of attributes has a line break.
constexpr std::string_view kOthers = "\n others";
// How long an edit waits for its turn before it comes again later.
constexpr std::chrono::seconds kPatience(3);

std::string text_of(const bus::Transaction& txn, std::string_view entry) {
  const std::string* text = txn.get(kTable, entry);
  return text ? *text : std::string();
}

void keep(std::string_view entry, std::string text, bus::Transaction& txn) {
  const std::string* known = txn.get(kTable, entry);
  if (text.empty() && known) txn.erase(kTable, entry);
  if (!text.empty() && (!known || *known != text)) txn.put(kTable, entry, std::move(text));
}

Summary::Row decode_row(const std::string& cells, const std::string& text) {
  Summary::Row row{.cells = cells};
  std::string severity;
  auto is_read = schemas::codec::read_text(text, "row of a summary", [&](schemas::codec::Fields& in) {
    in.optional("severity", severity);
    in.optional("fired", row.fired);
    in.optional("resolved", row.resolved);
  });
  if (!is_read) return {.cells = cells};
  row.severity = schemas::parse_severity(severity).value_or(row.severity);
  return row;
}

// Whether it counts: that something fires, or does no more.
bool counts(const FoldedDelivery& folded) { return folded.state != TransitionState::kUpdated; }

void count(const GroupedDelivery& grouped, bus::Transaction& txn) {
  const FoldedDelivery& folded = grouped.folded;
  std::string cells = grouped.row;
  const std::string* known = txn.get(kRows, cells);
  if (!known && txn.entries(kRows).size() >= GroupWorker::kMostRows) {
    cells = kOthers;
    known = txn.get(kRows, cells);
  }
  auto row = known ? decode_row(cells, *known) : Summary::Row{.cells = cells};
  row.severity = std::max(row.severity, folded.severity);
  ++(folded.state == TransitionState::kResolved ? row.resolved : row.fired);
  json object = {{"severity", schemas::to_string(row.severity)}, {"fired", row.fired}, {"resolved", row.resolved}};
  txn.put(kRows, cells, object.dump());
}

}  // namespace

// The interval of a group that is under way: the entry `state` of its key.
struct GroupWorker::Interval {
  std::string id;  // Empty: none is.
  std::string name;
  std::string lane;
  base::Time since;
  base::Time until;
  base::Time shown;
  bool urgent = false;
  bool told = false;       // A summary of it was.
  bool changed = false;    // Something was counted since.
  bool scheduled = false;  // The timer of the next summary is set.
  bool ended = false;      // Its time is over; what it has to tell is still tried.
  std::int64_t gathered = 0;
  Attempts attempts;

  static Interval load(const bus::Transaction& txn) {
    Interval interval;
    auto is_read = schemas::codec::read_text(text_of(txn, kState), "group", [&](schemas::codec::Fields& in) {
      in.optional("id", interval.id);
      in.optional("name", interval.name);
      in.optional("lane", interval.lane);
      in.optional("since", interval.since);
      in.optional("until", interval.until);
      in.optional("shown", interval.shown);
      in.optional("urgent", interval.urgent);
      in.optional("told", interval.told);
      in.optional("changed", interval.changed);
      in.optional("scheduled", interval.scheduled);
      in.optional("ended", interval.ended);
      in.optional("gathered", interval.gathered);
      in.optional("attempts", interval.attempts.made);
      in.optional("in_the_dark", interval.attempts.in_the_dark);
      in.optional("attempts_since", interval.attempts.since);
    });
    return is_read ? interval : Interval{};
  }

  void save(bus::Transaction& txn) const {
    json object = {{"id", id}, {"name", name}, {"since", base::to_rfc3339(since)}, {"until", base::to_rfc3339(until)}};
    if (!lane.empty()) object["lane"] = lane;
    if (told) object["shown"] = base::to_rfc3339(shown);
    for (auto [member, value] : {std::pair("urgent", urgent),
                                 {"told", told},
                                 {"changed", changed},
                                 {"scheduled", scheduled},
                                 {"ended", ended},
                                 {"in_the_dark", attempts.in_the_dark}}) {
      if (value) object[member] = true;
    }
    if (gathered > 0) object["gathered"] = gathered;
    if (attempts.made > 0) {
      object["attempts"] = attempts.made;
      object["attempts_since"] = base::to_rfc3339(attempts.since);
    }
    sinks::keep(kState, object.dump(), txn);
  }

  void begin(const bus::Record& record, const GroupedDelivery& grouped, const std::string& sink) {
    // As the log has it, so that handling the record again after a crash begins the same.
    since = until = record.time;
    id = base::derive_id({"summary", sink, record.key, base::to_rfc3339(since), std::to_string(record.offset)});
    name = grouped.name;
    lane = grouped.folded.lane;
  }

  void show_at(base::Time when, bus::Transaction& txn) {
    scheduled = true;
    txn.set_timer(kShowTimer, when);
  }
};

bus::StageSpec GroupWorker::spec(std::string_view sink) {
  return {.name = group_stage(sink), .inputs = {schemas::topics::groups(sink)}, .acts_outside = true};
}

base::Task<base::Result<void>> GroupWorker::on_record(const bus::Record& record, bus::Transaction& txn) {
  BOOST_OUTCOME_CO_TRY(auto grouped, decode_grouped(record.value));
  // What was only to be counted when it came, is, whatever the configuration says since.
  if (grouping_.is_summary || !grouped.delivery) co_return co_await sum_up(record, std::move(grouped), txn);
  IgnoreFirst ignored(grouping_, txn);
  auto verdict = ignored.judge(grouped.folded, record.time);
  if (verdict == IgnoreFirst::Verdict::kIgnore) {
    settle_suppressed(grouped.folded, sender_.options().sink, "ignored_first", txn);
    sender_.metrics().suppressed("ignored_first");
  } else {
    send_on(std::move(grouped), verdict == IgnoreFirst::Verdict::kOpen, {}, txn);
  }
  co_return base::ok();
}

base::Task<base::Result<void>> GroupWorker::sum_up(const bus::Record& record, GroupedDelivery grouped,
                                                   bus::Transaction& txn) {
  const std::string& sink = sender_.options().sink;
  bool is_counted = counts(grouped.folded);
  bool goes_on = grouped.delivery.has_value();
  Interval interval = Interval::load(txn);
  if (!is_counted && !goes_on) {
    settle_suppressed(grouped.folded, sink, "grouped", txn);
    sender_.metrics().suppressed("grouped");
    co_return base::ok();
  }
  if (is_counted) {
    if (interval.id.empty()) {
      interval.begin(record, grouped, sink);
      txn.set_timer(kEndTimer, txn.now() + grouping_.interval);
    }
    count(grouped, txn);
    interval.until = std::max(interval.until, grouped.folded.at);
    interval.urgent |= grouped.folded.urgent;
    interval.changed = true;
    if (!goes_on) {
      txn.put(kGatheredTable, fmt::format("{:020}", record.offset), record.value);
      ++interval.gathered;
    }
    if (must_tell_now(interval)) {
      bool maybe_sent = record.attempt > 1 || may_be_tried_before(record.time, txn);
      BOOST_OUTCOME_CO_TRY(co_await tell(interval, maybe_sent, txn));
    } else if (sender_.edits() && !interval.scheduled) {
      interval.show_at(std::max(txn.now(), interval.shown + kBetweenEdits), txn);
    }
    interval.save(txn);
  }
  if (goes_on) send_on(std::move(grouped), false, sender_.thread_of(text_of(txn, kNote)), txn);
  co_return base::ok();
}

// Where an attempt has failed, its timer says when.
bool GroupWorker::must_tell_now(const Interval& interval) const {
  if (interval.attempts.made > 0 && interval.gathered < 2 * kMostGathered) return false;
  if (interval.gathered >= kMostGathered) return true;
  // Who is told each by itself as well needs no first counts, unless the rest hangs on them.
  return !interval.told && (sender_.edits() || !grouping_.threaded);
}

base::Task<base::Result<void>> GroupWorker::on_timer(const bus::Timer& timer, bus::Transaction& txn) {
  if (timer.name == IgnoreFirst::kExpireTimer) {
    IgnoreFirst(grouping_, txn).forget_all();
    co_return base::ok();
  }
  Interval interval = Interval::load(txn);
  if (interval.id.empty()) co_return base::ok();
  interval.scheduled = timer.name == kShowTimer ? false : interval.scheduled;
  interval.ended |= timer.name == kEndTimer;
  // One by itself is summed up by what was told of it.
  auto summary = summary_of(interval, txn);
  bool is_worth_it = sender_.edits() || interval.gathered > 0 || summary.fired() + summary.resolved() > 1;
  bool waits = interval.scheduled && interval.attempts.made > 0;
  if (interval.changed && is_worth_it && !waits) {
    BOOST_OUTCOME_CO_TRY(co_await tell(interval, may_be_tried_before(timer.due, txn), txn));
  }
  if (interval.ended && !interval.scheduled) {
    forget_all(txn);
  } else {
    interval.save(txn);
  }
  co_return base::ok();
}

void GroupWorker::forget_all(bus::Transaction& txn) {
  for (std::string_view entry : {kState, kNote, kKept}) keep(entry, {}, txn);
  for (const auto& [cells, row] : txn.entries(kRows)) txn.erase(kRows, cells);
  txn.cancel_timer(kShowTimer);
  txn.cancel_timer(kEndTimer);
}

void GroupWorker::on_dead_letter(const bus::Record& record, const Error& error, bus::Transaction& txn) {
  const std::string& sink = sender_.options().sink;
  sender_.metrics().dead_lettered(error.reason);
  base::log::error("sinks: a delivery was given up, see tocsin dlq", {{"sink", sink}, {"why", error.message}});
  auto grouped = decode_grouped(record.value);
  // What can't be read is still one delivery of this sink.
  settle_dead_lettered(grouped ? grouped.value().folded : FoldedDelivery{.incident_key = txn.key()}, sink,
                       record.attempt, error, txn);
}

Summary GroupWorker::summary_of(const Interval& interval, const bus::Transaction& txn) const {
  Summary summary{.id = interval.id,
                  .sink = sender_.options().sink,
                  .name = interval.name,
                  .since = interval.since,
                  .until = interval.until,
                  .rows = {}};
  for (const auto& [cells, text] : txn.entries(kRows)) {
    summary.rows.push_back(decode_row(cells, text));
    summary.rows.back().is_rest = cells == kOthers;
  }
  std::stable_sort(summary.rows.begin(), summary.rows.end(), [](const auto& left, const auto& right) {
    if (left.is_rest != right.is_rest) return right.is_rest;
    return left.severity != right.severity ? left.severity > right.severity
                                           : left.fired + left.resolved > right.fired + right.resolved;
  });
  return summary;
}

base::Task<base::Result<void>> GroupWorker::tell(Interval& interval, bool maybe_sent, bus::Transaction& txn) {
  auto delivery = as_delivery(summary_of(interval, txn), grouping_.by, !interval.told);
  Attempts attempts = interval.attempts;
  if (attempts.made == 0) attempts = {.since = txn.now()};
  attempts.in_the_dark |= maybe_sent;
  Sender::Memory memory{.note = text_of(txn, kNote), .kept = text_of(txn, kKept)};
  Gate::Ask ask{.lane = interval.lane, .rank = Rank::kEdit};
  if (!interval.told) ask.rank = interval.urgent ? Rank::kUrgent : Rank::kUsual;
  if (interval.told) ask.patience = kPatience;
  auto outcome = co_await sender_.attempt(
      delivery, [&] { return sender_.render(delivery); }, std::move(ask), attempts, memory, txn);
  if (outcome.stopped) co_return outcome.reply.error();
  if (outcome.attempts.made > attempts.made) {
    keep(kNote, std::move(memory.note), txn);
    keep(kKept, std::move(memory.kept), txn);
  }
  if (outcome.later) {
    interval.show_at(txn.now() + *outcome.later, txn);
    co_return base::ok();
  }
  if (!outcome.reply) {
    if (auto next = sender_.next_attempt(outcome)) {
      sender_.metrics().retried(outcome.reply.error().reason);
      interval.attempts = outcome.attempts;
      interval.show_at(*next, txn);
      co_return base::ok();
    }
    give_up(outcome, txn);
  } else {
    settle(interval, outcome, txn);
    interval.told = true;
    interval.shown = txn.now();
  }
  interval.changed = false;
  interval.scheduled = false;
  interval.gathered = 0;
  interval.attempts = {};
  co_return base::ok();
}

void GroupWorker::settle(const Interval& interval, const Sender::Outcome& outcome, bus::Transaction& txn) {
  auto detail = "summary " + interval.id + ": " + outcome.reply.value().detail;
  for (const auto& [place, value] : txn.entries(kGatheredTable)) {
    auto grouped = decode_grouped(value);  // on_record has read it.
    if (grouped) {
      settle_suppressed(grouped.value().folded, sender_.options().sink, "grouped", txn, outcome.attempts.made, detail);
      sender_.metrics().suppressed("grouped");
    }
    txn.erase(kGatheredTable, place);
  }
}

void GroupWorker::give_up(const Sender::Outcome& outcome, bus::Transaction& txn) {
  const std::string& sink = sender_.options().sink;
  const std::string& fallback = sender_.options().fallback;
  const Error& error = outcome.reply.error();
  base::log::error("sinks: a summary was given up", {{"sink", sink}, {"fallback", fallback}, {"why", error.message}});
  for (const auto& [place, value] : txn.entries(kGatheredTable)) {
    auto grouped = decode_grouped(value);
    txn.erase(kGatheredTable, place);
    if (!grouped) continue;
    const auto& folded = grouped.value().folded;
    if (!fallback.empty()) {
      sender_.metrics().fell_back(error.reason);
      fall_back(folded, sink, fallback, outcome.attempts.made, error, txn);
      continue;
    }
    sender_.metrics().dead_lettered(error.reason);
    emit_dead_letter(group_stage(sink), schemas::topics::groups(sink), value, outcome.attempts.made, error, txn);
    settle_dead_lettered(folded, sink, outcome.attempts.made, error, txn);
  }
}

// Back to the sink's own stage, which tells it.
void GroupWorker::send_on(GroupedDelivery grouped, bool opening, std::string thread, bus::Transaction& txn) {
  schemas::Delivery& delivery = *grouped.delivery;
  delivery.grouped = true;
  delivery.opening |= opening;
  delivery.thread = std::move(thread);
  txn.emit(schemas::topics::deliveries(sender_.options().sink), grouped.folded.incident_key, schemas::encode(delivery));
}

}  // namespace sinks
