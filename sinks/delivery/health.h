// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace sinks {

// How a sink is.
struct SinkHealth {
  std::string sink;
  bool ok = true;
  std::string detail;  // Of a sick one: what is wrong and since when. Holds nothing that the other side said.
};

// How the sinks of a process are, for people and probes: a sink is sick while it is taken for down, or when it refused
// the last delivery for what it is (credentials, an address that is not there). Thread-safe.
class HealthBoard {
 public:
  // Another attempt was made. `is_down`: the circuit breaker is open. `hint`: what to do about it, if that is known;
  // never freed. The return value says whether the sink is well.
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
    base::Reason reason;
    base::Time since;
    bool is_sick = false;
    std::string_view hint = {};
  };

  mutable std::mutex mutex_;
  std::map<std::string, std::optional<Trouble>> sinks_;
};

}  // namespace sinks
