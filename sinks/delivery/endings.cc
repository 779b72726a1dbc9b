// SPDX-License-Identifier: Apache-2.0
#include "sinks/delivery/endings.h"

#include <fmt/format.h>

#include <charconv>

namespace sinks {

namespace {

constexpr std::string_view kTimers = "stable/";
// An entry is the record's offset in so many digits, then its value.
constexpr std::size_t kDigits = 20;

std::string timer_of(const std::string& incident_id) { return std::string(kTimers) + incident_id; }

}  // namespace

std::optional<std::string> Endings::incident_of(const bus::Timer& timer) {
  if (!timer.name.starts_with(kTimers)) return std::nullopt;
  return timer.name.substr(kTimers.size());
}

void Endings::hold(const std::string& incident_id, const bus::Record& record, base::Time until) {
  txn_.put(kTable, incident_id, fmt::format("{:020}", record.offset) + record.value);
  txn_.set_timer(timer_of(incident_id), until);
}

std::optional<bus::Record> Endings::held(const std::string& incident_id) const {
  const std::string* entry = txn_.get(kTable, incident_id);
  if (!entry || entry->size() < kDigits) return std::nullopt;
  bus::Record record;
  std::from_chars(entry->data(), entry->data() + kDigits, record.offset);
  record.time = txn_.now();
  record.key = txn_.key();
  record.value = value_of(*entry);
  return record;
}

void Endings::drop(const std::string& incident_id) {
  if (!txn_.get(kTable, incident_id)) return;
  txn_.erase(kTable, incident_id);
  txn_.cancel_timer(timer_of(incident_id));
}

std::string_view Endings::value_of(std::string_view entry) { return entry.substr(std::min(kDigits, entry.size())); }

}  // namespace sinks
