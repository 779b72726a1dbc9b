// SPDX-License-Identifier: Apache-2.0
#include "sinks/grouping/grouping.h"

#include <algorithm>

#include "base/hash.h"
#include "sinks/render/shrink.h"
#include "sinks/routing/route.h"

namespace sinks {

using base::yaml::Node;
using base::yaml::Problems;

namespace {

constexpr const char* kWorkload = "workload";
// Of one value in a name or a row: longer ones are texts that nobody groups by.
constexpr std::size_t kLongestValue = 120;

const base::OptionTable<SummaryOptions>& summary_options() {
  static const auto table = [] {
    base::OptionTable<SummaryOptions> t("summary", "One message a group and interval, which counts.");
    t.option("threaded", &SummaryOptions::threaded,
             "Each is told by itself too: in the summary's thread where the sink has threads. false: each is counted "
             "in the summary and not told by itself.");
    t.option("by", &SummaryOptions::by, "The rows of the summary, as in group_by; without it `[identifier]`.");
    return t;
  }();
  return table;
}

const base::OptionTable<RegularOptions>& regular_options() {
  static const auto table = [] {
    base::OptionTable<RegularOptions> t("regular", "Each is told by itself.");
    t.option("ignore_first", &RegularOptions::ignore_first,
             "A group is told from its Nth notification within the interval on; 0 and 1 tell each.",
             {.at_least = 0, .at_most = static_cast<double>(Grouping::kMostIgnored)});
    return t;
  }();
  return table;
}

const base::OptionTable<NotificationMode>& mode_options() {
  static const auto table = [] {
    base::OptionTable<NotificationMode> t(
        "notification_mode", "How a group is told: `summary` or `regular`; without it a threaded summary.");
    t.nested("summary", &NotificationMode::summary, summary_options(), "One message a group and interval.");
    t.nested("regular", &NotificationMode::regular, regular_options(), "Each by itself, from the Nth on.");
    return t;
  }();
  return table;
}

std::vector<std::string> names() {
  auto names = routing_attributes();
  names.emplace_back(kWorkload);
  return names;
}

void read_attribute(const Node& item, const char* key, std::vector<GroupAttribute>& attributes, Problems& problems) {
  auto known = names();
  if (std::find(known.begin(), known.end(), item.scalar) != known.end()) {
    attributes.push_back({GroupAttribute::Kind::kAttribute, item.scalar});
    return;
  }
  auto nearest = base::yaml::suggest(item.scalar, known);
  problems.error(item.mark, std::string(key) + ": '" + item.scalar + "' is no attribute of a finding; " +
                                (nearest.empty() ? "labels are written {labels: [...]}" : nearest));
}

void read_names(const Node::Entry& entry, const char* key, std::vector<GroupAttribute>& attributes,
                Problems& problems) {
  bool is_labels = entry.key == "labels";
  bool is_list = entry.value.is_sequence() && !entry.value.items.empty();
  if ((!is_labels && entry.key != "annotations") || !is_list) {
    problems.error(entry.key_mark, std::string(key) + ": expected {labels: [name, ...]} or {annotations: [name, ...]}");
    return;
  }
  for (const auto& name : entry.value.items) {
    if (!name.is_scalar() || name.scalar.empty()) {
      problems.error(name.mark, std::string(key) + ": expected the name of a label or annotation");
      continue;
    }
    attributes.push_back({is_labels ? GroupAttribute::Kind::kLabel : GroupAttribute::Kind::kAnnotation, name.scalar});
  }
}

std::vector<GroupAttribute> read_list(const Node& list, const char* key, std::string otherwise, Problems& problems) {
  if (list.is_null()) return {{GroupAttribute::Kind::kAttribute, std::move(otherwise)}};
  std::vector<GroupAttribute> attributes;
  if (!list.is_sequence() || list.items.empty()) {
    problems.error(list.mark, std::string(key) + ": expected a list of attributes, such as [cluster, namespace]");
  }
  for (const auto& item : list.items) {
    if (item.is_scalar()) {
      read_attribute(item, key, attributes, problems);
    } else if (item.is_mapping()) {
      for (const auto& entry : item.entries) read_names(entry, key, attributes, problems);
    } else {
      problems.error(item.mark, std::string(key) + ": expected the name of an attribute, or {labels: [...]}");
    }
  }
  return attributes;
}

std::string owner_of(const schemas::Transition& transition) {
  const auto& identity = transition.incident.identity;
  const auto& subject = transition.finding.subject;
  if (identity.owner_name.empty()) return subject.name;
  return identity.owner_kind.empty() ? identity.owner_name : identity.owner_kind + "/" + identity.owner_name;
}

// One line, and nothing that takes a row apart.
std::string clean(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < ' '; }, ' ');
  return cut_text(std::move(text), kLongestValue);
}

}  // namespace

