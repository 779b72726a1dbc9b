// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/log_limit.h"
#include "base/metrics.h"
#include "bus/bus.h"
#include "ingest/relabel.h"
#include "ingest/watchdog.h"

namespace ingest {

// What the configuration says of splitting.
struct SplitRules {
  Relabel relabel;
  std::optional<Watchdog> watchdog = std::nullopt;  // Its alerts have a key of their own.
};

// The stage that makes events of accepted bodies: one record of topic `intake` becomes one event per alert, keyed by
// what the alert is about. An alert of a wrong shape becomes a dead letter; the others of its body go on. Dead
// letters are logged, once a minute.
class Splitter final : public bus::Handler {
 public:
  // `cluster` is the installation's cluster name. `metrics` outlives the splitter.
  Splitter(std::string cluster, SplitRules rules, base::Metrics& metrics);

  base::Task<base::Result<void>> on_record(const bus::Record& record, bus::Transaction& txn) override;
  void on_dead_letter(const bus::Record& record, const base::Error& error, bus::Transaction& txn) override;

  // For what is split from now on.
  void replace(SplitRules rules);

  static bus::StageSpec stage();

 private:
  std::shared_ptr<const SplitRules> rules() const;
  // Without the error's text, which may quote what was sent.
  void warn(const base::Error& error, std::string_view source, base::Time now);

  const std::string cluster_;
  mutable std::mutex mutex_;
  std::shared_ptr<const SplitRules> rules_;
  prometheus::Counter& bad_alerts_;
  base::LogLimit lines_;  // By source and reason.
};

// How many events of which source a record of topic `intake` stands for, for the ledger; one of no known source when it
// can't be read.
struct Weight {
  std::string source;
  std::int64_t events = 1;
};
Weight weigh_intake(std::string_view intake_record);

}  // namespace ingest
