// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"

namespace bus::stage {

// When the earliest timer of each key of a stage is due. About 200 bytes a key that has a timer; names and values stay
// in the log. Not thread-safe.
class TimerIndex {
 public:
  // nullopt: the key has no timer.
  void set(const std::string& key, std::optional<base::Time> due);
  std::optional<base::Time> earliest() const;
  // The earliest that is not due yet.
  std::optional<base::Time> earliest_after(base::Time now) const;
  // Keys whose earliest is due after `after` and not after `until`.
  std::vector<std::string> due(base::Time after, base::Time until) const;
  std::size_t size() const { return by_key_.size(); }

 private:
  std::map<std::string, base::Time, std::less<>> by_key_;
  std::set<std::pair<base::Time, std::string_view>> by_due_;  // Views of the keys above.
};

}  // namespace bus::stage
