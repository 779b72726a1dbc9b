// SPDX-License-Identifier: Apache-2.0
#include "enrichers/graph/prometheus.h"

#include <algorithm>

#include "enrichers/graph/promql_selectors.h"

namespace enrichers {

namespace {

// Robusta's users write "prometheus:9090" too.
std::string with_scheme(const std::string& url) { return url.find("://") == std::string::npos ? "http://" + url : url; }

net::prom::ClientOptions client_options(const PrometheusOptions& options) {
  net::prom::ClientOptions made;
  made.url = with_scheme(options.prometheus_url);
  made.query_string = options.prometheus_url_query_string;
  if (made.query_string.starts_with('?')) made.query_string.erase(0, 1);
  made.access = options.prometheus_access.to_access();
  for (const auto& header : options.prometheus_additional_headers) made.access.headers.push_back(header);
  if (!options.prometheus_auth.empty()) {
    made.access.username.clear();
    made.access.bearer_token = {};
    made.access.headers.emplace_back("Authorization", options.prometheus_auth.reveal());
  }
  return made;
}

}  // namespace

Prometheus::Prometheus(PrometheusOptions options, net::http::Client& http) {
  if (options.add_additional_labels) labels_ = options.prometheus_additional_labels;
  if (!options.prometheus_url.empty()) client_ = std::make_unique<net::prom::Client>(http, client_options(options));
  overrides_ = std::move(options.prometheus_graphs_overrides);
}

base::Result<net::prom::Client*> Prometheus::client() const {
  if (!client_) return base::permanent(base::Reason::kNotFound, "no prometheus_url is configured");
  return client_.get();
}

base::Task<base::Result<net::prom::Answer>> Prometheus::query(std::string query, base::Time at,
                                                              base::Deadline deadline) const {
  BOOST_OUTCOME_CO_TRY(auto* asked, client());
  BOOST_OUTCOME_CO_TRY(auto labelled, with_labels(std::move(query)));
  co_return co_await asked->query(std::move(labelled), at, deadline);
}

base::Result<std::string> Prometheus::with_labels(std::string query) const {
  if (labels_.empty()) return query;
  return promql::add_labels(query, labels_);
}

const GraphOverride* Prometheus::find_override(ResourceType resource, ItemType item) const {
  auto it = std::ranges::find_if(overrides_, [&](const GraphOverride& override) {
    return override.resource_type == resource && override.item_type == item;
  });
  return it == overrides_.end() ? nullptr : &*it;
}

void add_warnings(const net::prom::Answer& answer, std::vector<std::string>& notes) {
  for (const std::string& warning : answer.warnings) notes.push_back("Prometheus warns: " + warning);
}

}  // namespace enrichers
