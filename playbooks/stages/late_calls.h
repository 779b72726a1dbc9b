// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "base/deadline.h"
#include "playbooks/stages/call.h"

namespace playbooks {

// The calls of this process whose findings are out: a memory beside the durable one (LateEvidence), which is empty
// after a start. Thread-safe.
class LateCalls {
 public:
  // Cancels what nobody has asked for in time: the state of its key may have moved to another process.
  const LatePlaces& places();

  // The call number `index` of a finding's; takes the place of one that was kept before. Cancelled at `until`.
  void keep(const std::string& finding_id, std::size_t index, std::shared_ptr<LateCall> call, base::Deadline until);
  // nullptr: not here.
  std::shared_ptr<LateCall> find(const std::string& finding_id, std::size_t index) const;
  void drop(const std::string& finding_id, std::size_t index);
  void clear();

 private:
  struct Kept {
    std::shared_ptr<LateCall> call;
    base::Deadline until;
  };

  const LatePlaces places_;
  mutable std::mutex mutex_;
  std::map<std::pair<std::string, std::size_t>, Kept> kept_;  // As many as there are places.
};

}  // namespace playbooks
