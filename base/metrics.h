// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace prometheus {
class Registry;
}

namespace base {

using MetricLabels = std::map<std::string, std::string>;

// The process's metrics, exposed at /metrics. Asking twice for the same name and labels gives the same metric; keep the
// reference in hot paths. Names follow Prometheus' rules (tocsin_..., _total, _seconds). Label values come from closed
// sets or from the configuration, never from alerts. Thread-safe; the references live as long as the Metrics.
class Metrics {
 public:
  Metrics();
  ~Metrics();

  prometheus::Counter& counter(const std::string& name, const std::string& help, const MetricLabels& labels = {});
  prometheus::Gauge& gauge(const std::string& name, const std::string& help, const MetricLabels& labels = {});
  // Buckets from 0.5 ms to 60 s, for durations in seconds.
  prometheus::Histogram& seconds(const std::string& name, const std::string& help, const MetricLabels& labels = {});

  // Text exposition format 0.0.4.
  std::string expose() const;

 private:
  std::shared_ptr<prometheus::Registry> registry_;
};

}  // namespace base
