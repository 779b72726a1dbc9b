// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>
#include <utility>

#include "schemas/event.h"

namespace fakes {

inline constexpr base::Time kStart = base::Time(std::chrono::hours(24 * 365 * 56));

inline schemas::Alert alert(schemas::Labels labels, schemas::Labels annotations = {}) {
  schemas::Alert made;
  made.labels = std::move(labels);
  made.annotations = std::move(annotations);
  made.starts_at = kStart;
  made.fingerprint = schemas::fingerprint(made.labels);
  return made;
}

inline schemas::Alert resolved(schemas::Alert alert, base::Duration after = std::chrono::minutes(5)) {
  alert.status = schemas::AlertStatus::kResolved;
  alert.ends_at = alert.starts_at + after;
  return alert;
}

inline schemas::Event event(schemas::Alert alert, base::Time received = kStart) {
  schemas::Event made;
  made.source = "alertmanager";
  made.cluster = "test";
  made.id = schemas::event_id(made.cluster, made.source, alert);
  made.subject = schemas::subject_of(made.cluster, alert);
  made.received = received;
  made.alert = std::move(alert);
  return made;
}

}  // namespace fakes
