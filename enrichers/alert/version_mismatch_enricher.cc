// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "enrichers/action_type.h"
#include "enrichers/alert/cluster_enrichers.h"
#include "enrichers/graph/prometheus.h"

namespace enrichers {

namespace {

struct Options : PrometheusOptions {
  std::string version_mismatch_query =
      R"(count by (git_version, node) (label_replace(kubernetes_build_info{job!~"kube-dns|coredns"}, )"
      R"("git_version", "$1", "git_version", "(v[0-9]*.[0-9]*).*")))";
};

const base::OptionTable<Options>& options() {
  static const auto table = [] {
    base::OptionTable<Options> t("version_mismatch_enricher",
                                 "Adds which node runs which version of Kubernetes, and which the API server.");
    t.option("version_mismatch_query", &Options::version_mismatch_query,
             "PromQL whose series have the labels `git_version` and, for a kubelet, `node`.");
    add_prometheus_options(t);
    return t;
  }();
  return table;
}

// A cluster with more nodes has its own tools; a table of these is 30 KB.
constexpr std::size_t kMostRows = 500;

std::string label(const base::Series& series, const char* name) {
  auto it = series.labels.find(name);
  return it == series.labels.end() ? std::string() : it->second;
}

class VersionMismatchEnricher final : public Action {
 public:
  VersionMismatchEnricher(Options given, const Services& services)
      : query_(given.version_mismatch_query), prometheus_(given, services.http) {}

  base::Task<base::Result<Contribution>> run(const Input& input) const override {
    BOOST_OUTCOME_CO_TRY(auto answer, co_await prometheus_.query(query_, input.now, input.deadline));
    schemas::TableBlock nodes{"Node versions", {"node", "version"}, {}};
    std::set<std::string> servers;
    for (const base::Series& series : answer.series) {
      if (std::string node = label(series, "node"); !node.empty()) {
        nodes.rows.push_back({node, label(series, "git_version")});
      } else {
        servers.insert(label(series, "git_version"));
      }
    }
    if (nodes.rows.empty()) {
      co_return base::permanent(base::Reason::kNoData, "kubernetes_build_info has no series with the label `node`");
    }
    std::ranges::sort(nodes.rows);
    if (nodes.rows.size() > kMostRows) nodes.rows.resize(kMostRows);
    std::string server = servers.empty() ? "not known" : fmt::format("{}", fmt::join(servers, ", "));
    Contribution contribution;
    contribution.enrichments.push_back(enrichment("node_info", "Node versions", "version_mismatch_enricher",
                                                  schemas::MarkdownBlock{"Version of the API server: " + server}));
    contribution.enrichments.back().blocks.push_back(std::move(nodes));
    std::vector<std::string> notes;
    add_warnings(answer, notes);
    add_notes(std::move(notes), contribution.enrichments.back());
    co_return contribution;
  }

 private:
  const std::string query_;
  const Prometheus prometheus_;
};

}  // namespace

ActionType version_mismatch_enricher_type() { return action_type<VersionMismatchEnricher>(options()); }

}  // namespace enrichers
