// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "enrichers/graph/promql.h"
#include "enrichers/graph/promql_constant.h"
#include "enrichers/graph/promql_selectors.h"
#include "enrichers/graph/query_template.h"
#include "tests/fuzz/fuzzers.h"

namespace fuzz {

void promql(std::string_view input) {
  using namespace enrichers;
  promql::Split split = promql::split_threshold(input);
  expect(input.find(split.query) != std::string_view::npos, "what is drawn is a part of the expression");
  expect(promql::add_labels(input, {}).value() == input, "no labels change nothing");
  (void)promql::add_labels(input, {{"namespace", "a\"b\\c"}, {"pod", "p"}});
  auto value = promql::constant(input);
  expect(!value || std::isfinite(*value), "a constant is finite");
  std::string hostile(input);
  fill_query(input, [&hostile](std::string_view) { return std::optional<std::string>(hostile); }).has_value();
  fill_query(R"(up{job="$job",x=~"a$job",y='$job'} > $job)", [&hostile](std::string_view) {
    return std::optional<std::string>(hostile);
  }).has_value();
}

}  // namespace fuzz
