// SPDX-License-Identifier: Apache-2.0
#include "sinks/delivery/health.h"

#include "base/log.h"

namespace sinks {

namespace {

// A refusal that has to do with the sink rather than with one delivery.
bool refuses_us(base::Reason reason) { return reason == base::Reason::kAuth || reason == base::Reason::kNotFound; }

// The sink answers, and another delivery may well arrive.
bool is_of_delivery(const base::Error& error) { return error.retry.is_never() && !refuses_us(error.reason); }

void warn(std::string_view text, const std::string& sink, const base::Error& error) {
  base::log::warn(text, {{"sink", sink}, {"reason", to_string(error.reason)}, {"why", error.message}});
}

// Anybody may ask for the health, and what the other side answered may speak of alerts (net/http/classify.cc).
std::string without_answer(const std::string& message) {
  auto status = message.find("status ");
  return message.substr(0, status == std::string::npos ? status : message.find(": ", status));
}

std::string detail_of(const base::Error& last, base::Time since, std::string_view hint) {
  auto detail = std::string(to_string(last.reason)) + " since " + base::to_rfc3339(since) + ": " + without_answer(last.message);
  if (last.message.find(hint) == std::string::npos) detail += ": " + std::string(hint);
  return detail;
}

}  // namespace

bool HealthBoard::succeeded(const std::string& sink) {
  std::lock_guard lock(mutex_);
  auto& trouble = sinks_[sink];
  if (trouble && trouble->is_said) {
    base::log::info("sinks: a sink is well again",
                    {{"sink", sink}, {"failed_since", base::to_rfc3339(trouble->since)}});
  }
  trouble.reset();
  return true;
}

bool HealthBoard::failed(const std::string& sink, const base::Error& error, bool is_down, base::Time now,
                         std::string_view hint) {
  std::lock_guard lock(mutex_);
  auto& trouble = sinks_[sink];
  if (!is_down && is_of_delivery(error)) return !trouble || !trouble->is_sick;
  bool begins = !trouble;
  if (begins) trouble = Trouble{.last = error, .since = now};
  bool was_sick = trouble->is_sick;
  trouble->last = error;
  trouble->hint = hint;
  trouble->is_sick |= is_down || refuses_us(error.reason);
  if (trouble->is_sick && !was_sick) {
    warn("sinks: a sink is sick", sink, error);
    trouble->is_said = true;
  } else if (begins && beginnings_.count(sink, now)) {
    warn("sinks: a sink begins to fail, what it is sent is tried again", sink, error);
    trouble->is_said = true;
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
    SinkHealth health{.sink = sink, .ok = !trouble};
    if (trouble) health.detail = detail_of(trouble->last, trouble->since, trouble->hint);
    found.push_back(std::move(health));
  }
  return found;
}

}  // namespace sinks
