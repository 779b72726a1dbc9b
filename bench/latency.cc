// SPDX-License-Identifier: Apache-2.0
// latency FORM PORT RECEIVER_PORT COUNT RATE
// Posts COUNT new alerts, RATE a second, to tocsin or to Alertmanager (FORM), both told to send to a webhook on
// RECEIVER_PORT at once, and prints how long it took from the POST's first byte to the alert's arrival there:
//   P50_MS ... P99_MS ... MISSING ...
#include <poll.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "tests/harness/http_call.h"
#include "tests/harness/http_receiver.h"

namespace {

using std::chrono::steady_clock;
using Milliseconds = std::chrono::duration<double, std::milli>;

constexpr std::chrono::seconds kPatience{10};
// The first ones open connections and fill caches.
constexpr int kWarmUp = 10;

std::string alert(const std::string& name, bool for_tocsin) {
  std::string labels = R"({"alertname":")" + name + R"(","namespace":"shop","service":"cart","severity":"warning"})";
  std::string common = R"("labels":)" + labels + R"(,"annotations":{"summary":"Requests to the cart take long."},)" +
                       R"("startsAt":"2026-01-02T03:04:05.678Z","generatorURL":"http://prometheus.example.org/graph")";
  if (!for_tocsin) return "[{" + common + R"(,"endsAt":"2036-01-02T03:04:05.678Z"}])";
  return R"({"version":"4","groupKey":"{}:{alertname=\")" + name + R"(\"}","status":"firing","receiver":"tocsin",)" +
         R"("groupLabels":{},"commonLabels":{},"commonAnnotations":{},"externalURL":"http://alertmanager.example.org",)" +
         R"("alerts":[{"status":"firing",)" + common + R"(,"endsAt":"0001-01-01T00:00:00Z"}]})";
}

// From the POST to the arrival, or a negative number when it did not arrive.
double deliver(const std::string& name, bool for_tocsin, harness::HttpConnection& server,
               const harness::HttpReceiver& receiver) {
  std::string body = alert(name, for_tocsin);
  auto began = steady_clock::now();
  auto answer = server.post(for_tocsin ? "/api/alerts" : "/api/v2/alerts", body, kPatience);
  if (!answer.is_success()) return -1;
  bool arrived = receiver.wait_until(kPatience, [&](const std::vector<harness::Received>& all) {
    return std::any_of(all.rbegin(), all.rend(), [&](const auto& one) { return one.body.find(name) != one.body.npos; });
  });
  return arrived ? Milliseconds(steady_clock::now() - began).count() : -1;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 6) {
    std::fprintf(stderr, "usage: latency tocsin|alertmanager PORT RECEIVER_PORT COUNT RATE\n");
    return 2;
  }
  bool for_tocsin = std::string(arguments[1]) == "tocsin";
  harness::HttpConnection server(static_cast<std::uint16_t>(std::atoi(arguments[2])));
  harness::HttpReceiver receiver(static_cast<std::uint16_t>(std::atoi(arguments[3])));
  int alerts = std::atoi(arguments[4]);
  auto pause = Milliseconds(1000.0 / std::atof(arguments[5]));
  // Alerts of an earlier run are open incidents, so their names are not used again.
  std::string run = std::to_string(steady_clock::now().time_since_epoch().count());

  std::vector<double> took;
  int missing = 0;
  for (int i = 0; i < kWarmUp + alerts; ++i) {
    auto next = steady_clock::now() + pause;
    double milliseconds = deliver("Latency" + run + "n" + std::to_string(i) + "end", for_tocsin, server, receiver);
    if (milliseconds < 0) ++missing;
    if (milliseconds >= 0 && i >= kWarmUp) took.push_back(milliseconds);
    auto left = std::chrono::duration_cast<std::chrono::milliseconds>(next - steady_clock::now());
    if (left.count() > 0) poll(nullptr, 0, static_cast<int>(left.count()));
  }
  if (took.empty()) took.push_back(-1);
  std::sort(took.begin(), took.end());
  std::printf("P50_MS %.2f P99_MS %.2f MISSING %d\n", took[took.size() / 2], took[(took.size() - 1) * 99 / 100],
              missing);
}
