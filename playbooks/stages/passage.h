// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bus/transaction.h"
#include "playbooks/playbooks.h"
#include "playbooks/stages/act.h"
#include "playbooks/stages/alert_memory.h"
#include "playbooks/stages/late_look.h"
#include "playbooks/stages/trace_log.h"
#include "schemas/event.h"
#include "schemas/finding.h"

namespace playbooks {

// One alert's way through the stage: recall what is known of it, drop a duplicate, match, act, identify, emit. Lives as
// long as one handler call.
class Passage {
 public:
  // `event` holds an alert, and took `bytes` as a record. `txn` must outlive it.
  Passage(std::shared_ptr<const Playbooks> playbooks, schemas::Event event, std::size_t bytes, bus::Transaction& txn);

  // Fails only when cancelled.
  base::Task<base::Result<void>> run(LateServices& services);

 private:
  bool is_resolved() const;
  // A resolve of something that was told is told too, whatever the playbooks say.
  bool must_be_told() const { return is_resolved() && memory_.incident.has_value(); }
  Occasion occasion() const;
  const PlaybooksOptions& options() const { return playbooks_->options; }

  std::chrono::milliseconds patience() const;
  void begin_episode();
  void repeat();
  std::vector<const Playbook*> within_limits(const std::vector<const Playbook*>& matched);
  void count(const std::vector<const Playbook*>& matched, std::string_view end);
  void tell(Acted acted, const std::vector<const Playbook*>& ran, LateServices& services);
  void limit_sinks(schemas::Finding& finding, const std::vector<const Playbook*>& ran) const;
  void identify(schemas::Finding& finding);
  void emit(schemas::Finding finding);
  // The event ends here, without a finding.
  void conclude(std::string outcome, std::string_view counter, const std::string& rule);

  std::shared_ptr<const Playbooks> playbooks_;
  std::shared_ptr<const schemas::Event> event_;
  std::size_t bytes_;
  bus::Transaction& txn_;
  AlertMemory memory_;
  TraceLog trace_;
};

}  // namespace playbooks
