// SPDX-License-Identifier: Apache-2.0
#include "sinks/delivery/lanes.h"

#include <algorithm>
#include <iterator>

namespace sinks {

namespace {

// Idle lanes are looked for when there are this many.
constexpr std::size_t kTidyFrom = 256;
const std::string kShared;

}  // namespace

void Lanes::hold(base::Time until) { held_until_ = std::max(held_until_, until); }

void Lanes::hold(const std::string& lane, base::Time until) {
  Lane& held = at(lane);
  held.held_until = std::max(held.held_until, until);
}

base::Time Lanes::opens(base::Time now) const { return std::max(now, held_until_); }

base::Time Lanes::opens(const Lane& lane, base::Time now) const { return std::max(opens(now), lane.held_until); }

const std::string& Lanes::name_of(const std::string& lane) const {
  return lanes_.size() < kMost || lanes_.contains(lane) ? lane : kShared;
}

const Lanes::Lane* Lanes::find(const std::string& lane) const {
  auto found = lanes_.find(name_of(lane));
  return found == lanes_.end() ? nullptr : &found->second;
}

Lanes::Lane& Lanes::at(const std::string& lane) {
  return lanes_.try_emplace(name_of(lane), Lane{.bucket = TokenBucket(limit_)}).first->second;
}

void Lanes::forget_idle(base::Time now) {
  if (lanes_.size() < kTidyFrom) return;
  std::erase_if(lanes_, [&](const auto& entry) {
    const Lane& lane = entry.second;
    return lane.line.empty() && lane.bucket.is_full(now) && lane.pressure <= now && lane.later <= now &&
           lane.held_until <= now;
  });
}

Lanes::Place Lanes::join(const std::string& lane, Rank rank) {
  Place place{rank, next_number_++};
  at(lane).line.insert(place);
  ++waiting_;
  return place;
}

void Lanes::leave(const std::string& lane, const Place& place) {
  // The number of lanes may have changed which one stands for it.
  for (const std::string& name : {lane, kShared}) {
    auto found = lanes_.find(name);
    if (found == lanes_.end() || found->second.line.erase(place) == 0) continue;
    --waiting_;
    return;
  }
}

base::Time Lanes::turn(const std::string& lane, Rank rank, const std::optional<Place>& place, base::Time now) const {
  const Lane* at = find(lane);
  if (!at) return opens(now);
  auto end = at->line.lower_bound(place ? *place : Place{rank, next_number_});
  return at->bucket.turn(opens(*at, now), std::distance(at->line.begin(), end));
}

void Lanes::take(const std::string& lane, base::Time now) {
  if (!is_limited()) return;
  forget_idle(now);
  Lane& taken = at(lane);
  taken.bucket.take(opens(taken, now));
  if (taken.pressure > now) taken.pressure += taken.bucket.interval();
}

bool Lanes::is_storm(const std::string& lane, base::Duration patience, base::Time now) const {
  const Lane* at = find(lane);
  return at && at->pressure > opens(*at, now) + patience;
}

void Lanes::folded(const std::string& lane, base::Time turn, base::Duration patience, base::Time now) {
  Lane& pressed = at(lane);
  base::Time limit = opens(pressed, now) + patience + kCalm;
  pressed.pressure = std::min(std::max(pressed.pressure, turn) + pressed.bucket.interval(), limit);
}

std::optional<base::Time> Lanes::later(const std::string& lane, base::Time turn, base::Time now) {
  Lane& told = at(lane);
  auto interval = told.bucket.interval();
  base::Time moment = std::max(told.later + interval, turn);
  if (moment > opens(told, now) + interval * kMostLater) return std::nullopt;
  told.later = moment;
  return moment;
}

}  // namespace sinks
