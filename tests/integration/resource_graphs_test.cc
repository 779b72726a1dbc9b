// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "charts/chart.h"
#include "enrichers/alert/cluster_enrichers.h"
#include "enrichers/graph/graph_actions.h"
#include "schemas/alert_subject.h"
#include "tests/integration/running_dialect.h"

namespace {

using namespace std::chrono_literals;
using ::testing::DoubleNear;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr int kHistory = 3600;  // Seconds.
constexpr int kScrape = 15;

// A pod of two containers on a node, as cAdvisor, kube-state-metrics and node-exporter tell of them: the samples of an
// hour, in OpenMetrics but for its end. The container `api` uses 250m and then 750m of a CPU.
class Samples {
 public:
  explicit Samples(std::int64_t now) : now_(now) {
    for (const char* job : {"kubelet", "cadvisor"}) {
      for (const char* container : {"api", "proxy", "POD", ""}) add_container(job, container);
    }
    const std::string pod = R"(namespace="shop",pod="api-1")";
    for (const char* container : {"api", "proxy"}) {
      add(fmt::format(R"(kube_pod_container_info{{{},container="{}"}})", pod, container), always(1));
      for (const char* kind : {"limits", "requests"}) {
        double factor = kind == std::string("limits") ? 1 : 0.5;
        add(fmt::format(R"(kube_pod_container_resource_{}{{{},container="{}",resource="cpu"}})", kind, pod, container),
            always(factor));
        add(fmt::format(R"(kube_pod_container_resource_{}{{{},container="{}",resource="memory"}})", kind, pod,
                        container),
            always(factor * (512 << 20)));
      }
    }
    add(fmt::format(R"(kube_pod_info{{{},node="node-1"}})", pod), always(1));
    add(fmt::format(R"(kube_pod_container_status_last_terminated_reason{{{},container="api",reason="OOMKilled"}})",
                    pod),
        always(1));
    add(R"(kube_node_info{node="node-1",internal_ip="10.0.0.5",instance="ksm:8080"})", always(1));
    add(R"(kube_node_status_allocatable{node="node-1",resource="cpu"})", always(4));
    add_node();
  }

  const std::string& text() const { return text_; }

 private:
  using Curve = std::function<double(int second)>;
  static Curve always(double value) {
    return [value](int) { return value; };
  }

  void add(const std::string& series, const Curve& curve) {
    for (int second = 0; second <= kHistory; second += kScrape) {
      text_ += fmt::format("{} {} {}\n", series, curve(second), now_ - kHistory + second);
    }
  }

  void add_container(const char* job, const char* container) {
    auto labels = fmt::format(R"(namespace="shop",pod="api-1",container="{}",job="{}")", container, job);
    add("container_cpu_usage_seconds_total{" + labels + "}", [](int second) {
      return second < kHistory / 2 ? 0.25 * second : 0.25 * kHistory / 2 + 0.75 * (second - kHistory / 2);
    });
    add("container_memory_working_set_bytes{" + labels + "}",
        [](int second) { return (200 << 20) + 40e6 * std::sin(second / 300.0) + 50e3 * second; });
  }

  void add_node() {
    const std::string instance = R"(instance="10.0.0.5:9100")";
    for (int cpu = 0; cpu < 2; ++cpu) {
      for (const char* mode : {"idle", "user"}) {
        add(fmt::format(R"(node_cpu_seconds_total{{{},cpu="{}",mode="{}"}})", instance, cpu, mode),
            [&](int second) { return second * (mode == std::string("idle") ? 0.6 : 0.4); });
      }
    }
    add("node_memory_MemAvailable_bytes{" + instance + "}", always(2e9));
    add("node_memory_MemTotal_bytes{" + instance + "}", always(8e9));
    for (const char* type : {"ext4", "tmpfs"}) {
      auto labels = fmt::format(R"({},device="/dev/{}",fstype="{}",mountpoint="/")", instance, type, type);
      add("node_filesystem_avail_bytes{" + labels + "}", [](int second) { return 50e9 - 5e6 * second; });
      add("node_filesystem_size_bytes{" + labels + "}", always(100e9));
    }
  }

  const std::int64_t now_;
  std::string text_;
};

class ResourceGraphs : public integration::RunningDialect {
 protected:
  void SetUp() override {
    RunningDialect::SetUp();
    if (server_) ASSERT_TRUE(GetParam()->load_running(samples_.text(), port_));
  }
  void load(const integration::Dialect& dialect) override {
    auto file = pictures_.write("samples.txt", samples_.text() + "# EOF\n");
    ASSERT_TRUE(dialect.load_before(file, dir_.path()));
  }

  // What the action contributes to an alert with these labels.
  base::Result<enrichers::Contribution> run(const enrichers::ActionType& type, schemas::Labels labels,
                                            const std::string& params = "") {
    schemas::Event event;
    event.alert.emplace();
    event.alert->labels = std::move(labels);
    event.alert->starts_at = now_ - 10min;
    schemas::Finding draft;
    draft.subject = schemas::alert_subject(*event.alert);
    return client_.run(type, fmt::format("{{prometheus_url: 'http://127.0.0.1:{}'{}}}", port_, params), event, draft,
                       now_);
  }

