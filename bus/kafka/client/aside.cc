// SPDX-License-Identifier: Apache-2.0
#include "bus/kafka/client/aside.h"

#include <chrono>
#include <future>
#include <mutex>
#include <utility>
#include <vector>

namespace bus::kafka {
namespace {

// Calls that have not ended, and some that have.
class Calls {
 public:
  void add(std::future<void> end) {
    std::lock_guard lock(mutex_);
    std::erase_if(ends_,
                  [](const auto& one) { return one.wait_for(std::chrono::seconds(0)) == std::future_status::ready; });
    ends_.push_back(std::move(end));
  }

 private:
  std::mutex mutex_;
  std::vector<std::future<void>> ends_;  // Of std::async: destroying one waits for it.
};

}  // namespace

void run_aside(std::function<void()> call) {
  static Calls calls;
  // What the call owns ends with it: it may be a client, whose end is another call.
  auto run = [call = std::move(call)]() mutable { std::exchange(call, nullptr)(); };
  calls.add(std::async(std::launch::async, std::move(run)));
}

}  // namespace bus::kafka
