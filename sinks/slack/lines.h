// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "base/clock.h"
#include "base/deadline.h"
#include "base/task.h"
#include "sinks/delivery/wake_list.h"
#include "sinks/slack/failure.h"

namespace sinks::slack {

// Slack limits each method by itself, and posting in each channel; who goes on asking inside of a Retry-After is locked
// out (https://docs.slack.dev/apis/web-api/rate-limits). So each of these has a line in which one call is under way at
// a time, and which is closed until the moment that Slack named. Thread-safe.
//
// A line is kept while somebody is in it or it is closed: as many as there are channels in use, some 100 bytes each.
class Lines {
 public:
  // The right to make one call. Gives the line free at its end.
  class Turn {
   public:
    Turn(Lines& lines, std::string line) : lines_(&lines), line_(std::move(line)) {}
    Turn(Turn&& other) noexcept : lines_(other.lines_), line_(std::move(other.line_)) { other.lines_ = nullptr; }
    Turn& operator=(Turn&&) = delete;
    ~Turn();

    // Slack asked to wait.
    void close_for(std::chrono::milliseconds wait);

   private:
    Lines* lines_;
    std::string line_;
  };

  explicit Lines(base::Clock& clock) : clock_(clock) {}

  // Completes when the line is free. kLimited: it is closed, for the time that the error names, or was not free before
  // the deadline.
  base::Task<Called<Turn>> enter(std::string line, base::Deadline deadline);

 private:
  struct State {
    bool busy = false;
    base::Time closed_until = base::Time::min();
  };
  void leave(const std::string& line);

  base::Clock& clock_;
  std::mutex mutex_;
  std::map<std::string, State> lines_;
  WakeList waiters_;
};

}  // namespace sinks::slack
