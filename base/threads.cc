// SPDX-License-Identifier: Apache-2.0
#include "base/threads.h"

#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

namespace base {

Threads::Threads(std::string name, int count, int nice) : context_(count), guard_(context_.get_executor()) {
  for (int i = 0; i < count; ++i) {
    threads_.emplace_back([this, name, nice] {
      pthread_setname_np(pthread_self(), name.c_str());
      // On Linux a thread has a niceness of its own (setpriority(2), "C library/kernel differences").
      if (nice != 0) setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), nice);
      context_.run();
    });
  }
}

Threads::~Threads() { stop(); }

Executor Threads::executor() { return context_.get_executor(); }

void Threads::stop() {
  guard_.reset();
  context_.stop();
  for (auto& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

}  // namespace base
