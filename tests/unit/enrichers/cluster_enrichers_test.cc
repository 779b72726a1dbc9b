// SPDX-License-Identifier: Apache-2.0
#include "enrichers/alert/cluster_enrichers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/enrichers/running_action.h"

namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const char kUrl[] = "prometheus_url: http://prom";

class ClusterEnrichers : public fakes::RunningAction {
 protected:
  ClusterEnrichers() : RunningAction({{"alertname", "KubeCPUOvercommit"}}) {}
};

TEST_F(ClusterEnrichers, OvercommitComparesRequestsWithWhatThereIs) {
  http_.answer(
      "/api/v1/query", 200,
      R"({"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"3221225472"]}]},"warnings":["partial"]})");

  auto result = run(enrichers::memory_overcommited_enricher_type(), kUrl);

  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(text_of(result.value()),
            "All pods together request **3.0 GiB** of memory; the nodes can allocate **3.0 GiB** (100 %).");
  EXPECT_EQ(text_of(result.value(), 1), "Prometheus warns: partial");
  EXPECT_THAT(*result.value().description, HasSubstr("If a node fails"));
  EXPECT_THAT(http_.requests.at(0).body, HasSubstr("600s"));
}

TEST_F(ClusterEnrichers, OvercommitWithoutNumbersSaysSo) {
  http_.answer("/api/v1/query", 200, R"({"status":"success","data":{"resultType":"vector","result":[]}})");

  auto result = run(enrichers::cpu_overcommited_enricher_type(), kUrl);

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().reason, base::Reason::kNoData);
}

TEST_F(ClusterEnrichers, VersionMismatchListsNodesAndServers) {
  http_.answer("/api/v1/query", 200, R"({"status":"success","data":{"resultType":"vector","result":[
    {"metric":{"git_version":"v1.30","node":"b"},"value":[1,"1"]},{"metric":{"git_version":"v1.31"},"value":[1,"1"]},
    {"metric":{"git_version":"v1.29","node":"a"},"value":[1,"1"]}]}})");

  auto result = run(enrichers::version_mismatch_enricher_type(), kUrl);

  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(text_of(result.value()), "Version of the API server: v1.31");
  EXPECT_THAT(std::get<schemas::TableBlock>(result.value().enrichments[0].blocks[1]).rows,
              ElementsAre(ElementsAre("a", "v1.29"), ElementsAre("b", "v1.30")));
}

}  // namespace
