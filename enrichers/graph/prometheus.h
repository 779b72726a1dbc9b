// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/options/option_table.h"
#include "base/result.h"
#include "enrichers/graph/graph_override.h"
#include "net/http/access_options.h"
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
  std::vector<GraphOverride> prometheus_graphs_overrides;
  net::http::AccessOptions prometheus_access;
};

// Adds them to the table of an action. Requires: Options derives from PrometheusOptions.
template <class Options>
void add_prometheus_options(base::OptionTable<Options>& table) {
  auto of = []<class Field>(Field PrometheusOptions::*field) { return static_cast<Field Options::*>(field); };
  using O = PrometheusOptions;
  table.option(
      "prometheus_url", of(&O::prometheus_url),
      "Base URL of Prometheus or of what speaks its API, with any path prefix and query parameters; http if it "
      "names no scheme.");
  table.option("prometheus_auth", of(&O::prometheus_auth),
               "Sent as the Authorization header, as it stands: 'Bearer ...' or 'Basic ...'.");
  table.option("prometheus_url_query_string", of(&O::prometheus_url_query_string), "Appended to every URL.");
  table.option("prometheus_additional_headers", of(&O::prometheus_additional_headers),
               "Sent with every query: a tenant of Mimir (X-Scope-OrgID) or Thanos (THANOS-TENANT).");
  table.option("prometheus_additional_labels", of(&O::prometheus_additional_labels),
               "Put into every selector of every query, for a Prometheus of several clusters.");
  table.option("add_additional_labels", of(&O::add_additional_labels), "Whether prometheus_additional_labels count.");
  table.list_of("prometheus_graphs_overrides", of(&O::prometheus_graphs_overrides), graph_override_options(),
                "Queries to use instead of those of the resource charts.");
  table.nested("prometheus_access", of(&O::prometheus_access), net::http::access_options(),
               "How to reach it and to be let in, as with a sink; prometheus_auth wins.");
}

// The Prometheus of an action. Immutable and thread-safe.
class Prometheus {
 public:
  // `http` outlives it.
  Prometheus(PrometheusOptions options, net::http::Client& http);

  // Fails with kNotFound when no prometheus_url is configured.
  base::Result<net::prom::Client*> client() const;
  // An instant query, with the additional labels.
  base::Task<base::Result<net::prom::Answer>> query(std::string query, base::Time at, base::Deadline deadline) const;
  // A query with the additional labels put into it. Fails with kBadRequest where that can't be done.
  base::Result<std::string> with_labels(std::string query) const;
  // The user's query for a resource chart, or nullptr.
  const GraphOverride* find_override(ResourceType resource, ItemType item) const;

 private:
  std::map<std::string, std::string> labels_;
  std::vector<GraphOverride> overrides_;
  std::unique_ptr<net::prom::Client> client_;  // Null without a URL.
};

// What the server warns of, such as a partial answer, as lines below the evidence.
void add_warnings(const net::prom::Answer& answer, std::vector<std::string>& notes);

}  // namespace enrichers
