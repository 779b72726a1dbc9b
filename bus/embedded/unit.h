// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "base/result.h"
#include "bus/embedded/store.h"

namespace bus::embedded {

// What becomes durable all or none. Many units share a commit. Every unit given to the writer gets exactly one of
// committed() and refused(), on the writer's thread or the one that stops it.
class Unit {
 public:
  virtual ~Unit() = default;

  // Does its changes. Called again for another try after the batch was rolled back.
  virtual void apply(Store& store) = 0;
  virtual void committed(Store& store) = 0;
  // Nothing of it was kept.
  virtual void refused(const base::Error& error) = 0;

  // Tried again until it succeeds, instead of refused, when the log can't be written.
  virtual bool is_kept() const { return false; }
  // Nobody wants a kept unit any more.
  virtual bool is_abandoned() const { return false; }
  // Told only once its commit survives the loss of power. Others survive the end of the process, and what power takes
  // back of them is done again from what came before.
  virtual bool wants_sync() const { return false; }
  // Has a commit of its own.
  virtual bool is_alone() const { return false; }
  // What it holds in memory.
  virtual std::size_t bytes() const { return 256; }
};

}  // namespace bus::embedded
