// SPDX-License-Identifier: Apache-2.0
#include "schemas/event.h"

#include <array>

#include "base/hash.h"
#include "schemas/codec/records.h"

namespace schemas {

namespace {

constexpr std::string_view kSchema = "tocsin.event/1";

}  // namespace

std::string_view to_string(AlertStatus status) { return codec::name_of(status); }

void write_fields(codec::Writer& out, const Alert& alert) {
  out.field("status", alert.status);
  out.field("labels", alert.labels);
  out.field("annotations", alert.annotations);
  out.field("starts_at", alert.starts_at);
  out.field_if_set("ends_at", alert.ends_at);
  out.field_unless_empty("generator_url", alert.generator_url);
  out.field("fingerprint", alert.fingerprint);
  out.field_unless_empty("receiver", alert.receiver);
  out.field_unless_empty("group_key", alert.group_key);
  out.field_unless_empty("external_url", alert.external_url);
  out.field_unless_empty("dashboard_url", alert.dashboard_url);
  out.field_unless_empty("panel_url", alert.panel_url);
  out.field_unless_empty("silence_url", alert.silence_url);
  out.field_unless_empty("image_url", alert.image_url);
  out.field_unless_empty("value_string", alert.value_string);
}

void read_fields(codec::Fields& in, Alert& alert) {
  in.required("status", alert.status);
  in.required("labels", alert.labels);
  in.optional("annotations", alert.annotations);
  in.required("starts_at", alert.starts_at);
  in.optional("ends_at", alert.ends_at);
  in.optional("generator_url", alert.generator_url);
  in.required("fingerprint", alert.fingerprint);
  in.optional("receiver", alert.receiver);
  in.optional("group_key", alert.group_key);
  in.optional("external_url", alert.external_url);
  in.optional("dashboard_url", alert.dashboard_url);
  in.optional("panel_url", alert.panel_url);
  in.optional("silence_url", alert.silence_url);
  in.optional("image_url", alert.image_url);
  in.optional("value_string", alert.value_string);
}

void write_fields(codec::Writer& out, const Event& event) {
  out.field("schema", kSchema);
  out.field("id", event.id);
  out.field("source", event.source);
  out.field("cluster", event.cluster);
  out.field("subject", event.subject);
  out.field("received", event.received);
  out.field_if_set("alert", event.alert);
  out.members(event.unknown);
}

void read_fields(codec::Fields& in, Event& event) {
  in.check_schema("tocsin.event");
  in.required("id", event.id);
  in.required("source", event.source);
  in.optional("cluster", event.cluster);
  in.required("subject", event.subject);
  in.required("received", event.received);
  if (auto alert = in.find("alert")) in.convert(*alert, codec::Place{&in, "alert"}, event.alert.emplace());
  event.unknown = in.unknown();
}

std::string event_id(std::string_view cluster, std::string_view source, const Alert& alert) {
  std::string end = alert.status == AlertStatus::kResolved && alert.ends_at ? base::to_rfc3339(*alert.ends_at) : "";
  return base::derive_id({"event", cluster, source,
                          alert.fingerprint.empty() ? fingerprint(alert.labels) : alert.fingerprint,
                          base::to_rfc3339(alert.starts_at), to_string(alert.status), end});
}

std::string encode(const Event& event) { return codec::to_text(event); }
base::Result<Event> decode_event(std::string_view json) { return codec::decode<Event>(json, "event"); }

}  // namespace schemas
