// SPDX-License-Identifier: Apache-2.0
#include "playbooks/stages/alert_memory.h"

#include <algorithm>

#include "base/log.h"
#include "playbooks/stages/alert_memory_codec.h"

namespace playbooks {

namespace {

constexpr std::string_view kTable = "alerts";
constexpr std::string_view kTimerPrefix = "forget/";
// Firing and resolved, each from both of a pair of Alertmanagers.
constexpr std::size_t kSeenKept = 4;

}  // namespace

void Overrides::note(const enrichers::Contribution& contribution) {
  if (contribution.title) title = contribution.title;
  if (contribution.description) description = contribution.description;
  if (contribution.aggregation_key) aggregation_key = contribution.aggregation_key;
  if (contribution.severity) severity = contribution.severity;
  for (const auto& [name, value] : contribution.labels) labels.insert_or_assign(name, value);
}

void Overrides::apply(schemas::Finding& finding) const {
  if (title) finding.title = *title;
  if (description) finding.description = *description;
  if (aggregation_key) finding.aggregation_key = *aggregation_key;
  if (severity) finding.severity = *severity;
  for (const auto& [name, value] : labels) finding.subject.labels.insert_or_assign(name, value);
}

bool AlertMemory::is_duplicate(const schemas::Event& event, base::Duration window) const {
  // The ends that a pair of Alertmanagers report for one alert may differ, and with them the ids.
  bool ends = event.alert->status == schemas::AlertStatus::kResolved;
  if (ends && resolved && starts_at == event.alert->starts_at) return true;
  return std::ranges::any_of(seen, [&](const Seen& earlier) {
    return earlier.event_id == event.id && event.received - earlier.received <= window;
  });
}

bool AlertMemory::is_repeat(const schemas::Event& event) const {
  return !resolved && incident.has_value() && told == event.id;
}

void AlertMemory::take(const schemas::Event& event) {
  std::erase_if(seen, [&](const Seen& earlier) { return earlier.event_id == event.id; });
  if (seen.size() >= kSeenKept) seen.erase(seen.begin());
  seen.push_back({event.id, event.received});
  starts_at = event.alert->starts_at;
  resolved = event.alert->status == schemas::AlertStatus::kResolved;
}

AlertMemory recall(const bus::Transaction& txn, const schemas::Event& event) {
  const std::string* text = txn.get(kTable, event.alert->fingerprint);
  if (text == nullptr) return {};
  base::Result<AlertMemory> memory = decode_alert_memory(*text);
  if (memory.has_value()) return std::move(memory).value();
  // Without it a repeat looks new: told twice instead of not at all.
  base::log::warn("playbooks: an alert's memory can't be read and is dropped",
                  {{"fingerprint", event.alert->fingerprint}, {"error", memory.error().message}});
  return {};
}

void remember(bus::Transaction& txn, const schemas::Event& event, const AlertMemory& memory,
              const PlaybooksOptions& options) {
  const std::string& name = event.alert->fingerprint;
  // What made no finding, or is over, matters only to its duplicates.
  bool is_open = memory.incident.has_value() && !memory.resolved;
  txn.put(kTable, name, encode(memory));
  txn.set_timer(std::string(kTimerPrefix) + name, txn.now() + (is_open ? options.forget_after : options.dedup_window));
}

bool forget(bus::Transaction& txn, const bus::Timer& timer) {
  if (!timer.name.starts_with(kTimerPrefix)) return false;
  txn.erase(kTable, std::string_view(timer.name).substr(kTimerPrefix.size()));
  return true;
}

}  // namespace playbooks
