// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

namespace fakes {

// An expression, and what it is with x="y" in every selector. Prometheus parses all of them but those of MetricsQL.
struct LabelledQuery {
  const char* expression;
  const char* labelled;
  bool is_metricsql = false;
};

inline const std::vector<LabelledQuery>& labelled_queries() {
  static const std::vector<LabelledQuery> cases = {
      {"up", "up{x=\"y\"}"},
      {"up{}", "up{x=\"y\"}"},
      {"{a=\"b\"}", "{a=\"b\",x=\"y\"}"},
      {"up{a=\"b\", }", "up{a=\"b\",x=\"y\" }"},
      {"a{b=\"c\"} / d", "a{b=\"c\",x=\"y\"} / d{x=\"y\"}"},
      {"rate(a[5m])", "rate(a{x=\"y\"}[5m])"},
      {"rate(a{b=\"}\"}[5m] offset 1h30m)", "rate(a{b=\"}\",x=\"y\"}[5m] offset 1h30m)"},
      {"a offset -5m + b", "a{x=\"y\"} offset -5m + b{x=\"y\"}"},
      {"a @ 1609746000.123 > b", "a{x=\"y\"} @ 1609746000.123 > b{x=\"y\"}"},
      {"a @ start() and b @ end()", "a{x=\"y\"} @ start() and b{x=\"y\"} @ end()"},
      {"max_over_time(rate(a[5m])[1h:30s])", "max_over_time(rate(a{x=\"y\"}[5m])[1h:30s])"},
      {"max_over_time(a[1h:] offset 5m)", "max_over_time(a{x=\"y\"}[1h:] offset 5m)"},
      {"sum(a) by (b, c)", "sum(a{x=\"y\"}) by (b, c)"},
      {"sum by (b) (a)", "sum by (b) (a{x=\"y\"})"},
      {"SUM WITHOUT (b) (a)", "SUM WITHOUT (b) (a{x=\"y\"})"},
      {"topk(3, a)", "topk(3, a{x=\"y\"})"},
      {"quantile by (le) (0.9, a)", "quantile by (le) (0.9, a{x=\"y\"})"},
      {"count_values(\"version\", build)", "count_values(\"version\", build{x=\"y\"})"},
      {"a * on (b) group_left (c) d", "a{x=\"y\"} * on (b) group_left (c) d{x=\"y\"}"},
      {"a * on(b) group_right d", "a{x=\"y\"} * on(b) group_right d{x=\"y\"}"},
      {"a / ignoring (b) d", "a{x=\"y\"} / ignoring (b) d{x=\"y\"}"},
      {"a and on() b", "a{x=\"y\"} and on() b{x=\"y\"}"},
      {"a unless b or c", "a{x=\"y\"} unless b{x=\"y\"} or c{x=\"y\"}"},
      {"a atan2 b", "a{x=\"y\"} atan2 b{x=\"y\"}"},
      {"a > bool b", "a{x=\"y\"} > bool b{x=\"y\"}"},
      {"a > bool 0.5e-3", "a{x=\"y\"} > bool 0.5e-3"},
      {"-a ^ 2", "-a{x=\"y\"} ^ 2"},
      {"a == Inf or b == nan", "a{x=\"y\"} == Inf or b{x=\"y\"} == nan"},
      {"0x1F * 1e+3 * .5", "0x1F * 1e+3 * .5"},
      {"time() - a", "time() - a{x=\"y\"}"},
      {"vector(1)", "vector(1)"},
      {"absent(a{b=~\"c.*\"})", "absent(a{b=~\"c.*\",x=\"y\"})"},
      {"label_replace(a, \"b\", \"$1\", \"c\", \"(.*){}\")",
       "label_replace(a{x=\"y\"}, \"b\", \"$1\", \"c\", \"(.*){}\")"},
      {"label_join(a, 'b', '}', 'c')", "label_join(a{x=\"y\"}, 'b', '}', 'c')"},
      {"job:rate:sum5m{b!~`d\\.`}", "job:rate:sum5m{b!~`d\\.`,x=\"y\"}"},
      {":cluster:sum / instance:cpu:ratio", ":cluster:sum{x=\"y\"} / instance:cpu:ratio{x=\"y\"}"},
      {"histogram_quantile(0.9, sum by (le) (rate(a_bucket[5m])))",
       "histogram_quantile(0.9, sum by (le) (rate(a_bucket{x=\"y\"}[5m])))"},
      {"a # and b\n + c", "a{x=\"y\"} # and b\n + c{x=\"y\"}"},
      // Names of metrics that are keywords elsewhere.
      {"count / sum", "count{x=\"y\"} / sum{x=\"y\"}"},
      {"avg{b=\"c\"} + offset offset 5m", "avg{b=\"c\",x=\"y\"} + offset{x=\"y\"} offset 5m"},
      {"by + without", "by{x=\"y\"} + without{x=\"y\"}"},
      {"a or or or b", "a{x=\"y\"} or or{x=\"y\"} or b{x=\"y\"}"},
      {"start + end", "start{x=\"y\"} + end{x=\"y\"}"},
      {"sum(group) by (on)", "sum(group{x=\"y\"}) by (on)"},
      // MetricsQL.
      {"{a=\"b\" or c=\"d\"}", "{a=\"b\",x=\"y\" or c=\"d\",x=\"y\"}", true},
      {"rate(a)", "rate(a{x=\"y\"})", true},
      {"median by (b) (a) limit 3", "median by (b) (a{x=\"y\"}) limit 3", true},
      {"rate(a[5m]) keep_metric_names + b", "rate(a{x=\"y\"}[5m]) keep_metric_names + b{x=\"y\"}", true},
      {"a default b if c", "a{x=\"y\"} default b{x=\"y\"} if c{x=\"y\"}", true},
      {"a[5m] offset 1h", "a{x=\"y\"}[5m] offset 1h", true},
  };
  return cases;
}

}  // namespace fakes
