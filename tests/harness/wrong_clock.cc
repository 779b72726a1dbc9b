// SPDX-License-Identifier: Apache-2.0
// A wall clock that is wrong by as many seconds as a test says. Preloaded into a program (LD_PRELOAD), it adds the
// number in the file named by WRONG_CLOCK_FILE, looked at every 10 ms. The monotonic clock stays right, as it does on a
// machine whose clock is set.
#include <dlfcn.h>
#include <time.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>

namespace {

using Clock = int (*)(clockid_t, timespec*);

constexpr long long kLookEveryNs = 10'000'000;

long long seconds_off() {
  const char* lever = std::getenv("WRONG_CLOCK_FILE");
  std::FILE* file = lever != nullptr ? std::fopen(lever, "r") : nullptr;
  if (file == nullptr) return 0;
  long long seconds = 0;
  if (std::fscanf(file, "%lld", &seconds) != 1) seconds = 0;
  std::fclose(file);
  return seconds;
}

}  // namespace

extern "C" int clock_gettime(clockid_t clock, timespec* time) {
  static const auto next = reinterpret_cast<Clock>(dlsym(RTLD_NEXT, "clock_gettime"));
  static std::atomic<long long> look_at{0};
  static std::atomic<long long> off{0};
  int result = next(clock, time);
  if (result != 0 || clock != CLOCK_REALTIME) return result;
  timespec now{};
  next(CLOCK_MONOTONIC, &now);
  long long now_ns = now.tv_sec * 1'000'000'000LL + now.tv_nsec;
  if (now_ns >= look_at) {
    look_at = now_ns + kLookEveryNs;
    off = seconds_off();
  }
  time->tv_sec += off;
  return result;
}