  // The chart, drawn into the test's directory too. Empty after a failure.
  base::Chart chart(const enrichers::ActionType& type, schemas::Labels labels, const std::string& params) {
    auto result = run(type, std::move(labels), params);
    EXPECT_TRUE(result) << result.error().message;
    if (!result) return {};
    EXPECT_THAT(result.value().missing, IsEmpty());
    auto drawn = std::get<schemas::ChartBlock>(result.value().enrichments.at(0).blocks.at(0)).chart;
    auto png = charts::render_png(drawn);
    EXPECT_TRUE(png);
    std::string name = drawn.title + ".png";
    std::ranges::replace(name, '/', '-');
    pictures_.write(name, png.value());
    return drawn;
  }

  static double last(const base::Chart& chart) {
    return chart.series.empty() || chart.series[0].samples.empty() ? NAN : chart.series[0].samples.back().value;
  }

  const schemas::Labels pod_ = {{"alertname", "A"}, {"namespace", "shop"}, {"pod", "api-1"}, {"container", "api"}};
  const schemas::Labels node_ = {{"alertname", "A"}, {"node", "node-1"}};
  const base::Time now_ = std::chrono::floor<std::chrono::minutes>(std::chrono::system_clock::now());
  const Samples samples_{now_.time_since_epoch() / 1s};
  harness::TempDir pictures_;
};

TEST_P(ResourceGraphs, DrawAllSevenOfThem) {
  auto alert_graph = [&](const char* resource, const char* item) {
    return chart(enrichers::alert_graph_enricher_type(), item == std::string("Node") ? node_ : pod_,
                 fmt::format(", resource_type: {}, item_type: {}", resource, item));
  };

  EXPECT_THAT(last(alert_graph("CPU", "Pod")), DoubleNear(1.5, 0.05)) << "both containers, each counted once";
  EXPECT_THAT(last(alert_graph("CPU", "Container")), DoubleNear(0.75, 0.05));
  EXPECT_THAT(last(alert_graph("CPU", "Node")), DoubleNear(0.4, 0.02));
  EXPECT_EQ(alert_graph("Memory", "Pod").series.size(), 2u);
  EXPECT_THAT(last(alert_graph("Memory", "Container")), DoubleNear(390e6, 60e6));
  EXPECT_THAT(last(alert_graph("Memory", "Node")), DoubleNear(0.75, 1e-6));
  base::Chart disk = alert_graph("Disk", "Node");
  EXPECT_EQ(disk.series.size(), 1u) << "memory is no disk";
  EXPECT_THAT(last(disk), DoubleNear(0.68, 0.01));
}

TEST_P(ResourceGraphs, ShowLimitsInTheUnitOfTheChart) {
  auto cpu = chart(enrichers::pod_graph_enricher_type(), pod_, ", resource_type: CPU, display_limits: true");
  ASSERT_EQ(cpu.lines.size(), 2u);
  EXPECT_EQ(cpu.lines[0].value, 2);
  EXPECT_EQ(cpu.lines[1].value, 1);

  schemas::Labels without_container = pod_;
  without_container.erase("container");
  auto killed =
      chart(enrichers::oomkilled_container_graph_enricher_type(), without_container, ", resource_type: Memory");
  EXPECT_EQ(killed.title, "Memory of container api of pod shop/api-1");
  ASSERT_EQ(killed.lines.size(), 2u);
  EXPECT_EQ(killed.lines[0].value, 512 << 20);
}

TEST_P(ResourceGraphs, FindTheNodeOfAPodAndTheExporterOfANode) {
  auto of_pod = chart(enrichers::pod_node_graph_enricher_type(), pod_, ", resource_type: Memory");
  EXPECT_EQ(of_pod.title, "Memory of node node-1");
  auto by_instance =
      chart(enrichers::node_graph_enricher_type(), {{"instance", "10.0.0.5:10250"}}, ", resource_type: CPU");
  EXPECT_EQ(by_instance.title, "CPU of node 10.0.0.5");
}

TEST_P(ResourceGraphs, ReachOnlyWhatTheAdditionalLabelsAllow) {
  auto result = run(enrichers::alert_graph_enricher_type(), pod_,
                    ", resource_type: CPU, item_type: Pod, prometheus_additional_labels: {cluster: other}");

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().reason, base::Reason::kNoData);
}

TEST_P(ResourceGraphs, SurviveLabelsThatTryToBreakOut) {
  schemas::Labels hostile;
  for (const char* name : {"namespace", "pod", "container", "node"}) hostile[name] = "x\"} or up{a=\"\\\n'`$.*|(";
  for (const char* params : {", resource_type: CPU, item_type: Pod", ", resource_type: Memory, item_type: Container",
                             ", resource_type: Disk, item_type: Node"}) {
    auto result = run(enrichers::alert_graph_enricher_type(), hostile, params);

    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().reason, base::Reason::kNoData) << result.error().message;
  }
}

TEST_P(ResourceGraphs, CompareRequestsWithWhatNodesHave) {
  auto result = run(enrichers::cpu_overcommited_enricher_type(), {{"alertname", "KubeCPUOvercommit"}});

  ASSERT_TRUE(result) << result.error().message;
  EXPECT_THAT(std::get<schemas::MarkdownBlock>(result.value().enrichments[0].blocks[0]).text,
              HasSubstr("**1.0 cores** of CPU; the nodes can allocate **4.0 cores** (25 %)"));
}

INSTANTIATE_TEST_SUITE_P(Servers, ResourceGraphs, integration::all_dialects(), integration::name_of);

}  // namespace
