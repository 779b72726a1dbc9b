// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <set>
#include <string>

#include "tests/harness/http_receiver.h"

namespace acceptance {

// What one receiver has been told of each alert, by its fingerprint. A delivery counts when it was answered 2xx.
class Outcomes {
 public:
  explicit Outcomes(const harness::HttpReceiver& receiver) : receiver_(receiver) {}

  // Reads what has arrived since the last call.
  void update();

  // How many different deliveries told that this alert is in this state.
  std::size_t count(const std::string& state, const std::string& fingerprint) const;
  // How many different deliveries told of this state.
  std::size_t told(const std::string& state) const;
  std::size_t opened() const { return told("opened"); }
  std::size_t resolved() const { return told("resolved"); }
  // Deliveries that came again under the same key, after a success.
  std::size_t repeated() const { return repeated_; }
  // Deliveries that came again under the same key with other content.
  int changed() const { return changed_; }
  // All different deliveries.
  std::size_t deliveries() const { return bodies_.size(); }
  // When the first word of this alert came; the epoch if none did.
  std::chrono::steady_clock::time_point first_told(const std::string& fingerprint) const;

 private:
  const harness::HttpReceiver& receiver_;
  std::size_t read_ = 0;
  std::size_t repeated_ = 0;
  int changed_ = 0;
  std::map<std::string, std::string> bodies_;  // By idempotency key.
  std::map<std::string, std::map<std::string, std::set<std::string>>> keys_;
  std::map<std::string, std::chrono::steady_clock::time_point> first_told_;
};

// Fails the test unless each of these alerts was told to be in this state by exactly one delivery.
void expect_told_once(const std::set<std::string>& fingerprints, const std::string& state, const Outcomes& outcomes);

}  // namespace acceptance
