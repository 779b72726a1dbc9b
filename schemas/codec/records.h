// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "schemas/block.h"
#include "schemas/codec/fields.h"
#include "schemas/codec/writer.h"
#include "schemas/delivery.h"
#include "schemas/event.h"
#include "schemas/finding.h"
#include "schemas/trace.h"
#include "schemas/transition.h"

// How the values look in JSON: found by argument-dependent lookup from codec::Writer and codec::Fields.
namespace schemas {

void write_fields(codec::Writer& out, const Alert& alert);
void read_fields(codec::Fields& in, Alert& alert);
void write_fields(codec::Writer& out, const Event& event);
void read_fields(codec::Fields& in, Event& event);
void write_fields(codec::Writer& out, const Link& link);
void read_fields(codec::Fields& in, Link& link);
void write_fields(codec::Writer& out, const Block& block);
void read_fields(codec::Fields& in, Block& block);
void write_fields(codec::Writer& out, const TraceStep& step);
void read_fields(codec::Fields& in, TraceStep& step);
void write_fields(codec::Writer& out, const IncidentIdentity& identity);
void read_fields(codec::Fields& in, IncidentIdentity& identity);
void write_fields(codec::Writer& out, const Finding& finding);
void read_fields(codec::Fields& in, Finding& finding);
void write_fields(codec::Writer& out, const Command& command);
void read_fields(codec::Fields& in, Command& command);
void write_fields(codec::Writer& out, const Acknowledgement& acknowledged);
void read_fields(codec::Fields& in, Acknowledgement& acknowledged);
void write_fields(codec::Writer& out, const Incident& incident);
void read_fields(codec::Fields& in, Incident& incident);
void write_fields(codec::Writer& out, const Transition& transition);
void read_fields(codec::Fields& in, Transition& transition);
void write_fields(codec::Writer& out, const Delivery& delivery);
void read_fields(codec::Fields& in, Delivery& delivery);
void write_fields(codec::Writer& out, const Receipt& receipt);
void read_fields(codec::Fields& in, Receipt& receipt);
void write_fields(codec::Writer& out, const EventTrace& trace);
void read_fields(codec::Fields& in, EventTrace& trace);

namespace codec {

// The JSON text of a value.
template <class T>
std::string to_text(const T& value) {
  Writer out;
  out.value(value);
  return out.take();
}

}  // namespace codec
}  // namespace schemas

// base::Chart has its JSON here too, since base knows no JSON.
namespace base {

void write_fields(schemas::codec::Writer& out, const Chart& chart);
void read_fields(schemas::codec::Fields& in, Chart& chart);

}  // namespace base
