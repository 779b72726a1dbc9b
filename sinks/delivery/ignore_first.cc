// SPDX-License-Identifier: Apache-2.0
#include "sinks/delivery/ignore_first.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace sinks {

using nlohmann::json;
using schemas::TransitionState;

namespace {

constexpr std::string_view kTold = "told";
constexpr std::string_view kTable = "notified";
constexpr std::string_view kTimes = "times";

}  // namespace

IgnoreFirst::Verdict IgnoreFirst::judge(const FoldedDelivery& folded, base::Time at) {
  txn_.set_timer(kExpireTimer, txn_.now() + kKeep);
  bool was_told = txn_.get(kTold, folded.incident_id) != nullptr;
  if (folded.state == TransitionState::kResolved) {
    if (!was_told) return Verdict::kIgnore;
    txn_.erase(kTold, folded.incident_id);
    return Verdict::kTell;
  }
  bool is_enough = is_nth(at);
  if (was_told) return Verdict::kTell;
  if (!is_enough) return Verdict::kIgnore;
  txn_.put(kTold, folded.incident_id, "1");
  return Verdict::kOpen;
}

// Of the times within the interval as many are kept as decide.
bool IgnoreFirst::is_nth(base::Time at) {
  const auto most = static_cast<std::size_t>(std::max<std::int64_t>(grouping_.ignore_first, 1));
  const std::string* text = txn_.get(kTable, kTimes);
  auto known = text ? json::parse(*text, nullptr, false) : json::array();
  std::vector<std::int64_t> times;
  const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(at.time_since_epoch()).count();
  const auto reach = std::chrono::duration_cast<std::chrono::milliseconds>(grouping_.interval).count();
  for (const auto& time : known.is_array() ? known : json::array()) {
    if (time.is_number_integer() && time.get<std::int64_t>() > now - reach) times.push_back(time.get<std::int64_t>());
  }
  times.push_back(now);
  if (times.size() > most) times.erase(times.begin(), times.end() - static_cast<std::ptrdiff_t>(most));
  txn_.put(kTable, kTimes, json(times).dump());
  return times.size() >= most;
}

void IgnoreFirst::forget_all() {
  for (const auto& [incident, told] : txn_.entries(kTold)) txn_.erase(kTold, incident);
  if (txn_.get(kTable, kTimes)) txn_.erase(kTable, kTimes);
}

}  // namespace sinks
