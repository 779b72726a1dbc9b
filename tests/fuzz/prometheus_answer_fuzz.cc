// SPDX-License-Identifier: Apache-2.0
#include "net/prom/answer.h"
#include "tests/fuzz/fuzzers.h"

namespace fuzz {

void prometheus_answer(std::string_view input) {
  for (int status : {200, 400}) {
    net::http::Response response{status, {{"Content-Type", "application/json"}}, std::string(input)};
    auto answer = net::prom::read_answer(response);
    expect(!answer || answer.value().series.size() <= net::prom::kMostSeries, "an answer is bounded");
    net::prom::read_rules(response, "KubePodCrashLooping").has_value();
  }
}

}  // namespace fuzz
