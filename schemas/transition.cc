// SPDX-License-Identifier: Apache-2.0
#include "schemas/transition.h"

#include <nlohmann/json.hpp>

#include "schemas/codec/records.h"

namespace schemas {

using codec::Fields;
using codec::Writer;

std::string_view to_string(TransitionState state) { return codec::name_of(state); }

bool is_heartbeat(const Transition& transition) { return transition.cause == kHeartbeatCause; }

bool is_asked(const Transition& transition) {
  if (!transition.command) return false;
  return transition.command->action != CommandAction::kAcknowledge || transition.cause == kTooLateCause;
}

void write_fields(Writer& out, const Acknowledgement& acknowledged) {
  out.field("sink", acknowledged.sink);
  out.field("by", acknowledged.by);
  out.field("by_name", acknowledged.by_name);
  out.field("at", acknowledged.at);
}

void read_fields(Fields& in, Acknowledgement& acknowledged) {
  in.optional("sink", acknowledged.sink);
  in.optional("by", acknowledged.by);
  in.optional("by_name", acknowledged.by_name);
  in.required("at", acknowledged.at);
}

void write_fields(Writer& out, const Incident& incident) {
  out.field("id", incident.id);
  out.field("identity", incident.identity);
  out.field("title", incident.title);
  out.field("severity", incident.severity);
  out.field("open", incident.open);
  out.field("opened", incident.opened);
  out.field("last_seen", incident.last_seen);
  out.field_if_set("resolved", incident.resolved);
  out.field("count", incident.count);
  out.field("members", incident.members);
  if (incident.members_not_listed != 0) out.field("members_not_listed", incident.members_not_listed);
  if (incident.inferred_end) out.field("inferred_end", true);
  out.field_if_set("acknowledged", incident.acknowledged);
}

void read_fields(Fields& in, Incident& incident) {
  in.required("id", incident.id);
  in.required("identity", incident.identity);
  in.optional("title", incident.title);
  in.required("severity", incident.severity);
  in.required("open", incident.open);
  in.required("opened", incident.opened);
  in.required("last_seen", incident.last_seen);
  in.optional("resolved", incident.resolved);
  in.optional("count", incident.count);
  in.optional("members", incident.members);
  in.optional("members_not_listed", incident.members_not_listed);
  in.optional("inferred_end", incident.inferred_end);
  if (in.find("acknowledged")) in.optional("acknowledged", incident.acknowledged.emplace());
}

void write_fields(Writer& out, const Transition& transition) {
  out.field("schema", "tocsin.transition/1");
  out.field("id", transition.id);
  out.field("state", transition.state);
  out.field("cause", transition.cause);
  out.field("at", transition.at);
  out.field("incident", transition.incident);
  out.field("finding", transition.finding);
  out.field_if_set("command", transition.command);
  out.members(transition.unknown);
}

void read_fields(Fields& in, Transition& transition) {
  in.check_schema("tocsin.transition");
  in.required("id", transition.id);
  in.required("state", transition.state);
  in.optional("cause", transition.cause);
  in.required("at", transition.at);
  in.required("incident", transition.incident);
  in.required("finding", transition.finding);
  if (in.find("command")) in.optional("command", transition.command.emplace());
  transition.unknown = in.unknown();
}

std::string encode(const Transition& transition) { return codec::to_text(transition); }
base::Result<Transition> decode_transition(std::string_view json) {
  return codec::decode<Transition>(json, "transition");
}
nlohmann::json to_json(const Transition& transition) { return nlohmann::json::parse(codec::to_text(transition)); }
nlohmann::json to_json(const Incident& incident) { return nlohmann::json::parse(codec::to_text(incident)); }

}  // namespace schemas
