// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/options/option_table.h"
#include "base/secret.h"
#include "base/time.h"
#include "base/yaml/node.h"
#include "base/yaml/problems.h"
#include "net/http/access_options.h"

namespace app {

// What beats are delivered to when the section names a URL: a name that no sink may have then.
inline constexpr const char* kHeartbeatSink = "heartbeat";

// The top-level section `heartbeat`: a synthetic event that passes every stage and ends at a URL or a sink.
struct HeartbeatSection {
  base::Duration interval = std::chrono::minutes(1);
  base::Secret url;  // A ping URL is a credential. Empty: `sink` says where.
  bool is_post = false;
  std::string sink;
  base::Duration timeout = std::chrono::seconds(10);  // Of one attempt at the URL.
  net::http::AccessOptions access;

  // The sink whose topic gets the beats, as sink_name() has it.
  std::string target() const;
};

// Reads the section. Problems: neither a URL nor a sink, or both; a sink that is not among `sinks`, or one that has
// kHeartbeatSink's name beside a URL.
HeartbeatSection read_heartbeat_section(const base::yaml::Node& node, const std::vector<std::string>& sinks,
                                        base::yaml::Problems& problems);

const base::OptionTable<HeartbeatSection>& heartbeat_options();

}  // namespace app
