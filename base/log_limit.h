// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace base {

// Keeps few the log lines about what may happen thousands of times a second: of each kind one a minute at most, which
// can say how often it happened since the line before. Thread-safe.
class LogLimit {
 public:
  static constexpr std::chrono::minutes kBetween{1};

  // It happened. How often since its last line, this time included, if it is worth one now. `kind` is one of a closed
  // set: something is remembered of each.
  std::optional<std::int64_t> count(std::string_view kind, Time now);

 private:
  struct Kind {
    std::optional<Time> last;  // Line.
    std::int64_t since = 0;
  };

  std::mutex mutex_;
  std::map<std::string, Kind, std::less<>> kinds_;
};

}  // namespace base
