// SPDX-License-Identifier: Apache-2.0
#include "incidents/kept_incident.h"

#include <algorithm>

#include "schemas/codec/records.h"

namespace incidents {

namespace {

bool contains(const std::vector<std::string>& list, std::string_view text) {
  return std::ranges::find(list, text) != list.end();
}

}  // namespace

bool KeptIncident::has_member(std::string_view member) const { return contains(incident.members, member); }
bool KeptIncident::was_applied(std::string_view input) const { return contains(applied, input); }

void KeptIncident::mark_applied(std::string input) {
  if (applied.size() >= kMaxApplied) applied.erase(applied.begin());
  applied.push_back(std::move(input));
}

void KeptIncident::set_quiet(std::string_view member, bool quiet) {
  if (contains(quiet_members, member) == quiet) return;
  if (quiet) {
    quiet_members.emplace_back(member);
  } else {
    std::erase(quiet_members, member);
  }
}

void KeptIncident::remove_member(std::string_view member) {
  std::erase(incident.members, member);
  std::erase(quiet_members, member);
}

void write_fields(schemas::codec::Writer& out, const KeptIncident& kept) {
  out.field("schema", "tocsin.incident_state/1");
  out.field("incident", kept.incident);
  out.field_unless_empty("quiet_members", kept.quiet_members);
  if (kept.holding) out.field("holding", true);
  out.field("applied", kept.applied);
}

void read_fields(schemas::codec::Fields& in, KeptIncident& kept) {
  in.check_schema("tocsin.incident_state");
  in.required("incident", kept.incident);
  in.optional("quiet_members", kept.quiet_members);
  in.optional("holding", kept.holding);
  in.optional("applied", kept.applied);
}

std::string encode(const KeptIncident& kept) { return schemas::codec::to_text(kept); }

base::Result<KeptIncident> decode_kept_incident(std::string_view json) {
  return schemas::codec::decode<KeptIncident>(json, "incident state");
}

}  // namespace incidents
