// SPDX-License-Identifier: Apache-2.0
#include "tests/acceptance/outcomes.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/acceptance/alert_bodies.h"

namespace acceptance {

void Outcomes::update() {
  for (const harness::Received& request : receiver_.received(read_)) {
    ++read_;
    if (request.answer / 100 != 2) continue;
    nlohmann::json transition = transition_of(request);
    const auto& fingerprint = transition.at("finding").at("fingerprint").get_ref<const std::string&>();
    const auto& key = request.headers.at("idempotency-key");
    if (auto [body, is_new] = bodies_.emplace(key, request.body); !is_new) {
      ++repeated_;
      if (body->second != request.body) ++changed_;
    }
    keys_[transition.at("state")][fingerprint].insert(key);
    first_told_.emplace(fingerprint, request.at);
  }
}

std::size_t Outcomes::count(const std::string& state, const std::string& fingerprint) const {
  auto alerts = keys_.find(state);
  if (alerts == keys_.end()) return 0;
  auto keys = alerts->second.find(fingerprint);
  return keys == alerts->second.end() ? 0 : keys->second.size();
}

std::size_t Outcomes::told(const std::string& state) const {
  auto alerts = keys_.find(state);
  return alerts == keys_.end() ? 0 : alerts->second.size();
}

std::chrono::steady_clock::time_point Outcomes::first_told(const std::string& fingerprint) const {
  auto found = first_told_.find(fingerprint);
  return found == first_told_.end() ? std::chrono::steady_clock::time_point() : found->second;
}

void expect_told_once(const std::set<std::string>& fingerprints, const std::string& state, const Outcomes& outcomes) {
  int lost = 0;
  int twice = 0;
  for (const std::string& fingerprint : fingerprints) {
    std::size_t count = outcomes.count(state, fingerprint);
    if (count == 0 && ++lost <= 5) ADD_FAILURE() << fingerprint << " was accepted, but never " << state;
    if (count > 1 && ++twice <= 5) ADD_FAILURE() << fingerprint << " was " << state << " " << count << " times";
  }
  EXPECT_EQ(lost, 0) << "of " << fingerprints.size();
  EXPECT_EQ(twice, 0) << "of " << fingerprints.size();
}

}  // namespace acceptance
