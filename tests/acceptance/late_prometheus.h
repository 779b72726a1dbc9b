// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "tests/acceptance/tocsin.h"
#include "tests/harness/http_receiver.h"

namespace acceptance {

// A Prometheus that does not answer before a finding must go out, and a webhook that is told of it.
class LatePrometheus {
 public:
  LatePrometheus();

  // A configuration whose only graph comes from it.
  std::string config() const;
  void answer() { prometheus_.hold_back(false); }
  // How often it was asked.
  std::size_t questions() const { return prometheus_.received().size(); }

  // One alert that begins now; whether it was accepted.
  static bool fire(const Tocsin& tocsin);
  // The first that the webhook is told in this state; fails the test, with the log, if nothing comes.
  nlohmann::json first(const std::string& state, const Tocsin& tocsin) const;
  // One update with nothing but the graph, after one opening.
  void expect_to_follow(const nlohmann::json& late, const nlohmann::json& opened) const;

 private:
  // What the webhook was told in this state; a kill may repeat a delivery.
  std::vector<nlohmann::json> told(const std::string& state) const;

  harness::HttpReceiver prometheus_;
  harness::HttpReceiver webhook_;
};

}  // namespace acceptance
