// SPDX-License-Identifier: Apache-2.0
#include "playbooks/stages/alert_memory_codec.h"

#include <nlohmann/json.hpp>

namespace playbooks {

namespace {

using nlohmann::json;

constexpr std::string_view kSchema = "tocsin.alert_memory/1";

base::Time time_from_json(const json& value) {
  auto time = base::parse_rfc3339(value.get<std::string>());
  return time.has_value() ? time.value().value_or(base::Time()) : base::Time();
}

json to_json(const schemas::IncidentIdentity& identity) {
  return {{"key", identity.key},
          {"cluster", identity.cluster},
          {"namespace", identity.name_space},
          {"owner_kind", identity.owner_kind},
          {"owner_name", identity.owner_name},
          {"family", identity.family}};
}

schemas::IncidentIdentity identity_from_json(const json& value) {
  return {value.at("key"),        value.at("cluster"),    value.at("namespace"),
          value.at("owner_kind"), value.at("owner_name"), value.at("family")};
}

json to_json(const Overrides& overrides) {
  json value = json::object();
  if (overrides.title) value["title"] = *overrides.title;
  if (overrides.description) value["description"] = *overrides.description;
  if (overrides.aggregation_key) value["aggregation_key"] = *overrides.aggregation_key;
  if (!overrides.labels.empty()) value["labels"] = overrides.labels;
  if (overrides.severity) value["severity"] = std::string(schemas::to_string(*overrides.severity));
  return value;
}

Overrides overrides_from_json(const json& value) {
  Overrides overrides;
  if (value.contains("title")) overrides.title = value.at("title");
  if (value.contains("description")) overrides.description = value.at("description");
  if (value.contains("aggregation_key")) overrides.aggregation_key = value.at("aggregation_key");
  if (value.contains("labels")) overrides.labels = value.at("labels").get<schemas::Labels>();
  if (value.contains("severity")) overrides.severity = schemas::parse_severity(value.at("severity").get<std::string>());
  return overrides;
}

}  // namespace

std::string encode(const AlertMemory& memory) {
  json seen = json::array();
  for (const auto& [id, received] : memory.seen) {
    seen.push_back({{"event_id", id}, {"received", base::to_rfc3339(received)}});
  }
  json value = {{"schema", kSchema},
                {"seen", std::move(seen)},
                {"told", memory.told},
                {"resolved", memory.resolved},
                {"starts_at", base::to_rfc3339(memory.starts_at)}};
  if (memory.incident) value["incident"] = to_json(*memory.incident);
  if (!memory.sinks.empty()) value["sinks"] = memory.sinks;
  if (json overrides = to_json(memory.overrides); !overrides.empty()) value["overrides"] = std::move(overrides);
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

base::Result<AlertMemory> decode_alert_memory(const std::string& text) try {
  json value = json::parse(text);
  AlertMemory memory;
  for (const json& seen : value.at("seen")) {
    memory.seen.push_back({seen.at("event_id"), time_from_json(seen.at("received"))});
  }
  memory.told = value.at("told");
  memory.resolved = value.at("resolved");
  memory.starts_at = time_from_json(value.at("starts_at"));
  if (value.contains("incident")) memory.incident = identity_from_json(value.at("incident"));
  if (value.contains("sinks")) memory.sinks = value.at("sinks").get<std::vector<std::string>>();
  if (value.contains("overrides")) memory.overrides = overrides_from_json(value.at("overrides"));
  return memory;
} catch (const json::exception& failure) {
  return base::permanent(base::Reason::kBadRequest, failure.what());
}

}  // namespace playbooks
