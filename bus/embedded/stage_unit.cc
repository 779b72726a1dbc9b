// SPDX-License-Identifier: Apache-2.0
#include "bus/embedded/stage_unit.h"

namespace bus::embedded {

void StageUnit::apply(Store& store) {
  std::int64_t stage = stage_.id();
  const std::string& key = unit_->key();
  const stage::Changes& changes = unit_->changes();
  for (const auto& record : changes.records) store.append(record);
  for (const auto& [name, value] : changes.entries) {
    if (value) {
      store.put_state(stage, key, name.table, name.entry, *value);
    } else {
      store.erase_state(stage, key, name.table, name.entry);
    }
  }
  for (const auto& [name, timer] : changes.timers) {
    if (timer) {
      store.set_timer(stage, {key, name, timer->due, timer->value});
    } else {
      store.cancel_timer(stage, key, name);
    }
  }
  for (const auto& count : changes.counts) store.count(count.counter, count.by);
  stage_.failpoint()("before_position");
  for (const auto& call : unit_->calls()) {
    if (call.record) store.mark(stage, call.record->topic, call.record->offset);
  }
}

}  // namespace bus::embedded