const base::OptionTable<GroupingOptions>& grouping_options() {
  static const auto table = [] {
    base::OptionTable<GroupingOptions> t("grouping", "Tells of groups instead of each incident by itself.");
    t.option("group_by", &GroupingOptions::group_by,
             "What the incidents of a group have in common: attributes as in `scope`, `workload`, {labels: [...]}, "
             "{annotations: [...]}; without it `[cluster]`.");
    t.option("interval", &GroupingOptions::interval,
             "How long a summary counts before a new one begins, or how far back notifications count.",
             {.at_least = 1, .at_most = 86400.0});
    t.nested("notification_mode", &GroupingOptions::notification_mode, mode_options(), "How a group is told.");
    return t;
  }();
  return table;
}

std::string GroupAttribute::title() const {
  if (kind == Kind::kAttribute) return name == "identifier" ? "alert" : name;
  return (kind == Kind::kLabel ? "label " : "annotation ") + name;
}

std::string GroupAttribute::value(const schemas::Transition& transition) const {
  const auto& subject = transition.finding.subject;
  if (kind == Kind::kAttribute && name == kWorkload) return clean(owner_of(transition));
  if (kind == Kind::kAttribute) return clean(std::string(attributes_of(transition).text(name)));
  const auto& values = kind == Kind::kLabel ? subject.labels : subject.annotations;
  auto found = values.find(name);
  return found == values.end() ? std::string() : clean(found->second);
}

Grouping Grouping::read(const GroupingOptions& written, Problems& problems, base::yaml::Mark at) {
  Grouping grouping;
  grouping.interval = written.interval;
  grouping.group_by = read_list(written.group_by, "group_by", "cluster", problems);
  const auto& mode = written.notification_mode;
  if (mode.summary && mode.regular) {
    problems.error(at, "notification_mode: 'summary' and 'regular' exclude each other");
  }
  grouping.is_summary = !mode.regular;
  auto summary = mode.summary.value_or(SummaryOptions{});
  grouping.threaded = summary.threaded;
  grouping.by = read_list(summary.by, "by", "identifier", problems);
  if (mode.regular) grouping.ignore_first = mode.regular->ignore_first;
  return grouping;
}

std::string Grouping::name(const schemas::Transition& transition) const {
  std::string text;
  for (const auto& attribute : group_by) {
    auto value = attribute.value(transition);
    text += (text.empty() ? "" : ", ") + attribute.title() + " " + (value.empty() ? "(none)" : value);
  }
  return text;
}

std::string Grouping::key(const schemas::Transition& transition, const std::string& lane) const {
  std::string text = lane;
  for (const auto& attribute : group_by) text += kBetweenCells + attribute.title() + "=" + attribute.value(transition);
  return "group:" + base::sha256_hex(text).substr(0, 32);
}

std::string Grouping::row(const schemas::Transition& transition) const {
  std::string text;
  for (const auto& attribute : by) {
    if (&attribute != &by.front()) text += kBetweenCells;
    text += attribute.value(transition);
  }
  return text;
}

}  // namespace sinks
