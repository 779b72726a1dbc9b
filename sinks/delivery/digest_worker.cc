// SPDX-License-Identifier: Apache-2.0
#include "sinks/delivery/digest_worker.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/awaitable.hpp>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/log.h"
#include "schemas/codec/fields.h"
#include "schemas/topics.h"
#include "sinks/delivery/fallback.h"
#include "sinks/delivery/receipts.h"
#include "sinks/delivery/stage.h"

namespace sinks {

namespace {

using base::Error;

constexpr std::string_view kTable = "digest";
constexpr std::string_view kEntry = "state";
constexpr std::string_view kTimer = "digest";

// How far the digest of a lane has come: the one entry of its key beside what was gathered.
struct Progress {
  std::int64_t gathered = 0;
  bool urgent = false;
  std::string through;  // The last place of the digest under way; empty: none is.
  Attempts attempts;
};

Progress load(const bus::Transaction& txn) {
  Progress progress;
  const std::string* text = txn.get(kTable, kEntry);
  if (!text) return progress;
  auto is_read = schemas::codec::read_text(*text, "digest", [&](schemas::codec::Fields& in) {
    in.optional("gathered", progress.gathered);
    in.optional("urgent", progress.urgent);
    in.optional("through", progress.through);
    in.optional("attempts", progress.attempts.made);
    in.optional("in_the_dark", progress.attempts.in_the_dark);
    in.optional("since", progress.attempts.since);
  });
  return is_read ? progress : Progress{};
}

void save(const Progress& progress, bus::Transaction& txn) {
  if (progress.gathered == 0) {
    txn.erase(kTable, kEntry);
    return txn.cancel_timer(kTimer);
  }
  nlohmann::json json = {{"gathered", progress.gathered}};
  if (progress.urgent) json["urgent"] = true;
  if (!progress.through.empty()) {
    json["through"] = progress.through;
    json["attempts"] = progress.attempts.made;
    if (progress.attempts.in_the_dark) json["in_the_dark"] = true;
    json["since"] = base::to_rfc3339(progress.attempts.since);
  }
  txn.put(kTable, kEntry, json.dump());
}

}  // namespace

bool has_digests(const SinkSet& sinks, const std::string& sink) {
  for (std::size_t i = 0; i < sinks.members.size(); ++i) {
    auto options = delivery_options(sinks.members[i].configured.common);
    if (!tells_in_parts(options)) continue;
    const auto& others = sinks.routes->at(i).fallbacks;
    if ((sinks.members[i].name == sink && folds(options)) ||
        std::find(others.begin(), others.end(), sink) != others.end())
      return true;
  }
  return false;
}

// What a digest tells, each beside its place in the state.
struct DigestWorker::Batch {
  std::vector<std::string> places;
  std::vector<std::string> values;
  std::vector<FoldedDelivery> deliveries;
  Digest digest;

