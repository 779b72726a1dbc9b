// SPDX-License-Identifier: Apache-2.0
#include "app/ledger.h"

#include <cstdlib>
#include <functional>
#include <nlohmann/json.hpp>
#include <string_view>

#include "ingest/splitter.h"
#include "schemas/finding.h"
#include "schemas/ledger.h"
#include "schemas/topics.h"
#include "sinks/delivery/stage.h"

namespace app {

namespace {

constexpr std::string_view kPending = "pending";

// "events/silenced/Watchdog" is the outcome "silenced" for the reason "Watchdog" of the account "events".
void add_counter(std::string_view name, std::int64_t value, std::string_view prefix, std::string_view in,
                 Account& account) {
  if (!name.starts_with(prefix)) return;
  if (name == in || name.starts_with(std::string(in) + "/")) {
    account.in += value;
    return;
  }
  name.remove_prefix(prefix.size());
  auto slash = name.find('/');
  auto reason = slash == std::string_view::npos ? std::string_view() : name.substr(slash + 1);
  account.add(std::string(name.substr(0, slash)), std::string(reason), value);
}

// How many events the records of a topic stand for.
using Weigh = std::function<std::int64_t(const bus::Record&)>;

std::int64_t of_finding(const bus::Record& record) {
  auto finding = schemas::decode_finding(record.value);
  return finding && finding.value().event_id.empty() ? 0 : 1;
}

// Adds what a stage has pending. What it is ahead with is still pending where it came from, and is taken off there.
base::Result<void> add_pending(const bus::Archive& archive, std::string_view stage, std::string_view topic,
                               const Weigh& weigh, std::map<std::string, std::int64_t>& pending,
                               std::string_view from = {}) {
  BOOST_OUTCOME_TRY(archive.scan_pending(stage, topic, [&](const bus::Record& record) {
    pending[std::string(stage)] += weigh(record);
    return true;
  }));
  return archive.scan_ahead(stage, topic, [&](const bus::Record& record) {
    pending[std::string(from)] -= weigh(record);
    return true;
  });
}

base::Result<void> add_pending_events(const bus::Archive& archive, Account& events) {
  namespace topics = schemas::topics;
  std::map<std::string, std::int64_t> pending;
  auto one = [](const bus::Record&) { return std::int64_t{1}; };
  auto of_body = [](const bus::Record& record) { return ingest::events_in(record.value); };
  BOOST_OUTCOME_TRY(add_pending(archive, "split", topics::kIntake, of_body, pending));
  BOOST_OUTCOME_TRY(add_pending(archive, "playbooks", topics::kEvents, one, pending, "split"));
  BOOST_OUTCOME_TRY(add_pending(archive, "incidents", topics::kFindings, of_finding, pending, "playbooks"));
  for (const auto& [stage, count] : pending) events.add(std::string(kPending), stage, count);
  return base::ok();
}

base::Result<void> add_pending_deliveries(const bus::Archive& archive, Account& deliveries) {
  BOOST_OUTCOME_TRY(auto topics, archive.topics());
  for (const std::string& topic : topics) {
    if (!topic.starts_with(schemas::topics::kDeliveriesPrefix)) continue;
    std::string sink = topic.substr(schemas::topics::kDeliveriesPrefix.size());
    BOOST_OUTCOME_TRY(auto count, sinks::pending_deliveries(archive, sink));
    deliveries.add(std::string(kPending), sink, count);
    // Made, though routing has not counted it yet.
    BOOST_OUTCOME_TRY(archive.scan_ahead(sinks::delivery_stage(sink), topic, [&](const bus::Record&) {
      deliveries.in += 1;
      return true;
    }));
  }
  return base::ok();
}

nlohmann::json to_json(const Account& account, const char* in) {
  nlohmann::json json = {{in, account.in}, {"difference", account.difference()}};
  for (const auto& [name, outcome] : account.outcomes) {
    json["outcomes"][name] = {{"total", outcome.total}, {"by_reason", outcome.by_reason}};
  }
  return json;
}

}  // namespace

void Account::add(const std::string& outcome, const std::string& reason, std::int64_t count) {
  if (count == 0) return;
  outcomes[outcome].total += count;
  if (!reason.empty()) outcomes[outcome].by_reason[reason] += count;
}

std::int64_t Account::difference() const {
  std::int64_t left = in;
  for (const auto& [name, outcome] : outcomes) left -= outcome.total;
  return left;
}

std::int64_t Ledger::difference() const { return std::abs(events.difference()) + std::abs(deliveries.difference()); }

base::Result<Ledger> read_ledger(bus::Archive& archive) {
  BOOST_OUTCOME_TRY(archive.hold_still());
  Ledger ledger;
  BOOST_OUTCOME_TRY(auto counters, archive.counters());
  for (const auto& [name, value] : counters) {
    add_counter(name, value, "events/", schemas::ledger::kReceived, ledger.events);
    add_counter(name, value, "deliveries/", schemas::ledger::kMade, ledger.deliveries);
  }
  BOOST_OUTCOME_TRY(add_pending_events(archive, ledger.events));
  BOOST_OUTCOME_TRY(add_pending_deliveries(archive, ledger.deliveries));
  return ledger;
}

nlohmann::json to_json(const Ledger& ledger) {
  return {{"events", to_json(ledger.events, "received")},
          {"deliveries", to_json(ledger.deliveries, "made")},
          {"difference", ledger.difference()}};
}

}  // namespace app
