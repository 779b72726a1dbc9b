// SPDX-License-Identifier: Apache-2.0
#include "sinks/delivery/notes.h"

namespace sinks {

namespace {

constexpr std::string_view kTable = "notes";

}  // namespace

std::string Notes::of(const schemas::Incident& incident) const {
  const std::string* note = txn_.get(kTable, incident.id);
  return note ? *note : std::string();
}

void Notes::keep(const schemas::Incident& incident, std::string note) {
  const std::string* known = txn_.get(kTable, incident.id);
  if (note.empty()) {
    if (known) txn_.erase(kTable, incident.id);
    return;
  }
  if (!known || *known != note) txn_.put(kTable, incident.id, std::move(note));
  txn_.set_timer(kForgetTimer, txn_.now() + (incident.open ? kKeepUntold : kKeepAfterEnd));
}

void Notes::forget_all() {
  for (const auto& [incident, note] : txn_.entries(kTable)) txn_.erase(kTable, incident);
}

}  // namespace sinks
