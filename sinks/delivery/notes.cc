// SPDX-License-Identifier: Apache-2.0
#include "sinks/delivery/notes.h"

namespace sinks {

namespace {

constexpr std::string_view kTable = "notes";
constexpr std::string_view kKept = "kept";

}  // namespace

Sender::Memory Notes::of(const schemas::Incident& incident) const {
  const std::string* note = txn_.get(kTable, incident.id);
  Sender::Memory memory{.note = note ? *note : std::string(), .kept = {}};
  if (const std::string* kept = txn_.get(kKept, incident.id)) memory.kept = *kept;
  return memory;
}

void Notes::keep(const schemas::Incident& incident, Sender::Memory memory) {
  bool is_nothing = memory.note.empty() && memory.kept.empty();
  put(kTable, incident.id, std::move(memory.note));
  put(kKept, incident.id, std::move(memory.kept));
  if (is_nothing) return;
  txn_.set_timer(kForgetTimer, txn_.now() + (incident.open ? kKeepUntold : kKeepAfterEnd));
}

void Notes::put(std::string_view table, const std::string& incident, std::string text) {
  const std::string* known = txn_.get(table, incident);
  if (text.empty()) {
    if (known) txn_.erase(table, incident);
  } else if (!known || *known != text) {
    txn_.put(table, incident, std::move(text));
  }
}

void Notes::forget_all() {
  for (const auto& [incident, note] : txn_.entries(kTable)) txn_.erase(kTable, incident);
  for (const auto& [incident, kept] : txn_.entries(kKept)) txn_.erase(kKept, incident);
}

}  // namespace sinks
