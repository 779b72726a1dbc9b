// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "base/time.h"
#include "sinks/delivery/rate_limit.h"

namespace sinks {

// Who goes first when there is a turn.
enum class Rank {
  kUrgent,  // What somebody must be woken for.
  kUsual,   // What is told for the first time.
  kEdit,    // What adds to something that was told.
};

// The lanes of a sink: parts of it that take so many sends a second each, such as the channels of a chat. In a lane the
// highest rank goes first, and within a rank who came first. Pure; not thread-safe, the gate guards it.
//
// More than the rate allows builds up pressure: what a lane would still have to send if nothing had been folded into a
// digest. As long as that is more than `patience` worth, the usual is folded instead of sent, so that a storm
// is told in digests from its first seconds to its end and not in some of each.
class Lanes {
 public:
  // A lane that is busy takes some 300 bytes: 3 MB. More share one.
  static constexpr std::size_t kMost = 10'000;
  // How many are told to come again later, each at a moment of its own. Each has a timer of 200 bytes in the bus: 2 MB.
  static constexpr std::int64_t kMostLater = 10'000;
  // A storm is over when the lane has had nothing to fold for so long.
  static constexpr base::Duration kCalm = std::chrono::seconds(10);

  // A place in the line of a lane.
  struct Place {
    Rank rank = Rank::kUsual;
    std::uint64_t number = 0;
    friend auto operator<=>(const Place&, const Place&) = default;
  };

  explicit Lanes(const RateLimit& limit) : limit_(limit) {}

  bool is_limited() const { return limit_.per_second > 0; }

  // Nobody goes before `until`: the other side asked for a pause.
  void hold(base::Time until);
  // The same of one lane.
  void hold(const std::string& lane, base::Time until);
  // The earliest that anybody goes.
  base::Time opens(base::Time now) const;

  Place join(const std::string& lane, Rank rank);
  void leave(const std::string& lane, const Place& place);
  // How many stand in all lines.
  std::int64_t waiting() const { return waiting_; }

  // When somebody's turn is, if nobody comes before: of who has a place, or of who would join.
  base::Time turn(const std::string& lane, Rank rank, const std::optional<Place>& place, base::Time now) const;
  void take(const std::string& lane, base::Time now);

  // Whether the usual is to be folded whenever its turn is.
  bool is_storm(const std::string& lane, base::Duration patience, base::Time now) const;
  // Something was folded whose turn would have been at `turn`.
  void folded(const std::string& lane, base::Time turn, base::Duration patience, base::Time now);

  // A moment of its own for one whose turn is too far away; nullopt: there are too many of them.
  std::optional<base::Time> later(const std::string& lane, base::Time turn, base::Time now);

 private:
  struct Lane {
    TokenBucket bucket;
    std::set<Place> line;
    base::Time pressure = base::Time::min();  // When all would be sent if nothing were folded.
    base::Time later = base::Time::min();     // The last moment given away.
    base::Time held_until = base::Time::min();
  };

  const std::string& name_of(const std::string& lane) const;
  const Lane* find(const std::string& lane) const;
  base::Time opens(const Lane& lane, base::Time now) const;
  Lane& at(const std::string& lane);
  void forget_idle(base::Time now);

  RateLimit limit_;
  base::Time held_until_ = base::Time::min();
  std::map<std::string, Lane> lanes_;  // Those that are not idle, and some that are.
  std::int64_t waiting_ = 0;
  std::uint64_t next_number_ = 1;
};

}  // namespace sinks
