// SPDX-License-Identifier: Apache-2.0
#include "schemas/delivery.h"

#include "schemas/codec/records.h"

namespace schemas {

using codec::Fields;
using codec::Writer;

std::string_view to_string(DeliveryOutcome outcome) { return codec::name_of(outcome); }

void write_fields(Writer& out, const Delivery& delivery) {
  out.field("schema", "tocsin.delivery/1");
  out.field("id", delivery.id);
  out.field("sink", delivery.sink);
  out.field("created", delivery.created);
  if (delivery.opening) out.field("opening", true);
  out.field_unless_empty("told_too", delivery.told_too);
  if (delivery.grouped) out.field("grouped", true);
  out.field_unless_empty("thread", delivery.thread);
  out.field("transition", delivery.transition);
  out.members(delivery.unknown);
}

void read_fields(Fields& in, Delivery& delivery) {
  in.check_schema("tocsin.delivery");
  in.required("id", delivery.id);
  in.required("sink", delivery.sink);
  in.required("created", delivery.created);
  in.optional("opening", delivery.opening);
  in.optional("told_too", delivery.told_too);
  in.optional("grouped", delivery.grouped);
  in.optional("thread", delivery.thread);
  in.required("transition", delivery.transition);
  delivery.unknown = in.unknown();
}

void write_fields(Writer& out, const Receipt& receipt) {
  out.field("schema", "tocsin.receipt/1");
  out.field("delivery_id", receipt.delivery_id);
  out.field("transition_id", receipt.transition_id);
  out.field("incident_id", receipt.incident_id);
  out.field("sink", receipt.sink);
  out.field_unless_empty("state", receipt.state);
  out.field_unless_empty("severity", receipt.severity);
  out.field_unless_empty("title", receipt.title);
  out.field("outcome", receipt.outcome);
  out.field_unless_empty("reason", receipt.reason);
  out.field_unless_empty("detail", receipt.detail);
  out.field("attempts", receipt.attempts);
  out.field("at", receipt.at);
  out.members(receipt.unknown);
}

void read_fields(Fields& in, Receipt& receipt) {
  in.check_schema("tocsin.receipt");
  in.optional("delivery_id", receipt.delivery_id);
  in.required("transition_id", receipt.transition_id);
  in.optional("incident_id", receipt.incident_id);
  in.required("sink", receipt.sink);
  in.optional("state", receipt.state);
  in.optional("severity", receipt.severity);
  in.optional("title", receipt.title);
  in.required("outcome", receipt.outcome);
  in.optional("reason", receipt.reason);
  in.optional("detail", receipt.detail);
  in.optional("attempts", receipt.attempts);
  in.required("at", receipt.at);
  receipt.unknown = in.unknown();
}

Receipt receipt_of(const Transition& transition, std::string delivery_id, std::string sink, DeliveryOutcome outcome) {
  Receipt receipt{.delivery_id = std::move(delivery_id),
                  .transition_id = transition.id,
                  .incident_id = transition.incident.id,
                  .sink = std::move(sink),
                  .state = std::string(to_string(transition.state)),
                  .severity = std::string(to_string(transition.incident.severity)),
                  .title = transition.incident.title,
                  .outcome = outcome};
  if (receipt.title.size() > kReceiptTitle) {
    std::size_t end = kReceiptTitle;
    while (end > 0 && (static_cast<unsigned char>(receipt.title[end]) & 0xc0) == 0x80) --end;  // Whole characters.
    receipt.title.resize(end);
  }
  return receipt;
}

std::string encode(const Delivery& delivery) { return codec::to_text(delivery); }
base::Result<Delivery> decode_delivery(std::string_view json) { return codec::decode<Delivery>(json, "delivery"); }
std::string encode(const Receipt& receipt) { return codec::to_text(receipt); }
base::Result<Receipt> decode_receipt(std::string_view json) { return codec::decode<Receipt>(json, "receipt"); }

}  // namespace schemas
