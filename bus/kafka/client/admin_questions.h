// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "bus/kafka/client/admin.h"

struct rd_kafka_s;

namespace bus::kafka {

// Questions about the cluster, each asked once and waited for.

base::Result<ClusterInfo> ask_cluster(rd_kafka_s* client, int timeout_ms);
base::Result<std::vector<std::string>> ask_topics(rd_kafka_s* client, const std::string& prefix, int timeout_ms);
base::Result<std::map<std::string, TopicState>> ask_descriptions(rd_kafka_s* client,
                                                                 const std::vector<std::string>& names, int timeout_ms);
base::Result<bool> ask_to_create(rd_kafka_s* client, const std::vector<TopicSpec>& topics, int timeout_ms);

}  // namespace bus::kafka
