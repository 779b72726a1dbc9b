// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/options/option_set.h"
#include "base/yaml/node.h"
#include "base/yaml/problems.h"
#include "schemas/event.h"
#include "schemas/scope.h"
#include "schemas/scope/severity_set.h"

namespace playbooks {

// What a trigger is asked about. Views of something that outlives the question.
struct Occasion {
  const schemas::Event& event;
  std::string_view provider = {};  // Whose Kubernetes it is ("gke", "kind", ...); empty while that is not known.
  schemas::Severity severity = schemas::Severity::kInfo;  // As custom_severity_map and the event say.
};

// What an event must have for a trigger to be worth asking: the index finds candidates by it instead of asking all.
// A trigger states the most telling condition that it has; it is asked all the same.
struct Guard {
  std::vector<schemas::LabelClue> any_of;  // One of these labels of the alert; empty: any event.
  schemas::SeveritySet severities = schemas::SeveritySet::all();
};

// What the parameters of triggers are read with, beside themselves.
struct TriggerContext {
  bool medium_is_named = false;  // Some sink or trigger of the file tells MEDIUM from HIGH (schemas/scope.h).
};

// A predicate over events. Immutable after construction; asked for many events at the same time.
class Trigger {
 public:
  virtual ~Trigger() = default;
  virtual Guard guard() const = 0;
  // `why_not`, if given, gets the first condition that failed, for `tocsin explain`.
  virtual bool fires(const Occasion& occasion, std::string* why_not) const = 0;
};

// A kind of trigger, as app/components.cc lists it.
struct TriggerType {
  std::string name;  // Robusta's name, the YAML key.
  const base::OptionSet* options = nullptr;
  // Returns nullptr only after adding a problem.
  std::function<std::unique_ptr<Trigger>(const base::yaml::Node& params, const TriggerContext& context,
                                         base::yaml::Problems& problems)>
      make;
};

// The kinds of triggers by name. A name that is there already is a fault of ours and terminates.
class TriggerTypes {
 public:
  void add(TriggerType type);
  const TriggerType* find(std::string_view name) const;
  std::vector<std::string> names() const;

 private:
  std::map<std::string, TriggerType, std::less<>> types_;
};

}  // namespace playbooks
