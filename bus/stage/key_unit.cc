// SPDX-License-Identifier: Apache-2.0
#include "bus/stage/key_unit.h"

#include "bus/stage/slot.h"

namespace bus::stage {

void KeyUnit::add(HandledCall call, Changes changes) {
  bytes_ += changes.bytes();
  if (call.record) ++records_;
  if (calls_.empty()) {
    changes_ = std::move(changes);
  } else {
    changes_.merge(std::move(changes));
  }
  call.outputs_end = changes_.records.size();
  calls_.push_back(std::move(call));
}

const std::string& KeyUnit::key() const { return slot_.key; }

const KeyState& KeyUnit::state() const { return *slot_.state; }

}  // namespace bus::stage
