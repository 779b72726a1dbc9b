// SPDX-License-Identifier: Apache-2.0
#include "schemas/trace.h"

#include "schemas/codec/records.h"

namespace schemas {

void write_fields(codec::Writer& out, const EventTrace& trace) {
  out.field("schema", "tocsin.trace/1");
  out.field("event_id", trace.event_id);
  out.field("outcome", trace.outcome);
  out.field_unless_empty("rule", trace.rule);
  out.field("at", trace.at);
  out.field("steps", trace.steps);
}

void read_fields(codec::Fields& in, EventTrace& trace) {
  in.check_schema("tocsin.trace");
  in.required("event_id", trace.event_id);
  in.required("outcome", trace.outcome);
  in.optional("rule", trace.rule);
  in.required("at", trace.at);
  in.optional("steps", trace.steps);
}

std::string encode(const EventTrace& trace) { return codec::to_text(trace); }
base::Result<EventTrace> decode_trace(std::string_view json) { return codec::decode<EventTrace>(json, "trace"); }

}  // namespace schemas
