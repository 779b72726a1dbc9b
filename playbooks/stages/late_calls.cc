// SPDX-License-Identifier: Apache-2.0
#include "playbooks/stages/late_calls.h"

namespace playbooks {

const LatePlaces& LateCalls::places() {
  std::lock_guard lock(mutex_);
  if (!kept_.empty()) {
    auto now = base::in({});
    std::erase_if(kept_, [&](const auto& entry) { return entry.second.until < now; });
  }
  return places_;
}

void LateCalls::keep(const std::string& finding_id, std::size_t index, std::shared_ptr<LateCall> call,
                     base::Deadline until) {
  std::lock_guard lock(mutex_);
  kept_.insert_or_assign({finding_id, index}, Kept{std::move(call), until});
}

std::shared_ptr<LateCall> LateCalls::find(const std::string& finding_id, std::size_t index) const {
  std::lock_guard lock(mutex_);
  auto found = kept_.find({finding_id, index});
  return found == kept_.end() ? nullptr : found->second.call;
}

void LateCalls::drop(const std::string& finding_id, std::size_t index) {
  std::lock_guard lock(mutex_);
  kept_.erase({finding_id, index});
}

void LateCalls::clear() {
  std::lock_guard lock(mutex_);
  kept_.clear();
}

}  // namespace playbooks
