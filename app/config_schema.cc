// SPDX-License-Identifier: Apache-2.0
#include "app/config_schema.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "app/components.h"
#include "app/config.h"
#include "app/foreign_keys.h"
#include "playbooks/options.h"
#include "playbooks/robusta_names.h"
#include "sinks/sink_set.h"

namespace app {

namespace {

using Json = nlohmann::ordered_json;

Json reference(const std::string& definition) { return {{"$ref", "#/definitions/" + definition}}; }

Json list_of(Json element) { return {{"type", "array"}, {"items", std::move(element)}}; }

Json schema_of(const base::OptionSet& set) {
  Json schema = Json::parse(set.json_schema());
  schema.erase("$schema");  // Belongs to the root only.
  return schema;
}

// A mapping with one key, which is the name of a component. `others` are names that have no effect, with `meaning`.
template <class Types>
Json one_of(const Types& types, const std::vector<std::string>& others, std::string_view meaning, bool required) {
  Json properties = Json::object();
  for (const std::string& name : types.names()) {
    properties[name] = schema_of(*types.find(name)->options);
    properties[name]["type"] = Json::array({"object", "null"});
    if (required) continue;
    properties[name].erase("required");  // globalConfig may have it.
    properties[name].erase("allOf");
  }
  for (const std::string& name : others) {
    if (!properties.contains(name)) properties[name] = {{"description", meaning}};
  }
  return {{"type", "object"},
          {"properties", std::move(properties)},
          {"additionalProperties", false},
          {"minProperties", 1},
          {"maxProperties", 1}};
}

Json playbook() {
  Json schema = schema_of(playbooks::playbook_options().set());
  schema["properties"]["triggers"].update(list_of(reference("trigger")));
  schema["properties"]["actions"].update(list_of(reference("action")));
  return schema;
}

// Values for options of the same name that actions don't set themselves, and Robusta's own.
Json global_values() {
  Json properties = {{"cluster_name", {{"type", "string"}, {"description", "Used where clusterName is not set."}}},
                     {"custom_severity_map",
                      {{"type", "object"},
                       {"description", "Severities of alerts by their label, besides the usual ones."},
                       {"additionalProperties", {{"type", "string"}}}}}};
  const auto& actions = components().actions;
  for (const std::string& name : actions.names()) {
    Json options = schema_of(*actions.find(name)->options)["properties"];
    for (const auto& [key, schema] : options.items()) {
      if (!properties.contains(key)) properties[key] = schema;
    }
  }
  return {{"type", "object"}, {"properties", std::move(properties)}};
}

// Whether a table is a part of another, or describes what lists hold.
bool is_part(const base::OptionSet& set, const std::vector<const base::OptionSet*>& all) {
  if (&set == &playbooks::playbook_options().set()) return true;
  return std::ranges::any_of(all, [&](const base::OptionSet* other) {
    return std::ranges::any_of(other->specs(), [&](const base::OptionSpec& spec) { return spec.nested == &set; });
  });
}

// The sections that have a table of their own are under its name.
void add_sections(Json& properties) {
  constexpr std::string_view kList = "alertRelabel";
  auto sets = top_level_option_sets();
  for (const base::OptionSet* set : sets) {
    if (is_part(*set, sets)) continue;
    properties[set->name()] = set->name() == kList ? list_of(schema_of(*set)) : schema_of(*set);
  }
  properties["alert_relabel"] = properties[std::string(kList)];
}

}  // namespace

std::string config_schema() {
  const Components& known = components();
  Json properties = {{"clusterName", {{"type", "string"}, {"description", "What findings call this cluster."}}},
                     {"globalConfig", reference("globalConfig")},
                     {"global_config", reference("globalConfig")},
                     {"sinksConfig", list_of(reference("sink"))},
                     {"sinks_config", list_of(reference("sink"))},
                     {"customPlaybooks", list_of(reference("playbook"))},
                     {"active_playbooks", list_of(reference("playbook"))},
                     {"disabledPlaybooks", list_of({{"type", "string"}})}};
  add_sections(properties);
  for (std::string_view key : foreign_keys()) {
    if (!properties.contains(key)) {
      properties[std::string(key)] = {{"description", "No effect: " + std::string(meaning_of_foreign_key(key)) + "."}};
    }
  }
  Json schema = {{"$schema", "http://json-schema.org/draft-07/schema#"},
                 {"title", "tocsin"},
                 {"description", "The configuration of tocsin: one YAML file."},
                 {"type", "object"},
                 {"additionalProperties", false},
                 {"properties", std::move(properties)},
                 {"definitions",
                  {{"globalConfig", global_values()},
                   {"playbook", playbook()},
                   {"trigger", one_of(known.triggers, playbooks::robusta::trigger_names(),
                                      "Not supported: it never fires.", true)},
                   {"action", one_of(known.actions, playbooks::robusta::action_names(),
                                     "Not supported: the playbook runs without it.", false)},
                   {"sink", one_of(known.sinks, sinks::robusta_sink_kinds(),
                                   "Not supported: nothing is delivered there.", true)}}}};
  return schema.dump(2) + "\n";
}

}  // namespace app
