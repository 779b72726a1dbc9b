// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "tests/harness/http_call.h"

namespace acceptance {

// How fast alerts come, and how many. The rate holds for firing and resolved ones together, every alert ends.
struct LoadPlan {
  double alerts_per_second = 200;
  std::size_t most_alerts = SIZE_MAX;  // Firing ones; then the load is over.
  std::string name = "load";           // In front of every fingerprint.
};

// Alerts at a steady rate, as several Alertmanagers send them: each body again, to the next of the webhooks, until it
// is answered 2xx. What could not be sent on time is caught up as fast as it goes. Thread-safe.
class Load {
 public:
  using Clock = std::chrono::steady_clock;

  Load(std::vector<std::uint16_t> ports, LoadPlan plan);
  // Gives up on what is not accepted yet.
  ~Load();
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  // Begins no more alerts, and returns when all that were begun are accepted or `limit` has passed; false then.
  bool finish(std::chrono::milliseconds limit);
  // Returns when `most_alerts` are accepted and over; false if that takes longer.
  bool complete(std::chrono::milliseconds limit);

  // The alerts whose firing, and whose end, was accepted.
  std::set<std::string> fired() const;
  std::set<std::string> resolved() const;
  std::size_t accepted() const { return accepted_; }
  // Bodies that were answered otherwise than 2xx, or not at all.
  std::size_t refused() const { return refused_; }
  // When the firing alert was accepted.
  std::map<std::string, Clock::time_point> accepted_at() const;

 private:
  void send_all(std::size_t sender);
  void send(std::size_t sender, std::size_t number, std::vector<harness::HttpConnection>& connections);
  bool deliver(std::size_t& server, const std::string& body, std::vector<harness::HttpConnection>& connections);
  void note(const std::set<std::string>& names, bool over);

  std::vector<std::uint16_t> ports_;
  LoadPlan plan_;
  Clock::time_point began_ = Clock::now();
  std::atomic<bool> stopping_ = false;
  std::atomic<bool> given_up_ = false;
  std::atomic<std::size_t> next_ = 0;
  std::atomic<std::size_t> running_ = 0;
  std::atomic<std::size_t> accepted_ = 0;
  std::atomic<std::size_t> refused_ = 0;
  mutable std::mutex mutex_;
  std::map<std::string, Clock::time_point> fired_;
  std::set<std::string> resolved_;
  std::vector<std::jthread> threads_;
};

}  // namespace acceptance
