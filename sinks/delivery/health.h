// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/log_limit.h"
#include "base/result.h"
#include "base/time.h"

namespace sinks {

// How a sink is.
struct SinkHealth {
  std::string sink;
  bool ok = true;      // No attempt has failed since the last that succeeded.
  std::string detail;  // Of one that is not: why the last failed, and since when they do.
};

// How the sinks of a process are, for people and probes. A sink fails from the first attempt that fails to the first
// that succeeds; what is refused for its content says nothing of the sink. It is sick, until an attempt succeeds, from
// when it is taken for down, or refuses us for what we are (credentials, an address that is not there). Both beginnings
// are logged, and the end. Thread-safe.
class HealthBoard {
 public:
  // Another attempt was made. `is_down`: the circuit breaker is open. `hint`: what to do about it, if that is known;
  // never freed. The return value says whether the sink is not sick.
  bool succeeded(const std::string& sink);
  bool failed(const std::string& sink, const base::Error& error, bool is_down, base::Time now,
              std::string_view hint = {});
  // A sink that is configured, well as far as one knows.
  void add(const std::string& sink);
  void remove(const std::string& sink);

  // By name.
  std::vector<SinkHealth> all() const;

 private:
  struct Trouble {
    base::Error last;
    base::Time since;
    bool is_sick = false;
    bool is_said = false;  // In the log.
    std::string_view hint = {};
  };

  mutable std::mutex mutex_;
  std::map<std::string, std::optional<Trouble>> sinks_;
  base::LogLimit beginnings_;  // By sink: one that fails now and then begins to fail again and again.
};

}  // namespace sinks
