// SPDX-License-Identifier: Apache-2.0
#include "bus/embedded/stage_unit.h"

#include <utility>

namespace bus::embedded {

void StageUnit::add(Changes changes) {
  ++calls_;
  bytes_ += changes.bytes();
  if (calls_ == 1) {
    changes_ = std::move(changes);
  } else {
    changes_.merge(std::move(changes));
  }
}

void StageUnit::apply(Store& store) {
  std::int64_t stage = stage_->id();
  for (const auto& record : changes_.records) store.append(record);
  for (const auto& [name, value] : changes_.entries) {
    if (value) {
      store.put_state(stage, slot_.key, name.table, name.entry, *value);
    } else {
      store.erase_state(stage, slot_.key, name.table, name.entry);
    }
  }
  for (const auto& [name, timer] : changes_.timers) {
    if (timer) {
      store.set_timer(stage, {slot_.key, name, timer->due, timer->value});
    } else {
      store.cancel_timer(stage, slot_.key, name);
    }
  }
  for (const auto& count : changes_.counts) store.count(count.counter, count.by);
  stage_->deps_.failpoint("before_position");
  for (const auto& in_hand : done_) store.mark(stage, in_hand.record->topic, in_hand.record->offset);
}

void StageUnit::committed(Store&) { stage_->committed(slot_, *this); }

}  // namespace bus::embedded
