// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/metrics.h"
#include "base/result.h"
#include "base/time.h"

namespace app::heartbeat {

// That a beat passed a stage.
struct Pass {
  base::Time at;
  friend bool operator==(const Pass&, const Pass&) = default;
};
std::string encode(const Pass& pass);
base::Result<Pass> decode_pass(std::string_view text);

// The last pass of each stage in this process. Thread-safe.
class Passes {
 public:
  explicit Passes(base::Metrics& metrics) : metrics_(metrics) {}

  void note(const std::string& stage, const Pass& pass);
  std::map<std::string, Pass> all() const;

 private:
  base::Metrics& metrics_;
  mutable std::mutex mutex_;
  std::map<std::string, Pass> passes_;
};

}  // namespace app::heartbeat
