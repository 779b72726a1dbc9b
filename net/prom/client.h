// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/chart.h"
#include "base/deadline.h"
#include "base/result.h"
#include "base/task.h"
#include "net/http/client.h"

namespace net::prom {

// The answer of a query. Warnings and notes of the server ("partial response") never make it invalid; show them.
struct Answer {
  std::vector<base::Series> series;  // An instant query gives one sample each; a scalar is one series without labels.
  std::vector<std::string> warnings;
};

// An alerting rule as /api/v1/rules has it.
struct Rule {
  std::string name;
  std::string query;
  base::Duration hold{};  // The rule's `for`.
  std::map<std::string, std::string> labels;
  std::map<std::string, std::string> annotations;
};

// Which server is asked, and how.
struct ClientOptions {
  std::string url;           // Base, with any path prefix and query; "/api/v1/..." is put behind its path.
  std::string query_string;  // Appended to every URL, without the question mark.
  std::map<std::string, std::string> extra_args;  // Sent with every query.
  http::Access access;
};

// Queries of Prometheus and of what speaks its API (VictoriaMetrics, Thanos, Mimir).
// https://prometheus.io/docs/prometheus/latest/querying/api/
//
// Thread-safe. An empty result is a success with no series. Errors by what is wrong: kBadRequest for a query that the
// server refuses (its own words in the message), kTimeout, kAuth, kUnavailable, kUnreachable, kTooLarge, kBadAnswer
// when the answer is not what the API promises (an HTML page of a proxy, say).
class Client {
 public:
  // `http` must outlive the client.
  Client(http::Client& http, ClientOptions options);

  base::Task<base::Result<Answer>> query(std::string expression, base::Time at, base::Deadline deadline);
  // Both ends inclusive, and moved back to multiples of the step, so that caches on the way can serve it and samples of
  // two charts stand at the same times. Requires: step > 0, from <= to. The step is widened where the range would have
  // more points than servers allow (11,000).
  base::Task<base::Result<Answer>> query_range(std::string expression, base::Time from, base::Time to,
                                               base::Duration step, base::Deadline deadline);
  // The rules of that name, for an alert's own expression.
  base::Task<base::Result<std::vector<Rule>>> alerting_rules(std::string alert_name, base::Deadline deadline);

  const std::string& url() const { return options_.url; }

 private:
  http::Client& http_;
  ClientOptions options_;
};

}  // namespace net::prom
