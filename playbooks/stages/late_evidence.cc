// SPDX-License-Identifier: Apache-2.0
#include "playbooks/stages/late_evidence.h"

#include "base/hash.h"
#include "playbooks/stages/merge.h"
#include "schemas/codec/records.h"

namespace playbooks {

void write_fields(schemas::codec::Writer& out, const LateEvidence::Step& step) {
  out.field("index", step.index);
  out.field("playbook", step.playbook);
  out.field("position", step.position);
  out.field("action", step.action);
}

void read_fields(schemas::codec::Fields& in, LateEvidence::Step& step) {
  in.required("index", step.index);
  in.required("playbook", step.playbook);
  in.required("position", step.position);
  in.required("action", step.action);
}

void write_fields(schemas::codec::Writer& out, const LateEvidence& late) {
  out.field("schema", "tocsin.late_evidence/1");
  out.field("event", late.event);
  out.field("finding", late.finding);
  out.field("steps", late.steps);
  out.field("until", late.until);
}

void read_fields(schemas::codec::Fields& in, LateEvidence& late) {
  in.check_schema("tocsin.late_evidence");
  in.required("event", late.event);
  in.required("finding", late.finding);
  in.required("steps", late.steps);
  in.required("until", late.until);
}

std::string encode(const LateEvidence& late) { return schemas::codec::to_text(late); }

base::Result<LateEvidence> decode_late_evidence(std::string_view json) {
  return schemas::codec::decode<LateEvidence>(json, "late evidence");
}

schemas::Finding follow_up(const LateEvidence& late, const LateEvidence::Step& step,
                           enrichers::Contribution contribution, base::Time now) {
  schemas::Finding finding = late.finding;
  finding.id = base::derive_id({"late", late.finding.id, std::to_string(step.index)});
  finding.follows = late.finding.id;
  finding.event_id.clear();
  finding.created = now;
  enrichers::Contribution evidence;
  evidence.enrichments = std::move(contribution.enrichments);
  evidence.links = std::move(contribution.links);
  evidence.missing = std::move(contribution.missing);
  finding.links.clear();
  merge(std::move(evidence), step.action, finding);
  finding.trace = {{"action", step.action, "followed", "was not ready when the finding went out"}};
  return finding;
}

}  // namespace playbooks
