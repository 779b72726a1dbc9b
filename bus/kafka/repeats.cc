// SPDX-License-Identifier: Apache-2.0
#include "bus/kafka/repeats.h"

#include <algorithm>

namespace bus::kafka {

namespace {

// FNV-1a, 64 bits (RFC draft-eastlake-fnv): tells apart causes of the same offset or the same moment.
class Digest {
 public:
  Digest& add(std::string_view bytes) {
    for (char byte : bytes) step(static_cast<std::uint8_t>(byte));
    step(0xff);
    return *this;
  }
  Digest& add(std::uint32_t number) {
    for (int shift = 0; shift < 32; shift += 8) step(static_cast<std::uint8_t>(number >> shift));
    return *this;
  }
  std::uint64_t value() const { return value_; }

 private:
  void step(std::uint8_t byte) { value_ = (value_ ^ byte) * 0x100000001b3U; }
  std::uint64_t value_ = 0xcbf29ce484222325U;
};

}  // namespace

Repeats::Repeats(const std::vector<SourceWindow>& sources) {
  for (const auto& source : sources) {
    Window& window = windows_[{source.stage, source.topic, source.partition}];
    window.offsets_done = window.settled_done = source.offsets_done;
    for (const auto& seen : source.offsets) window.offsets.emplace(std::pair(seen.at, seen.which), seen.carrier);
    for (const auto& seen : source.timers) window.timers.emplace(std::pair(seen.at, seen.which), seen.carrier);
  }
}

bool Repeats::is_repeat(const Cause& cause, std::string_view key, std::int64_t carrier) {
  Window& window = windows_[{cause.stage, cause.topic, cause.partition}];
  bool is_timer = cause.offset < 0;
  bool was_done = !is_timer && cause.offset < window.offsets_done;
  Announced said{carrier, cause.offsets_done, cause.timers_done.time_since_epoch().count()};
  if (window.announced.empty() || window.announced.back().offsets_done != said.offsets_done ||
      window.announced.back().timers_done != said.timers_done) {
    window.announced.push_back(said);
  }
  window.offsets_done = std::max(window.offsets_done, said.offsets_done);
  if (was_done) return true;

  auto which = Digest().add(key).add(cause.timer_key).add(cause.timer_name).add(cause.index).value();
  std::int64_t at = is_timer ? cause.timer_due.time_since_epoch().count() : cause.offset;
  auto [seen, is_new] = (is_timer ? window.timers : window.offsets).emplace(std::pair(at, which), carrier);
  // Read again from where it was first read: itself.
  return !is_new && seen->second != carrier;
}

void Repeats::settle(std::int64_t next) {
  for (auto& [source, window] : windows_) {
    for (; !window.announced.empty() && window.announced.front().carrier < next; window.announced.pop_front()) {
      const Announced& said = window.announced.front();
      window.settled_done = std::max(window.settled_done, said.offsets_done);
      window.timers.erase(window.timers.begin(), window.timers.lower_bound({said.timers_done, 0}));
    }
    window.offsets.erase(window.offsets.begin(), window.offsets.lower_bound({window.settled_done, 0}));
  }
}

std::int64_t Repeats::first_carrier(std::int64_t next) const {
  std::int64_t first = next;
  for (const auto& [source, window] : windows_) {
    for (const auto* seen : {&window.offsets, &window.timers}) {
      for (const auto& [cause, carrier] : *seen) first = std::min(first, carrier);
    }
  }
  return first;
}

std::vector<SourceWindow> Repeats::remembered(std::int64_t look_back) const {
  std::vector<SourceWindow> sources;
  auto keep = [look_back](const Seen& seen) {
    std::vector<SeenCause> kept;
    for (const auto& [cause, carrier] : seen) {
      if (carrier < look_back) kept.push_back({cause.first, cause.second, carrier});
    }
    return kept;
  };
  for (const auto& [source, window] : windows_) {
    sources.push_back(
        {source.stage, source.topic, source.partition, window.settled_done, keep(window.offsets), keep(window.timers)});
  }
  return sources;
}

std::size_t Repeats::size() const {
  std::size_t size = 0;
  for (const auto& [source, window] : windows_) size += window.offsets.size() + window.timers.size();
  return size;
}

}  // namespace bus::kafka
