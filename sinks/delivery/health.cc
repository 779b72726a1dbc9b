// SPDX-License-Identifier: Apache-2.0
#include "sinks/delivery/health.h"

#include "base/log.h"

namespace sinks {

namespace {

// A refusal that has to do with the sink rather than with one delivery.
bool refuses_us(base::Reason reason) { return reason == base::Reason::kAuth || reason == base::Reason::kNotFound; }

}  // namespace

bool HealthBoard::succeeded(const std::string& sink) {
  std::lock_guard lock(mutex_);
  auto& trouble = sinks_[sink];
  if (trouble && trouble->is_sick) {
    base::log::info("sinks: a sink is well again", {{"sink", sink}, {"sick_since", base::to_rfc3339(trouble->since)}});
  }
  trouble.reset();
  return true;
}

bool HealthBoard::failed(const std::string& sink, const base::Error& error, bool is_down, base::Time now,
                         std::string_view hint) {
  std::lock_guard lock(mutex_);
  auto& trouble = sinks_[sink];
  if (!trouble) trouble = Trouble{error.reason, now};
  bool was_sick = trouble->is_sick;
  trouble->reason = error.reason;
  trouble->hint = hint;
  trouble->is_sick |= is_down || refuses_us(error.reason);
  if (trouble->is_sick && !was_sick) {
    base::log::warn("sinks: a sink is sick",
                    {{"sink", sink}, {"reason", to_string(error.reason)}, {"why", error.message}});
  }
  return !trouble->is_sick;
}

void HealthBoard::add(const std::string& sink) {
  std::lock_guard lock(mutex_);
  sinks_.try_emplace(sink);
}

void HealthBoard::remove(const std::string& sink) {
  std::lock_guard lock(mutex_);
  sinks_.erase(sink);
}

std::vector<SinkHealth> HealthBoard::all() const {
  std::lock_guard lock(mutex_);
  std::vector<SinkHealth> found;
  for (const auto& [sink, trouble] : sinks_) {
    SinkHealth health{.sink = sink, .ok = !trouble || !trouble->is_sick};
    if (!health.ok) {
      health.detail = std::string(to_string(trouble->reason)) + " since " + base::to_rfc3339(trouble->since);
      if (!trouble->hint.empty()) health.detail += ": " + std::string(trouble->hint);
    }
    found.push_back(std::move(health));
  }
  return found;
}

}  // namespace sinks
