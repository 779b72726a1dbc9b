// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace bus::stage {

// How far a stage is done with a topic: everything below next(), and the ranges above it that were finished out of
// order. A value type; a range is merged into its neighbours, so that there are never more ranges than records in hand.
class Progress {
 public:
  Progress() = default;
  // `ahead` as written by ahead(); throws std::invalid_argument on anything else.
  Progress(std::int64_t next, std::string_view ahead);

  std::int64_t next() const { return next_; }
  bool is_done(std::int64_t offset) const;
  // How many records at or above next() are done.
  std::int64_t done_ahead() const;
  void mark(std::int64_t offset);
  // Everything below is done, or gone.
  void raise_to(std::int64_t next);

  // "7-9 12-12": the ranges above next(), both ends included.
  std::string ahead() const;

 private:
  void absorb();

  std::int64_t next_ = 1;
  std::map<std::int64_t, std::int64_t> ranges_;  // First to last, disjoint, not adjacent, all above next_.
};

}  // namespace bus::stage
