// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "schemas/labels.h"

namespace schemas {

enum class AlertStatus { kFiring, kResolved };
std::string_view to_string(AlertStatus status);

// One alert of a webhook body (Alertmanager's webhook version 4 and Grafana's variant of it).
struct Alert {
  AlertStatus status = AlertStatus::kFiring;
  Labels labels;
  Labels annotations;
  base::Time starts_at;
  std::optional<base::Time> ends_at;  // Only when resolved.
  std::string generator_url;
  std::string fingerprint;
  // Of the body that brought it.
  std::string receiver;
  std::string group_key;
  std::string external_url;
  // Grafana only; empty otherwise.
  std::string dashboard_url;
  std::string panel_url;
  std::string silence_url;
  std::string image_url;
  std::string value_string;

  const std::string& name() const { return value_of(labels, "alertname"); }
};

// Something came in. A record of topic `events` ("tocsin.event/1"), keyed by `subject`.
struct Event {
  std::string id;       // Derived: the same happening has the same id, whoever brings it.
  std::string source;   // "alertmanager", "grafana", ...: where it came from.
  std::string cluster;  // The installation's cluster name.
  std::string subject;  // Ordering key: what it is about, as far as the event itself says.
  base::Time received;
  std::optional<Alert> alert;
  std::string unknown = "{}";  // JSON object of the fields that this version doesn't know; kept and written back.
};

// The derived id of an alert's event: cluster, source, fingerprint, start, status, and the end if resolved.
std::string event_id(std::string_view cluster, std::string_view source, const Alert& alert);

// The ordering key of an alert: cluster and namespace with the workload, pod or node it names, else its fingerprint. An
// alert and its resolution have the same labels and so the same key.
std::string subject_of(std::string_view cluster, const Alert& alert);

std::string encode(const Event& event);
// Fails with kBadRequest, naming the field.
base::Result<Event> decode_event(std::string_view json);

}  // namespace schemas
