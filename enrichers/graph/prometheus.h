// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>

#include "base/options/option_table.h"
#include "base/result.h"
#include "net/prom/client.h"

namespace enrichers {

// Which Prometheus an action asks, and how: Robusta's parameters of that name. Usually given once, in globalConfig.
struct PrometheusOptions {
  std::string prometheus_url;
  base::Secret prometheus_auth;
  std::string prometheus_url_query_string;
  std::map<std::string, std::string> prometheus_additional_headers;
  std::map<std::string, std::string> prometheus_additional_labels;
  bool add_additional_labels = true;
  std::string prometheus_ca_file;
};

// Adds them to the table of an action. Requires: Options derives from PrometheusOptions.
template <class Options>
void add_prometheus_options(base::OptionTable<Options>& table) {
  auto of = []<class Field>(Field PrometheusOptions::*field) { return static_cast<Field Options::*>(field); };
  using O = PrometheusOptions;
  table.option("prometheus_url", of(&O::prometheus_url), "Base URL of Prometheus or of what speaks its API.");
  table.option("prometheus_auth", of(&O::prometheus_auth), "Sent as the Authorization header: 'Bearer ...'.");
  table.option("prometheus_url_query_string", of(&O::prometheus_url_query_string), "Appended to every URL.");
  table.option("prometheus_additional_headers", of(&O::prometheus_additional_headers),
               "Sent with every query, for example a tenant.");
  table.option("prometheus_additional_labels", of(&O::prometheus_additional_labels),
               "Put into the braces of every selector.");
  table.option("add_additional_labels", of(&O::add_additional_labels), "Whether prometheus_additional_labels count.");
  table.option("prometheus_ca_file", of(&O::prometheus_ca_file), "PEM bundle that its certificate is checked against.");
  table.ignored("prometheus_graphs_overrides", "resource charts are not supported yet");
}

// The Prometheus of an action. Immutable and thread-safe.
class Prometheus {
 public:
  // `http` outlives it.
  Prometheus(PrometheusOptions options, net::http::Client& http);

  // Fails with kNotFound when no prometheus_url is configured.
  base::Result<net::prom::Client*> client() const;
  // A query with the additional labels put into it.
  std::string with_labels(std::string query) const;

 private:
  std::map<std::string, std::string> labels_;
  std::unique_ptr<net::prom::Client> client_;  // Null without a URL.
};

}  // namespace enrichers
