// SPDX-License-Identifier: Apache-2.0
#include "enrichers/graph/alert_expression.h"

#include <algorithm>

#include "net/http/url.h"

namespace enrichers {

namespace {

// VictoriaMetrics' page has its parameters in the fragment: ".../vmui/#/?g0.expr=...".
std::string expression_in(std::string_view generator_url) {
  std::size_t at = generator_url.find("g0.expr=");
  if (at == std::string_view::npos || at == 0) return {};
  char before = generator_url[at - 1];
  if (before != '?' && before != '&') return {};
  return std::string(net::http::find_parameter(net::http::parse_query(generator_url.substr(at)), "g0.expr"));
}

// A rule's own labels are a subset of its alerts' labels. Templated ones can't be compared.
bool may_have_made(const net::prom::Rule& rule, const schemas::Alert& alert) {
  return std::all_of(rule.labels.begin(), rule.labels.end(), [&](const auto& label) {
    return label.second.find("{{") != std::string::npos || schemas::value_of(alert.labels, label.first) == label.second;
  });
}

}  // namespace

base::Task<base::Result<std::string>> find_alert_expression(const schemas::Alert& alert, const Prometheus& prometheus,
                                                            base::Deadline deadline) {
  if (std::string expression = expression_in(alert.generator_url); !expression.empty()) co_return expression;
  auto client = prometheus.client();
  if (!client) {
    co_return client.error().in("the alert's generator URL has no expression, and its rule can't be looked up");
  }
  BOOST_OUTCOME_CO_TRY(auto rules, co_await client.value()->alerting_rules(alert.name(), deadline));
  for (const net::prom::Rule& rule : rules) {
    if (may_have_made(rule, alert)) co_return rule.query;
  }
  co_return base::permanent(base::Reason::kNotFound, "Prometheus has no rule '" + alert.name() + "' with these labels");
}

}  // namespace enrichers
