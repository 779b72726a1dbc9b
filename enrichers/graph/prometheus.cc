// SPDX-License-Identifier: Apache-2.0
#include "enrichers/graph/prometheus.h"

#include "enrichers/graph/promql.h"

namespace enrichers {

namespace {

net::prom::ClientOptions client_options(const PrometheusOptions& options) {
  net::prom::ClientOptions made;
  made.url = options.prometheus_url;
  while (made.url.ends_with('/')) made.url.pop_back();
  made.query_string = options.prometheus_url_query_string;
  made.access.ca_file = options.prometheus_ca_file;
  for (const auto& header : options.prometheus_additional_headers) made.access.headers.push_back(header);
  if (!options.prometheus_auth.empty()) {
    made.access.headers.emplace_back("Authorization", options.prometheus_auth.reveal());
  }
  return made;
}

}  // namespace

Prometheus::Prometheus(PrometheusOptions options, net::http::Client& http) {
  if (options.add_additional_labels) labels_ = options.prometheus_additional_labels;
  if (!options.prometheus_url.empty()) client_ = std::make_unique<net::prom::Client>(http, client_options(options));
}

base::Result<net::prom::Client*> Prometheus::client() const {
  if (!client_) return base::permanent(base::Reason::kNotFound, "no prometheus_url is configured");
  return client_.get();
}

std::string Prometheus::with_labels(std::string query) const {
  return labels_.empty() ? query : promql::add_labels(query, labels_);
}

}  // namespace enrichers
