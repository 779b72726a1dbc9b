// SPDX-License-Identifier: Apache-2.0
#include "playbooks/stages/alert_memory_codec.h"

#include "schemas/codec/records.h"

namespace playbooks {

namespace {

using schemas::codec::Fields;
using schemas::codec::Writer;

// With its empty fields: an older tocsin beside this one can't do without them.
void write_identity(Writer& out, const schemas::IncidentIdentity& identity) {
  out.key("incident");
  out.begin_object();
  out.field("key", identity.key);
  out.field("cluster", identity.cluster);
  out.field("namespace", identity.name_space);
  out.field("owner_kind", identity.owner_kind);
  out.field("owner_name", identity.owner_name);
  out.field("family", identity.family);
  out.end_object();
}

template <class T>
void read_if_there(Fields& in, std::string_view name, std::optional<T>& target) {
  if (in.find(name)) in.optional(name, target.emplace());
}

}  // namespace

void write_fields(Writer& out, const AlertMemory::Seen& seen) {
  out.field("event_id", seen.event_id);
  out.field("received", seen.received);
}
void read_fields(Fields& in, AlertMemory::Seen& seen) {
  in.required("event_id", seen.event_id);
  in.required("received", seen.received);
}

void write_fields(Writer& out, const Overrides& overrides) {
  out.field_if_set("title", overrides.title);
  out.field_if_set("description", overrides.description);
  out.field_if_set("aggregation_key", overrides.aggregation_key);
  out.field_unless_empty("labels", overrides.labels);
  out.field_if_set("severity", overrides.severity);
}
void read_fields(Fields& in, Overrides& overrides) {
  read_if_there(in, "title", overrides.title);
  read_if_there(in, "description", overrides.description);
  read_if_there(in, "aggregation_key", overrides.aggregation_key);
  in.optional("labels", overrides.labels);
  read_if_there(in, "severity", overrides.severity);
}

void write_fields(Writer& out, const AlertMemory& memory) {
  out.field("schema", "tocsin.alert_memory/1");
  out.field("seen", memory.seen);
  out.field("told", memory.told);
  out.field("resolved", memory.resolved);
  out.field("starts_at", memory.starts_at);
  if (memory.incident) write_identity(out, *memory.incident);
  out.field_unless_empty("sinks", memory.sinks);
  out.field("overrides", memory.overrides);
}
void read_fields(Fields& in, AlertMemory& memory) {
  in.check_schema("tocsin.alert_memory");
  in.required("seen", memory.seen);
  in.required("told", memory.told);
  in.required("resolved", memory.resolved);
  in.required("starts_at", memory.starts_at);
  read_if_there(in, "incident", memory.incident);
  in.optional("sinks", memory.sinks);
  in.optional("overrides", memory.overrides);
}

std::string encode(const AlertMemory& memory) { return schemas::codec::to_text(memory); }
base::Result<AlertMemory> decode_alert_memory(std::string_view text) {
  return schemas::codec::decode<AlertMemory>(text, "alert memory");
}

}  // namespace playbooks
