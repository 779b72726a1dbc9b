// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>

namespace bus::stage {

class Lane;

// How many keys of a stage may be handled at the same time, shared by its lanes. Who finds none free is told when one
// is given back, in order, so that a busy lane does not starve the others. Thread-safe; no lock is taken while a lane's
// is waited for.
class Turns {
 public:
  explicit Turns(std::size_t count) : free_(count) {}

  // Takes one, or lets `lane` wait for one. Under the lane's lock.
  bool take(Lane& lane);
  void give_back();
  // Whoever waits longest while one is free: to be told, with Lane::look(), when no lock is held.
  std::shared_ptr<Lane> next();

 private:
  std::mutex mutex_;
  std::size_t free_;
  std::deque<std::weak_ptr<Lane>> waiting_;
};

}  // namespace bus::stage
