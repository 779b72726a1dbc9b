// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/options/option_table.h"
#include "base/time.h"
#include "base/yaml/node.h"
#include "base/yaml/problems.h"
#include "schemas/transition.h"

namespace sinks {

// A message that sums a group up: `notification_mode.summary`.
struct SummaryOptions {
  bool threaded = true;
  base::yaml::Node by;
};

// Each told by itself from the Nth on: `notification_mode.regular`.
struct RegularOptions {
  std::int64_t ignore_first = 1;
};

// `notification_mode`: one of them.
struct NotificationMode {
  std::optional<SummaryOptions> summary;
  std::optional<RegularOptions> regular;
};

// The option `grouping` of a sink as it is written, with Robusta's keys
// (https://docs.robusta.dev/master/configuration/sinks/slack.html, "Grouping").
struct GroupingOptions {
  base::yaml::Node group_by;
  base::Duration interval = std::chrono::seconds(900);
  NotificationMode notification_mode;
};
const base::OptionTable<GroupingOptions>& grouping_options();

// What transitions are told apart by: an attribute, or a label or annotation of their subject.
struct GroupAttribute {
  enum class Kind { kAttribute, kLabel, kAnnotation };
  Kind kind = Kind::kAttribute;
  std::string name;

  // "namespace", "label team".
  std::string title() const;
  // Of a transition; empty where it has none. Pure.
  std::string value(const schemas::Transition& transition) const;
};

// How a sink is told of groups.
struct Grouping {
  // The times of one group's notifications that are kept: 20 bytes each.
  static constexpr std::int64_t kMostIgnored = 1000;

  std::vector<GroupAttribute> group_by;
  base::Duration interval{};
  bool is_summary = true;          // Else each is told by itself, from the Nth on.
  bool threaded = true;            // A summary with each told by itself too, in its thread where there are threads.
  std::vector<GroupAttribute> by;  // The rows of the summary.
  std::int64_t ignore_first = 1;   // The Nth.

  // Where a sink's `grouping` is gone, what is still in a group is told by itself.
  static Grouping none() { return {.is_summary = false}; }

  // Problems: an attribute that there is not, both modes at once. Without a mode: a threaded summary.
  // `mode` is where notification_mode stands.
  static Grouping read(const GroupingOptions& written, base::yaml::Problems& problems, base::yaml::Mark mode = {});

  // "cluster prod, namespace shop": what the transitions of a group have in common. Pure.
  std::string name(const schemas::Transition& transition) const;
  // Its bus key in a lane of the sink: the same for the transitions of one group. Pure.
  std::string key(const schemas::Transition& transition, const std::string& lane) const;
  // Its row in the summary: one value for each of `by`, with kBetweenCells between. Pure.
  static constexpr char kBetweenCells = '\t';
  std::string row(const schemas::Transition& transition) const;
};

}  // namespace sinks
