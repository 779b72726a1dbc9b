// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "bus/embedded/stage.h"
#include "bus/embedded/unit.h"

namespace bus::embedded {

// What the calls of one key changed, and which records they were done with. A key has one of them at a time.
class StageUnit final : public Unit {
 public:
  StageUnit(std::shared_ptr<Stage> stage, Slot& slot) : stage_(std::move(stage)), slot_(slot), hold_(stage_->hold()) {}

  void apply(Store& store) override;
  void committed(Store& store) override;
  // The log closes, or the stage: the records are read again by whoever runs the stage next.
  void refused(const base::Error&) override {}
  bool is_kept() const override { return true; }
  bool is_abandoned() const override { return stage_->is_closing(); }
  std::size_t bytes() const override { return sizeof(StageUnit) + bytes_; }

  void add(Changes changes);
  void add_done(InHand in_hand) { done_.push_back(std::move(in_hand)); }
  const std::vector<InHand>& done() const { return done_; }
  int calls() const { return calls_; }

 private:
  std::shared_ptr<Stage> stage_;
  Slot& slot_;
  std::shared_ptr<void> hold_;
  Changes changes_;
  std::vector<InHand> done_;
  int calls_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace bus::embedded