  void clear(Progress& progress, bus::Transaction& txn) const {
    for (const auto& place : places) txn.erase(kGatheredTable, place);
    progress = {.gathered = progress.gathered - static_cast<std::int64_t>(places.size())};
    save(progress, txn);
    if (progress.gathered > 0) txn.set_timer(kTimer, txn.now());
  }
};

bus::StageSpec DigestWorker::spec(std::string_view sink) {
  return {.name = digest_stage(sink), .inputs = {schemas::topics::digests(sink)}, .acts_outside = true};
}

base::Task<base::Result<void>> DigestWorker::on_record(const bus::Record& record, bus::Transaction& txn) {
  BOOST_OUTCOME_CO_TRY(auto folded, decode_folded(record.value));
  Progress progress = load(txn);
  txn.put(kGatheredTable, fmt::format("{:020}", record.offset), record.value);
  bool is_first = ++progress.gathered == 1;
  bool is_first_urgent = folded.urgent && !progress.urgent;
  progress.urgent |= folded.urgent;
  save(progress, txn);
  if (progress.gathered >= kMost) co_return co_await send(txn);
  if (!progress.through.empty()) co_return base::ok();  // The timer is that of the next attempt.
  if (is_first_urgent) {
    txn.set_timer(kTimer, txn.now() + std::min(kUrgentInterval, sender_.options().storm.digest_interval));
  } else if (is_first) {
    txn.set_timer(kTimer, txn.now() + sender_.options().storm.digest_interval);
  }
  co_return base::ok();
}

base::Task<base::Result<void>> DigestWorker::on_timer(const bus::Timer&, bus::Transaction& txn) {
  co_return co_await send(txn);
}

void DigestWorker::on_dead_letter(const bus::Record& record, const Error& error, bus::Transaction& txn) {
  const std::string& sink = sender_.options().sink;
  sender_.metrics().dead_lettered(error.reason);
  base::log::error("sinks: a delivery was given up, see tocsin dlq", {{"sink", sink}, {"why", error.message}});
  auto folded = decode_folded(record.value);
  // What can't be read is still one delivery of this sink.
  settle_dead_lettered(folded ? folded.value() : FoldedDelivery{.incident_key = txn.key()}, sink, record.attempt, error,
                       txn);
}

base::Task<base::Result<void>> DigestWorker::send(bus::Transaction& txn) {
  Progress progress = load(txn);
  Batch batch;
  for (auto& [place, value] : txn.entries(kGatheredTable)) {
    if (!progress.through.empty() && place > progress.through) break;
    auto folded = decode_folded(value);
    if (!folded) continue;  // on_record has read it.
    batch.places.push_back(place);
    batch.deliveries.push_back(std::move(folded.value()));
    batch.values.push_back(std::move(value));
  }
  if (batch.deliveries.empty()) co_return base::ok();
  batch.digest = make_digest(sender_.options().sink, batch.deliveries);
  if (progress.through.empty()) progress.attempts = {.since = txn.now()};
  auto delivery = as_delivery(batch.digest);
  // Of what a sink took over, nobody knows the lane.
  if (batch.digest.lane.empty()) batch.digest.lane = sender_.lane(delivery);
  Gate::Ask ask{.lane = batch.digest.lane, .rank = progress.urgent ? Rank::kUrgent : Rank::kUsual};
  Sender::Memory none;
  auto outcome = co_await sender_.attempt(
      delivery, [&] { return sender_.render(batch.digest); }, std::move(ask), progress.attempts, none, txn);
  if (outcome.stopped) co_return outcome.reply.error();
  if (outcome.reply) {
    settle(batch, outcome, txn);
  } else if (auto next = sender_.next_attempt(outcome)) {
    sender_.metrics().retried(outcome.reply.error().reason);
    progress.through = batch.places.back();
    progress.attempts = outcome.attempts;
    save(progress, txn);
    txn.set_timer(kTimer, *next);
    co_return base::ok();
  } else {
    give_up(batch, outcome, txn);
  }
  batch.clear(progress, txn);
  co_return base::ok();
}

void DigestWorker::settle(const Batch& batch, const Sender::Outcome& outcome, bus::Transaction& txn) {
  for (const auto& folded : batch.deliveries) {
    settle_delivered(folded, batch.digest, outcome.attempts.made, outcome.reply.value().detail, txn);
  }
  sender_.metrics().digest_sent(batch.deliveries.size());
}

void DigestWorker::give_up(const Batch& batch, const Sender::Outcome& outcome, bus::Transaction& txn) {
  const std::string& sink = sender_.options().sink;
  const std::string& fallback = sender_.options().fallback;
  const Error& error = outcome.reply.error();
  base::log::error(
      fallback.empty() ? "sinks: a digest was given up, see tocsin dlq"
                       : "sinks: a digest was given up, its fallback gets it",
      {{"sink", sink}, {"digest", batch.digest.id}, {"deliveries", batch.digest.deliveries}, {"why", error.message}});
  for (std::size_t i = 0; i < batch.deliveries.size(); ++i) {
    if (!fallback.empty()) {
      sender_.metrics().fell_back(error.reason);
      fall_back(batch.deliveries[i], sink, fallback, outcome.attempts.made, error, txn);
      continue;
    }
    sender_.metrics().dead_lettered(error.reason);
    emit_dead_letter(digest_stage(sink), schemas::topics::digests(sink), batch.values[i], outcome.attempts.made, error,
                     txn);
    settle_dead_lettered(batch.deliveries[i], sink, outcome.attempts.made, error, txn);
  }
}

}  // namespace sinks
