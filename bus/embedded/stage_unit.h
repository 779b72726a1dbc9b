// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <utility>

#include "bus/embedded/stage.h"
#include "bus/embedded/unit.h"

namespace bus::embedded {

// What the calls of one key of a stage changed, as the writer takes it.
class StageUnit final : public Unit {
 public:
  // The unit's hold keeps the stage alive.
  StageUnit(Stage& stage, std::unique_ptr<stage::KeyUnit> unit) : stage_(stage), unit_(std::move(unit)) {}

  void apply(Store& store) override;
  void committed(Store&) override { stage_.lane().committed(*unit_); }
  // The log closes, or the stage: the records are read again by whoever runs the stage next.
  void refused(const base::Error&) override {}
  bool is_kept() const override { return true; }
  bool wants_sync() const override { return stage_.spec().acts_outside; }
  bool is_abandoned() const override { return stage_.lane().is_closing(); }
  std::size_t bytes() const override { return sizeof(StageUnit) + unit_->bytes(); }

 private:
  Stage& stage_;
  std::unique_ptr<stage::KeyUnit> unit_;
};

}  // namespace bus::embedded
