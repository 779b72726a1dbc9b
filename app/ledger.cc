// SPDX-License-Identifier: Apache-2.0
#include "app/ledger.h"

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>
#include <utility>

#include "schemas/event.h"
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

// A counter of the deliveries as one of its sink's: "deliveries/suppressed/pager/muted" is "suppressed" for "muted".
void add_to_sink(std::string_view name, std::int64_t value, std::map<std::string, Account>& sinks) {
  constexpr std::string_view kPrefix = "deliveries/";
  if (!name.starts_with(kPrefix)) return;
  name.remove_prefix(kPrefix.size());
  auto outcome = name.substr(0, name.find('/'));
  auto rest = outcome.size() < name.size() ? name.substr(outcome.size() + 1) : std::string_view();
  auto sink = rest.substr(0, rest.find('/'));
  if (sink.empty()) return;
  Account& account = sinks[std::string(sink)];
  if (outcome == schemas::ledger::kMade.substr(kPrefix.size())) {
    account.in += value;
  } else {
    account.add(std::string(outcome), std::string(sink.size() < rest.size() ? rest.substr(sink.size() + 1) : ""),
                value);
  }
}

void add_to_source(std::string_view name, std::int64_t value, std::map<std::string, Account>& sources) {
  if (!name.starts_with(schemas::ledger::kSources)) return;
  auto slash = name.find('/', schemas::ledger::kSources.size());
  if (slash == std::string_view::npos) return;
  auto source = name.substr(schemas::ledger::kSources.size(), slash - schemas::ledger::kSources.size());
  auto prefix = name.substr(0, slash + 1);
  add_counter(name, value, prefix, schemas::ledger::of_source(source, schemas::ledger::kReceived),
              sources[std::string(source)]);
}

// A playbook's name may have slashes, what became of an event has none.
void add_to_playbook(std::string_view name, std::int64_t value, Ledger& ledger) {
  if (!name.starts_with(schemas::ledger::kPlaybooks)) return;
  name.remove_prefix(schemas::ledger::kPlaybooks.size());
  auto slash = name.rfind('/');
  if (slash == std::string_view::npos) return;
  ledger.playbooks[std::string(name.substr(0, slash))][std::string(name.substr(slash + 1))] += value;
}

// Pending events by stage and source.
using Pending = std::map<std::pair<std::string, std::string>, std::int64_t>;

// Adds what a stage has pending. What it is ahead with is still pending where it came from, and is taken off there.
base::Result<void> add_pending(const bus::Archive& archive, std::string_view stage, std::string_view topic,
                               Pending& pending, std::string_view from = {}) {
  auto count_for = [&](std::string_view where, const bus::Record& record, std::int64_t sign) {
    ingest::Weight weight = weigh_event(topic, record.value);
    pending[{std::string(where), weight.source}] += sign * weight.events;
    return true;
  };
  BOOST_OUTCOME_TRY(
      archive.scan_pending(stage, topic, [&](const bus::Record& record) { return count_for(stage, record, 1); }));
  return archive.scan_ahead(stage, topic, [&](const bus::Record& record) { return count_for(from, record, -1); });
}

base::Result<void> add_pending_events(const bus::Archive& archive, Ledger& ledger) {
  namespace topics = schemas::topics;
  Pending pending;
  BOOST_OUTCOME_TRY(add_pending(archive, "split", topics::kIntake, pending));
  BOOST_OUTCOME_TRY(add_pending(archive, "playbooks", topics::kEvents, pending, "split"));
  BOOST_OUTCOME_TRY(add_pending(archive, "incidents", topics::kFindings, pending, "playbooks"));
  for (const auto& [place, count] : pending) {
    ledger.events.add(std::string(kPending), place.first, count);
    if (!place.second.empty()) ledger.sources[place.second].add(std::string(kPending), place.first, count);
  }
  return base::ok();
}

base::Result<void> add_pending_deliveries(const bus::Archive& archive, Ledger& ledger) {
  BOOST_OUTCOME_TRY(auto topics, archive.topics());
  std::set<std::string> names;
  for (const std::string& topic : topics) names.emplace(schemas::topics::sink_of(topic));
  names.erase("");
  for (const std::string& sink : names) {
    std::string topic = schemas::topics::deliveries(sink);
    BOOST_OUTCOME_TRY(auto count, sinks::pending_deliveries(archive, sink));
    ledger.deliveries.add(std::string(kPending), sink, count);
    ledger.sinks[sink].add(std::string(kPending), "", count);
    // Made, though routing has not counted it yet.
    BOOST_OUTCOME_TRY(archive.scan_ahead(sinks::delivery_stage(sink), topic, [&](const bus::Record& record) {
      if (sinks::has_been_grouped(record)) return true;
      ledger.deliveries.in += 1;
      ledger.sinks[sink].in += 1;
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

nlohmann::json to_json(const std::map<std::string, Account>& parts, const char* in) {
  nlohmann::json json = nlohmann::json::object();
  for (const auto& [name, account] : parts) json[name] = to_json(account, in);
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
    add_to_source(name, value, ledger.sources);
    add_to_sink(name, value, ledger.sinks);
    add_to_playbook(name, value, ledger);
  }
  BOOST_OUTCOME_TRY(add_pending_events(archive, ledger));
  BOOST_OUTCOME_TRY(add_pending_deliveries(archive, ledger));
  return ledger;
}

nlohmann::json to_json(const Ledger& ledger) {
  return {{"events", to_json(ledger.events, "received")},
          {"deliveries", to_json(ledger.deliveries, "made")},
          {"difference", ledger.difference()},
          {"sources", to_json(ledger.sources, "received")},
          {"playbooks", nlohmann::json(ledger.playbooks)},
          {"sinks", to_json(ledger.sinks, "made")}};
}

ingest::Weight weigh_event(std::string_view topic, std::string_view value) {
  if (topic == schemas::topics::kIntake) return ingest::weigh_intake(value);
  if (topic == schemas::topics::kEvents) {
    auto event = schemas::decode_event(value);
    return {event ? event.value().source : "", 1};
  }
  if (topic == schemas::topics::kCommands) return {"", 0};
  auto finding = schemas::decode_finding(value);
  if (!finding) return {};
  return {finding.value().event_source, finding.value().event_id.empty() ? 0 : 1};
}

}  // namespace app
