// SPDX-License-Identifier: Apache-2.0
#include "playbooks/triggers/on_prometheus_alert.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "base/options/option_table.h"
#include "base/options/value_types.h"
#include "schemas/scope.h"

namespace playbooks {

namespace {

constexpr std::string_view kAlertName = "alertname";

enum class WantedStatus { kFiring, kResolved, kAll };

struct AlertTriggerOptions {
  std::string alert_name;
  WantedStatus status = WantedStatus::kFiring;
  std::string pod_name_prefix;
  std::string namespace_prefix;
  std::string instance_name_prefix;
  std::vector<std::string> k8s_providers;
  base::yaml::Node severity;
  base::yaml::Node scope;
};

const base::OptionTable<AlertTriggerOptions>& alert_trigger_options() {
  using Options = AlertTriggerOptions;
  static const auto table = [] {
    base::OptionTable<Options> t("on_prometheus_alert",
                                 "Fires on an alert that Alertmanager, Grafana or vmalert sent.");
    t.option("alert_name", &Options::alert_name, "The alert's name, exactly. Without it every alert counts.");
    t.choice("status", &Options::status, "Which notifications count.",
             {{"firing", WantedStatus::kFiring}, {"resolved", WantedStatus::kResolved}, {"all", WantedStatus::kAll}});
    t.option("pod_name_prefix", &Options::pod_name_prefix, "What the label `pod` begins with.");
    t.option("namespace_prefix", &Options::namespace_prefix, "What the label `namespace` begins with.");
    t.option("instance_name_prefix", &Options::instance_name_prefix, "What the label `instance` begins with.");
    t.option("k8s_providers", &Options::k8s_providers,
             "Kinds of clusters, such as GKE or Kind, in any letter case. In an unknown cluster it does not fire.");
    t.option("severity", &Options::severity,
             "How bad it is, one value or a list: `HIGH` is also CRITICAL, and MEDIUM unless the file names that; "
             "`=HIGH`, `>=LOW`, `<=LOW` are exact.");
    t.option("scope", &Options::scope,
             "`include` and `exclude` by `labels` and `annotations`: lists of `key=regex,key2!=regex`.");
    return t;
  }();
  return table;
}

bool same_in_any_case(std::string_view a, std::string_view b) {
  auto lower = [](char c) { return std::tolower(static_cast<unsigned char>(c)); };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

bool refuse(std::string* why_not, std::string reason) {
  if (why_not != nullptr) *why_not = std::move(reason);
  return false;
}

class OnPrometheusAlert final : public Trigger {
 public:
  OnPrometheusAlert(AlertTriggerOptions options, schemas::SeveritySet severities, schemas::Scope scope)
      : options_(std::move(options)), severities_(severities), scope_(std::move(scope)) {}

  Guard guard() const override {
    if (!options_.alert_name.empty()) return {{{std::string(kAlertName), {options_.alert_name, true}}}, severities_};
    for (const auto& [name, prefix] : prefixes()) {
      if (!prefix->empty()) return {{{std::string(name), {*prefix, false}}}, severities_};
    }
    return {scope_.clues(), severities_};
  }

  bool fires(const Occasion& occasion, std::string* why_not) const override {
    if (!occasion.event.alert) return refuse(why_not, "not an alert");
    const schemas::Alert& alert = *occasion.event.alert;
    if (!options_.alert_name.empty() && alert.name() != options_.alert_name) {
      return refuse(why_not, "alert_name is not " + options_.alert_name);
    }
    if (!severities_.has(occasion.severity)) {
      return refuse(why_not, "severity is " + std::string(schemas::to_string(occasion.severity)));
    }
    return has_status(alert.status, why_not) && has_prefixes(alert, why_not) &&
           is_provided_by(occasion.provider, why_not) && is_in_scope(alert, why_not);
  }

 private:
  using Prefix = std::pair<std::string_view, const std::string*>;

  // By label name, the most telling first.
  std::array<Prefix, 3> prefixes() const {
    return {Prefix{"pod", &options_.pod_name_prefix}, Prefix{"instance", &options_.instance_name_prefix},
            Prefix{"namespace", &options_.namespace_prefix}};
  }

  bool has_status(schemas::AlertStatus status, std::string* why_not) const {
    if (options_.status == WantedStatus::kAll) return true;
    bool wants_firing = options_.status == WantedStatus::kFiring;
    if (wants_firing == (status == schemas::AlertStatus::kFiring)) return true;
    return refuse(why_not, "status is " + std::string(schemas::to_string(status)));
  }

  // A missing label has no prefix, not even of an object that the alert may mean.
  bool has_prefixes(const schemas::Alert& alert, std::string* why_not) const {
    for (const auto& [label, prefix] : prefixes()) {
      if (!prefix->empty() && !schemas::value_of(alert.labels, label).starts_with(*prefix)) {
        return refuse(why_not, "label " + std::string(label) + " does not begin with " + *prefix);
      }
    }
    return true;
  }

  bool is_provided_by(std::string_view provider, std::string* why_not) const {
    if (options_.k8s_providers.empty()) return true;
    if (provider.empty()) return refuse(why_not, "k8s_providers is set, and the cluster's provider is not known");
    for (const std::string& wanted : options_.k8s_providers) {
      if (same_in_any_case(wanted, provider)) return true;
    }
    return refuse(why_not, "provider is " + std::string(provider));
  }

  bool is_in_scope(const schemas::Alert& alert, std::string* why_not) const {
    schemas::Attributes seen;
    seen.labels = &alert.labels;
    seen.annotations = &alert.annotations;
    if (why_not == nullptr) return scope_.accepts(seen);
    std::string condition;
    switch (scope_.judge(seen, &condition)) {
      case schemas::Scope::Verdict::kExcluded:
        return refuse(why_not, "scope excludes it by " + condition);
      case schemas::Scope::Verdict::kNotIncluded:
        return refuse(why_not, "scope does not include it");
      case schemas::Scope::Verdict::kIncluded:
      case schemas::Scope::Verdict::kNoScope:
        break;
    }
    return true;
  }

  const AlertTriggerOptions options_;
  const schemas::SeveritySet severities_;
  const schemas::Scope scope_;
};

schemas::SeveritySet read_severities(const base::yaml::Node& node, const TriggerContext& context,
                                     base::yaml::Problems& problems) {
  if (node.is_null()) return schemas::SeveritySet::all();
  schemas::SeveritySet severities;
  std::vector<base::yaml::Node> values = node.is_sequence() ? node.items : std::vector{node};
  if (values.empty()) problems.error(node.mark, "severity names no severity: the trigger would never fire");
  for (const base::yaml::Node& value : values) {
    if (!value.is_scalar()) {
      problems.error(value.mark, "severity must be text or a list of texts, found " + base::options::shown(value));
      continue;
    }
    auto set = schemas::SeveritySet::read(value, schemas::Pattern::Extent::kWhole, context.medium_is_named, problems);
    if (set) severities.add(*set);
  }
  return severities;
}

std::unique_ptr<Trigger> make(const base::yaml::Node& params, const TriggerContext& context,
                              base::yaml::Problems& problems) {
  AlertTriggerOptions options = alert_trigger_options().read(params, problems);
  schemas::SeveritySet severities = read_severities(options.severity, context, problems);
  schemas::Scope scope;
  if (!options.scope.is_null()) scope = schemas::Scope::read(options.scope, {}, false, problems);
  return std::make_unique<OnPrometheusAlert>(std::move(options), severities, std::move(scope));
}

}  // namespace

TriggerType on_prometheus_alert_type() { return {"on_prometheus_alert", &alert_trigger_options().set(), make}; }

}  // namespace playbooks
