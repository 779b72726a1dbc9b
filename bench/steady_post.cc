// SPDX-License-Identifier: Apache-2.0
// steady_post PORT SECONDS RATE ALERTS_A_BODY
// Posts bodies of new alerts to tocsin at a steady rate, whether or not earlier ones are answered, as far as 128
// connections reach, and prints how many succeeded and how long after its due moment each was answered:
//   RATE ... P50_MS ... P99_MS ... FAILED ...
#include <poll.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/harness/http_call.h"

namespace {

using std::chrono::steady_clock;
using Milliseconds = std::chrono::duration<double, std::milli>;

constexpr int kConnections = 128;
constexpr std::chrono::seconds kPatience{10};

std::string body(const std::string& run, std::size_t number, std::size_t size) {
  std::string alerts;
  for (std::size_t i = 0; i < size; ++i) {
    std::string name = run + "-" + std::to_string(number) + "-" + std::to_string(i);
    alerts += (i == 0 ? "" : ",") +
              (R"({"status":"firing","labels":{"alertname":"HighLatency","namespace":"shop","service":"cart-)" + name +
               R"(","instance":"10.0.0.1:8080","severity":"warning"},"annotations":{"summary":"Requests take long.",)" +
               R"("runbook_url":"https://runbooks.example.org/latency"},"startsAt":"2026-01-02T03:04:05.678Z",)" +
               R"("endsAt":"0001-01-01T00:00:00Z","generatorURL":"http://prometheus.example.org/graph",)" +
               R"("fingerprint":")" + name + "\"}");
  }
  return R"({"version":"4","groupKey":"{}:{service=\"cart-)" + std::to_string(number % 64) +
         R"(\"}","truncatedAlerts":0,"status":"firing","receiver":"tocsin","groupLabels":{},"commonLabels":{},)" +
         R"("commonAnnotations":{},"externalURL":"http://alertmanager.example.org:9093","alerts":[)" + alerts + "]}";
}

struct Answers {
  std::mutex mutex;
  std::vector<double> took;
  std::size_t failed = 0;
};

}  // namespace

int main(int count, char** arguments) {
  if (count != 5) {
    std::fprintf(stderr, "usage: steady_post PORT SECONDS RATE ALERTS_A_BODY\n");
    return 2;
  }
  const auto port = static_cast<std::uint16_t>(std::atoi(arguments[1]));
  const double seconds = std::atof(arguments[2]);
  const double rate = std::atof(arguments[3]);
  const auto size = static_cast<std::size_t>(std::atoi(arguments[4]));
  const auto began = steady_clock::now();
  const std::string run = std::to_string(began.time_since_epoch().count() / 1'000'000);
  Answers answers;
  std::atomic<std::size_t> next = 0;
  auto post_all = [&] {
    harness::HttpConnection server(port);
    for (;;) {
      std::size_t number = next++;
      if (static_cast<double>(number) >= seconds * rate) return;
      std::string text = body(run, number, size);
      auto due = began + std::chrono::duration<double>(static_cast<double>(number) / rate);
      auto left = std::chrono::duration_cast<std::chrono::milliseconds>(due - steady_clock::now());
      if (left.count() > 0) poll(nullptr, 0, static_cast<int>(left.count()));
      bool taken = server.post("/api/alerts", text, kPatience).is_success();
      double took = Milliseconds(steady_clock::now() - due).count();
      std::lock_guard lock(answers.mutex);
      if (taken) answers.took.push_back(took);
      if (!taken) ++answers.failed;
    }
  };
  {
    std::vector<std::jthread> senders;
    for (int i = 0; i < kConnections; ++i) senders.emplace_back(post_all);
  }
  double passed = std::chrono::duration<double>(steady_clock::now() - began).count();
  auto& took = answers.took;
  if (took.empty()) took.push_back(-1);
  std::sort(took.begin(), took.end());
  std::printf("RATE %.1f P50_MS %.2f P99_MS %.2f FAILED %zu\n", static_cast<double>(took.size()) / passed,
              took[took.size() / 2], took[(took.size() - 1) * 99 / 100], answers.failed);
}
