// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "schemas/finding.h"

namespace playbooks {

// The decisions made for one event. The first ones are kept: 200 steps of about 150 bytes are 30 KB, less than one
// chart; a hundred playbooks for one alert fit.
class TraceLog {
 public:
  static constexpr std::size_t kMostSteps = 200;

  bool is_full() const { return steps_.size() >= kMostSteps; }
  void add(std::string stage, std::string rule, std::string outcome, std::string detail = {}) {
    if (!is_full()) steps_.push_back({std::move(stage), std::move(rule), std::move(outcome), std::move(detail)});
  }
  std::vector<schemas::TraceStep> take() { return std::move(steps_); }

 private:
  std::vector<schemas::TraceStep> steps_;
};

}  // namespace playbooks
