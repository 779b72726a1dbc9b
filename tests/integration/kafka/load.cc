// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/kafka/load.h"

#include <poll.h>

#include <nlohmann/json.hpp>

#include "tests/acceptance/alert_bodies.h"
#include "tests/harness/eventually.h"

namespace acceptance {
namespace {

// One body waits for the broker's acknowledgement at a time, of a few ms: 16 at once are 200 alerts/s with room.
constexpr std::size_t kSenders = 16;
constexpr std::size_t kAlertsOfABody = 4;
// An answer that is not there by then is none, as for Alertmanager.
constexpr std::chrono::seconds kPatience{10};
constexpr int kPauseMs = 50;

void pause(int ms) { poll(nullptr, 0, ms); }

}  // namespace

Load::Load(std::vector<std::uint16_t> ports, LoadPlan plan) : ports_(std::move(ports)), plan_(std::move(plan)) {
  running_ = kSenders;
  for (std::size_t i = 0; i < kSenders; ++i) {
    threads_.emplace_back([this, i] {
      send_all(i);
      --running_;
    });
  }
}

Load::~Load() {
  given_up_ = true;
  stopping_ = true;
}

bool Load::finish(std::chrono::milliseconds limit) {
  stopping_ = true;
  return complete(limit);
}

bool Load::complete(std::chrono::milliseconds limit) {
  return harness::eventually(limit, [&] { return running_ == 0; });
}

void Load::send_all(std::size_t sender) {
  std::vector<harness::HttpConnection> connections;
  for (std::uint16_t port : ports_) connections.emplace_back(port);
  while (!stopping_) {
    std::size_t number = next_++;
    if (number * kAlertsOfABody >= plan_.most_alerts) return;
    auto due = began_ + std::chrono::duration<double>(2.0 * static_cast<double>(number * kAlertsOfABody) /
                                                      plan_.alerts_per_second);
    while (!stopping_ && Clock::now() < due) pause(1);
    if (!stopping_) send(sender, number, connections);
  }
}

// A few alerts fire, and when that is accepted, they end.
void Load::send(std::size_t sender, std::size_t number, std::vector<harness::HttpConnection>& connections) {
  std::vector<nlohmann::json> firing;
  std::vector<nlohmann::json> over;
  std::set<std::string> names;
  for (std::size_t i = 0; i < kAlertsOfABody; ++i) {
    std::string name = plan_.name + "-" + std::to_string(number) + "-" + std::to_string(i);
    firing.push_back(alert(name));
    over.push_back(alert(name, true));
    names.insert(name);
  }
  std::string group = plan_.name + "-sender-" + std::to_string(sender);
  std::size_t server = number % ports_.size();
  if (!deliver(server, body_of(firing, group), connections)) return;
  note(names, false);
  if (deliver(server, body_of(over, group), connections)) note(names, true);
}

bool Load::deliver(std::size_t& server, const std::string& body, std::vector<harness::HttpConnection>& connections) {
  while (!given_up_) {
    if (connections[server].post("/api/alerts", body, kPatience).is_success()) return true;
    ++refused_;
    server = (server + 1) % ports_.size();
    pause(kPauseMs);
  }
  return false;
}

void Load::note(const std::set<std::string>& names, bool over) {
  std::lock_guard lock(mutex_);
  if (over) {
    resolved_.insert(names.begin(), names.end());
  } else {
    for (const std::string& name : names) fired_.emplace(name, Clock::now());
  }
  accepted_ += names.size();
}

std::set<std::string> Load::fired() const {
  std::lock_guard lock(mutex_);
  std::set<std::string> names;
  for (const auto& [name, at] : fired_) names.insert(name);
  return names;
}

std::set<std::string> Load::resolved() const {
  std::lock_guard lock(mutex_);
  return resolved_;
}

std::map<std::string, Load::Clock::time_point> Load::accepted_at() const {
  std::lock_guard lock(mutex_);
  return fired_;
}

}  // namespace acceptance
