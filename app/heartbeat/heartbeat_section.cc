// SPDX-License-Identifier: Apache-2.0
#include "app/heartbeat/heartbeat_section.h"

#include <algorithm>

#include "base/secret_file.h"
#include "sinks/sink_name.h"

namespace app {

namespace {

constexpr double kDay = 24 * 3600;

base::yaml::Mark mark_of(const base::yaml::Node& section, const char* key) {
  for (const auto& name : {std::string(key), std::string(key) + "_file"}) {
    if (const auto* node = section.find(name)) return node->mark;
  }
  return section.mark;
}

}  // namespace

const base::OptionTable<HeartbeatSection>& heartbeat_options() {
  static const auto table = [] {
    base::OptionTable<HeartbeatSection> t(
        "heartbeat",
        "Sends a synthetic event through every stage, to a dead man's switch that alerts when none comes.");
    t.option("interval", &HeartbeatSection::interval, "Between two of them.", {.at_least = 1, .at_most = kDay});
    t.option("url", &HeartbeatSection::url, "Where to call: http or https. May hold a token, so it is kept secret.");
    t.choice("method", &HeartbeatSection::is_post, "How to call it.", {{"GET", false}, {"POST", true}});
    t.option("sink", &HeartbeatSection::sink, "Instead of a URL: the name of the sink that gets them.");
    t.option("timeout", &HeartbeatSection::timeout, "Of one call. It is tried three times.",
             {.at_least = 0.1, .at_most = 60});
    t.nested("access", &HeartbeatSection::access, net::http::access_options(),
             "Credentials, certificates and proxy for the URL.");
    return t;
  }();
  return table;
}

std::string HeartbeatSection::target() const { return is_given(url) ? kHeartbeatSink : sinks::sink_name(sink); }

HeartbeatSection read_heartbeat_section(const base::yaml::Node& node, const std::vector<std::string>& sinks,
                                        base::yaml::Problems& problems) {
  HeartbeatSection section = heartbeat_options().read(node, problems);
  if (!node.is_mapping()) return section;
  auto has_sink = [&](const std::string& name) { return std::ranges::find(sinks, name) != sinks.end(); };
  bool has_url = is_given(section.url);
  if (has_url != section.sink.empty()) {
    problems.error(has_url ? mark_of(node, "sink") : node.mark,
                   has_url ? "'heartbeat' goes to a 'url' or to a 'sink', not to both"
                           : "'heartbeat' needs a 'url' or a 'sink' to go to");
  } else if (!section.sink.empty() && !has_sink(section.target())) {
    problems.error(mark_of(node, "sink"), "there is no sink with the name '" + section.sink + "'");
  } else if (section.sink.empty() && has_sink(kHeartbeatSink)) {
    problems.error(mark_of(node, "url"),
                   "a sink has the name 'heartbeat', which deliveries to this URL have: give it another");
  }
  const std::string& url = section.url.reveal();
  if (!url.empty() && !url.starts_with("http://") && !url.starts_with("https://")) {
    problems.error(mark_of(node, "url"), "'url' must begin with http:// or https://");
  }
  return section;
}

}  // namespace app
