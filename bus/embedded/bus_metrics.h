// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/metrics.h"

namespace bus::embedded {

// The metrics of the log as a whole.
struct BusMetrics {
  explicit BusMetrics(base::Metrics& to)
      : metrics(to),
        commits(to.counter("tocsin_bus_commits_total", "Commits of the log.")),
        failed_commits(to.counter("tocsin_bus_failed_commits_total", "Commits that failed and were rolled back.")),
        units(to.counter("tocsin_bus_units_total", "Appends and handler results committed; by commits: batch size.")),
        refused(to.counter("tocsin_bus_refused_appends_total", "Appends refused because the log was full or failing.")),
        commit_seconds(to.seconds("tocsin_bus_commit_seconds", "Time of a commit, without a sync to disk.")),
        syncs(to.counter("tocsin_bus_syncs_total", "Syncs of the log to disk.")),
        sync_seconds(to.seconds("tocsin_bus_sync_seconds", "Time of a sync of the log to disk.")),
        queue_bytes(to.gauge("tocsin_bus_queue_bytes", "Bytes waiting for a commit.")),
        database_bytes(to.gauge("tocsin_bus_database_bytes", "Bytes in use in the log's file.")),
        writable(to.gauge("tocsin_bus_writable", "1 while the log can be written.")) {
    writable.Set(1);
  }

  base::Metrics& metrics;
  prometheus::Counter& commits;
  prometheus::Counter& failed_commits;
  prometheus::Counter& units;
  prometheus::Counter& refused;
  prometheus::Histogram& commit_seconds;
  prometheus::Counter& syncs;
  prometheus::Histogram& sync_seconds;
  prometheus::Gauge& queue_bytes;
  prometheus::Gauge& database_bytes;
  prometheus::Gauge& writable;

  prometheus::Counter& appended(const std::string& topic) {
    return metrics.counter("tocsin_bus_appended_records_total", "Records appended, by topic.", {{"topic", topic}});
  }
  prometheus::Counter& expired(const std::string& topic) {
    return metrics.counter("tocsin_bus_expired_records_total", "Records removed by retention, by topic.",
                           {{"topic", topic}});
  }
};

}  // namespace bus::embedded
