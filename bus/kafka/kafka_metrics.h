// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/metrics.h"

namespace bus::kafka {

// The metrics of one stage on Kafka, beside stage::StageMetrics. Lanes share them: gauges are moved, not set.
struct KafkaStageMetrics {
  KafkaStageMetrics(base::Metrics& to, const std::string& stage)
      : in_flight(to.gauge("tocsin_kafka_stage_in_flight", "Handler results on their way to be acknowledged.",
                           {{"stage", stage}})),
        commit_seconds(to.seconds("tocsin_kafka_stage_commit_seconds",
                                  "From a handler's result to the acknowledgement that makes it durable.",
                                  {{"stage", stage}})),
        repeats(to.counter("tocsin_kafka_stage_repeats_total", "Records passed over because they came before.",
                           {{"stage", stage}})),
        discarded(to.counter("tocsin_kafka_stage_discarded_total", "Messages that never became a record.",
                             {{"stage", stage}})),
        rebalance_seconds(to.seconds("tocsin_kafka_stage_rebalance_seconds",
                                     "From giving partitions up to having them restored.", {{"stage", stage}})),
        restore_seconds(to.seconds("tocsin_kafka_stage_restore_seconds", "Time to restore a partition's state.",
                                   {{"stage", stage}})),
        restored(to.counter("tocsin_kafka_stage_restored_records_total", "Changelog records read to restore state.",
                            {{"stage", stage}})),
        partitions(to.gauge("tocsin_kafka_stage_partitions", "Partitions this process works on.", {{"stage", stage}})),
        retries(to.counter("tocsin_kafka_stage_produce_retries_total", "Writes that failed and are tried again.",
                           {{"stage", stage}})) {}

  prometheus::Gauge& in_flight;
  prometheus::Histogram& commit_seconds;
  prometheus::Counter& repeats;
  prometheus::Counter& discarded;
  prometheus::Histogram& rebalance_seconds;
  prometheus::Histogram& restore_seconds;
  prometheus::Counter& restored;
  prometheus::Gauge& partitions;
  prometheus::Counter& retries;
};

}  // namespace bus::kafka
