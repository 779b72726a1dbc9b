// SPDX-License-Identifier: Apache-2.0
// start_time PORT PATH IDLE_SECONDS COMMAND...
// Starts a server, measures how long it takes until PATH is answered 200, lets it idle, and prints
//   ready_ms rss_anon_kb rss_kb
// The server is stopped in the end.
#include <poll.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "tests/harness/http_call.h"
#include "tests/harness/process.h"
#include "tests/harness/temp_dir.h"

namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds kSlowestStart{30};

// A field of /proc/PID/status in kB (proc(5)).
long status_kb(pid_t pid, const std::string& field) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with(field + ":")) return std::strtol(line.c_str() + field.size() + 1, nullptr, 10);
  }
  return -1;
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 5) {
    std::fprintf(stderr, "usage: start_time PORT PATH IDLE_SECONDS COMMAND...\n");
    return 2;
  }
  auto port = static_cast<std::uint16_t>(std::atoi(arguments[1]));
  harness::TempDir dir;
  auto began = steady_clock::now();
  harness::Process process(std::vector<std::string>(arguments + 4, arguments + count), dir.path() + "/log");
  while (!harness::http_get(port, arguments[2]).is_success()) {
    if (process.exit() || steady_clock::now() - began > kSlowestStart) {
      std::fprintf(stderr, "%s did not get ready:\n%s\n", arguments[4], process.output().c_str());
      return 1;
    }
    poll(nullptr, 0, 1);
  }
  std::chrono::duration<double, std::milli> ready = steady_clock::now() - began;
  poll(nullptr, 0, std::atoi(arguments[3]) * 1000);
  std::printf("%.1f %ld %ld\n", ready.count(), status_kb(process.pid(), "RssAnon"), status_kb(process.pid(), "VmRSS"));
  process.signal(SIGTERM);
  process.wait(std::chrono::seconds(10));
}
