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

// That a key has a timer which is due then.
struct DueKey {
  std::string key;
  base::Time due;
};

// When the earliest timer of each key of a stage is due. Holds the keys that are due next, at most `most`, about 200
// bytes each; the log has them all, and is asked for more when those that are held become few. Not thread-safe.
class TimerIndex {
 public:
  // 16,384 keys are 3.3 MB of a stage that has more.
  static constexpr std::size_t kMost = 16'384;

  // Of the keys that have a timer due at `from` or later the first `most` in the order of their times, one that has
  // several may come several times; at different times.
  struct Question {
    base::Time from;
    std::size_t most;
  };

  // Knows nothing of the log yet.
  explicit TimerIndex(std::size_t most = kMost) : most_(most) {}

  // What the log must be asked now; nullopt: nothing, or an answer is awaited. The log's answer may be older or newer
  // than what is set meanwhile.
  std::optional<Question> ask();
  void answer(const std::vector<DueKey>& rows);

  // nullopt: the key has no timer.
  void set(const std::string& key, std::optional<base::Time> due);
  // No timer is due before; nullopt: there is none.
  std::optional<base::Time> earliest() const;
  // The earliest held that is not due yet.
  std::optional<base::Time> earliest_after(base::Time now) const;
  // Keys held whose earliest is due after `after` and not after `until`.
  std::vector<std::string> due(base::Time after, base::Time until) const;
  // Keys held.
  std::size_t size() const { return by_key_.size(); }

 private:
  void hold(const std::string& key, std::optional<base::Time> due);
  void drop_latest();

  std::size_t most_;
  // All timers that are due before are held; of those that are due then, some may be.
  base::Time horizon_ = base::Time::min();
  std::map<std::string, base::Time, std::less<>> by_key_;
  std::set<std::pair<base::Time, std::string_view>> by_due_;  // Views of the keys above.
  std::optional<Question> asked_;
  // What was set since then: as many as there are commits while the log is read.
  std::map<std::string, std::optional<base::Time>, std::less<>> set_since_;
};

}  // namespace bus::stage
