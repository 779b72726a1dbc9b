// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/options/option_table.h"
#include "base/time.h"
#include "base/yaml/node.h"
#include "schemas/severity.h"
#include "sinks/grouping/grouping.h"
#include "sinks/routing/schedule.h"

namespace sinks {

// Which updates of an incident a sink is told, besides its opening and its end.
enum class Updates {
  kAll,      // Every transition, repeats included.
  kChanges,  // Whatever brings something new; not the sender saying the same again.
  kNone,
};

// How many sends a second, and how many at once after a quiet time. Zero a second: no limit.
struct RateLimit {
  double per_second = 0;
  std::int64_t burst = 1;
};

// What becomes of deliveries that come faster than rate_limit lets them go.
struct Storm {
  base::Duration digest_after = std::chrono::seconds(3);
  base::Duration digest_interval = std::chrono::seconds(10);
  schemas::Severity urgent_severity = schemas::Severity::kCritical;
};

// What every kind of sink can be told. The options of a kind derive from it.
struct SinkOptions {
  std::string name;
  bool is_default = true;
  base::yaml::Node match;
  base::yaml::Node scope;
  bool stop = false;
  bool send_resolved = true;
  Updates updates = Updates::kAll;
  std::optional<Activity> activity;
  std::vector<MuteInterval> mute_intervals;
  std::string fallback;
  base::Duration retry_for = std::chrono::hours(24);
  base::Duration timeout = std::chrono::seconds(15);
  RateLimit rate_limit;
  Storm storm;
  base::Duration update_interval{};
  std::int64_t evidence_updates = 0;
  base::Duration renotify_after{};
  base::Duration stable_for{};
  std::optional<GroupingOptions> grouping;
};

const base::OptionTable<Storm>& storm_options();
const base::OptionTable<RateLimit>& rate_limit_options();

// Adds the common options to the table of a kind, so that its parser, schema and reference page have them too.
// Requires: Options derives from SinkOptions.
template <class Options>
void add_sink_options(base::OptionTable<Options>& table) {
  auto of = []<class Field>(Field SinkOptions::*field) { return static_cast<Field Options::*>(field); };
  table.option(
      "name", of(&SinkOptions::name),
      "What playbooks, metrics and receipts call it. Unique. Topics use it in lower case with '_' for anything "
      "but a-z, 0-9, '_' and '-'.",
      base::kRequired);
  table.option("default", of(&SinkOptions::is_default), "Gets the findings of playbooks that name no sinks.");
  table.option("match", of(&SinkOptions::match), "Robusta's older filter; scope.include takes precedence.");
  table.option("scope", of(&SinkOptions::scope), "What it is told of: lists `include` and `exclude`.");
  table.option("stop", of(&SinkOptions::stop), "What this sink takes, the sinks after it don't get.");
  table.option("send_resolved", of(&SinkOptions::send_resolved), "Tells the end of what it was told.");
  table.choice("updates", of(&SinkOptions::updates),
               "Which updates between opening and end it is told: all, those that bring something new, or none.",
               {{"all", Updates::kAll}, {"changes", Updates::kChanges}, {"none", Updates::kNone}});
  table.nested("activity", of(&SinkOptions::activity), activity_options(),
               "When it is told. What happens outside of these hours reaches it when they begin again, if it still "
               "holds.");
  table.list_of("mute_intervals", of(&SinkOptions::mute_intervals), mute_interval_options(),
                "When it is not told; the same otherwise.");
  table.option("fallback", of(&SinkOptions::fallback),
               "The sink that gets what this one can't be told for good, whatever its own scope and hours; without one "
               "it is a dead letter.");
  table.option("retry_for", of(&SinkOptions::retry_for), "How long a delivery is tried before it is a dead letter.",
               {.at_least = 0, .at_most = 30 * 86400.0});
  table.option("timeout", of(&SinkOptions::timeout), "How long one attempt may take.",
               {.at_least = 0.1, .at_most = 300});
  table.nested("rate_limit", of(&SinkOptions::rate_limit), rate_limit_options(), "How fast it may be told.");
  table.nested("storm", of(&SinkOptions::storm), storm_options(),
               "What becomes of deliveries that come faster than rate_limit lets them go.");
  table.option(
      "update_interval", of(&SinkOptions::update_interval),
      "How long at least between two updates of an incident that bring nothing new; the newest of them waits. 0 "
      "tells each.",
      {.at_least = 0, .at_most = 86400.0});
  table.option("evidence_updates", of(&SinkOptions::evidence_updates),
               "How many updates of an incident may bring new evidence; later ones only count. An analysis and a rise "
               "in severity are always told. 0 is no limit.",
               {.at_least = 0, .at_most = 1'000'000});
  table.option("renotify_after", of(&SinkOptions::renotify_after),
               "An incident that is still open after so long is told again as if it had just opened. 0 never does.",
               {.at_least = 0, .at_most = 30 * 86400.0});
  table.option("stable_for", of(&SinkOptions::stable_for),
               "How long an incident must stay resolved before its end is told. One that fires again before that is "
               "not told at all, but for a rise in severity. 0 tells each end at once.",
               {.at_least = 0, .at_most = 86400.0});
  table.nested("grouping", of(&SinkOptions::grouping), grouping_options(),
               "Tells of groups of incidents instead of each by itself.");
  table.ignored("send_svg", "charts are sent as numbers or PNG");
  table.ignored("prefer_redirect_to_platform", "there is no platform to redirect to");
}

}  // namespace sinks
