// SPDX-License-Identifier: Apache-2.0
#include "app/signals.h"

#include <csignal>
#include <initializer_list>

namespace app {

namespace {

sigset_t taken() {
  sigset_t set;
  sigemptyset(&set);
  for (int number : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, number);
  return set;
}

}  // namespace

void take_signals() {
  std::signal(SIGPIPE, SIG_IGN);
  sigset_t set = taken();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

Signal wait_for_signal() {
  sigset_t set = taken();
  int number = 0;
  sigwait(&set, &number);
  return number == SIGHUP ? Signal::kReload : Signal::kStop;
}

void release_signals() {
  sigset_t set = taken();
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

}  // namespace app
