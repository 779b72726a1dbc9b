// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "enrichers/action_type.h"
#include "enrichers/alert/cluster_enrichers.h"
#include "enrichers/graph/prometheus.h"

namespace enrichers {

namespace {

struct Options : PrometheusOptions {
  std::int64_t default_query_duration = 600;
};

base::OptionTable<Options> table_of(const char* name, const char* doc) {
  base::OptionTable<Options> t(name, doc);
  t.option("default_query_duration", &Options::default_query_duration,
           "How old the numbers may be at most, in seconds.", {.at_least = 1, .at_most = 86400});
  add_prometheus_options(t);
  return t;
}

struct Resource {
  const char* action;
  const char* name;   // In a sentence.
  const char* label;  // kube-state-metrics' `resource`.
  double scale;       // From its unit to the sentence's.
  const char* unit;
};

constexpr Resource kCpu = {"cpu_overcommited_enricher", "CPU", "cpu", 1, "cores"};
constexpr Resource kMemory = {"memory_overcommited_enricher", "memory", "memory", 1.0 / (1 << 30), "GiB"};

class OvercommitEnricher final : public Action {
 public:
  OvercommitEnricher(Resource resource, Options given, const Services& services)
      : resource_(resource), seconds_(given.default_query_duration), prometheus_(std::move(given), services.http) {}

  base::Task<base::Result<Contribution>> run(const Input& input) const override {
    std::vector<std::string> notes;
    // Pods that have ended request nothing any more: kubernetes-mixin's rule leaves them out, where it is there.
    auto requested = co_await total(
        fmt::format("sum(last_over_time(namespace_{0}:kube_pod_container_resource_requests:sum[{1}s])) or "
                    "sum(last_over_time(kube_pod_container_resource_requests{{resource=\"{0}\"}}[{1}s]))",
                    resource_.label, seconds_),
        input, notes);
    if (!requested) co_return requested.error();
    auto given = co_await total(fmt::format("sum(last_over_time(kube_node_status_allocatable{{resource=\"{}\"}}[{}s]))",
                                            resource_.label, seconds_),
                                input, notes);
    if (!given) co_return given.error();
    Contribution contribution = told(requested.value(), given.value());
    add_notes(std::move(notes), contribution.enrichments.back());
    co_return contribution;
  }

 private:
  base::Task<base::Result<double>> total(std::string query, const Input& input, std::vector<std::string>& notes) const {
    BOOST_OUTCOME_CO_TRY(auto answer, co_await prometheus_.query(query, input.now, input.deadline));
    add_warnings(answer, notes);
    if (answer.series.empty() || answer.series[0].samples.empty()) {
      co_return base::permanent(base::Reason::kNoData, "no series match: " + query);
    }
    co_return answer.series[0].samples[0].value;
  }

  Contribution told(double requested, double given) const {
    Contribution contribution;
    auto text = fmt::format("All pods together request **{:.1f} {}** of {}; the nodes can allocate **{:.1f} {}**{}.",
                            requested * resource_.scale, resource_.unit, resource_.name, given * resource_.scale,
                            resource_.unit, given > 0 ? fmt::format(" ({:.0f} %)", 100 * requested / given) : "");
    contribution.enrichments.push_back(
        enrichment("text", "Requests", resource_.action, schemas::MarkdownBlock{std::move(text)}));
    contribution.description =
        requested <= given
            ? fmt::format(
                  "All pods fit now. If a node fails, some may find no place: the others have not enough {0}. "
                  "More {0}, or smaller requests, make the cluster survive that.",
                  resource_.name)
            : fmt::format(
                  "The pods request more {0} than the nodes have, so some find no place. More {0} or smaller "
                  "requests are needed.",
                  resource_.name);
    return contribution;
  }

  const Resource resource_;
  const std::int64_t seconds_;
  const Prometheus prometheus_;
};

ActionType type_of(const Resource& resource, const base::OptionTable<Options>& table) {
  ActionType type;
  type.name = resource.action;
  type.runs_alone = true;  // It changes the description.
  type.options = &table.set();
  type.make = [&resource, &table](const base::yaml::Node& params, const Services& services,
                                  base::yaml::Problems& problems) -> std::unique_ptr<Action> {
    return std::make_unique<OvercommitEnricher>(resource, table.read(params, problems), services);
  };
  return type;
}

}  // namespace

ActionType cpu_overcommited_enricher_type() {
  static const auto table = table_of(kCpu.action, "Compares the CPU that pods request with what the nodes can give.");
  return type_of(kCpu, table);
}

ActionType memory_overcommited_enricher_type() {
  static const auto table =
      table_of(kMemory.action, "Compares the memory that pods request with what the nodes can give.");
  return type_of(kMemory, table);
}

}  // namespace enrichers
