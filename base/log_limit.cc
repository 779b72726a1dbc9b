// SPDX-License-Identifier: Apache-2.0
#include "base/log_limit.h"

#include <utility>

namespace base {

std::optional<std::int64_t> LogLimit::count(std::string_view kind, Time now) {
  std::lock_guard lock(mutex_);
  auto found = kinds_.find(kind);
  if (found == kinds_.end()) found = kinds_.try_emplace(std::string(kind)).first;
  Kind& of = found->second;
  ++of.since;
  // A clock that was set back must not silence it for longer.
  if (of.last && now >= *of.last && now < *of.last + kBetween) return std::nullopt;
  of.last = now;
  return std::exchange(of.since, 0);
}

}  // namespace base
