// SPDX-License-Identifier: Apache-2.0
#include "app/ledger.h"

#include <cstdlib>
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

base::Result<void> add_pending_events(const bus::Archive& archive, Account& events) {
  namespace topics = schemas::topics;
  auto add = [&](std::string_view stage, std::int64_t count) {
    events.add(std::string(kPending), std::string(stage), count);
    return true;
  };
  BOOST_OUTCOME_TRY(archive.scan_pending("split", topics::kIntake, [&](const bus::Record& record) {
    return add("split", ingest::events_in(record.value));
  }));
  BOOST_OUTCOME_TRY(
      archive.scan_pending("playbooks", topics::kEvents, [&](const bus::Record&) { return add("playbooks", 1); }));
  return archive.scan_pending("incidents", topics::kFindings, [&](const bus::Record& record) {
    auto finding = schemas::decode_finding(record.value);
    return add("incidents", finding && finding.value().event_id.empty() ? 0 : 1);
  });
}

base::Result<void> add_pending_deliveries(const bus::Archive& archive, Account& deliveries) {
  BOOST_OUTCOME_TRY(auto topics, archive.topics());
  for (const std::string& topic : topics) {
    if (!topic.starts_with(schemas::topics::kDeliveriesPrefix)) continue;
    std::string sink = topic.substr(schemas::topics::kDeliveriesPrefix.size());
    BOOST_OUTCOME_TRY(auto count, sinks::pending_deliveries(archive, sink));
    deliveries.add(std::string(kPending), sink, count);
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
