// SPDX-License-Identifier: Apache-2.0
#include "sinks/delivery/removed_sink.h"

#include <algorithm>
#include <boost/asio/awaitable.hpp>

#include "schemas/delivery.h"
#include "schemas/topics.h"
#include "sinks/delivery/endings.h"
#include "sinks/delivery/fallback.h"
#include "sinks/delivery/group_worker.h"
#include "sinks/delivery/notes.h"
#include "sinks/delivery/parked.h"
#include "sinks/delivery/receipts.h"
#include "sinks/delivery/stage.h"
#include "sinks/delivery/telling.h"

namespace sinks {

base::Task<base::Result<void>> RemovedSink::on_record(const bus::Record& record, bus::Transaction& txn) {
  BOOST_OUTCOME_CO_TRY(suppress_waiting(txn));
  if (record.topic.starts_with(schemas::topics::kGroupsPrefix)) co_return suppress_grouped(record.value, txn);
  bool is_folded = record.topic.starts_with(schemas::topics::kDigestsPrefix);
  co_return is_folded ? suppress_folded(record.value, txn) : suppress(record.value, txn);
}

base::Task<base::Result<void>> RemovedSink::on_timer(const bus::Timer&, bus::Transaction& txn) {
  co_return suppress_waiting(txn);
}

void RemovedSink::on_dead_letter(const bus::Record& record, const base::Error& error, bus::Transaction& txn) {
  settle_dead_lettered({.sink = sink_}, record.attempt, error, txn);
}

base::Result<void> RemovedSink::suppress(const std::string& value, bus::Transaction& txn) const {
  BOOST_OUTCOME_TRY(auto delivery, schemas::decode_delivery(value));
  settle_suppressed(delivery, "sink_removed", txn);
  return base::ok();
}

base::Result<void> RemovedSink::suppress_folded(const std::string& value, bus::Transaction& txn) const {
  BOOST_OUTCOME_TRY(auto folded, decode_folded(value));
  settle_suppressed(folded, sink_, "sink_removed", txn);
  return base::ok();
}

base::Result<void> RemovedSink::suppress_grouped(const std::string& value, bus::Transaction& txn) const {
  BOOST_OUTCOME_TRY(auto grouped, decode_grouped(value));
  settle_suppressed(grouped.folded, sink_, "sink_removed", txn);
  return base::ok();
}

base::Result<void> RemovedSink::suppress_waiting(bus::Transaction& txn) const {
  ParkedQueue queue(txn);
  for (const auto& entry : queue.all()) {
    BOOST_OUTCOME_TRY(suppress(entry.value, txn));
    queue.remove(entry.place);
  }
  for (const auto& [incident, entry] : txn.entries(Endings::kTable)) {
    BOOST_OUTCOME_TRY(suppress(std::string(Endings::value_of(entry)), txn));
    Endings(txn).drop(incident);
  }
  for (const auto& [place, value] : txn.entries(kGatheredTable)) {
    BOOST_OUTCOME_TRY(decode_grouped(value) ? suppress_grouped(value, txn) : suppress_folded(value, txn));
    txn.erase(kGatheredTable, place);
  }
  Notes(txn).forget_all();
  Tellings(txn).forget_all();
  GroupWorker::forget_all(txn);
  Fallback({}, txn).forget_all();
  return base::ok();
}

std::vector<std::string> removed_sinks(const std::vector<std::string>& topics,
                                       const std::vector<std::string>& configured) {
  std::vector<std::string> removed;
  for (std::string_view topic : topics) {
    std::string sink(schemas::topics::sink_of(topic));
    auto is_in = [&](const std::vector<std::string>& list) {
      return std::find(list.begin(), list.end(), sink) != list.end();
    };
    if (!sink.empty() && !is_in(configured) && !is_in(removed)) removed.push_back(std::move(sink));
  }
  return removed;
}

}  // namespace sinks
