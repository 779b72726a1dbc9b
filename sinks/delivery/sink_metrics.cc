// SPDX-License-Identifier: Apache-2.0
#include "sinks/delivery/sink_metrics.h"

namespace sinks {

SinkMetrics::SinkMetrics(base::Metrics& metrics, std::string sink)
    : metrics_(metrics),
      sink_(std::move(sink)),
      attempts_(metrics.counter("tocsin_sink_attempts_total", "Sends tried.", {{"sink", sink_}})),
      delivered_(metrics.counter("tocsin_sink_delivered_total", "Deliveries that arrived.", {{"sink", sink_}})),
      seconds_(
          metrics.seconds("tocsin_sink_send_seconds", "How long a send took, failed ones too.", {{"sink", sink_}})),
      open_(metrics.gauge("tocsin_sink_breaker_open", "1 while the sink is taken for down and only probed.",
                          {{"sink", sink_}})),
      healthy_(metrics.gauge("tocsin_sink_healthy",
                             "0 while the sink is taken for down, or refuses us (credentials, address).",
                             {{"sink", sink_}})),
      parked_(metrics.gauge("tocsin_sink_parked", "Deliveries that wait for another attempt.", {{"sink", sink_}})),
      waiting_(metrics.gauge("tocsin_sink_waiting", "Deliveries that wait for their turn under the rate limit.",
                             {{"sink", sink_}})) {
  healthy_.Set(1);
}

void SinkMetrics::attempted(double seconds) {
  attempts_.Increment();
  seconds_.Observe(seconds);
}

void SinkMetrics::delivered() { delivered_.Increment(); }

void SinkMetrics::retried(base::Reason reason) {
  metrics_
      .counter("tocsin_sink_retries_total", "Attempts that failed and are made again later.",
               {{"sink", sink_}, {"reason", std::string(to_string(reason))}})
      .Increment();
}

void SinkMetrics::dead_lettered(base::Reason reason) {
  metrics_
      .counter("tocsin_sink_dead_lettered_total", "Deliveries given up and kept as dead letters.",
               {{"sink", sink_}, {"reason", std::string(to_string(reason))}})
      .Increment();
}

void SinkMetrics::fell_back(base::Reason reason) {
  metrics_
      .counter("tocsin_sink_fell_back_total", "Deliveries given up that the sink's fallback took over.",
               {{"sink", sink_}, {"reason", std::string(to_string(reason))}})
      .Increment();
}

void SinkMetrics::refused(base::Reason reason, std::string_view hint) {
  metrics_
      .counter("tocsin_sink_refused_total", "Sends refused for good, with what to do about it.",
               {{"sink", sink_}, {"reason", std::string(to_string(reason))}, {"hint", std::string(hint)}})
      .Increment();
}

void SinkMetrics::folded() {
  metrics_.counter("tocsin_sink_folded_total", "Deliveries that are told in a digest.", {{"sink", sink_}}).Increment();
}

void SinkMetrics::suppressed(std::string_view reason) {
  metrics_
      .counter("tocsin_sink_suppressed_total", "Deliveries that the sink's worker did not send.",
               {{"sink", sink_}, {"reason", std::string(reason)}})
      .Increment();
}

void SinkMetrics::digest_sent(std::size_t deliveries) {
  metrics_.counter("tocsin_sink_digests_total", "Digests that arrived.", {{"sink", sink_}}).Increment();
  metrics_.counter("tocsin_sink_digested_total", "Deliveries that arrived in a digest.", {{"sink", sink_}})
      .Increment(static_cast<double>(deliveries));
}

void SinkMetrics::set_waiting(std::int64_t waiting) { waiting_.Set(static_cast<double>(waiting)); }

void SinkMetrics::set_open(bool open) { open_.Set(open ? 1 : 0); }

void SinkMetrics::set_healthy(bool healthy) { healthy_.Set(healthy ? 1 : 0); }

void SinkMetrics::set_parked(const std::string& incident_key, std::size_t deliveries) {
  std::lock_guard lock(mutex_);
  auto entry = parked_by_key_.find(incident_key);
  double before = entry == parked_by_key_.end() ? 0 : static_cast<double>(entry->second);
  parked_.Increment(static_cast<double>(deliveries) - before);
  if (deliveries > 0) {
    parked_by_key_[incident_key] = deliveries;
  } else if (entry != parked_by_key_.end()) {
    parked_by_key_.erase(entry);
  }
}

}  // namespace sinks
