// SPDX-License-Identifier: Apache-2.0
#include "schemas/finding.h"

#include <nlohmann/json.hpp>

#include "schemas/codec/records.h"

namespace schemas {

using codec::Fields;
using codec::Writer;

std::string_view to_string(FindingType type) { return codec::name_of(type); }
std::string_view to_string(FindingSource source) { return codec::name_of(source); }

void write_fields(Writer& out, const Subject& subject) {
  out.field("kind", subject.kind);
  out.field("name", subject.name);
  out.field("namespace", subject.name_space);
  out.field_unless_empty("node", subject.node);
  out.field_unless_empty("container", subject.container);
  out.field("labels", subject.labels);
  out.field("annotations", subject.annotations);
}

void read_fields(Fields& in, Subject& subject) {
  in.optional("kind", subject.kind);
  in.optional("name", subject.name);
  in.optional("namespace", subject.name_space);
  in.optional("node", subject.node);
  in.optional("container", subject.container);
  in.optional("labels", subject.labels);
  in.optional("annotations", subject.annotations);
}

void write_fields(Writer& out, const Enrichment& enrichment) {
  out.field("type", enrichment.type);
  out.field_unless_empty("title", enrichment.title);
  out.field_unless_empty("action", enrichment.action);
  out.field("blocks", enrichment.blocks);
}

void read_fields(Fields& in, Enrichment& enrichment) {
  in.required("type", enrichment.type);
  in.optional("title", enrichment.title);
  in.optional("action", enrichment.action);
  in.required("blocks", enrichment.blocks);
}

void write_fields(Writer& out, const Missing& missing) {
  out.field("action", missing.action);
  out.field("reason", missing.reason);
  out.field("message", missing.message);
}

void read_fields(Fields& in, Missing& missing) {
  in.required("action", missing.action);
  in.required("reason", missing.reason);
  in.optional("message", missing.message);
}

void write_fields(Writer& out, const TraceStep& step) {
  out.field("stage", step.stage);
  out.field("rule", step.rule);
  out.field("outcome", step.outcome);
  out.field_unless_empty("detail", step.detail);
}

void read_fields(Fields& in, TraceStep& step) {
  in.required("stage", step.stage);
  in.optional("rule", step.rule);
  in.required("outcome", step.outcome);
  in.optional("detail", step.detail);
}

void write_fields(Writer& out, const IncidentIdentity& identity) {
  out.field("key", identity.key);
  out.field("cluster", identity.cluster);
  out.field("namespace", identity.name_space);
  out.field("owner_kind", identity.owner_kind);
  out.field("owner_name", identity.owner_name);
  out.field("family", identity.family);
}

void read_fields(Fields& in, IncidentIdentity& identity) {
  in.required("key", identity.key);
  in.optional("cluster", identity.cluster);
  in.optional("namespace", identity.name_space);
  in.optional("owner_kind", identity.owner_kind);
  in.optional("owner_name", identity.owner_name);
  in.optional("family", identity.family);
}

void write_fields(Writer& out, const Finding& finding) {
  out.field("schema", "tocsin.finding/1");
  out.field("id", finding.id);
  out.field("event_id", finding.event_id);
  out.field_unless_empty("event_source", finding.event_source);
  out.field_unless_empty("follows", finding.follows);
  out.field("title", finding.title);
  out.field_unless_empty("description", finding.description);
  out.field("severity", finding.severity);
  out.field("source", finding.source);
  out.field("type", finding.type);
  out.field("state", finding.state);
  if (finding.repeat) out.field("repeat", true);
  out.field("subject", finding.subject);
  out.field("aggregation_key", finding.aggregation_key);
  out.field("fingerprint", finding.fingerprint);
  out.field("member", finding.member);
  out.field("incident", finding.incident);
  out.field_if_set("starts_at", finding.starts_at);
  out.field_if_set("ends_at", finding.ends_at);
  out.field("created", finding.created);
  out.seconds_unless_zero("hold_down_seconds", finding.hold_down);
  out.seconds_unless_zero("quiet_time_seconds", finding.quiet_time);
  out.field("links", finding.links);
  out.field_unless_empty("mentions", finding.mentions);
  out.field("enrichments", finding.enrichments);
  out.field("missing", finding.missing);
  out.field_unless_empty("sinks", finding.sinks);
  out.field_unless_empty("trace", finding.trace);
  out.members(finding.unknown);
}

void read_fields(Fields& in, Finding& finding) {
  in.check_schema("tocsin.finding");
  in.required("id", finding.id);
  in.optional("event_id", finding.event_id);
  in.optional("event_source", finding.event_source);
  in.optional("follows", finding.follows);
  in.required("title", finding.title);
  in.optional("description", finding.description);
  in.required("severity", finding.severity);
  in.optional("source", finding.source);
  in.optional("type", finding.type);
  in.required("state", finding.state);
  in.optional("repeat", finding.repeat);
  in.optional("subject", finding.subject);
  in.optional("aggregation_key", finding.aggregation_key);
  in.optional("fingerprint", finding.fingerprint);
  in.optional("member", finding.member);
  in.required("incident", finding.incident);
  in.optional("starts_at", finding.starts_at);
  in.optional("ends_at", finding.ends_at);
  in.required("created", finding.created);
  in.seconds("hold_down_seconds", finding.hold_down);
  in.seconds("quiet_time_seconds", finding.quiet_time);
  in.optional("links", finding.links);
  in.optional("mentions", finding.mentions);
  in.optional("enrichments", finding.enrichments);
  in.optional("missing", finding.missing);
  in.optional("sinks", finding.sinks);
  in.optional("trace", finding.trace);
  finding.unknown = in.unknown();
}

bool is_remark(const Finding& finding) { return finding.type == FindingType::kAiAnalysis || !finding.follows.empty(); }

std::string encode(const Finding& finding) { return codec::to_text(finding); }
base::Result<Finding> decode_finding(std::string_view json) { return codec::decode<Finding>(json, "finding"); }
nlohmann::json to_json(const Finding& finding) { return nlohmann::json::parse(codec::to_text(finding)); }

}  // namespace schemas
