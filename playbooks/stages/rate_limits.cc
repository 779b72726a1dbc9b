// SPDX-License-Identifier: Apache-2.0
#include "playbooks/stages/rate_limits.h"

namespace playbooks {

namespace {

constexpr std::string_view kTable = "limits";
constexpr std::string_view kTimerPrefix = "limit/";

std::string timer_of(std::string_view playbook) { return std::string(kTimerPrefix) + std::string(playbook); }

}  // namespace

bool is_limited(const bus::Transaction& txn, const Playbook& playbook) {
  if (playbook.rate_limit <= base::Duration::zero()) return false;
  const std::string* spent = txn.get(kTable, playbook.name);
  if (spent == nullptr) return false;
  auto since = base::parse_rfc3339(*spent);
  // Measured with the limit of now: a reload that shortens it counts at once.
  return since.has_value() && since.value() && txn.now() < *since.value() + playbook.rate_limit;
}

void spend_limit(bus::Transaction& txn, const Playbook& playbook) {
  if (playbook.rate_limit <= base::Duration::zero()) return;
  txn.put(kTable, playbook.name, base::to_rfc3339(txn.now()));
  txn.set_timer(timer_of(playbook.name), txn.now() + playbook.rate_limit);
}

void clear_limits(bus::Transaction& txn) {
  for (const auto& [playbook, since] : txn.entries(kTable)) {
    txn.erase(kTable, playbook);
    txn.cancel_timer(timer_of(playbook));
  }
}

bool end_limit(bus::Transaction& txn, const bus::Timer& timer) {
  if (!timer.name.starts_with(kTimerPrefix)) return false;
  txn.erase(kTable, std::string_view(timer.name).substr(kTimerPrefix.size()));
  return true;
}

}  // namespace playbooks
