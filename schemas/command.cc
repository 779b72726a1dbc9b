// SPDX-License-Identifier: Apache-2.0
#include "schemas/command.h"

#include "schemas/codec/records.h"

namespace schemas {

using codec::Fields;
using codec::Writer;

std::string_view to_string(CommandAction action) { return codec::name_of(action); }

const std::string& person_of(const Command& command) { return command.by_name.empty() ? command.by : command.by_name; }

void write_fields(Writer& out, const Command& command) {
  out.field("schema", "tocsin.command/1");
  out.field("id", command.id);
  out.field("action", command.action);
  if (command.hours != 0) out.field("hours", command.hours);
  out.field("sink", command.sink);
  out.field("incident_key", command.incident_key);
  out.field("incident_id", command.incident_id);
  out.field("by", command.by);
  out.field("by_name", command.by_name);
  out.field("at", command.at);
}

void read_fields(Fields& in, Command& command) {
  in.check_schema("tocsin.command");
  in.required("id", command.id);
  in.required("action", command.action);
  in.optional("hours", command.hours);
  in.required("sink", command.sink);
  in.required("incident_key", command.incident_key);
  in.required("incident_id", command.incident_id);
  in.optional("by", command.by);
  in.optional("by_name", command.by_name);
  in.required("at", command.at);
}

std::string encode(const Command& command) { return codec::to_text(command); }
base::Result<Command> decode_command(std::string_view json) { return codec::decode<Command>(json, "command"); }

}  // namespace schemas
